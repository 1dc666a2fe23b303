//! The log: numbers, hashes and the hub's chain. An event that was appended is never changed, except that its private
//! part can be erased.

use redvest_domain::envelope::{CommitSignature, Envelope, Sealed};
use redvest_domain::event::{Payload, Subject};
use redvest_domain::id::{Bytes, DeviceId, EventId, Hash, MemberId, WorkspaceId};
use redvest_domain::stamp::{Stamp, Stamped, chain, event_hash};
use redvest_domain::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::Store;
use super::columns::{event, hash, instant, integer, limit_of, number};
use super::site::Site;
use super::writer::Work;
use crate::error::HubError;

/// Where an event came to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Appended {
    pub(super) n: u64,
    pub(super) hash: Hash,
}

/// Kind and id of a subject as columns.
pub(super) fn subject_columns(workspace: WorkspaceId, subject: Subject) -> (i64, [u8; 16]) {
    match subject {
        Subject::Ticket(ticket) => (0, *ticket.as_bytes()),
        Subject::Member(member) => (1, *member.as_bytes()),
        Subject::Workspace => (2, *workspace.as_bytes()),
    }
}

/// The number that the next event of a subject gets.
pub(super) fn next_seq(work: &Work<'_>, subject: Subject) -> Result<u32, HubError> {
    let (kind, id) = subject_columns(work.site.workspace, subject);
    let mut query =
        work.prepare_cached("SELECT max(seq) FROM event WHERE workspace = ?1 AND subject_kind = ?2 AND subject = ?3")?;
    let last =
        query.query_row(params![work.site.workspace.as_bytes(), kind, id], |row| row.get::<_, Option<u32>>(0))?;
    Ok(last.unwrap_or(0).saturating_add(1))
}

/// Appends one event with its finished stamp, whose number is the next one.
pub(super) fn append(
    work: &mut Work<'_>,
    envelope: &Envelope,
    sealed: &Sealed,
    payload: &Payload,
    stamp: &Stamp,
) -> Result<Appended, HubError> {
    let n = work.site.head_n + 1;
    if stamp.n != n {
        return Err(HubError::Internal("numbering"));
    }
    let bytes = stamp.to_bytes();
    let hash = event_hash(&sealed.envelope, &bytes);
    let workspace = work.site.workspace;
    let (subject_kind, subject) = subject_columns(workspace, payload.subject);
    work.prepare_cached(
        "INSERT INTO event (workspace, n, subject_kind, subject, seq, id, device, device_seq, kind, member, received,
         envelope, payload, private, stamp, hash, mac)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
    )?
    .execute(params![
        workspace.as_bytes(),
        integer(n),
        subject_kind,
        subject,
        stamp.seq,
        envelope.id.as_bytes(),
        envelope.device.as_bytes(),
        integer(envelope.seq),
        payload.body.number(),
        stamp.member.as_bytes(),
        stamp.received.0,
        sealed.envelope.0,
        sealed.payload.0,
        sealed.private.as_ref().map(|private| &private.0),
        bytes,
        hash.0,
        work.keys.stamp_mac(hash)
    ])?;
    work.site.chain = chain(work.site.chain, hash);
    work.site.head_n = n;
    Ok(Appended { n, hash })
}

/// Keeps the signature of a commit whose last event got the number `n`.
pub(super) fn keep_signature(
    work: &Work<'_>,
    device: DeviceId,
    seq: u64,
    n: u64,
    signature: &Bytes,
) -> Result<(), HubError> {
    work.prepare_cached(
        "INSERT OR REPLACE INTO commit_signature (workspace, device, seq, n, signature) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![work.site.workspace.as_bytes(), device.as_bytes(), integer(seq), integer(n), signature.0])?;
    Ok(())
}

/// What is known of an event that was accepted before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) n: u64,
    pub(super) member: MemberId,
    pub(super) envelope: Vec<u8>,
    pub(super) stamp: Vec<u8>,
    pub(super) hash: Hash,
}

/// An accepted event by its id.
pub(super) fn known(conn: &Connection, workspace: WorkspaceId, id: EventId) -> Result<Option<Known>, HubError> {
    let mut query =
        conn.prepare_cached("SELECT n, member, envelope, stamp, hash FROM event WHERE workspace = ?1 AND id = ?2")?;
    let found = query.query_row(params![workspace.as_bytes(), id.as_bytes()], |row| {
        Ok(Known {
            n: number(row, 0)?,
            member: MemberId::from_bytes(row.get(1)?),
            envelope: row.get(2)?,
            stamp: row.get(3)?,
            hash: hash(row, 4)?,
        })
    });
    Ok(found.optional()?)
}

