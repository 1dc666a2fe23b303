//! A ticket's state: what the fold of its events comes to.
//!
//! The state holds no due instant and nothing that depends on the time of day, so it is the same on every replica; its
//! encoding is canonical, and its hash goes into the digest. Clocks are kept as spans; [`crate::clocks`] turns them
//! into due instants with a calendar.

use std::collections::BTreeSet;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::cbor;
use crate::event::{AskKind, ClockName, Grant, Outcome, PhotoVerdict, RanOut, Source, VoidReason};
use crate::id::{CategoryCode, EventId, GridCode, Hash, MemberId, TicketId};
use crate::key::{Acting, Key, Role};
use crate::misfit::Misfit;
use crate::place::Position;
use crate::terms::{Holder, Terms};
use crate::time::{Limit, Pause, Timestamp};

/// Where a ticket stands (LAW, stages). Suspension lies over it and is no stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Stage {
    /// 待派遣
    #[n(0)]
    Waiting,
    /// 待签收
    #[n(1)]
    Dispatched,
    /// 处置中
    #[n(2)]
    Accepted,
    /// 待核查
    #[n(3)]
    Rectified,
    /// 已结案
    #[n(4)]
    Closed,
    /// 已作废
    #[n(5)]
    Voided,
}

impl Stage {
    /// All stages in their order.
    pub const ALL: [Stage; 6] =
        [Stage::Waiting, Stage::Dispatched, Stage::Accepted, Stage::Rectified, Stage::Closed, Stage::Voided];

    /// Neither closed nor voided.
    pub fn is_open(self) -> bool {
        !matches!(self, Stage::Closed | Stage::Voided)
    }

    /// Waiting, dispatched or accepted: the work is still to be done.
    pub fn is_before_work(self) -> bool {
        matches!(self, Stage::Waiting | Stage::Dispatched | Stage::Accepted)
    }

    /// The name in JSON, stores and logs.
    pub fn code(self) -> &'static str {
        match self {
            Stage::Waiting => "waiting",
            Stage::Dispatched => "dispatched",
            Stage::Accepted => "accepted",
            Stage::Rectified => "rectified",
            Stage::Closed => "closed",
            Stage::Voided => "voided",
        }
    }

    /// The name on Chinese screens.
    pub fn zh(self) -> &'static str {
        match self {
            Stage::Waiting => "待派遣",
            Stage::Dispatched => "待签收",
            Stage::Accepted => "处置中",
            Stage::Rectified => "待核查",
            Stage::Closed => "已结案",
            Stage::Voided => "已作废",
        }
    }
}

/// An event that did something, as far as others need to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct Act {
    /// The event.
    #[n(0)]
    pub event: EventId,
    /// Its kind's number.
    #[n(1)]
    pub kind: u16,
    /// Its author.
    #[n(2)]
    pub member: MemberId,
    /// When the hub received it.
    #[n(3)]
    pub received: Timestamp,
    /// When it happened, as far as the hub believes it.
    #[n(4)]
    pub corrected: Timestamp,
}

/// The rectification to be judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct Rectification {
    /// The event.
    #[n(0)]
    pub act: Act,
    /// What it came to.
    #[n(1)]
    pub outcome: Outcome,
    /// 立行立改: by the reporter, in the report's own commit.
    #[n(2)]
    pub on_the_spot: bool,
    /// Whether the hub drew it; `None` before the draw or without one.
    #[n(3)]
    pub drawn: Option<bool>,
}

/// One clock of a ticket: a start, an amount and stretches that do not count. A clock that was stopped has a last
/// stretch without an end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct ClockRun {
    /// When it started.
    #[n(0)]
    pub start: Timestamp,
    /// The amount as the terms gave it.
    #[n(1)]
    pub limit: Limit,
    /// What extensions added, in the limit's unit.
    #[n(2)]
    pub extra: u32,
    /// Stretches of this clock alone that do not count; suspensions are the ticket's.
    #[n(3)]
    pub pauses: Vec<Pause>,
    /// From here at least this much is left (work sent back).
    #[n(4)]
    pub floor: Option<Floor>,
    /// Against whom it runs; `None` for the office or reviewers.
    #[n(5)]
    pub holder: Option<Holder>,
    /// The round it runs in.
    #[n(6)]
    pub round: u16,
    /// The event that last started or moved it.
    #[n(7)]
    pub cause: EventId,
}

