//! What a page carries beside tickets, read from the same snapshot: the member's keys, records, documents, outcomes and
//! erasures.

use std::collections::BTreeSet;

use redvest_domain::cbor;
use redvest_domain::event::DocumentKind;
use redvest_domain::id::{DeviceId, EventId, Hash, WorkspaceId};
use redvest_domain::key::{Key, MemberRecord};
use redvest_domain::wire::{DocumentRef, Fate, Outcome};
use rusqlite::{Connection, OptionalExtension, Params, Row, params};

use super::Asker;
use crate::error::{HubError, Refusal};
use crate::store::columns::{event, hash, integer, limit_of, number};

const OWN_RECORD: &str = "SELECT n, record FROM member WHERE workspace = ?1 AND member = ?2";
pub(super) const KEY_HISTORY: &str = "SELECT key, from_n > ?3, coalesce(to_n > ?3, 0) FROM member_key
    WHERE workspace = ?1 AND member = ?2 AND (from_n > ?3 OR to_n > ?3)";
pub(super) const MEMBERS_AFTER: &str =
    "SELECT n, record FROM member WHERE workspace = ?1 AND n > ?2 ORDER BY n LIMIT ?3";
pub(super) const MEMBERS_BELOW: &str =
    "SELECT n, record FROM member WHERE workspace = ?1 AND n < ?2 ORDER BY n DESC LIMIT ?3";
pub(super) const DOCUMENTS: &str =
    "SELECT kind, hash, n FROM document WHERE workspace = ?1 AND in_force = 1 AND n > ?2 ORDER BY n";
pub(super) const OUTCOMES: &str = "SELECT counter, event, source, seq, fate FROM outcome
    WHERE workspace = ?1 AND device = ?2 AND counter > ?3 ORDER BY counter LIMIT ?4";
pub(super) const ERASED: &str = "SELECT event FROM erased WHERE workspace = ?1 AND n > ?2 AND n <= ?3 ORDER BY n";
/// Where a page has to end if so many erasures fit: before the event with the first one that does not, but not before
/// the first event of all.
pub(super) const ERASURES_FIT: &str = "SELECT max(past.n - 1,
        (SELECT n FROM erased WHERE workspace = ?1 AND n > ?2 ORDER BY n LIMIT 1))
    FROM (SELECT n FROM erased WHERE workspace = ?1 AND n > ?2 ORDER BY n LIMIT 1 OFFSET ?3) AS past";
/// For a device that begins: what it may still hold of its member's own events. An event that a restore lost may be
/// anybody's.
pub(super) const ERASED_OF_MEMBER: &str = "SELECT x.n, x.event FROM erased AS x INDEXED BY erased_by_number
    LEFT JOIN event AS e ON e.workspace = x.workspace AND e.id = x.event
    WHERE x.workspace = ?1 AND x.n < ?3 AND (e.member = ?2 OR e.member IS NULL) ORDER BY x.n DESC";

/// The member's own record, with the number of the event that set it; `None` for a stranger.
pub(super) fn own_record(conn: &Connection, asker: &Asker) -> Result<Option<(u64, MemberRecord)>, Refusal> {
    let found = one(conn, OWN_RECORD, params![asker.workspace.as_bytes(), asker.member.as_bytes()], record_row)?;
    found.map(record).transpose()
}

/// The keys that the member is subscribed to.
pub(super) fn subscription(conn: &Connection, asker: &Asker) -> Result<BTreeSet<Key>, Refusal> {
    Ok(own_record(conn, asker)?.map(|(_, record)| record.subscription()).unwrap_or_default())
}

/// Keys whose subscription began and ended behind a number.
#[derive(Debug, Default)]
pub(super) struct KeyHistory {
    pub(super) begun: BTreeSet<Key>,
    pub(super) ended: BTreeSet<Key>,
}