/// The ticket that an event is about; `None` for an event that is not in the log or is about something else.
pub(super) fn ticket_of(
    conn: &Connection,
    workspace: WorkspaceId,
    id: EventId,
) -> Result<Option<redvest_domain::id::TicketId>, HubError> {
    let mut query =
        conn.prepare_cached("SELECT subject FROM event WHERE workspace = ?1 AND id = ?2 AND subject_kind = 0")?;
    let found = query.query_row(params![workspace.as_bytes(), id.as_bytes()], |row| row.get(0)).optional()?;
    Ok(found.map(redvest_domain::id::TicketId::from_bytes))
}

/// Whether an event is in the log.
pub(super) fn has(conn: &Connection, workspace: WorkspaceId, id: EventId) -> Result<bool, HubError> {
    let mut query = conn.prepare_cached("SELECT 1 FROM event WHERE workspace = ?1 AND id = ?2")?;
    Ok(query.exists(params![workspace.as_bytes(), id.as_bytes()])?)
}

/// When the hub received the event with this number; `None` for 0 and for numbers that were not given.
pub(super) fn received(conn: &Connection, workspace: WorkspaceId, n: u64) -> Result<Option<Timestamp>, HubError> {
    let mut query = conn.prepare_cached("SELECT received FROM event WHERE workspace = ?1 AND n = ?2")?;
    Ok(query.query_row(params![workspace.as_bytes(), integer(n)], |row| instant(row, 0)).optional()?)
}

/// One event of the log with the signature of its commit, if it is the commit's last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRow {
    /// Number in the workspace.
    pub n: u64,
    /// The event's id.
    pub id: EventId,
    /// What it is about.
    pub subject: Subject,
    /// Number of its kind.
    pub kind: u16,
    /// Its bytes.
    pub event: Stamped,
    /// The signature of the commit that ends with it.
    pub signature: Option<CommitSignature>,
}

const ROWS: &str = "SELECT e.n, e.id, e.subject_kind, e.subject, e.kind, e.envelope, e.payload, e.private, e.stamp,
    e.mac, e.device, e.device_seq, s.signature
    FROM event AS e LEFT JOIN commit_signature AS s
    ON s.workspace = e.workspace AND s.device = e.device AND s.seq = e.device_seq
    WHERE e.workspace = ?1 AND e.n > ?2 ORDER BY e.n LIMIT ?3";

/// Events behind `after` in the hub's order, at most `max`.
pub(super) fn rows(conn: &Connection, workspace: WorkspaceId, after: u64, max: usize) -> Result<Vec<LogRow>, HubError> {
    let mut query = conn.prepare_cached(ROWS)?;
    let limit = limit_of(max);
    let found = query.query_map(params![workspace.as_bytes(), integer(after), limit], |row| {
        let id: [u8; 16] = row.get(3)?;
        let subject = match row.get::<_, i64>(2)? {
            0 => Subject::Ticket(redvest_domain::id::TicketId::from_bytes(id)),
            1 => Subject::Member(MemberId::from_bytes(id)),
            _ => Subject::Workspace,
        };
        let (device, seq) = (DeviceId::from_bytes(row.get(10)?), number(row, 11)?);
        let signature: Option<Vec<u8>> = row.get(12)?;
        Ok(LogRow {
            n: number(row, 0)?,
            id: event(row, 1)?,
            subject,
            kind: number(row, 4)?,
            event: Stamped {
                envelope: Bytes(row.get(5)?),
                payload: Bytes(row.get(6)?),
                private: row.get::<_, Option<Vec<u8>>>(7)?.map(Bytes),
                stamp: Bytes(row.get(8)?),
                mac: Bytes(row.get(9)?),
            },
            signature: signature.map(|signature| CommitSignature { device, seq, signature: Bytes(signature) }),
        })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

impl Store {
    /// Events behind `after` in the hub's order, at most `max` of them: the log, page by page.
    ///
    /// # Errors
    /// [`HubError::NoWorkspace`], [`HubError::Database`].
    pub async fn export_log(&self, after: u64, max: usize) -> Result<Vec<LogRow>, HubError> {
        self.read(move |conn| rows(conn, Site::load(conn)?.workspace, after, max)).await
    }
}
