//! The fold: events of one ticket, in the hub's order, to its state.
//!
//! It never fails and reads nothing but ids, payloads and stamps. An event that no longer fits becomes an anomaly; one
//! of an unknown kind or a newer law marks the ticket as needing an update. Law: "Events", "When two people act at
//! once".

mod apply;
mod clocks;
mod lost;

use crate::event::{Body, LAW_VERSION, Payload, Photo, Reported, Source};
use crate::fits::fits;
use crate::id::EventId;
use crate::place::Fix;
use crate::stamp::Stamp;
use crate::ticket::{Act, Clocks, Counts, Mark, Shows, Stage, Ticket, TicketPhoto};

/// One event as the fold reads it.
#[derive(Debug, Clone, Copy)]
pub struct Fact<'a> {
    /// The event's id, from its envelope.
    pub id: EventId,
    /// What happened.
    pub payload: &'a Payload,
    /// What the hub (or, while it is pending, the phone) adds.
    pub stamp: &'a Stamp,
}

impl Fact<'_> {
    /// The event as others are told of it.
    pub fn act(&self) -> Act {
        Act {
            event: self.id,
            kind: self.payload.body.number(),
            member: self.stamp.member,
            received: self.stamp.received,
            corrected: self.stamp.corrected,
        }
    }
}

/// Folds events into a state; `None` until the first `reported`.
pub fn fold<'a>(facts: impl IntoIterator<Item = Fact<'a>>) -> Option<Ticket> {
    let mut ticket = None;
    for fact in facts {
        step(&mut ticket, &fact);
    }
    ticket
}

/// Folds one more event. What comes before a ticket's `reported` cannot come from a hub and is passed over.
pub fn step(ticket: &mut Option<Ticket>, fact: &Fact) {
    match ticket {
        Some(ticket) => ticket.apply(fact),
        None => *ticket = Ticket::begin(fact),
    }
}

/// The fields of a report that this code cannot read.
fn unread() -> Reported {
    Reported {
        category: "unknown".parse().expect("it is a code"),
        pin: None,
        fix: None,
        grid: None,
        photos: Vec::new(),
        source: Source::Patrol,
        recurs: None,
        gate_reason: None,
        local_number: None,
    }
}

impl Ticket {
    /// The state after `reported`; `None` for any other kind or without terms. A report of a newer law makes a ticket of
    /// what its stamp says, so that somebody sees that there is one; nothing is marked on it or judged.
    fn begin(fact: &Fact) -> Option<Ticket> {
        let (reported, is_read) = match &fact.payload.body {
            Body::Reported(reported) => (reported.clone(), true),
            Body::Unknown(_) => (unread(), false),
            _ => return None,
        };
        let id = fact.payload.subject.ticket().filter(|ticket| ticket.reported() == fact.id)?;
        let terms = fact.stamp.terms.clone()?;
        let act = fact.act();
        let pin_path = fact.stamp.pin_path.clone().unwrap_or_default();
        let mut ticket = Ticket {
            id,
            reported: act,
            first: fact.stamp.n,
            seq: fact.stamp.seq,
            stage: Stage::Waiting,
            round: 1,
            category: reported.category.clone(),
            pin: reported.pin,
            picked: reported.grid.clone(),
            source: reported.source,
            recurs: reported.recurs,
            short_number: fact.stamp.short_number.clone(),
            local_number: reported.local_number.clone(),
            lead: terms.handler.clone(),
            lead_path: fact.stamp.lead_path.clone().unwrap_or_default(),
            cooperating: terms.cooperating.clone(),
            waits_at: None,
            accepted: None,
            rectification: None,
            authors: Vec::new(),
            clocks: Clocks::default(),
            suspensions: Vec::new(),
            ask: None,
            counts: Counts::default(),
            voided: None,
            ended: None,
            photos: Vec::new(),
            marks: Vec::new(),
            anomalies: Vec::new(),
            escalations: Vec::new(),
            moved: act,
            handed: act,
            answered: None,
            needs_update: fact.stamp.law > LAW_VERSION || !is_read,
            pin_path,
            terms,
        };
        if is_read {
            ticket.add_photos(fact, &reported.photos, Shows::Before);
            let needed = usize::from(ticket.terms.photos.before);
            ticket.mark_if(fact, Mark::PhotosMissing, reported.photos.len() < needed);
            ticket.mark_if(fact, Mark::OutsideGrids, ticket.pin_path.is_empty());
            ticket.mark_fix(fact, reported.fix.as_ref());
        }
        ticket.begin_holding(fact);
        Some(ticket)
    }

    /// Folds one more event into the state.
    pub fn apply(&mut self, fact: &Fact) {
        self.seq = fact.stamp.seq;
        // What follows an event that this code does not understand is not judged either: it would be called too late
        // by a law that is not its own.
        self.needs_update |= fact.stamp.law > LAW_VERSION || matches!(fact.payload.body, Body::Unknown(_));
        if self.needs_update {
            return;
        }
        match fits(self, fact) {
            Ok(()) => self.change(fact),
            Err(misfit) => self.lose(fact, misfit),
        }
    }

    /// 立行立改: whether this is the reporter's work in the report's own commit.
    pub(crate) fn is_on_the_spot(&self, fact: &Fact) -> bool {
        fact.stamp.first == self.first && fact.stamp.member == self.reporter()
    }

    fn add_photos(&mut self, fact: &Fact, photos: &[Photo], shows: Shows) {
        for photo in photos {
            self.photos.push(TicketPhoto {
                original: photo.original.hash,
                thumbnail: photo.thumbnail.map(|blob| blob.hash),
                event: fact.id,
                shows,
                verdict: None,
            });
        }
        self.mark_if(fact, Mark::PhotoDoubtful, photos.iter().any(|photo| !photo.marks.is_empty()));
    }

    fn mark_if(&mut self, fact: &Fact, mark: Mark, holds: bool) {
        if holds {
            self.marks.push((mark, fact.id));
        }
    }

    fn mark_fix(&mut self, fact: &Fact, fix: Option<&Fix>) {
        let gate = self.terms.accuracy_gate_cm;
        let misses = |gate: u32| fix.is_none_or(|fix| fix.accuracy_cm.is_none_or(|accuracy| accuracy > gate));
        self.mark_if(fact, Mark::AccuracyGate, gate.is_some_and(misses));
        self.mark_if(fact, Mark::MockPosition, fix.is_some_and(|fix| fix.mock));
        self.mark_if(fact, Mark::TimeUnsure, fact.stamp.unsure);
    }

    fn add_author(&mut self, fact: &Fact) {
        if !self.authors.contains(&fact.stamp.member) {
            self.authors.push(fact.stamp.member);
        }
    }
}

#[cfg(test)]
mod tests;
