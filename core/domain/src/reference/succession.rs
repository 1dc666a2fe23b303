//! What a new document owes to the one before: every removed grid or agency names a successor, so that the hub can
//! rehome open tickets; codes are never used again; a published calendar never changes the past; and a category is
//! retired, not removed, so that old tickets keep its name.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Document;
use super::fault::{Fault, Faults};
use crate::calendar::Calendar;
use crate::id::{AgencyCode, CategoryCode, GridCode};

/// Who takes over from removed grids and agencies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Successors {
    /// Removed grid → a grid of the new document.
    pub grids: BTreeMap<GridCode, GridCode>,
    /// Removed agency → an agency of the new document.
    pub agencies: BTreeMap<AgencyCode, AgencyCode>,
}

/// Codes that earlier documents had and the one in force does not: none may come back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Retired {
    /// Grids.
    pub grids: BTreeSet<GridCode>,
    /// Agencies.
    pub agencies: BTreeSet<AgencyCode>,
    /// Categories.
    pub categories: BTreeSet<CategoryCode>,
}

/// Everything that forbids publishing `new` in place of `old` on the local day `published_on`. Both documents have
/// passed [`super::parse`]; `old` is what [`super::ReferenceSet::predecessor`] gives, `None` for the first of its kind.
/// An `old` of another kind counts as none.
pub fn check_publication(
    old: Option<&Document>,
    new: &Document,
    successors: &Successors,
    retired: &Retired,
    published_on: NaiveDate,
) -> Vec<Fault> {
    let mut faults = Faults::default();
    match new {
        Document::Grids(grids) => {
            let codes = grids.grids.iter().map(|grid| &grid.code);
            let before = match old {
                Some(Document::Grids(old)) => old.grids.iter().map(|grid| &grid.code).collect(),
                _ => BTreeSet::new(),
            };
            let now = codes.clone().collect();
            never_again(codes, &retired.grids, "grids", &mut faults);
            succeed(&before, &now, &successors.grids, ("grids", "网格", "grid"), &mut faults);
        }
        Document::Agencies(agencies) => {
            let codes = agencies.agencies.iter().map(|agency| &agency.code);
            let before = match old {
                Some(Document::Agencies(old)) => old.agencies.iter().map(|agency| &agency.code).collect(),
                _ => BTreeSet::new(),
            };
            let now = codes.clone().collect();
            never_again(codes, &retired.agencies, "agencies", &mut faults);
            succeed(&before, &now, &successors.agencies, ("agencies", "责任单位", "agency"), &mut faults);
        }
        Document::Catalogue(catalogue) => {
            never_again(
                catalogue.categories.iter().map(|category| &category.code),
                &retired.categories,
                "categories",
                &mut faults,
            );
            let now: BTreeSet<_> = catalogue.categories.iter().map(|category| &category.code).collect();
            if let Some(Document::Catalogue(old)) = old {
                for category in old.categories.iter().filter(|category| !now.contains(&category.code)) {
                    let (code, name) = (&category.code, &category.name);
                    faults.error(
                        "categories",
                        "category_removed",
                        format!("事项 {code}“{name}”不能删除，请保留并标记 \"retired\": true（停用）。"),
                        format!("Category {code} ({name}) cannot be removed: keep it with \"retired\": true."),
                    );
                }
            }
        }
        Document::Calendar(new) => {
            if let Some(Document::Calendar(old)) = old {
                past_stays(old, new, published_on, &mut faults);
            }
        }
        Document::Policy(_) | Document::Responsibilities(_) => {}
    }
    faults.into_vec()
}

/// An error for each code that was in use once and is gone.
fn never_again<'a, C: Ord + Display + 'a>(
    codes: impl Iterator<Item = &'a C>,
    retired: &BTreeSet<C>,
    list: &str,
    faults: &mut Faults,
) {
    for (index, code) in codes.enumerate().filter(|(_, code)| retired.contains(code)) {
        faults.error(
            format!("{list}[{index}].code"),
            "code_used_before",
            format!("编码 {code} 曾用于已撤销的对象，不能再用，请换一个新编码。"),
            format!("Code {code} belonged to something that was removed: codes are never used again, take a new one."),
        );
    }
}

/// An error for each removed code without a successor, for a successor that is not there, and for one of a code that
/// was not removed.
fn succeed<C: Ord + Display>(
    old: &BTreeSet<&C>,
    new: &BTreeSet<&C>,
    successors: &BTreeMap<C, C>,
    (list, zh, en): (&str, &str, &str),
    faults: &mut Faults,
) {
    for removed in old.difference(new).filter(|removed| !successors.contains_key(**removed)) {
        faults.error(
            format!("successors.{list}"),
            "successor_missing",
            format!("{zh} {removed} 已删除，请指定由哪个{zh}接替，未办结的工单将转给它。"),
            format!("{en} {removed} is removed: name its successor, which takes over the open tickets."),
        );
    }
    for (from, to) in successors {
        let path = format!("successors.{list}.{from}");
        if !new.contains(to) {
            faults.error(
                path,
                "successor_unknown",
                format!("接替的{zh} {to} 不在新文件中，请改正。"),
                format!("The successor {to} is no {en} of the new document: correct it."),
            );
        } else if new.contains(from) || !old.contains(from) {
            faults.error(
                path,
                "not_removed",
                format!("{zh} {from} 并未在本次删除，请去掉这一条接替关系。"),
                format!("{en} {from} is not removed by this document: drop its successor."),
            );
        }
    }
}

/// An error if any day up to and including the day of publication changes.
fn past_stays(old: &Calendar, new: &Calendar, published_on: NaiveDate, faults: &mut Faults) {
    let changed = old.index().first_changed_day(&new.index());
    if let Some(day) = changed.filter(|day| *day <= published_on) {
        faults.error(
            "",
            "calendar_changes_past",
            format!("日历改动了 {day}，但已发布的日历只能改 {published_on} 之后的日期，请恢复此前各日。"),
            format!("This changes {day}; a published calendar may change only days after {published_on}: restore it."),
        );
    }
}
