//! The clocks of a ticket as spans: starts, amounts and stretches that do not count, never due instants.

use minicbor::{Decode, Encode};
use serde::Serialize;

use crate::event::ClockName;
use crate::id::EventId;
use crate::terms::Holder;
use crate::time::{Limit, Pause, Timestamp};

/// One clock of a ticket: a start, an amount and stretches that do not count. A clock that was stopped has a last
/// stretch without an end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct ClockRun {
    /// When it started.
    #[n(0)]
    pub start: Timestamp,
    /// The amount as the terms give it; `None` while they set no limit. The start is kept all the same, because other
    /// terms may set one from the same start.
    #[n(1)]
    pub limit: Option<Limit>,
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
    /// Whether it counts against somebody: it runs and has a limit.
    pub fn is_pressing(&self) -> bool {
        self.limit.is_some() && self.is_running()
    }

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
        ClockName::ALL.into_iter().filter_map(|name| Some((name, self.get(name)?)))
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
