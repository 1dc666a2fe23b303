//! Outcome feeds: one for each device, append-only with its own counter. The feed of a re-keyed device moves to its
//! successor, so that no line is lost with the old key.

use redvest_domain::cbor;
use redvest_domain::codes::{Code, Explained};
use redvest_domain::id::{DeviceId, EventId, Hash, WorkspaceId};
use redvest_domain::ticket::Ticket;
use redvest_domain::wire::{Accepted, Fate, Outcome, Refused, TooLate};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::columns::{integer, number};
use super::writer::Work;
use crate::error::HubError;

/// Most bytes of a fate: two sentences and a few ids.
const MAX_FATE_BYTES: usize = 64 * 1024;

/// A refusal in the words of its code.
pub(super) fn refused(code: Code) -> Fate {
    Fate::Refused(Refused { code: code.as_str().to_owned(), zh: code.zh(), en: code.en() })
}

/// What became of an accepted event: `TooLate` when the fold made it an anomaly.
pub(super) fn fate(ticket: &Ticket, event: EventId, epoch: u32, n: u64, event_hash: Hash, admitted: bool) -> Fate {
    let short_number = ticket.short_number.clone();
    let accepted = Accepted { epoch, n, ticket: Some(ticket.id), short_number, event_hash, admitted };
    match ticket.anomalies.iter().rev().find(|anomaly| anomaly.act.event == event) {
        None => Fate::Accepted(accepted),
        Some(anomaly) => Fate::TooLate(TooLate {
            accepted,
            code: anomaly.misfit.code().as_str().to_owned(),
            winner_kind: anomaly.winner.kind,
            winner: anomaly.winner.member,
            winner_at: anomaly.winner.corrected,
        }),
    }
}

/// The device whose feed tells of `source`: itself, or the last one that it was re-keyed to.
fn owner(work: &Work<'_>, source: DeviceId) -> Result<DeviceId, HubError> {
    let mut device = source;
    let mut query = work.prepare_cached("SELECT successor FROM device WHERE workspace = ?1 AND device = ?2")?;
    // Each successor was enrolled after the one before it, so the walk ends.
    while let Some(next) = query
        .query_row(params![work.site.workspace.as_bytes(), device.as_bytes()], |row| row.get::<_, Option<[u8; 16]>>(0))
        .optional()?
        .flatten()
    {
        device = DeviceId::from_bytes(next);
    }
    Ok(device)
}

/// Whether this device, or one that it was re-keyed from, sent this event and was refused.
pub(super) fn was_refused(work: &Work<'_>, device: DeviceId, event: EventId) -> Result<bool, HubError> {
    // The index is named because SQLite would rather walk the workspace's rows in the order of their devices.
    let mut query = work.prepare_cached(
        "SELECT DISTINCT device FROM device_log INDEXED BY device_log_refused
         WHERE workspace = ?1 AND event = ?2 AND n IS NULL",
    )?;
    let rows = query.query_map(params![work.site.workspace.as_bytes(), event.as_bytes()], |row| row.get(0))?;
    for source in rows {
        if owner(work, DeviceId::from_bytes(source?))? == device {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Adds a line about an event of `source` to the feed of the device that has taken it over, or of `source` itself.
pub(super) fn add(
    work: &Work<'_>,
    source: DeviceId,
    seq: u64,
    event: EventId,
    fate: Fate,
) -> Result<Outcome, HubError> {
    let workspace = work.site.workspace;
    let device = owner(work, source)?;
    let counter: u64 = work
        .prepare_cached(
            "UPDATE device SET outcome_counter = outcome_counter + 1 WHERE workspace = ?1 AND device = ?2
             RETURNING outcome_counter",
        )?
        .query_row(params![workspace.as_bytes(), device.as_bytes()], |row| number(row, 0))?;
    work.prepare_cached(
        "INSERT INTO outcome (workspace, device, counter, source, seq, event, fate)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        workspace.as_bytes(),
        device.as_bytes(),
        integer(counter),
        source.as_bytes(),
        integer(seq),
        event.as_bytes(),
        cbor::encode(&fate)
    ])?;
    Ok(Outcome { counter, event: Some(event), device: source, seq, fate })
}

/// Columns that [`line`] reads, in its order.
pub(super) const LINE: &str = "counter, source, seq, event, fate";

/// A line as stored; `None` for bytes that are no fate.
pub(super) fn line(row: &Row<'_>) -> rusqlite::Result<Option<Outcome>> {
    let fate: Vec<u8> = row.get(4)?;
    let Ok(fate) = cbor::decode(&fate, MAX_FATE_BYTES) else { return Ok(None) };
    Ok(Some(Outcome {
        counter: number(row, 0)?,
        event: row.get::<_, Option<[u8; 16]>>(3)?.map(EventId::from_bytes),
        device: DeviceId::from_bytes(row.get(1)?),
        seq: number(row, 2)?,
        fate,
    }))
}

/// The line that counts for an event of a device's chain: the latest.
pub(super) fn latest(
    conn: &Connection,
    workspace: WorkspaceId,
    source: DeviceId,
    seq: u64,
) -> Result<Option<Outcome>, HubError> {
    let sql = format!(
        "SELECT {LINE} FROM outcome WHERE workspace = ?1 AND source = ?2 AND seq = ?3 ORDER BY counter DESC LIMIT 1"
    );
    let mut query = conn.prepare_cached(&sql)?;
    let found = query.query_row(params![workspace.as_bytes(), source.as_bytes(), integer(seq)], line).optional()?;
    found.map(|line| line.ok_or(HubError::Damaged("outcome.fate"))).transpose()
}
