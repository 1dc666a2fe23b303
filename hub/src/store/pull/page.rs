//! One page: live rows first, then backfill until the page is full.

use std::collections::{BTreeMap, HashSet};

use redvest_domain::cbor;
use redvest_domain::digest::Digest;
use redvest_domain::id::{Bytes, MemberId, TicketId};
use redvest_domain::key::{Key, MemberRecord};
use redvest_domain::time::Timestamp;
use redvest_domain::wire::{Page, Pull, TicketPart};
use rusqlite::Connection;

use super::live::{Live, Subject};
use super::snapshot::KeyHistory;
use super::{Asker, Bounds, MAX_OUTCOMES, snapshot, tickets};
use crate::error::{HubError, Refusal};
use crate::pull::{Cursor, Fill};
use crate::store::feed::Holder;
use crate::store::{Site, digest, feed};

/// Rows of a backfill that are read at once.
const FILL_BATCH: usize = 32;

/// Builds the next page for a device. `conn` stands in one read transaction; `now` is told to the device. The head that
/// the device has seen is not looked at here.
///
/// Errors: refused with `bad_cursor` (400), `older_epoch` (410) or `hub_behind` (503); the database's.
pub fn page(conn: &Connection, asker: &Asker, pull: &Pull, bounds: Bounds, now: Timestamp) -> Result<Page, Refusal> {
    let site = Site::load(conn)?;
    let head = site.head_n;
    let mut cursor = match &pull.cursor {
        None => Cursor::begin(asker.workspace, asker.member, site.epoch, head),
        Some(bytes) => Cursor::from_bytes(bytes, asker.workspace, asker.member)?,
    };
    cursor.check(site.epoch, head)?;
    let goes_back = cursor.epoch < site.epoch;
    if goes_back {
        // Whoever has seen a head of this epoch was told where it forked.
        if pull.seen.as_ref().is_none_or(|seen| seen.epoch < site.epoch) {
            return Err(HubError::OlderEpoch.into());
        }
        cursor.go_back(site.epoch, site.fork_behind(conn, cursor.epoch)?);
    }
    // Behind this number everything is new to the device; a device that begins has nothing.
    let since = if pull.cursor.is_some() { cursor.pos } else { 0 };
    // One that goes back may hold documents and a record of its own that are not in force here.
    let in_force_since = if goes_back { 0 } else { since };
    let own = snapshot::own_record(conn, asker)?;
    let subscription = own.as_ref().map(|(_, record)| record.subscription()).unwrap_or_default();
    let KeyHistory { begun, ended } = snapshot::key_history(conn, asker, since)?;
    let mut removed_keys = cursor.subscribe(&subscription, &begun);
    removed_keys.extend(ended.into_iter().filter(|key| !subscription.contains(key)));

    let mut draft = Draft::new(conn, *asker, bounds);
    if let Some((n, record)) = own
        && n > in_force_since
    {
        draft.members.insert(record.member, record);
    }
    // A page ends where its erasures do not fit any more, so that the device's place in the order tells of both.
    let behind = cursor.pos;
    let until = snapshot::erasures_fit(conn, asker.workspace, behind, bounds.erased)?;
    let caught_up = draft.live(&mut cursor, until)?;
    if caught_up {
        cursor.catch_up(head);
    }
    let complete = caught_up && draft.fill(&mut cursor)?;

    let mut outcomes = snapshot::outcomes(conn, asker, pull.outcomes_after, MAX_OUTCOMES + 1)?;
    let mut erased = snapshot::erased(conn, asker.workspace, behind, cursor.pos)?;
    if let Some(below) = cursor.erasures {
        let (events, rest) = snapshot::erased_of_member(conn, asker, below, bounds.erased)?;
        erased.extend(events);
        cursor.erasures = rest;
    }
    let more = !complete || outcomes.len() > MAX_OUTCOMES || cursor.erasures.is_some();
    outcomes.truncate(MAX_OUTCOMES);
    // Who left reads no documents. Who came back is given all of them, because the order went on meanwhile.
    let documents = match (subscription.contains(&Key::Everybody), begun.contains(&Key::Everybody)) {
        (false, _) => Vec::new(),
        (true, true) => snapshot::documents(conn, asker.workspace, 0)?,
        (true, false) => snapshot::documents(conn, asker.workspace, in_force_since)?,
    };
    Ok(Page {
        tickets: draft.tickets,
        left: draft.left,
        removed_keys: removed_keys.into_iter().collect(),
        members: draft.members.into_values().collect(),
        documents,
        outcomes,
        cursor: Bytes(cursor.to_bytes()),
        more,
        head: site.head(conn)?,
        low: cursor.low,
        now,
        digests: if more { Vec::new() } else { digests(conn, asker, &cursor)? },
        erased,
        safe_n: site.safe_n,
        law: Some(site.law),
    })
}

/// The digests of all keys that can hold tickets; all are full when no page follows.
fn digests(conn: &Connection, asker: &Asker, cursor: &Cursor) -> Result<Vec<(Key, Digest)>, Refusal> {
    let mut digests = Vec::with_capacity(cursor.keys.len());
    for key in cursor.keys.keys().filter(|key| !matches!(key, Key::Everybody | Key::Office)) {
        digests.push((key.clone(), digest::sum(conn, asker.workspace, key)?));
    }
    Ok(digests)
}

/// A page that is being filled.
struct Draft<'c> {
    conn: &'c Connection,
    asker: Asker,
    bounds: Bounds,
    bytes: usize,
    entries: usize,
    sent: HashSet<TicketId>,
    tickets: Vec<TicketPart>,
    left: Vec<TicketId>,
    members: BTreeMap<MemberId, MemberRecord>,
}

