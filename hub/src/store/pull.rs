//! Pages: what a device is given of the log, by its cursor and from one snapshot of the database.
//!
//! A pull costs what it delivers: every query here walks an index from where the cursor stands and stops at the page's
//! bounds, so an idle pull costs the number of keys, however long the log is. Invariant: a page holds only what the
//! member may see at the snapshot's head. Protocol: "Partial replicas".

mod answer;
mod live;
mod page;
mod snapshot;
mod tickets;

use std::collections::BTreeSet;

use redvest_domain::codes::Code;
use redvest_domain::id::{DeviceId, MemberId, WorkspaceId};
use redvest_domain::wire::{Fetch, Fetched, Narrow, Narrowed};
use rusqlite::Connection;

pub use self::page::page;
use crate::error::{HubError, Refusal};
use crate::store::{Site, digest, feed};

/// Most tickets that one [`Fetch`] may name.
pub const MAX_FETCH: usize = 100;
/// Most bytes of tickets in the answer to one [`Fetch`], if it is more than one ticket.
pub const MAX_FETCH_BYTES: usize = 8 << 20;
/// Most terms in one [`Narrowed`].
pub const MAX_TERMS: usize = 10_000;
/// Most erased events that a page names of each sort; see [`Bounds::erased`].
pub const MAX_ERASED: usize = 10_000;
/// Most lines of the outcome feed in one page.
pub const MAX_OUTCOMES: usize = 500;

/// Who asks: the device and the member that its token stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asker {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The device: whose outcomes.
    pub device: DeviceId,
    /// The member: whose keys.
    pub member: MemberId,
}

/// How large a page may grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes of tickets and records of members; one that is larger comes alone.
    pub bytes: usize,
    /// Tickets and records of members, at least 1.
    pub entries: usize,
    /// Events named as erased, twice: behind the cursor, and of a device that begins its own. What one event erased comes
    /// together, which may be more.
    pub erased: usize,
}

impl Bounds {
    /// The bounds of a page when the device asks for this many bytes.
    pub fn of(max_bytes: u32) -> Bounds {
        Bounds {
            bytes: usize::try_from(max_bytes).unwrap_or(usize::MAX).min(MAX_FETCH_BYTES),
            entries: 1000,
            erased: MAX_ERASED,
        }
    }
}

/// Whole tickets again. Those not visible are named in `left`; those in neither list did not fit and are to be asked
/// for again.
///
/// Errors: refused with `too_many`; the database's.
pub fn fetch(conn: &Connection, asker: &Asker, fetch: &Fetch) -> Result<Fetched, Refusal> {
    if fetch.tickets.len() > MAX_FETCH {
        return Err(HubError::TooMany.into());
    }
    let subscription = snapshot::subscription(conn, asker)?;
    let mut fetched = Fetched { tickets: Vec::new(), left: Vec::new() };
    let mut bytes = 0;
    for ticket in fetch.tickets.iter().copied().collect::<BTreeSet<_>>() {
        let holders = feed::holders(conn, asker.workspace, ticket)?.into_iter().map(|holder| holder.key);
        let keys: Vec<_> = holders.filter(|key| subscription.contains(key)).collect();
        if keys.is_empty() {
            fetched.left.push(ticket);
            continue;
        }
        let part = tickets::whole(conn, asker.workspace, ticket, keys)?;
        bytes += tickets::size(&part);
        if bytes > MAX_FETCH_BYTES && !fetched.tickets.is_empty() {
            break;
        }
        fetched.tickets.push(part);
    }
    Ok(fetched)
}

/// The terms of one key's digest, ascending by ticket.
///
/// Errors: refused with `out_of_scope` for a key that the member is not subscribed to; the database's.
pub fn narrow(conn: &Connection, asker: &Asker, narrow: &Narrow) -> Result<Narrowed, Refusal> {
    if !snapshot::subscription(conn, asker)?.contains(&narrow.key) {
        return Err(Refusal::of(403, Code::OutOfScope));
    }
    let n = Site::load(conn)?.head_n;
    let mut terms = digest::terms(conn, asker.workspace, &narrow.key, narrow.after, MAX_TERMS + 1)?;
    let more = terms.len() > MAX_TERMS;
    terms.truncate(MAX_TERMS);
    Ok(Narrowed { terms, more, n })
}

#[cfg(test)]
mod tests;
