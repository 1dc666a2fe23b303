//! Command lines that do not parse, told in both languages like every other failure.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::failure::{Exit, Input};
use crate::out::{Out, tell_parts};

/// Tells what clap found wrong, or shows the help that was asked for.
pub(crate) fn tell(out: Out, error: &clap::Error) -> Exit {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // A reader who went away has seen enough.
            let _ = error.print();
            Exit::Done
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = error.print();
            Exit::Usage
        }
        _ => {
            let (code, zh, en) = sentences(error);
            tell_parts(out, code, &zh, &en);
            Exit::Usage
        }
    }
}

/// The code and the sentences of a usage error.
fn sentences(error: &clap::Error) -> (&'static str, String, String) {
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<Input>());
    let argument = context(error, ContextKind::InvalidArg);
    if let Some(input) = cause {
        return (input.code, format!("{argument}：{}", input.zh), format!("{argument}: {}", input.en));
    }
    let value = context(error, ContextKind::InvalidValue);
    let hint = context(error, ContextKind::SuggestedArg) + &context(error, ContextKind::SuggestedSubcommand);
    let valid = context(error, ContextKind::ValidValue);
    let (mut zh, en) = match error.kind() {
        ErrorKind::UnknownArgument => {
            (format!("没有 {argument} 这个选项。"), format!("There is no option {argument}."))
        }
        ErrorKind::InvalidSubcommand => {
            let name = context(error, ContextKind::InvalidSubcommand);
            (format!("没有 {name} 这个命令。"), format!("There is no command {name}."))
        }
        ErrorKind::MissingRequiredArgument => (format!("缺少 {argument}。"), format!("{argument} is missing.")),
        ErrorKind::MissingSubcommand => ("缺少命令。".to_owned(), "A command is missing.".to_owned()),
        ErrorKind::ArgumentConflict => {
            let other = context(error, ContextKind::PriorArg);
            (format!("{argument} 与 {other} 不能同时使用。"), format!("{argument} and {other} do not go together."))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation | ErrorKind::NoEquals if value.is_empty() => {
            (format!("{argument} 缺少内容。"), format!("{argument} needs a value."))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            (format!("{argument} 不能是“{value}”。"), format!("{argument} cannot be \"{value}\"."))
        }
        _ => {
            let text = error.to_string();
            let first = text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
            (format!("命令行有误（{first}）。"), format!("Wrong command line: {first}."))
        }
    };
    let mut en = en;
    if !valid.is_empty() {
        zh.push_str(&format!("可以是：{valid}。"));
        en.push_str(&format!(" It can be: {valid}."));
    }
    if !hint.is_empty() {
        zh.push_str(&format!("是不是 {hint}？"));
        en.push_str(&format!(" Did you mean {hint}?"));
    }
    zh.push_str("用 --help 查看用法。");
    en.push_str(" See --help.");
    ("usage", zh, en)
}

fn context(error: &clap::Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => {
            texts.iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>().join(", ")
        }
        Some(other) => other.to_string(),
        None => String::new(),
    }
}