impl<'c> Draft<'c> {
    fn new(conn: &'c Connection, asker: Asker, bounds: Bounds) -> Draft<'c> {
        let (tickets, left, members) = (Vec::new(), Vec::new(), BTreeMap::new());
        Draft { conn, asker, bounds, bytes: 0, entries: 0, sent: HashSet::new(), tickets, left, members }
    }

    /// Takes live rows up to the number `until` into the page until it is full; true when none is left behind it.
    fn live(&mut self, cursor: &mut Cursor, until: Option<u64>) -> Result<bool, Refusal> {
        let mut live = Live::after(self.conn, self.asker.workspace, cursor.keys.keys(), cursor.pos)?;
        while let Some((changed, subject)) = live.next()? {
            if until.is_some_and(|until| until < changed) {
                break;
            }
            let taken = match subject {
                Subject::Member(record) => self.take_member(record),
                Subject::Ticket(ticket) => self.take_live(ticket, cursor)?,
            };
            if !taken {
                return Ok(false);
            }
            cursor.pos = changed;
        }
        cursor.pos = until.unwrap_or(cursor.pos);
        Ok(until.is_none())
    }

    /// Fills the rest of the page with what the device does not hold yet; true when nothing is left to be filled. The
    /// device has caught up with the head, so whatever it holds it holds to the end.
    fn fill(&mut self, cursor: &mut Cursor) -> Result<bool, Refusal> {
        while let Some((key, fill)) = cursor.to_fill() {
            let rows = self.fill_rows(&key, fill)?;
            let last = rows.len() < FILL_BATCH;
            for (changed, subject) in rows {
                let taken = match subject {
                    Subject::Member(record) => self.take_member(record),
                    Subject::Ticket(ticket) => self.take_fill(ticket, cursor)?,
                };
                if !taken {
                    return Ok(false);
                }
                cursor.filled_to(&key, changed);
            }
            if last {
                cursor.pass_ended(&key);
            }
        }
        Ok(true)
    }

    fn fill_rows(&self, key: &Key, fill: Fill) -> Result<Vec<(u64, Subject)>, Refusal> {
        let workspace = self.asker.workspace;
        if *key != Key::Office {
            let rows = feed::fill(self.conn, workspace, key, fill.closed, fill.below, FILL_BATCH)?;
            return Ok(rows.into_iter().map(|(changed, ticket)| (changed, Subject::Ticket(ticket))).collect());
        }
        if fill.closed {
            return Ok(Vec::new());
        }
        let rows = snapshot::members_below(self.conn, workspace, fill.below, FILL_BATCH)?;
        Ok(rows.into_iter().map(|(n, record)| (n, Subject::Member(record))).collect())
    }

    fn take_live(&mut self, ticket: TicketId, cursor: &Cursor) -> Result<bool, Refusal> {
        if self.sent.contains(&ticket) {
            return Ok(true);
        }
        if self.entries >= self.bounds.entries {
            return Ok(false);
        }
        let holders = self.holders(ticket, cursor)?;
        if holders.is_empty() {
            let fits = self.has_room(ticket.as_bytes().len() + 1);
            if fits {
                self.sent.insert(ticket);
                self.left.push(ticket);
            }
            return Ok(fits);
        }
        let held = holders.iter().any(|holder| cursor.holds_since(&holder.key, holder.entered));
        let keys = keys_of(holders);
        let part = if held {
            tickets::part(self.conn, self.asker.workspace, ticket, keys, cursor.low)?
        } else {
            tickets::whole(self.conn, self.asker.workspace, ticket, keys)?
        };
        Ok(self.take(part))
    }

    fn take_fill(&mut self, ticket: TicketId, cursor: &Cursor) -> Result<bool, Refusal> {
        if self.sent.contains(&ticket) {
            return Ok(true);
        }
        if self.entries >= self.bounds.entries {
            return Ok(false);
        }
        let holders = self.holders(ticket, cursor)?;
        let held = holders.iter().any(|holder| cursor.has_sent(&holder.key, holder.changed, holder.closed));
        let keys = keys_of(holders);
        let part = if held {
            tickets::keys_only(ticket, keys)
        } else {
            tickets::whole(self.conn, self.asker.workspace, ticket, keys)?
        };
        Ok(self.take(part))
    }

    /// The subscribed keys that hold a ticket at the snapshot's head.
    fn holders(&self, ticket: TicketId, cursor: &Cursor) -> Result<Vec<Holder>, Refusal> {
        let mut holders = feed::holders(self.conn, self.asker.workspace, ticket)?;
        holders.retain(|holder| cursor.keys.contains_key(&holder.key));
        Ok(holders)
    }

    fn take(&mut self, part: TicketPart) -> bool {
        let fits = self.has_room(tickets::size(&part));
        if fits {
            self.sent.insert(part.ticket);
            self.tickets.push(part);
        }
        fits
    }

    fn take_member(&mut self, record: MemberRecord) -> bool {
        let fits = self.has_room(cbor::encode(&record).len());
        if fits {
            self.members.insert(record.member, record);
        }
        fits
    }

    /// Counts one more entry if it fits; the first one always does.
    fn has_room(&mut self, size: usize) -> bool {
        let fits = self.entries == 0
            || self.entries < self.bounds.entries && self.bytes.saturating_add(size) <= self.bounds.bytes;
        if fits {
            self.entries += 1;
            self.bytes = self.bytes.saturating_add(size);
        }
        fits
    }
}

fn keys_of(holders: Vec<Holder>) -> Vec<Key> {
    holders.into_iter().map(|holder| holder.key).collect()
}
