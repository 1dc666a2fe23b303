//! The catalogue (事项目录): what can be reported, who gets it, by when, and who judges it.
//!
//! Classes taken from the national standard are second-hand, and their mapping to the older standard is inferred;
//! [`Category::source`] and [`OldCode::inferred`] say so and are shown. A category is retired, never removed.

use serde::{Deserialize, Serialize};

use super::codes::GroupCode;
use super::fault::{Fault, Faults};
use crate::event::{MAX_PHOTOS, Outcome};
use crate::id::CategoryCode;
use crate::terms::{Limits, PhotoRule, ReviewPolicy};
use crate::time::{Clock, Limit};

/// The catalogue of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// Chinese name.
    pub name: String,
    /// English name.
    pub name_en: String,
    /// The publisher's own version, such as `2026.1`.
    pub version: String,
    /// Where the content comes from, in Chinese; shown where the catalogue is shown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The same in English.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note_en: String,
    /// Groups, in the order of the screen.
    pub groups: Vec<Group>,
    /// Categories, in the order of the screen.
    pub categories: Vec<Category>,
}

/// A group of categories.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Its code.
    pub code: GroupCode,
    /// Chinese name.
    pub name: String,
    /// English name.
    pub name_en: String,
}

/// What a category is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CategoryKind {
    /// 部件: a thing that stands in the street.
    Component,
    /// 事件: something that happened.
    Matter,
    /// 行为: what somebody does.
    Behaviour,
}

/// Who gets a ticket of the category when it is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Handler {
    /// The deepest grid at the pin that has an active member.
    Grid,
    /// The agency that the workspace names; the grid cooperates.
    Agency,
}

/// The class of an older standard that a category descends from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OldCode {
    /// The older standard's number.
    pub standard: String,
    /// The class in it.
    pub code: String,
    /// Whether the mapping was inferred rather than read in a standard.
    pub inferred: bool,
}

/// One category (事项类别).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Its code, unique in the workspace and never used again.
    pub code: CategoryCode,
    /// Its group.
    pub group: GroupCode,
    /// Chinese name.
    pub name: String,
    /// English name.
    pub name_en: String,
    /// First letters of the pinyin of the name, lower case, for search: 暴露垃圾 is `bllj`.
    pub initials: String,
    /// What it is about.
    pub kind: CategoryKind,
    /// Who gets it.
    pub handler: Handler,
    /// How it usually ends: what the phone offers first. Rectified or persuaded.
    pub outcome: Outcome,
    /// Danger to people: shown first.
    pub urgent: bool,
    /// Photos needed.
    pub photos: PhotoRule,
    /// Worst accuracy of a fix that needs no reason, in cm; absent accepts any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy_gate_cm: Option<u32>,
    /// Limits of the four waits.
    pub limits: Limits,
    /// Who judges.
    pub review: ReviewPolicy,
    /// Where the category comes from, such as `GB/T 47678.5-2026 (second-hand)` or `own`.
    pub source: String,
    /// The class of the older standard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_code: Option<OldCode>,
    /// No longer offered for new reports; tickets that have it keep it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retired: bool,
}

impl Category {
    /// Whether a search text finds this category: in the Chinese or English name, the pinyin initials, or at the
    /// beginning of the code. Case does not matter; an empty text finds everything.
    pub fn matches(&self, text: &str) -> bool {
        let text = text.trim().to_lowercase();
        self.name.contains(&text)
            || self.initials.contains(&text)
            || self.name_en.to_lowercase().contains(&text)
            || self.code.as_str().to_lowercase().starts_with(&text)
    }
}

/// The longest name, in characters.
pub(super) const MAX_NAME: usize = 80;
/// The longest note, in characters.
const MAX_NOTE: usize = 2_000;
/// The longest limit: ten years, in minutes and in days.
const MAX_MINUTES: u32 = 10 * 366 * 24 * 60;
const MAX_DAYS: u32 = 10 * 366;
/// A gate wider than this gates nothing: 10 km, in cm.
const MAX_GATE_CM: u32 = 1_000_000;

impl Catalogue {
    /// The catalogue that a new workspace begins with: the matters of GB/T 47678.5-2026 at second hand, and what the
    /// campaigns name beyond them. Its note says so.
    pub fn built_in() -> Catalogue {
        serde_json::from_str(include_str!("../../data/catalogue-default.json")).expect("the file is part of this crate")
    }