/// What a holder has at least left from an instant on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct Floor {
    /// From when.
    #[n(0)]
    pub from: Timestamp,
    /// How much.
    #[n(1)]
    pub amount: Limit,
}

impl ClockRun {
    /// Whether its own time runs; a suspension may still lie over it.
    pub fn is_running(&self) -> bool {
        self.pauses.last().is_none_or(|pause| pause.to.is_some())
    }

    /// When it was stopped, if it stands.
    pub fn stopped(&self) -> Option<Timestamp> {
        self.pauses.last().filter(|pause| pause.to.is_none()).map(|pause| pause.from)
    }

    /// Stops it; never before its start nor before its last stretch ended. A stopped clock stays as it is.
    pub(crate) fn stop(&mut self, at: Timestamp) {
        if self.is_running() {
            let least = self.pauses.last().and_then(|pause| pause.to).unwrap_or(self.start);
            self.pauses.push(Pause { from: at.max(least), to: None });
        }
    }

    /// Lets a stopped clock go on.
    pub(crate) fn go_on(&mut self, at: Timestamp, cause: EventId) {
        if let Some(pause) = self.pauses.last_mut().filter(|pause| pause.to.is_none()) {
            pause.to = Some(at.max(pause.from));
            self.cause = cause;
        }
    }
}

/// The four clocks; each is there once it has started.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct Clocks {
    /// Waiting for dispatch.
    #[n(0)]
    pub dispatch: Option<ClockRun>,
    /// Dispatched, waiting to be accepted.
    #[n(1)]
    pub accept: Option<ClockRun>,
    /// To be rectified.
    #[n(2)]
    pub rectify: Option<ClockRun>,
    /// Rectified, waiting to be judged.
    #[n(3)]
    pub review: Option<ClockRun>,
}

impl Clocks {
    /// One of the clocks by name.
    pub fn get(&self, name: ClockName) -> Option<&ClockRun> {
        match name {
            ClockName::Dispatch => self.dispatch.as_ref(),
            ClockName::Accept => self.accept.as_ref(),
            ClockName::Rectify => self.rectify.as_ref(),
            ClockName::Review => self.review.as_ref(),
        }
    }

    /// The clocks that have started, with their names.
    pub fn started(&self) -> impl Iterator<Item = (ClockName, &ClockRun)> {
        [ClockName::Dispatch, ClockName::Accept, ClockName::Rectify, ClockName::Review]
            .into_iter()
            .filter_map(|name| Some((name, self.get(name)?)))
    }

    pub(crate) fn get_mut(&mut self, name: ClockName) -> Option<&mut ClockRun> {
        match name {
            ClockName::Dispatch => self.dispatch.as_mut(),
            ClockName::Accept => self.accept.as_mut(),
            ClockName::Rectify => self.rectify.as_mut(),
            ClockName::Review => self.review.as_mut(),
        }
    }

    pub(crate) fn all_mut(&mut self) -> impl Iterator<Item = &mut ClockRun> {
        [&mut self.dispatch, &mut self.accept, &mut self.rectify, &mut self.review].into_iter().flatten()
    }
}

/// An ask that nobody answered yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct OpenAsk {
    /// The `asked` event.
    #[n(0)]
    pub act: Act,
    /// What is asked for.
    #[n(1)]
    pub wish: Grant,
}

impl OpenAsk {
    /// Suspension or extension.
    pub fn kind(&self) -> AskKind {
        match self.wish {
            Grant::Suspension(_) => AskKind::Suspension,
            Grant::Extension(_) => AskKind::Extension,
        }
    }
}

