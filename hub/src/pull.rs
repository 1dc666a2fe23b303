//! The cursor of a pull: what a device holds, as far as the hub has to know it to build the next page.
//!
//! A cursor is opaque to the device, which gives it back as it came. It is not a secret and grants nothing: a page holds
//! only what the member may see by the hub's own records, so a forged cursor harms nobody but its forger. Invariant:
//! whoever applied every page up to a cursor holds, whole up to [`Cursor::low`], each ticket that a full key has held
//! since then. Protocol: "Partial replicas".

use std::collections::{BTreeMap, BTreeSet};

use minicbor::{Decode, Encode};
use redvest_domain::cbor;
use redvest_domain::codes::{Code, Explained};
use redvest_domain::id::{MemberId, WorkspaceId};
use redvest_domain::key::Key;

use crate::error::Refusal;

/// Most bytes of a cursor. A member's keys come from one event of at most 64 KiB, so a true cursor stays far below.
pub const MAX_CURSOR_BYTES: usize = 256 * 1024;
/// Form of the encoding.
const FORM: u8 = 1;

/// Where a device stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// Whose cursor it is: the workspace.
    pub workspace: WorkspaceId,
    /// Whose cursor it is: the member. A re-keyed phone keeps its replica, so the device does not matter.
    pub member: MemberId,
    /// Epoch of the numbers below.
    pub epoch: u32,
    /// Head of the last completed pull.
    pub low: u64,
    /// The last row passed; at least `low`.
    pub pos: u64,
    /// The keys subscribed to, each with what is still to be filled; `None` is a full key.
    pub keys: BTreeMap<Key, Option<Fill>>,
    /// A device that begins is told which events of its member were erased before, the last first: those by events
    /// below this number are still to be told. `None` when all were.
    pub erasures: Option<u64>,
}

/// How far the backfill of a key has come: over its rows with `changed` up to `from`, open tickets first, then closed
/// ones, each by `changed` descending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Fill {
    /// `pos` when the key was added: what changes later comes live.
    #[n(0)]
    pub from: u64,
    /// Whether closed tickets are being sent; before, open ones.
    #[n(1)]
    pub closed: bool,
    /// Rows with `changed` below this are still to be sent in this pass; at most `from` + 1.
    #[n(2)]
    pub below: u64,
}

impl Fill {
    fn begin(from: u64) -> Fill {
        Fill { from, closed: false, below: from + 1 }
    }

    /// Whether a row that the key holds now was passed already.
    fn has_passed(&self, changed: u64, closed: bool) -> bool {
        match (self.closed, closed) {
            (true, false) => true,
            (false, true) => false,
            _ => changed >= self.below,
        }
    }
}

/// Why a cursor cannot be gone on from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CursorFault {
    /// Not a cursor of this hub, or another member's.
    #[error("not a cursor of this member")]
    Bad,
    /// The hub has never been where this cursor is.
    #[error("a cursor of a later hub")]
    Behind,
}

impl Explained for CursorFault {
    fn code(&self) -> &'static str {
        match self {
            CursorFault::Bad => "bad_cursor",
            CursorFault::Behind => Code::HubBehind.code(),
        }
    }

    fn zh(&self) -> String {
        match self {
            CursorFault::Bad => "同步位置无法识别，请从头重新下载；未上传的工作不受影响。".to_owned(),
            CursorFault::Behind => Code::HubBehind.zh(),
        }
    }

    fn en(&self) -> String {
        match self {
            CursorFault::Bad => {
                "The place in the feed is not known; pull again from the beginning. Unsent work stays.".to_owned()
            }
            CursorFault::Behind => Code::HubBehind.en(),
        }
    }
}

impl From<CursorFault> for Refusal {
    fn from(fault: CursorFault) -> Self {
        let status = match fault {
            CursorFault::Bad => 400,
            CursorFault::Behind => 503,
        };
        Refusal::explained(status, &fault)
    }
}

/// The cursor as bytes.
#[derive(Encode, Decode)]
#[cbor(map)]
struct Written {
    #[n(0)]
    form: u8,
    #[n(1)]
    workspace: WorkspaceId,
    #[n(2)]
    member: MemberId,
    #[n(3)]
    epoch: u32,
    #[n(4)]
    low: u64,
    #[n(5)]
    pos: u64,
    #[n(6)]
    keys: Vec<(Key, Option<Fill>)>,
    #[n(7)]
    erasures: Option<u64>,
}

impl Cursor {
    /// The cursor of a device that holds nothing, at this head.
    pub fn begin(workspace: WorkspaceId, member: MemberId, epoch: u32, head: u64) -> Cursor {
        let erasures = Some(head.saturating_add(1));
        Cursor { workspace, member, epoch, low: head, pos: head, keys: BTreeMap::new(), erasures }
    }