    /// Everything that is wrong in the catalogue by itself.
    pub fn check(&self) -> Vec<Fault> {
        let mut faults = Faults::default();
        faults.text(|| "name".into(), &self.name, MAX_NAME);
        faults.text(|| "name_en".into(), &self.name_en, MAX_NAME);
        faults.text(|| "version".into(), &self.version, MAX_NAME);
        for (field, note) in [("note", &self.note), ("note_en", &self.note_en)] {
            if !note.is_empty() {
                faults.text(|| field.into(), note, MAX_NOTE);
            }
        }
        faults.unique(self.groups.iter().map(|group| &group.code), |index| format!("groups[{index}].code"));
        for (index, group) in self.groups.iter().enumerate() {
            faults.text(|| format!("groups[{index}].name"), &group.name, MAX_NAME);
            faults.text(|| format!("groups[{index}].name_en"), &group.name_en, MAX_NAME);
        }
        faults.unique(self.categories.iter().map(|one| &one.code), |index| format!("categories[{index}].code"));
        let groups: std::collections::BTreeSet<_> = self.groups.iter().map(|group| &group.code).collect();
        for (index, category) in self.categories.iter().enumerate() {
            if !groups.contains(&category.group) {
                faults.error(
                    format!("categories[{index}].group"),
                    "unknown_group",
                    format!("没有编码为 {} 的分组，请先在 groups 中添加。", category.group),
                    format!("There is no group {}: add it to groups first.", category.group),
                );
            }
            category.check(&format!("categories[{index}]"), &mut faults);
        }
        faults.into_vec()
    }
}

impl Category {
    fn check(&self, at: &str, faults: &mut Faults) {
        faults.text(|| format!("{at}.name"), &self.name, MAX_NAME);
        faults.text(|| format!("{at}.name_en"), &self.name_en, MAX_NAME);
        faults.text(|| format!("{at}.source"), &self.source, MAX_NAME);
        if let Some(old) = &self.old_code {
            faults.text(|| format!("{at}.old_code.standard"), &old.standard, MAX_NAME);
            faults.text(|| format!("{at}.old_code.code"), &old.code, MAX_NAME);
        }
        if self.initials.len() > MAX_NAME
            || !self.initials.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        {
            faults.error(
                format!("{at}.initials"),
                "bad_initials",
                "拼音首字母只能用小写字母和数字。",
                "Initials are lower-case letters and digits only.",
            );
        }
        if self.outcome == Outcome::NothingFound {
            faults.error(
                format!("{at}.outcome"),
                "bad_outcome",
                "通常结果只能是 rectified（整改）或 persuaded（劝导）。",
                "The usual outcome is rectified or persuaded.",
            );
        }
        if matches!(self.review, ReviewPolicy::Sampled(share) if share > 100) {
            faults.error(
                format!("{at}.review.sampled"),
                "bad_share",
                "抽查比例应为 0 至 100。",
                "The share to sample is 0 to 100 per cent.",
            );
        }
        if usize::from(self.photos.before.max(self.photos.after)) > MAX_PHOTOS {
            faults.error(
                format!("{at}.photos"),
                "too_many_photos",
                format!("要求的照片不能超过 {MAX_PHOTOS} 张。"),
                format!("At most {MAX_PHOTOS} photos can be required."),
            );
        }
        if self.accuracy_gate_cm.is_some_and(|gate| gate == 0 || gate > MAX_GATE_CM) {
            faults.error(
                format!("{at}.accuracy_gate_cm"),
                "bad_gate",
                format!("定位精度门槛应为 1 至 {MAX_GATE_CM} 厘米；不设门槛请删除此项。"),
                format!("The accuracy gate is 1 to {MAX_GATE_CM} cm; leave it out for none."),
            );
        }
        let waits = [
            ("dispatch", self.limits.dispatch),
            ("accept", self.limits.accept),
            ("rectify", self.limits.rectify),
            ("review", self.limits.review),
        ];
        for (wait, limit) in waits {
            if let Some(limit) = limit {
                check_limit(limit, || format!("{at}.limits.{wait}.amount"), faults);
            }
        }
    }
}

/// An error for a limit of nothing or of more than ten years.
pub(super) fn check_limit(limit: Limit, path: impl FnOnce() -> String, faults: &mut Faults) {
    let (max, unit_zh, unit_en) = match limit.clock {
        Clock::UrgentHours | Clock::WorkingHours => (MAX_MINUTES, "分钟", "minutes"),
        Clock::WorkingDays | Clock::NaturalDays => (MAX_DAYS, "天", "days"),
    };
    if limit.amount == 0 || limit.amount > max {
        faults.error(
            path(),
            "bad_limit",
            format!("时限应为 1 至 {max} {unit_zh}；不设时限请删除此项。"),
            format!("A limit is 1 to {max} {unit_en}; leave it out for none."),
        );
    }
}
