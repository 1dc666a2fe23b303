//! Provisional stamps: what the hub would say of an event, from the documents that this phone holds.

use std::collections::BTreeSet;

use redvest_domain::codes::Code;
use redvest_domain::event::{Body, DeviceTime};
use redvest_domain::id::{CategoryCode, GridCode, MemberId};
use redvest_domain::key::{Key, MemberRecord, Role};
use redvest_domain::place::Position;
use redvest_domain::reference::ReferenceSet;
use redvest_domain::stamp::Stamp;
use redvest_domain::terms::{Holder, Terms};
use redvest_domain::ticket::Ticket;
use rusqlite::Connection;

use crate::Error;
use crate::store::members;

/// What stamps are made of.
pub(super) struct Press<'a> {
    pub(super) reference: &'a ReferenceSet,
    pub(super) member: MemberId,
    pub(super) time: DeviceTime,
    pub(super) epoch: u32,
    /// The law in force.
    pub(super) law: u16,
    /// Grids with an active member; `None` where records are not held, which only the office does: then each counts as
    /// staffed.
    pub(super) staffed: Option<BTreeSet<GridCode>>,
}

/// The grids with an active member, as far as this member's phone can know: records are held at the office alone.
pub(crate) fn staffed(connection: &Connection, own: &MemberRecord) -> Result<Option<BTreeSet<GridCode>>, Error> {
    if !own.roles.iter().any(|acting| acting.role == Role::Office) {
        return Ok(None);
    }
    let records = members::all(connection)?;
    let active = records.iter().filter(|record| record.active).flat_map(|record| &record.roles);
    let grids = active.filter_map(|acting| match (acting.role, &acting.key) {
        (Role::Grid, Key::Grid(code)) => Some(code.clone()),
        _ => None,
    });
    Ok(Some(grids.collect()))
}

impl Press<'_> {
    /// The stamp of an event with this body, on a ticket that stands so.
    pub(super) fn stamp(&self, ticket: Option<&Ticket>, body: &Body, n: u64, first: u64) -> Result<Stamp, Code> {
        self.reference.policy().reasons.check(body)?;
        let estimate = self.time.estimate();
        let mut stamp = Stamp {
            epoch: self.epoch,
            n,
            seq: ticket.map_or(1, |ticket| ticket.seq.saturating_add(1)),
            first,
            member: self.member,
            received: estimate,
            corrected: estimate,
            unsure: self.time.offset_ms.is_none(),
            law: self.law,
            short_number: None,
            pin_path: None,
            lead_path: None,
            terms: None,
            admitted: false,
        };
        match body {
            Body::Reported(fields) => {
                let path = self.place(fields.pin, fields.grid.as_ref())?;
                if self.reference.category(&fields.category).is_none_or(|category| category.retired) {
                    return Err(Code::UnknownCategory);
                }
                let terms = self.terms(&fields.category, path.last())?;
                stamp.lead_path = Some(self.lead_path(terms.handler.as_ref()));
                stamp.pin_path = Some(path);
                stamp.terms = Some(terms);
            }
            Body::Dispatched(fields) => {
                self.check_holder(&fields.lead)?;
                fields.cooperating.iter().try_for_each(|holder| self.check_holder(holder))?;
                stamp.lead_path = Some(self.lead_path(Some(&fields.lead)));
            }
            Body::Recategorised(fields) => {
                let grid = ticket.and_then(|ticket| ticket.pin_path.last());
                stamp.terms = Some(self.terms(&fields.category, grid)?);
            }
            Body::Relocated(fields) => {
                let path = self.place(fields.pin, fields.grid.as_ref())?;
                if let Some(ticket) = ticket {
                    // A category that is no longer in the catalogue keeps its terms.
                    let terms = self.terms(&ticket.category, path.last());
                    stamp.terms = Some(terms.unwrap_or_else(|_| ticket.terms.clone()));
                }
                stamp.pin_path = Some(path);
            }
            Body::Carded(fields) => self.check_holder(&fields.whom)?,
            _ => {}
        }
        Ok(stamp)
    }

    fn place(&self, pin: Option<Position>, picked: Option<&GridCode>) -> Result<Vec<GridCode>, Code> {
        if picked.is_some_and(|code| self.reference.grids().get(code).is_none()) {
            return Err(Code::UnknownGrid);
        }
        Ok(self.reference.place(pin, picked))
    }

    fn terms(&self, category: &CategoryCode, grid: Option<&GridCode>) -> Result<Terms, Code> {
        let is_staffed = |grid: &GridCode| self.staffed.as_ref().is_none_or(|staffed| staffed.contains(grid));
        self.reference.terms(category, grid, &is_staffed).map_err(|_| Code::UnknownCategory)
    }

    fn lead_path(&self, lead: Option<&Holder>) -> Vec<GridCode> {
        match lead {
            Some(Holder::Grid(code)) => self.reference.grids().path(code),
            _ => Vec::new(),
        }
    }

    fn check_holder(&self, holder: &Holder) -> Result<(), Code> {
        let (known, code) = match holder {
            Holder::Grid(grid) => (self.reference.grids().get(grid).is_some(), Code::UnknownGrid),
            Holder::Agency(agency) => {
                let agencies = &self.reference.agencies().agencies;
                (agencies.iter().any(|known| known.code == *agency), Code::UnknownAgency)
            }
        };
        if known { Ok(()) } else { Err(code) }
    }
}
