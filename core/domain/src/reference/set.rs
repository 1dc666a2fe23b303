//! The documents in force together, and the one function that makes a ticket's terms on phone and hub alike.

use std::collections::{BTreeMap, HashMap};

use super::Document;
use super::agencies::{Agencies, LeadIndex};
use super::catalogue::{Catalogue, Category, Handler};
use super::fault::{Fault, Faults};
use super::grids::{GridTree, Grids};
use super::policy::Policy;
use super::responsibilities::Responsibilities;
use crate::calendar::{Calendar, CalendarIndex};
use crate::codes::Explained;
use crate::id::{CalendarCode, CategoryCode, GridCode};
use crate::place::Position;
use crate::terms::{Holder, Terms};

/// A category that the catalogue in force does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown_category: {0}")]
pub struct UnknownCategory(pub CategoryCode);

impl Explained for UnknownCategory {
    fn code(&self) -> &'static str {
        "unknown_category"
    }

    fn zh(&self) -> String {
        format!("事项目录中没有 {}，请更新目录后重新选择事项。", self.0)
    }

    fn en(&self) -> String {
        format!("Category {} is not in the catalogue: refresh the catalogue and choose again.", self.0)
    }
}

/// The documents of a workspace that are in force, indexed for look-up. Building one costs a pass over all documents;
/// replacing a document ([`ReferenceSet::with`]) costs a pass over that one.
#[derive(Debug, Clone)]
pub struct ReferenceSet {
    catalogue: Catalogue,
    by_code: HashMap<CategoryCode, usize>,
    grids: GridTree,
    agencies: Agencies,
    leads: LeadIndex,
    // By code: a ticket keeps the calendar that its terms name, also when the policy names another one later.
    calendars: BTreeMap<CalendarCode, (Calendar, CalendarIndex)>,
    policy: Policy,
    responsibilities: Responsibilities,
}

impl ReferenceSet {
    /// What a new workspace begins with: built-in catalogue, calendar and policy, no grids, agencies or duties.
    pub fn built_in() -> ReferenceSet {
        ReferenceSet::new(Catalogue::built_in(), Calendar::built_in(), Policy::built_in())
    }

    /// A set without grids, agencies or duties; add them with [`ReferenceSet::with`].
    pub fn new(catalogue: Catalogue, calendar: Calendar, policy: Policy) -> ReferenceSet {
        ReferenceSet {
            by_code: index(&catalogue),
            catalogue,
            grids: GridTree::new(Grids::default()),
            agencies: Agencies::default(),
            leads: LeadIndex::default(),
            calendars: BTreeMap::from([(calendar.code.clone(), (calendar.clone(), calendar.index()))]),
            policy,
            responsibilities: Responsibilities::default(),
        }
    }

    /// This set with one document in place of the one that it replaces; see [`ReferenceSet::predecessor`].
    #[must_use]
    pub fn with(mut self, document: Document) -> ReferenceSet {
        match document {
            Document::Catalogue(catalogue) => {
                self.by_code = index(&catalogue);
                self.catalogue = catalogue;
            }
            Document::Grids(grids) => self.grids = GridTree::new(grids),
            Document::Agencies(agencies) => {
                self.leads = LeadIndex::new(&agencies);
                self.agencies = agencies;
            }
            Document::Calendar(calendar) => {
                let index = calendar.index();
                self.calendars.insert(calendar.code.clone(), (calendar, index));
            }
            Document::Policy(policy) => self.policy = *policy,
            Document::Responsibilities(responsibilities) => self.responsibilities = responsibilities,
        }
        self
    }

    /// The document that a new one would replace: the one of its kind, for a calendar the one with its code. `None`
    /// for a calendar with a new code.
    pub fn predecessor(&self, new: &Document) -> Option<Document> {
        Some(match new {
            Document::Catalogue(_) => Document::Catalogue(self.catalogue.clone()),
            Document::Grids(_) => Document::Grids(self.grids.document().clone()),
            Document::Agencies(_) => Document::Agencies(self.agencies.clone()),
            Document::Calendar(calendar) => Document::Calendar(self.calendar(&calendar.code)?.clone()),
            Document::Policy(_) => Document::Policy(Box::new(self.policy.clone())),
            Document::Responsibilities(_) => Document::Responsibilities(self.responsibilities.clone()),
        })
    }

    /// The catalogue.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// A category; retired ones too, since open tickets keep them.
    pub fn category(&self, code: &CategoryCode) -> Option<&Category> {
        self.by_code.get(code).map(|at| &self.catalogue.categories[*at])
    }