/// What is counted on a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct Counts {
    /// 退回: three and more are shown as passed around (推诿).
    #[n(0)]
    pub returned: u16,
    /// 返工
    #[n(1)]
    pub sent_back: u16,
    /// 催办
    #[n(2)]
    pub reminded: u16,
    /// 督办
    #[n(3)]
    pub urged: u16,
    /// 黄牌
    #[n(4)]
    pub carded: u16,
    /// 重开
    #[n(5)]
    pub reopened: u16,
}

/// A reminder or a yellow card that the hub wrote because a clock ran out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct Escalation {
    /// The event.
    #[n(0)]
    pub event: EventId,
    /// A yellow card; else a reminder.
    #[n(1)]
    pub card: bool,
    /// The clock.
    #[n(2)]
    pub ran_out: RanOut,
    /// Whether the clock turned out to have stopped before its due instant.
    #[n(3)]
    pub annulled: bool,
}

/// What a photo shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Shows {
    /// The violation.
    #[n(0)]
    Before,
    /// It put right.
    #[n(1)]
    After,
    /// Anything else.
    #[n(2)]
    Evidence,
}

/// A photo of the ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct TicketPhoto {
    /// SHA-256 of the original.
    #[n(0)]
    pub original: Hash,
    /// SHA-256 of the thumbnail.
    #[n(1)]
    pub thumbnail: Option<Hash>,
    /// The event that bound it.
    #[n(2)]
    pub event: EventId,
    /// What it shows.
    #[n(3)]
    pub shows: Shows,
    /// What a reviewer last said of it.
    #[n(4)]
    pub verdict: Option<PhotoVerdict>,
}

/// What is doubtful or unmet; shown to reviewers, never an anomaly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Mark {
    /// Fewer photos than the category asks for.
    #[n(0)]
    PhotosMissing,
    /// The fix is worse than the category's gate.
    #[n(1)]
    AccuracyGate,
    /// The operating system said that the position was mocked.
    #[n(2)]
    MockPosition,
    /// The device's time could not be checked.
    #[n(3)]
    TimeUnsure,
    /// A photo without copies, or with a doubtful time or place.
    #[n(4)]
    PhotoDoubtful,
    /// The pin lies outside every grid.
    #[n(5)]
    OutsideGrids,
}

/// An event that came too late: it is kept, changes nothing, and its author is shown what came first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct Anomaly {
    /// The event that no longer fitted.
    #[n(0)]
    pub act: Act,
    /// Why.
    #[n(1)]
    pub misfit: Misfit,
    /// What came first.
    #[n(2)]
    pub winner: Act,
}

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
    /// Who leads.
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
    /// Set by an event of a newer law or of an unknown kind: this replica shows the ticket and changes nothing on it.
    #[n(33)]
    pub needs_update: bool,
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
        use crate::terms::ReviewPolicy;
        match (acting.role, &acting.key) {
            (Role::Office | Role::Supervisor, Key::Workspace) => true,
            (Role::Supervisor, Key::Grid(code)) => self.pin_path.contains(code) || self.lead_path.contains(code),
            (Role::Grid, Key::Grid(code)) => {
                matches!(self.terms.review, ReviewPolicy::Grid) && self.pin_path.contains(code)
            }
            _ => false,
        }
    }

    /// Whether somebody acting so acts for the lead holder.
    pub fn has_lead(&self, acting: &Acting) -> bool {
        matches!(acting.role, Role::Grid | Role::Agency)
            && self.lead.as_ref().is_some_and(|lead| Key::from(lead) == acting.key)
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

    /// The clock that runs in this stage and expires first by its nature: the one a list shows.
    pub fn running_clocks(&self) -> impl Iterator<Item = (ClockName, &ClockRun)> {
        self.clocks.started().filter(|(_, clock)| self.stage.is_open() && clock.is_running())
    }
}