    /// The bytes that the device keeps.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(&Written {
            form: FORM,
            workspace: self.workspace,
            member: self.member,
            epoch: self.epoch,
            low: self.low,
            pos: self.pos,
            keys: self.keys.iter().map(|(key, fill)| (key.clone(), *fill)).collect(),
            erasures: self.erasures,
        })
    }

    /// Reads a cursor that a device of this member gave back.
    ///
    /// Errors: [`CursorFault::Bad`].
    pub fn from_bytes(bytes: &[u8], workspace: WorkspaceId, member: MemberId) -> Result<Cursor, CursorFault> {
        let mut written: Written = cbor::decode(bytes, MAX_CURSOR_BYTES).map_err(|_| CursorFault::Bad)?;
        if (written.form, written.workspace, written.member) != (FORM, workspace, member) || written.low > written.pos {
            return Err(CursorFault::Bad);
        }
        let count = written.keys.len();
        let keys: BTreeMap<_, _> = std::mem::take(&mut written.keys).into_iter().collect();
        let possible = |fill: &Fill| fill.from <= written.pos && fill.below <= fill.from + 1;
        if keys.len() != count || !keys.values().flatten().all(possible) {
            return Err(CursorFault::Bad);
        }
        let Written { epoch, low, pos, erasures, .. } = written;
        Ok(Cursor { workspace, member, epoch, low, pos, keys, erasures })
    }

    /// Checks that the hub, at this `epoch` and `head`, can have given it.
    ///
    /// Errors: [`CursorFault::Behind`].
    pub fn check(&self, epoch: u32, head: u64) -> Result<(), CursorFault> {
        if self.epoch > epoch || self.epoch == epoch && self.pos > head { Err(CursorFault::Behind) } else { Ok(()) }
    }

    /// Takes it into a later epoch whose order forked at `fork_at`, of a device that has taken back what it held beyond.
    /// Keys that were not full are filled anew, since rows have other places now; what left the device beyond the fork
    /// and is here is found by the digests.
    pub fn go_back(&mut self, epoch: u32, fork_at: u64) {
        self.epoch = epoch;
        self.low = self.low.min(fork_at);
        self.pos = self.low;
        for fill in self.keys.values_mut().filter(|fill| fill.is_some()) {
            *fill = Some(Fill::begin(self.pos));
        }
        self.erasures = self.erasures.map(|_| fork_at.saturating_add(1));
    }

    /// Follows the member's subscription: keys that ended are taken out and returned, new ones are to be filled from
    /// here. So are those that `begun` again since `pos`: in between, a fetch may have told the device to drop a ticket.
    pub fn subscribe(&mut self, subscription: &BTreeSet<Key>, begun: &BTreeSet<Key>) -> BTreeSet<Key> {
        let removed = self.keys.keys().filter(|key| !subscription.contains(key)).cloned().collect();
        self.keys.retain(|key, _| subscription.contains(key) && !begun.contains(key));
        for key in subscription {
            self.keys.entry(key.clone()).or_insert(Some(Fill::begin(self.pos)));
        }
        removed
    }

    /// Whether the device surely holds a ticket without a gap up to `low`, because this full key has held it since
    /// `entered` and still does.
    pub fn holds_since(&self, key: &Key, entered: u64) -> bool {
        entered <= self.low && matches!(self.keys.get(key), Some(None))
    }

    /// Whether the device holds all of a ticket that this key holds now, once no live row follows `pos`.
    pub fn has_sent(&self, key: &Key, changed: u64, closed: bool) -> bool {
        match self.keys.get(key) {
            None => false,
            Some(None) => true,
            Some(Some(fill)) => fill.has_passed(changed, closed),
        }
    }

    /// No live row follows: the device has seen everything up to this head but what is still to be filled.
    pub fn catch_up(&mut self, head: u64) {
        self.low = head;
        self.pos = head;
    }

    /// The key to go on filling: open tickets of every key come before closed ones.
    pub fn to_fill(&self) -> Option<(Key, Fill)> {
        let unfilled = self.keys.iter().filter_map(|(key, fill)| Some((key, (*fill)?)));
        unfilled.min_by_key(|(key, fill)| (fill.closed, *key)).map(|(key, fill)| (key.clone(), fill))
    }

    /// Notes that the backfill of a key passed the row with this `changed`.
    pub fn filled_to(&mut self, key: &Key, changed: u64) {
        if let Some(Some(fill)) = self.keys.get_mut(key) {
            fill.below = changed;
        }
    }

    /// Notes that a pass over a key found no further row.
    pub fn pass_ended(&mut self, key: &Key) {
        if let Some(state) = self.keys.get_mut(key) {
            *state = match *state {
                Some(Fill { from, closed: false, .. }) => Some(Fill { from, closed: true, below: from + 1 }),
                _ => None,
            };
        }
    }
}