    /// The grids.
    pub fn grids(&self) -> &GridTree {
        &self.grids
    }

    /// The agencies.
    pub fn agencies(&self) -> &Agencies {
        &self.agencies
    }

    /// A calendar document.
    pub fn calendar(&self, code: &CalendarCode) -> Option<&Calendar> {
        self.calendars.get(code).map(|(calendar, _)| calendar)
    }

    /// A calendar, indexed for [`crate::due`].
    pub fn clock(&self, code: &CalendarCode) -> Option<&CalendarIndex> {
        self.calendars.get(code).map(|(_, index)| index)
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Duty roads and points.
    pub fn responsibilities(&self) -> &Responsibilities {
        &self.responsibilities
    }

    /// The grids of a place, from root to deepest; empty when no grid is known there.
    ///
    /// The grid that the reporter picked by hand decides, because a fix can be far off. Where the pin lies inside the
    /// picked grid, the pin names a deeper one of the same branch. A picked grid that is not known counts as none.
    pub fn place(&self, pin: Option<Position>, picked: Option<&GridCode>) -> Vec<GridCode> {
        let measured =
            pin.and_then(|pin| self.grids.deepest(pin)).map(|grid| self.grids.path(grid)).unwrap_or_default();
        match picked.map(|picked| self.grids.path(picked)) {
            Some(chosen) if !chosen.is_empty() && !measured.starts_with(&chosen) => chosen,
            _ => measured,
        }
    }

    /// The terms of a ticket of this category at this grid (LAW, events, `reported`).
    ///
    /// A category for grids goes to the deepest grid on the path that is staffed. A category for agencies goes to the
    /// agency that the workspace names for it there, with that grid cooperating. There is no handler when the
    /// category's own kind of handler is missing: a grid cannot enforce what an agency must, so the office dispatches.
    ///
    /// # Errors
    /// [`UnknownCategory`] when the catalogue does not have it.
    pub fn terms(
        &self,
        category: &CategoryCode,
        pin_grid: Option<&GridCode>,
        is_staffed: &dyn Fn(&GridCode) -> bool,
    ) -> Result<Terms, UnknownCategory> {
        let category = self.category(category).ok_or_else(|| UnknownCategory(category.clone()))?;
        let path = pin_grid.map(|grid| self.grids.path(grid)).unwrap_or_default();
        let grid = path.iter().rev().find(|grid| is_staffed(grid)).cloned().map(Holder::Grid);
        let (handler, cooperating) = match category.handler {
            Handler::Grid => (grid, Vec::new()),
            Handler::Agency => match self.leads.lead(&category.code, &category.group, &path) {
                Some(agency) => (Some(Holder::Agency(agency.clone())), grid.into_iter().collect()),
                None => (None, Vec::new()),
            },
        };
        Ok(Terms {
            handler,
            cooperating,
            limits: category.limits,
            review: category.review,
            photos: category.photos,
            accuracy_gate_cm: category.accuracy_gate_cm,
            hand_on: self.policy.hand_on,
            rework_floor: self.policy.rework_floor,
            reopen_days: self.policy.reopen_days,
            calendar: self.policy.calendar.clone(),
            suspension_max_days: Some(self.policy.suspension_max_days),
        })
    }

    /// What does not fit together: codes that one document names and another does not have. The paths tell the
    /// documents apart: `agencies[…]`, `points[…]` of the responsibilities, `calendar` of the policy.
    pub fn check(&self) -> Vec<Fault> {
        let mut faults = Faults::default();
        for fault in self.agencies.check_against(&self.catalogue, &self.grids) {
            faults.push(fault);
        }
        for fault in self.responsibilities.check_against(&self.grids) {
            faults.push(fault);
        }
        let calendar = &self.policy.calendar;
        if !self.calendars.contains_key(calendar) {
            faults.error(
                "calendar",
                "unknown_calendar",
                format!("没有编码为 {calendar} 的工作日历，请改正编码或先发布日历。"),
                format!("There is no calendar {calendar}: correct it, or publish the calendar first."),
            );
        }
        faults.into_vec()
    }
}

fn index(catalogue: &Catalogue) -> HashMap<CategoryCode, usize> {
    // Of two with the same code, which a checked catalogue does not have, the first counts.
    catalogue.categories.iter().enumerate().rev().map(|(at, category)| (category.code.clone(), at)).collect()
}
