//! What each kind of event changes, given that it fits.

use super::Fact;
use crate::event::{Body, ClockName, Dispatched, Grant, Granted, Outcome, Rectified, Rehomed};
use crate::key::Key;
use crate::terms::{Holder, ReviewPolicy};
use crate::ticket::{Floor, Mark, OpenAsk, Rectification, Shows, Stage, Ticket};
use crate::time::Pause;

impl Ticket {
    /// Changes the state by an event that fits it.
    pub(super) fn change(&mut self, fact: &Fact) {
        match &fact.payload.body {
            Body::Rectified(fields) => self.rectified(fact, fields),
            Body::Dispatched(fields) => self.dispatched(fact, fields),
            Body::Accepted(_) => {
                self.stage = Stage::Accepted;
                self.accepted = Some(fact.act());
                self.stop(ClockName::Accept, fact.stamp.corrected);
                self.moved = fact.act();
            }
            Body::Returned(_) => {
                self.counts.returned = self.counts.returned.saturating_add(1);
                self.stop(ClockName::Accept, fact.stamp.corrected);
                self.stop(ClockName::Rectify, fact.stamp.corrected);
                self.stage = Stage::Waiting;
                // Nobody leads what waits. The rectify clock remembers whom it ran against.
                self.lead = None;
                self.lead_path = Vec::new();
                self.accepted = None;
                self.clocks.dispatch = self.clock(fact, self.terms.limits.dispatch, false);
                self.drop_ask(fact);
                self.moved = fact.act();
                self.handed = self.moved;
            }
            Body::Contributed(fields) => {
                self.add_photos(fact, &fields.photos, Shows::Evidence);
                self.add_author(fact);
            }
            Body::EvidenceAdded(fields) => {
                self.add_photos(fact, &fields.photos, Shows::Evidence);
                if self.stage.is_open() {
                    self.add_author(fact);
                }
            }
            Body::Drawn(fields) => {
                if let Some(rectification) = &mut self.rectification {
                    rectification.drawn = Some(fields.chosen);
                }
                if !fields.chosen {
                    self.close(fact);
                }
            }
            Body::Passed(fields) => {
                self.add_photos(fact, &fields.photos, Shows::Evidence);
                self.stop(ClockName::Review, fact.stamp.corrected);
                self.close(fact);
            }
            Body::SentBack(fields) => {
                self.add_photos(fact, &fields.photos, Shows::Evidence);
                self.stop(ClockName::Review, fact.stamp.corrected);
                self.counts.sent_back = self.counts.sent_back.saturating_add(1);
                self.work_again(fact);
            }
            Body::Reopened(_) => {
                self.counts.reopened = self.counts.reopened.saturating_add(1);
                self.ended = None;
                self.work_again(fact);
            }
            Body::PhotoReviewed(fields) => {
                for photo in self.photos.iter_mut().filter(|photo| photo.original == fields.photo) {
                    photo.verdict = Some(fields.verdict);
                }
            }
            Body::Voided(fields) => {
                self.voided = Some(fields.reason);
                self.stage = Stage::Voided;
                self.end(fact);
            }
            Body::Asked(fields) => self.ask = Some(OpenAsk { act: fact.act(), wish: fields.wish }),
            Body::Granted(fields) => self.granted(fact, fields),
            Body::Denied(_) => self.drop_ask(fact),
            Body::Resumed(_) => {
                self.end_suspension(fact.stamp.received);
                for clock in self.clocks.all_mut().filter(|clock| clock.is_running()) {
                    clock.cause = fact.id;
                }
                self.answered = Some(fact.act());
            }
            Body::Reminded(fields) => self.escalated(fact, false, fields.clock.as_ref()),
            Body::Urged(_) => {
                if self.stage.is_open() {
                    self.counts.urged = self.counts.urged.saturating_add(1);
                }
            }
            Body::Carded(fields) => self.escalated(fact, true, fields.clock.as_ref()),
            Body::Recategorised(fields) => {
                self.category = fields.category.clone();
                self.take_terms(fact);
                self.moved = fact.act();
            }
            Body::Relocated(fields) => {
                self.pin = fields.pin;
                self.picked = fields.grid.clone();
                if let Some(path) = &fact.stamp.pin_path {
                    self.pin_path = path.clone();
                    self.mark_if(fact, Mark::OutsideGrids, path.is_empty());
                }
                self.take_terms(fact);
                self.moved = fact.act();
            }
            Body::Rehomed(fields) => self.rehomed(fact, fields),
            Body::Reported(_)
            | Body::Commented(_)
            | Body::Erased(_)
            | Body::Admitted(_)
            | Body::MemberSet(_)
            | Body::DocumentPublished(_)
            | Body::LawSet(_)
            | Body::Unknown(_) => {}
        }
    }

    fn rectified(&mut self, fact: &Fact, fields: &Rectified) {
        let again = self.stage == Stage::Rectified;
        let on_the_spot = self.is_on_the_spot(fact);
        let drawn = self.rectification.as_ref().filter(|_| again).and_then(|earlier| earlier.drawn);
        self.add_photos(fact, &fields.photos, Shows::After);
        let missing =
            fields.outcome == Outcome::Rectified && fields.photos.len() < usize::from(self.terms.photos.after);
        self.mark_if(fact, Mark::PhotosMissing, missing);
        self.mark_fix(fact, fields.fix.as_ref());
        self.add_author(fact);
        self.rectification = Some(Rectification { act: fact.act(), outcome: fields.outcome, on_the_spot, drawn });
        self.moved = fact.act();
        if !on_the_spot {
            self.accepted.get_or_insert(fact.act());
        }
        if again {
            return;
        }
        self.end_suspension(fact.stamp.corrected);
        self.drop_ask(fact);
        self.stop(ClockName::Dispatch, fact.stamp.corrected);
        self.stop(ClockName::Accept, fact.stamp.corrected);
        self.stop(ClockName::Rectify, fact.stamp.corrected);
        self.stage = Stage::Rectified;
        if self.terms.review == ReviewPolicy::None {
            self.close(fact);
        } else {
            self.clocks.review = self.clock(fact, self.terms.limits.review, false);
        }
    }

