//! Words of both languages that several files need.

use redvest_domain::event::ClockName;
use redvest_domain::key::Role;
use redvest_domain::ticket::Stage;
use serde::{Deserialize, Serialize};

/// The language of a text that is made for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Language {
    /// The text of this language.
    pub(super) fn of<T>(self, zh: T, en: T) -> T {
        match self {
            Language::Zh => zh,
            Language::En => en,
        }
    }

    /// What stands between the items of a list.
    pub(super) fn comma(self) -> &'static str {
        self.of("、", ", ")
    }
}

/// The name of a clock.
pub(super) fn clock(name: ClockName, language: Language) -> &'static str {
    match name {
        ClockName::Dispatch => language.of("派遣", "dispatch"),
        ClockName::Accept => language.of("签收", "accept"),
        ClockName::Rectify => language.of("处置", "rectify"),
        ClockName::Review => language.of("核查", "review"),
    }
}

/// The name of a stage.
pub(super) fn stage(stage: Stage, language: Language) -> &'static str {
    language.of(stage.zh(), stage.code())
}

/// The name of a role.
pub(super) fn role(role: Role, language: Language) -> &'static str {
    match role {
        Role::Volunteer => language.of("志愿者", "volunteer"),
        Role::Grid => language.of("网格", "grid"),
        Role::Agency => language.of("经办人", "agency"),
        Role::Supervisor => language.of("督查员", "supervisor"),
        Role::Office => language.of("创文办", "office"),
        Role::Hub => language.of("系统", "hub"),
    }
}

/// Columns that a text takes on a screen: Chinese characters and their punctuation take two.
pub(super) fn width(text: &str) -> usize {
    text.chars()
        .map(|c| match c {
            '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' => 2,
            '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' => 2,
            '\u{20000}'..='\u{3fffd}' => 2,
            _ => 1,
        })
        .sum()
}

/// A user's text as a fault quotes it: short and on one line.
pub(super) fn quoted(text: &str) -> String {
    const SHOWN: usize = 40;
    let flat = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut shown: String = flat.clone().take(SHOWN).collect();
    if flat.count() > SHOWN {
        shown.push('…');
    }
    shown
}
