//! Notices: what a phone tells its user of its own accord.

use redvest_domain::id::{EventId, TicketId};
use redvest_domain::time::Timestamp;
use serde::Serialize;

use super::TicketRow;

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// A ticket waits for this member.
    NewForMe,
    /// 即将到期: what this member is to put right is due soon.
    DueSoon,
    /// 超期: it is overdue.
    Overdue,
    /// 返工: work of this member, or of its grid or agency, came back.
    SentBack,
    /// The hub refused an own event.
    Refused,
    /// An own event came too late.
    TooLate,
}

/// One thing to tell.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Notice {
    /// What tells it from every other: what [`crate::Client::notices_told`] names.
    pub key: String,
    /// What it is about.
    pub kind: NoticeKind,
    /// The ticket.
    pub ticket: Option<TicketId>,
    /// The own event that was refused or came too late.
    pub event: Option<EventId>,
    /// The ticket as lists show it, if it is shown.
    pub row: Option<TicketRow>,
    /// One sentence in Chinese.
    pub zh: String,
    /// One sentence in English.
    pub en: String,
    /// Since when it is so.
    pub at: Timestamp,
}

/// What is to be told now and was not told yet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Notices {
    /// The newest first, at most 100.
    pub notices: Vec<Notice>,
    /// How many more there are, as far as was looked: 1,000 tickets of each list and kind.
    pub more: u32,
}
