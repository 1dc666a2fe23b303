//! Events that came too late: kept, changing nothing, with what came first.

use super::Fact;
use crate::event::Body;
use crate::misfit::Misfit;
use crate::ticket::{Act, Anomaly, Shows, Ticket};

impl Ticket {
    /// Keeps an event that does not fit. Its photos stay as evidence.
    pub(super) fn lose(&mut self, fact: &Fact, misfit: Misfit) {
        let winner = self.winner(misfit);
        self.add_photos(fact, fact.payload.body.photos(), Shows::Evidence);
        // Work that came too late is evidence, and nobody judges evidence of their own. A verdict that came too late
        // is given again by the same reviewer.
        if self.stage.is_open() && matches!(fact.payload.body, Body::Rectified(_) | Body::Contributed(_)) {
            self.add_author(fact);
        }
        self.anomalies.push(Anomaly { act: fact.act(), misfit, winner });
    }

    /// What came first, if something does not fit for this reason now.
    pub fn winner(&self, misfit: Misfit) -> Act {
        let known = match misfit {
            Misfit::AlreadyClosed | Misfit::AlreadyVoided | Misfit::ReopenTooLate => self.ended,
            Misfit::AlreadyAccepted => self.accepted,
            Misfit::AlreadyRectified | Misfit::NewerRectification => self.rectification.as_ref().map(|last| last.act),
            Misfit::ReporterTooLate => self.accepted.or(Some(self.moved)),
            Misfit::NotTheHolder | Misfit::NotCooperating | Misfit::HandOnForbidden => Some(self.handed),
            Misfit::NoOpenAsk | Misfit::NotSuspended => self.answered,
            Misfit::AskPending => self.ask.as_ref().map(|open| open.act),
            Misfit::StageForbids
            | Misfit::NotDispatcher
            | Misfit::NotReviewer
            | Misfit::NothingToDraw
            | Misfit::OutOfPlace => None,
        };
        known.unwrap_or(self.moved)
    }
}
