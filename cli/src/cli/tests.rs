use super::*;

fn walk(command: &clap::Command, path: &str, look: &mut dyn FnMut(&str, &clap::Command)) {
    look(path, command);
    for inner in command.get_subcommands() {
        let path = if path.is_empty() { inner.get_name().to_owned() } else { format!("{path} {}", inner.get_name()) };
        walk(inner, &path, look);
    }
}

#[test]
fn the_command_line_holds_together() {
    command(Lang::Zh).debug_assert();
    command(Lang::En).debug_assert();
}

#[test]
fn every_command_and_argument_explains_itself_in_both_languages() {
    let is_chinese = |text: &str| text.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter));
    walk(&command(Lang::Zh), "", &mut |path, command| {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        assert!(is_chinese(&about) && !about.contains("||"), "{path}: {about}");
        for argument in command.get_arguments() {
            let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
            assert!(is_chinese(&help) && !help.contains("||"), "{path} {}: {help}", argument.get_id());
        }
    });
    walk(&command(Lang::En), "", &mut |path, command| {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        assert!(!about.is_empty() && !is_chinese(&about), "{path}: {about}");
        for argument in command.get_arguments() {
            let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
            assert!(!help.is_empty() && !is_chinese(&help), "{path} {}: {help}", argument.get_id());
        }
    });
}

#[test]
fn every_command_of_the_first_page_stands_in_one_group() {
    let mut grouped: Vec<&str> = help::GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
    let command = command(Lang::En);
    let mut names: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
    grouped.sort_unstable();
    names.sort_unstable();
    assert_eq!(grouped, names);
}

#[test]
fn every_example_parses_and_belongs_to_its_command() {
    for (path, lines) in help::EXAMPLES {
        for line in *lines {
            let words = words(line);
            assert!(line.starts_with(&format!("redvest {path}")), "{line}");
            assert!(line.chars().count() <= 96, "a longer line is broken in the middle of a command: {line}");
            if let Err(error) = command(Lang::En).try_get_matches_from(words).map_err(|error| error.to_string()) {
                // Help itself is shown by way of an error.
                assert!(line.starts_with("redvest help"), "{line}: {error}");
            }
        }
    }
    let mut paths = Vec::new();
    walk(&command(Lang::En), "", &mut |path, _| paths.push(path.to_owned()));
    for (path, _) in help::EXAMPLES {
        assert!(paths.iter().any(|known| known == path), "{path}");
    }
}

/// Splits as a shell does, for words in single quotes.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('\'').enumerate();
    parts
        .flat_map(|(at, part)| match at % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect::<Vec<_>>(),
            _ => vec![part.to_owned()],
        })
        .collect()
}