/// What happened to the member's subscription behind `after`. The cursor alone does not tell: a key may have come and
/// gone, or gone and come, and a ticket fetched in between was sent with it or named as left.
pub(super) fn key_history(conn: &Connection, asker: &Asker, after: u64) -> Result<KeyHistory, Refusal> {
    let bound = params![asker.workspace.as_bytes(), asker.member.as_bytes(), integer(after)];
    let rows: Vec<(String, bool, bool)> =
        all(conn, KEY_HISTORY, bound, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let mut history = KeyHistory::default();
    for (text, begun, ended) in rows {
        let key: Key = text.parse().map_err(|_| HubError::Damaged("a key of a member"))?;
        if begun {
            history.begun.insert(key.clone());
        }
        if ended {
            history.ended.insert(key);
        }
    }
    Ok(history)
}

/// Records of members set behind `after`, in the order of the log.
pub(super) fn members_after(
    conn: &Connection,
    workspace: WorkspaceId,
    after: u64,
    limit: usize,
) -> Result<Vec<(u64, MemberRecord)>, Refusal> {
    let rows = all(conn, MEMBERS_AFTER, params![workspace.as_bytes(), integer(after), limit_of(limit)], record_row)?;
    rows.into_iter().map(record).collect()
}

/// Records of members set below `below`, the newest first.
pub(super) fn members_below(
    conn: &Connection,
    workspace: WorkspaceId,
    below: u64,
    limit: usize,
) -> Result<Vec<(u64, MemberRecord)>, Refusal> {
    let rows = all(conn, MEMBERS_BELOW, params![workspace.as_bytes(), integer(below), limit_of(limit)], record_row)?;
    rows.into_iter().map(record).collect()
}

/// Documents in force that were published behind `after`.
pub(super) fn documents(conn: &Connection, workspace: WorkspaceId, after: u64) -> Result<Vec<DocumentRef>, Refusal> {
    let rows: Vec<(u8, Hash, u64)> = all(conn, DOCUMENTS, params![workspace.as_bytes(), integer(after)], |row| {
        Ok((row.get(0)?, hash(row, 1)?, number(row, 2)?))
    })?;
    let reference = |(kind, hash, n)| {
        let kind: DocumentKind = stored(&cbor::encode::<u8>(&kind), "the kind of a document")?;
        Ok(DocumentRef { kind, hash, n })
    };
    rows.into_iter().map(reference).collect()
}

/// Lines of the device's outcome feed behind `after`.
pub(super) fn outcomes(conn: &Connection, asker: &Asker, after: u64, limit: usize) -> Result<Vec<Outcome>, Refusal> {
    type Line = (u64, Option<[u8; 16]>, DeviceId, u64, Vec<u8>);
    let bound = params![asker.workspace.as_bytes(), asker.device.as_bytes(), integer(after), limit_of(limit)];
    let lines: Vec<Line> = all(conn, OUTCOMES, bound, |row| {
        Ok((number(row, 0)?, row.get(1)?, DeviceId::from_bytes(row.get(2)?), number(row, 3)?, row.get(4)?))
    })?;
    let outcome = |(counter, event, device, seq, fate): Line| {
        let fate: Fate = stored(&fate, "a fate")?;
        Ok(Outcome { counter, event: event.map(EventId::from_bytes), device, seq, fate })
    };
    lines.into_iter().map(outcome).collect()
}

/// Events that were erased behind `after` and up to `until`.
pub(super) fn erased(
    conn: &Connection,
    workspace: WorkspaceId,
    after: u64,
    until: u64,
) -> Result<Vec<EventId>, Refusal> {
    let bound = params![workspace.as_bytes(), integer(after), integer(until)];
    all(conn, ERASED, bound, |row| event(row, 0))
}

/// The number up to which the erasures behind `after` fit a page of `limit`; `None` when all of them do.
pub(super) fn erasures_fit(
    conn: &Connection,
    workspace: WorkspaceId,
    after: u64,
    limit: usize,
) -> Result<Option<u64>, Refusal> {
    let bound = params![workspace.as_bytes(), integer(after), limit_of(limit)];
    one(conn, ERASURES_FIT, bound, |row| number(row, 0))
}

/// Events of the member that were erased below a number, the last first: about `limit`, but all that one event erased.
/// With them the number to go on below, if there are more.
pub(super) fn erased_of_member(
    conn: &Connection,
    asker: &Asker,
    below: u64,
    limit: usize,
) -> Result<(Vec<EventId>, Option<u64>), Refusal> {
    let mut query = conn.prepare_cached(ERASED_OF_MEMBER)?;
    let mut rows = query.query(params![asker.workspace.as_bytes(), asker.member.as_bytes(), integer(below)])?;
    let (mut events, mut reached) = (Vec::new(), below);
    while let Some(row) = rows.next()? {
        let n: u64 = number(row, 0)?;
        if n < reached && events.len() >= limit {
            return Ok((events, Some(reached)));
        }
        reached = n;
        events.push(event(row, 1)?);
    }
    Ok((events, None))
}

type RecordRow = (u64, Vec<u8>);

fn record_row(row: &Row<'_>) -> rusqlite::Result<RecordRow> {
    Ok((number(row, 0)?, row.get(1)?))
}

fn record((n, bytes): RecordRow) -> Result<(u64, MemberRecord), Refusal> {
    Ok((n, stored(&bytes, "the record of a member")?))
}

/// Decodes what the hub encoded itself.
fn stored<'b, T: minicbor::Decode<'b, ()>>(bytes: &'b [u8], what: &'static str) -> Result<T, Refusal> {
    minicbor::decode(bytes).map_err(|_| HubError::Damaged(what).into())
}

fn one<T>(
    conn: &Connection,
    sql: &str,
    bound: impl Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>, Refusal> {
    let mut query = conn.prepare_cached(sql)?;
    Ok(query.query_row(bound, read).optional()?)
}

fn all<T>(
    conn: &Connection,
    sql: &str,
    bound: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, Refusal> {
    let mut query = conn.prepare_cached(sql)?;
    let rows = query.query_map(bound, read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}
