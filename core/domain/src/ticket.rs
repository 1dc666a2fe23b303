//! A ticket's state: what the fold of its events comes to.
//!
//! The state holds no due instant and nothing that depends on the time of day, so it is the same on every replica; its
//! encoding is canonical, and its hash goes into the digest. Clocks are kept as spans; [`crate::clocks`] turns them
//! into due instants with a calendar.

mod clock;
mod parts;
mod stage;

use std::collections::BTreeSet;

use minicbor::{Decode, Encode};
use serde::Serialize;

pub use self::clock::{ClockRun, Clocks, Floor};
pub use self::parts::{Act, Anomaly, Counts, Escalation, Mark, OpenAsk, Rectification, Shows, TicketPhoto};
pub use self::stage::Stage;
use crate::cbor;
use crate::event::{ClockName, Source, VoidReason};
use crate::id::{CategoryCode, EventId, GridCode, Hash, MemberId, TicketId};
use crate::key::{Acting, Key, Role};
use crate::place::Position;
use crate::terms::{Holder, ReviewPolicy, Terms};
use crate::time::{Pause, Timestamp};

/// The state of one ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct Ticket {
    /// The ticket.
    #[n(0)]
    pub id: TicketId,
    /// The `reported` event; its member is the reporter.
    #[n(1)]
    pub reported: Act,
    /// The hub's number of the `reported` event.
    #[n(2)]
    pub first: u64,
    /// How many events it has: the ticket sequence of the last.
    #[n(3)]
    pub seq: u32,
    /// Where it stands.
    #[n(4)]
    pub stage: Stage,
    /// The round of work: 1, and one more each time that work is sent back.
    #[n(5)]
    pub round: u16,
    /// What kind of violation.
    #[n(6)]
    pub category: CategoryCode,
    /// Where it is.
    #[n(7)]
    pub pin: Option<Position>,
    /// The grid that was picked by hand, if it was.
    #[n(8)]
    pub picked: Option<GridCode>,
    /// How it came to be.
    #[n(9)]
    pub source: Source,
    /// The earlier ticket that it repeats.
    #[n(10)]
    pub recurs: Option<TicketId>,
    /// The hub's short number, such as `20261122-0147`; `None` while pending.
    #[n(11)]
    pub short_number: Option<String>,
    /// The reporter's own number, such as `K7-12`.
    #[n(12)]
    pub local_number: Option<String>,
    /// Grids from the root to the pin's.
    #[n(13)]
    pub pin_path: Vec<GridCode>,
    /// Who leads; nobody while it waits.
    #[n(14)]
    pub lead: Option<Holder>,
    /// Grids from the root to the lead's; empty for an agency.
    #[n(15)]
    pub lead_path: Vec<GridCode>,
    /// Who cooperates.
    #[n(16)]
    pub cooperating: Vec<Holder>,
    /// With whom it waits: the key of the last dispatcher; `None` is the office.
    #[n(17)]
    pub waits_at: Option<Key>,
    /// What its law depends on.
    #[n(18)]
    pub terms: Terms,
    /// Who accepted it in this round.
    #[n(19)]
    pub accepted: Option<Act>,
    /// The rectification to be judged or judged last.
    #[n(20)]
    pub rectification: Option<Rectification>,
    /// Authors of rectifications and evidence of this round: none of them may judge it.
    #[n(21)]
    pub authors: Vec<MemberId>,
    /// The clocks.
    #[n(22)]
    pub clocks: Clocks,
    /// 挂账: stretches in which every clock stands.
    #[n(23)]
    pub suspensions: Vec<Pause>,
    /// An ask that waits for an answer.
    #[n(24)]
    pub ask: Option<OpenAsk>,
    /// Counters.
    #[n(25)]
    pub counts: Counts,
    /// Why it is void.
    #[n(26)]
    pub voided: Option<VoidReason>,
    /// When it was closed or voided.
    #[n(27)]
    pub ended: Option<Act>,
    /// Its photos in the order of their events.
    #[n(28)]
    pub photos: Vec<TicketPhoto>,
    /// What is doubtful or unmet, with the event.
    #[n(29)]
    pub marks: Vec<(Mark, EventId)>,
    /// What came too late.
    #[n(30)]
    pub anomalies: Vec<Anomaly>,
    /// What the hub wrote because a clock ran out.
    #[n(31)]
    pub escalations: Vec<Escalation>,
    /// The last event that changed stage, holder, place or category: what came first when something is too late.
    #[n(32)]
    pub moved: Act,
    /// Set by an event of a newer law or of an unknown kind: this replica shows the ticket as it stood before that
    /// event and changes nothing on it until the program is updated. Such a state is no part of a digest's comparison.
    #[n(33)]
    pub needs_update: bool,
    /// The last event that said who holds it: what came first when somebody is its holder no more.
    #[n(34)]
    pub handed: Act,
    /// The last event that answered or ended an ask or a suspension.
    #[n(35)]
    pub answered: Option<Act>,
}

