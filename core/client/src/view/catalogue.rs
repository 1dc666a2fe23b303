//! The catalogue as a picker shows it.

use redvest_domain::event::Outcome;
use redvest_domain::id::CategoryCode;
use redvest_domain::reference::Handler;
use serde::Serialize;

/// Categories to choose from; retired ones are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CatalogueView {
    /// The catalogue's name in Chinese.
    pub zh: String,
    /// The catalogue's name in English.
    pub en: String,
    /// Where its content comes from, in Chinese; empty if it does not say so.
    pub note_zh: String,
    /// The same in English.
    pub note_en: String,
    /// Categories of this member's last reports, the newest first, at most 8.
    pub recent: Vec<CategoryRow>,
    /// Groups with a category to show, in the catalogue's order.
    pub groups: Vec<CategoryGroup>,
}

/// A group with its categories.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CategoryGroup {
    /// The group's code.
    pub code: String,
    /// Its name in Chinese.
    pub zh: String,
    /// Its name in English.
    pub en: String,
    /// Its categories, in the catalogue's order.
    pub categories: Vec<CategoryRow>,
}

/// A category to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CategoryRow {
    /// Its code.
    pub code: CategoryCode,
    /// Its name in Chinese.
    pub zh: String,
    /// Its name in English.
    pub en: String,
    /// First letters of the pinyin of its name.
    pub initials: String,
    /// Code of its group.
    pub group: String,
    /// Danger to people.
    pub urgent: bool,
    /// How it usually ends.
    pub outcome: Outcome,
    /// Photos that a report needs.
    pub photos_before: u32,
    /// Photos that a rectification needs.
    pub photos_after: u32,
    /// Worst accuracy of a fix that needs no reason, in metres, rounded up; `None` accepts any.
    pub accuracy_gate_m: Option<u32>,
    /// Who gets it.
    pub handler: Handler,
}
