//! Chinese and English. Chinese comes first: it is spoken unless the environment or `--lang` asks for English.

/// The language of screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Lang {
    /// 中文
    Zh,
    /// English
    En,
}

impl Lang {
    /// The language of an environment, given by look-up: the first of `REDVEST_LANG`, `LC_ALL`, `LC_MESSAGES` and
    /// `LANG` that names a language. A language that is neither Chinese nor English gets English.
    pub fn of_environment(lookup: impl Fn(&str) -> Option<String>) -> Lang {
        ["REDVEST_LANG", "LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .filter_map(lookup)
            .find(|value| !matches!(value.split('.').next(), None | Some("" | "C" | "POSIX")))
            .map_or(Lang::Zh, |value| if value.to_ascii_lowercase().starts_with("zh") { Lang::Zh } else { Lang::En })
    }

    /// The language of a command line before it is parsed, so that even its errors are in the right one.
    pub fn of_arguments(arguments: &[String], lookup: impl Fn(&str) -> Option<String>) -> Lang {
        let after = |flag: &String| arguments.iter().skip_while(|one| *one != flag).nth(1).map(String::as_str);
        let named = arguments.iter().find_map(|one| one.strip_prefix("--lang="));
        match named.or_else(|| after(&"--lang".to_owned())) {
            Some("zh") => Lang::Zh,
            Some("en") => Lang::En,
            _ => Lang::of_environment(lookup),
        }
    }

    /// One of two texts.
    pub fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Lang {
        Lang::of_environment(|name| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_string()))
    }

    #[test]
    fn chinese_is_spoken_unless_another_language_is_asked_for() {
        assert_eq!(of(&[]), Lang::Zh);
        assert_eq!(of(&[("LANG", "C.UTF-8")]), Lang::Zh);
        assert_eq!(of(&[("LANG", "zh_CN.UTF-8")]), Lang::Zh);
        assert_eq!(of(&[("LANG", "en_GB.UTF-8")]), Lang::En);
        assert_eq!(of(&[("LC_ALL", "zh_CN"), ("LANG", "en_US")]), Lang::Zh);
    }

    #[test]
    fn the_flag_goes_over_the_environment_in_both_spellings() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let english = |_: &str| Some("en_US".to_owned());
        assert_eq!(Lang::of_arguments(&words("redvest list --lang zh"), english), Lang::Zh);
        assert_eq!(Lang::of_arguments(&words("redvest --lang=zh list"), english), Lang::Zh);
        assert_eq!(Lang::of_arguments(&words("redvest list --lang"), english), Lang::En);
    }
}