impl Ticket {
    /// Hash of the canonical state, for the digest.
    pub fn state_hash(&self) -> Hash {
        Hash::of(&[&self.to_bytes()])
    }

    /// The canonical encoding.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads a state from a cache.
    pub fn from_bytes(bytes: &[u8]) -> Result<Ticket, cbor::Fault> {
        minicbor::decode(bytes).map_err(|_| cbor::Fault::Shape)
    }

    /// The keys that replicas hold it under.
    pub fn keys(&self) -> BTreeSet<Key> {
        let grids = self.pin_path.iter().chain(&self.lead_path).cloned().map(Key::Grid);
        let holders = self.lead.iter().chain(&self.cooperating).map(Key::from);
        [Key::Workspace, Key::Member(self.reported.member)]
            .into_iter()
            .chain(grids)
            .chain(holders)
            .chain(self.waits_at.clone())
            .collect()
    }

    /// Whether somebody acting so is a dispatcher of this ticket now: a grid above the pin's, a supervisor in scope,
    /// the office.
    pub fn has_dispatcher(&self, acting: &Acting) -> bool {
        match (acting.role, &acting.key) {
            (Role::Office | Role::Supervisor, Key::Workspace) => true,
            (Role::Supervisor, Key::Grid(code)) => self.pin_path.contains(code) || self.lead_path.contains(code),
            (Role::Grid, Key::Grid(code)) => self.pin_path.split_last().is_some_and(|(_, above)| above.contains(code)),
            _ => false,
        }
    }

    /// Whether somebody acting so is a reviewer of this ticket now, as its terms say. Four eyes are asked elsewhere.
    pub fn has_reviewer(&self, acting: &Acting) -> bool {
        match (acting.role, &acting.key) {
            (Role::Office | Role::Supervisor, Key::Workspace) => true,
            (Role::Supervisor, Key::Grid(code)) => self.pin_path.contains(code) || self.lead_path.contains(code),
            (Role::Grid, Key::Grid(code)) => {
                matches!(self.terms.review, ReviewPolicy::Grid) && self.pin_path.contains(code)
            }
            _ => false,
        }
    }

    /// Whether somebody acting so may act for the lead holder. The office may for any.
    pub fn has_lead(&self, acting: &Acting) -> bool {
        self.lead.as_ref().is_some_and(|lead| acts_for(acting, lead))
    }

    /// Whether somebody acting so may act for a cooperating holder. The office may for any.
    pub fn has_cooperating(&self, acting: &Acting) -> bool {
        self.cooperating.iter().any(|holder| acts_for(acting, holder))
    }

    /// Whether every clock stands at this instant.
    pub fn is_suspended(&self, at: Timestamp) -> bool {
        self.suspensions.last().is_some_and(|pause| pause.from <= at && pause.to.is_none_or(|to| at < to))
    }

    /// The member who reported it.
    pub fn reporter(&self) -> MemberId {
        self.reported.member
    }

    /// The key of whoever has the next move: the list that the ticket belongs on. Reviewers of the policy `grid` are
    /// the grids above, so a rectified ticket has no single key.
    pub fn next_move(&self) -> Option<Key> {
        match self.stage {
            Stage::Waiting => Some(self.waits_at.clone().unwrap_or(Key::Workspace)),
            Stage::Dispatched | Stage::Accepted => self.lead.as_ref().map(Key::from),
            Stage::Rectified | Stage::Closed | Stage::Voided => None,
        }
    }

    /// The clocks that run now and have a limit; a suspension may still lie over them.
    pub fn running_clocks(&self) -> impl Iterator<Item = (ClockName, &ClockRun)> {
        self.clocks.started().filter(|(_, clock)| self.stage.is_open() && clock.is_pressing())
    }
}

fn acts_for(acting: &Acting, holder: &Holder) -> bool {
    match acting.role {
        Role::Grid | Role::Agency => Key::from(holder) == acting.key,
        Role::Office => true,
        Role::Volunteer | Role::Supervisor | Role::Hub => false,
    }
}