    fn dispatched(&mut self, fact: &Fact, fields: &Dispatched) {
        if self.has_dispatcher(&fact.payload.acting) {
            self.waits_at = Some(fact.payload.acting.key.clone());
        }
        // The rectify clock belongs to one lead: a new one starts anew, the same one goes on where it stood.
        let anew = self.clocks.rectify.as_ref().and_then(|clock| clock.holder.as_ref()) != Some(&fields.lead);
        self.stop(ClockName::Dispatch, fact.stamp.corrected);
        self.stop(ClockName::Accept, fact.stamp.corrected);
        if anew {
            self.stop(ClockName::Rectify, fact.stamp.corrected);
            // What one lead asked for is not the next one's wish.
            self.drop_ask(fact);
        }
        self.lead = Some(fields.lead.clone());
        self.lead_path = fact.stamp.lead_path.clone().unwrap_or_default();
        self.cooperating = fields.cooperating.clone();
        self.accepted = None;
        self.stage = Stage::Dispatched;
        self.start_work(fact, anew);
        self.moved = fact.act();
        self.handed = self.moved;
    }

    fn granted(&mut self, fact: &Fact, fields: &Granted) {
        // A grant that names no ask leaves an open one to be answered. One that does fits the open ask.
        let asked = self.ask.take_if(|_| fields.ask.is_some());
        self.answered = Some(fact.act());
        match fields.grant {
            Grant::Suspension(until) => {
                let from = asked.map_or(fact.stamp.received, |open| open.act.received);
                // The phone refuses a longer one; from another program it is cut, not lost.
                let end = self.terms.suspension_end(from).filter(|end| *end < until);
                self.mark_if(fact, Mark::SuspensionCut, end.is_some());
                let until = end.unwrap_or(until);
                self.end_suspension(from);
                self.suspensions.push(Pause { from, to: Some(until.max(from)) });
                if until > from {
                    self.stand(fact, from);
                }
            }
            Grant::Extension(amount) => {
                if let Some(clock) = &mut self.clocks.rectify {
                    clock.extra = clock.extra.saturating_add(amount);
                    clock.cause = fact.id;
                }
            }
        }
    }

    /// Closes an open ask, whether by an answer or because the ticket moved on.
    fn drop_ask(&mut self, fact: &Fact) {
        if self.ask.take().is_some() {
            self.answered = Some(fact.act());
        }
    }

    /// New terms from the same starts; the lead stays until somebody dispatches.
    fn take_terms(&mut self, fact: &Fact) {
        if let Some(terms) = &fact.stamp.terms {
            self.terms = terms.clone();
            self.move_limits(fact);
        }
    }

    /// Work that was sent back, or a ticket wrongly closed: another round.
    fn work_again(&mut self, fact: &Fact) {
        let on_the_spot = self.rectification.as_ref().is_some_and(|rectification| rectification.on_the_spot);
        self.round = self.round.saturating_add(1);
        self.authors.clear();
        self.moved = fact.act();
        if on_the_spot || self.lead.is_none() {
            self.begin_holding(fact);
            return;
        }
        self.stage = Stage::Accepted;
        let round = self.round;
        let floor = self.terms.rework_floor.map(|amount| Floor { from: fact.stamp.received, amount });
        if let Some(clock) = &mut self.clocks.rectify {
            clock.go_on(fact.stamp.received, fact.id);
            clock.floor = floor;
            clock.round = round;
        }
    }

    fn rehomed(&mut self, fact: &Fact, fields: &Rehomed) {
        if self.lead.as_ref() == Some(&fields.from) {
            self.lead = Some(fields.to.clone());
        }
        for cooperating in self.cooperating.iter_mut().filter(|holder| **holder == fields.from) {
            *cooperating = fields.to.clone();
        }
        for clock in self.clocks.all_mut().filter(|clock| clock.holder.as_ref() == Some(&fields.from)) {
            clock.holder = Some(fields.to.clone());
        }
        if let (Holder::Grid(from), Holder::Grid(to)) = (&fields.from, &fields.to) {
            let from = Key::Grid(from.clone());
            if self.waits_at.as_ref() == Some(&from) {
                self.waits_at = Some(Key::Grid(to.clone()));
            }
        }
        if let Some(path) = &fact.stamp.pin_path {
            self.pin_path = path.clone();
        }
        if let Some(path) = &fact.stamp.lead_path {
            self.lead_path = path.clone();
        }
        self.moved = fact.act();
        self.handed = self.moved;
    }

    fn close(&mut self, fact: &Fact) {
        self.stage = Stage::Closed;
        self.end(fact);
    }

    fn end(&mut self, fact: &Fact) {
        self.end_suspension(fact.stamp.received);
        self.drop_ask(fact);
        self.ended = Some(fact.act());
        self.moved = fact.act();
        for name in ClockName::ALL {
            self.stop(name, fact.stamp.corrected);
        }
    }
}
