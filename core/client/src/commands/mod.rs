//! Commands: what a user does. Each decides, seals what happened into the device's chain, and writes outbox, photos and
//! what is shown in one durable transaction. What is refused leaves no trace.
//!
//! A pending event carries a provisional stamp made of the documents that this phone holds; it is never rewritten, and
//! the hub's own stamp replaces it when a page brings the event.

mod acting;
mod actions;
mod acts;
mod requests;
mod stamping;
mod write;

use redvest_domain::id::{EventId, TicketId};
use redvest_domain::key::Acting;
use serde::Serialize;

pub(crate) use acts::acts;
pub use requests::{Contribute, Dispatch, Evidence, Judge, OnTheSpot, Rectify, Relocate, Report, SendBack};
pub(crate) use stamping::staffed;

use crate::view::TicketRow;

/// In whose name, and with which words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct By {
    /// The role and key to act under; `None` finds the most fitting one that the member holds.
    pub acting: Option<Acting>,
    /// What the author says.
    pub words: Option<String>,
}

impl By {
    /// With these words, under the most fitting role.
    pub fn saying(words: impl Into<String>) -> By {
        By { acting: None, words: Some(words.into()) }
    }
}

/// What a command wrote; it is durable.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Done {
    /// The ticket.
    pub ticket: TicketId,
    /// The events of the commit, in their order.
    pub events: Vec<EventId>,
    /// The role and key that it was done under.
    pub acting: Acting,
    /// The ticket as lists now show it.
    pub row: TicketRow,
}
