//! How events start, stop and move the clocks of a ticket.
//!
//! A clock starts when the hub received the event that starts it, because it binds somebody else; an act stops it at
//! the act's own corrected time. Protocol: "Time".

use super::Fact;
use crate::event::{ClockName, RanOut};
use crate::ticket::{ClockRun, Escalation, Stage, Ticket};
use crate::time::{Limit, Timestamp};

impl Ticket {
    /// Goes to whoever leads, or waits: used for a new report and for work done on the spot that was sent back.
    pub(super) fn begin_holding(&mut self, fact: &Fact) {
        self.accepted = None;
        self.handed = fact.act();
        if self.lead.is_some() {
            self.stage = Stage::Dispatched;
            self.start_work(fact, true);
        } else {
            self.stage = Stage::Waiting;
            self.clocks.dispatch = self.clock(fact, self.terms.limits.dispatch, false);
        }
    }

    /// Starts the accept clock, and the rectify clock anew or where it stood.
    pub(super) fn start_work(&mut self, fact: &Fact, anew: bool) {
        self.clocks.accept = self.clock(fact, self.terms.limits.accept, true);
        match &mut self.clocks.rectify {
            Some(clock) if !anew => clock.go_on(fact.stamp.received, fact.id),
            _ => self.clocks.rectify = self.clock(fact, self.terms.limits.rectify, true),
        }
    }

    /// A clock that starts when the hub received this event.
    pub(super) fn clock(&self, fact: &Fact, limit: Option<Limit>, binds_lead: bool) -> Option<ClockRun> {
        Some(ClockRun {
            start: fact.stamp.received,
            limit,
            extra: 0,
            pauses: Vec::new(),
            floor: None,
            holder: self.lead.clone().filter(|_| binds_lead),
            round: self.round,
            cause: fact.id,
        })
    }

    /// Stops a clock. Reminders and cards that the hub wrote for it are annulled if, as is known now, it stopped before
    /// the due instant that they carry.
    pub(super) fn stop(&mut self, name: ClockName, at: Timestamp) {
        let Some(clock) = self.clocks.get_mut(name).filter(|clock| clock.is_running()) else { return };
        clock.stop(at);
        let (stopped, round) = (clock.stopped().unwrap_or(at), clock.round);
        self.annul(name, round, stopped);
    }

    /// The limits of new terms, from the same starts. A clock that was stopped for good keeps the limit it was run
    /// under; the rectify clock may go on.
    pub(super) fn move_limits(&mut self, fact: &Fact) {
        let limits = self.terms.limits;
        let clocks = &mut self.clocks;
        for (clock, limit, goes_on) in [
            (&mut clocks.dispatch, limits.dispatch, false),
            (&mut clocks.accept, limits.accept, false),
            (&mut clocks.rectify, limits.rectify, true),
        ] {
            let Some(clock) = clock.as_mut().filter(|clock| goes_on || clock.is_running()) else { continue };
            if clock.limit == limit {
                continue;
            }
            if clock.limit.map(|old| old.clock) != limit.map(|new| new.clock) {
                // An extension was granted in the old limit's unit; on another clock it would mean nothing.
                clock.extra = 0;
            }
            clock.limit = limit;
            clock.cause = fact.id;
        }
    }

    /// Lets every clock stand from `from` on. A reminder or card for a clock that, as is known now, stood before it
    /// was due is annulled as if the clock had been stopped.
    pub(super) fn stand(&mut self, fact: &Fact, from: Timestamp) {
        for name in ClockName::ALL {
            let Some(clock) = self.clocks.get_mut(name).filter(|clock| clock.is_running()) else { continue };
            clock.cause = fact.id;
            let round = clock.round;
            self.annul(name, round, from);
        }
    }

    /// Ends a suspension that lies over this instant.
    pub(super) fn end_suspension(&mut self, at: Timestamp) {
        if let Some(pause) = self.suspensions.last_mut().filter(|pause| pause.to.is_none_or(|to| at < to)) {
            pause.to = Some(at.max(pause.from));
        }
    }

    fn annul(&mut self, name: ClockName, round: u16, stopped: Timestamp) {
        let Ticket { escalations, counts, .. } = self;
        for escalation in escalations.iter_mut().filter(|escalation| !escalation.annulled) {
            let ran_out = &escalation.ran_out;
            if ran_out.clock == name && ran_out.round == round && stopped < ran_out.due {
                escalation.annulled = true;
                let count = if escalation.card { &mut counts.carded } else { &mut counts.reminded };
                *count = count.saturating_sub(1);
            }
        }
    }

    /// Counts a reminder or a card; on a ticket that has ended it counts nothing.
    pub(super) fn escalated(&mut self, fact: &Fact, card: bool, ran_out: Option<&RanOut>) {
        if !self.stage.is_open() {
            return;
        }
        let late = |ran_out: &RanOut| {
            let clock = self.clocks.get(ran_out.clock).filter(|clock| clock.round == ran_out.round);
            clock.is_none_or(|clock| clock.stopped().is_some_and(|at| at < ran_out.due))
        };
        let annulled = ran_out.is_some_and(late);
        if let Some(ran_out) = ran_out {
            self.escalations.push(Escalation { event: fact.id, card, ran_out: ran_out.clone(), annulled });
        }
        if !annulled {
            let count = if card { &mut self.counts.carded } else { &mut self.counts.reminded };
            *count = count.saturating_add(1);
        }
    }
}
