//! What the office looks at: tickets in the order of their reports, refused work, documents in force. All of it is read
//! in pages or is small.

use redvest_domain::codes::{Code, Explained};
use redvest_domain::event::{DocumentKind, Payload, kind_names};
use redvest_domain::id::{DeviceId, EventId, MemberId, TicketId, WorkspaceId};
use redvest_domain::wire::Fate;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::columns::{event, integer, limit_of, number};
use super::{Site, Store, documents, outcomes, prepare};
use crate::error::HubError;

/// A commit that was refused and that the office can admit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedWork {
    /// Its last event, by which it is admitted.
    pub event: EventId,
    /// The device that sent it.
    pub device: DeviceId,
    /// Whose device that is.
    pub member: MemberId,
    /// The ticket that it is about, if its bytes can be read.
    pub ticket: Option<TicketId>,
    /// The ticket's short number, if it has one.
    pub number: Option<String>,
    /// Names of its kinds of events.
    pub kinds: Vec<String>,
    /// The same in Chinese.
    pub kinds_zh: Vec<String>,
    /// Why it was refused: the code.
    pub code: String,
    /// Why, in Chinese.
    pub zh: String,
    /// Why, in English.
    pub en: String,
}

struct Row {
    event: EventId,
    device: DeviceId,
    seq: u64,
    bytes: Vec<u8>,
    member: MemberId,
}

fn short_number(conn: &Connection, workspace: WorkspaceId, ticket: TicketId) -> Result<Option<String>, HubError> {
    let mut query = conn.prepare_cached("SELECT short_number FROM ticket WHERE workspace = ?1 AND ticket = ?2")?;
    Ok(query.query_row(params![workspace.as_bytes(), ticket.as_bytes()], |row| row.get(0)).optional()?.flatten())
}

fn work(conn: &Connection, workspace: WorkspaceId, row: Row) -> Result<RefusedWork, HubError> {
    let events = prepare::kept(&row.bytes).map(|commit| commit.events).unwrap_or_default();
    let payloads: Vec<Payload> = events.iter().filter_map(|event| Payload::from_bytes(&event.payload).ok()).collect();
    let ticket = payloads.first().and_then(|payload| payload.subject.ticket());
    let number = ticket.map(|ticket| short_number(conn, workspace, ticket)).transpose()?.flatten();
    let (code, zh, en) = match outcomes::latest(conn, workspace, row.device, row.seq)?.map(|outcome| outcome.fate) {
        Some(Fate::Refused(refused)) => (refused.code, refused.zh, refused.en),
        // Each refusal has its line; work that lost it can still be admitted.
        _ => (Code::ParentLost.code().to_owned(), Code::ParentLost.zh(), Code::ParentLost.en()),
    };
    let names = payloads.iter().map(|payload| kind_names(payload.body.number()));
    let (kinds, kinds_zh) = names.map(|(kind, zh)| (kind.to_owned(), zh.to_owned())).unzip();
    let Row { event, device, member, .. } = row;
    Ok(RefusedWork { event, device, member, ticket, number, kinds, kinds_zh, code, zh, en })
}

impl Store {
    /// Refused work that can be admitted, in the order of its last events' ids, which is that of their making; at most
    /// `max` behind `after`.
    ///
    /// # Errors
    /// [`HubError::NoWorkspace`], [`HubError::Database`].
    pub async fn refused_work(&self, after: Option<EventId>, max: usize) -> Result<Vec<RefusedWork>, HubError> {
        self.read(move |conn| {
            let workspace = Site::load(conn)?.workspace;
            let mut query = conn.prepare_cached(
                "SELECT l.event, l.device, l.seq, l.commit_bytes, d.member FROM device_log AS l
                 JOIN device AS d ON d.workspace = l.workspace AND d.device = l.device
                 WHERE l.workspace = ?1 AND l.n IS NULL AND l.commit_bytes IS NOT NULL AND l.event > ?2
                 ORDER BY l.event LIMIT ?3",
            )?;
            let after: &[u8] = after.as_ref().map_or(&[], |event| event.as_bytes());
            let rows = query.query_map(params![workspace.as_bytes(), after, limit_of(max)], |row| {
                Ok(Row {
                    event: event(row, 0)?,
                    device: DeviceId::from_bytes(row.get(1)?),
                    seq: number(row, 2)?,
                    bytes: row.get(3)?,
                    member: MemberId::from_bytes(row.get(4)?),
                })
            })?;
            rows.map(|row| work(conn, workspace, row?)).collect()
        })
        .await
    }

    /// The states of tickets, each with the number of its report, in the order of the reports; at most `max` behind the
    /// report `after`.
    ///
    /// # Errors
    /// [`HubError::NoWorkspace`], [`HubError::Database`].
    pub async fn ticket_states(&self, after: u64, max: usize) -> Result<Vec<(u64, Vec<u8>)>, HubError> {
        self.read(move |conn| {
            let mut query = conn.prepare_cached(
                "SELECT e.n, t.state FROM event AS e
                 JOIN ticket AS t ON t.workspace = e.workspace AND t.ticket = e.subject
                 WHERE e.workspace = ?1 AND e.n > ?2 AND e.seq = 1 AND e.subject_kind = 0 ORDER BY e.n LIMIT ?3",
            )?;
            let rows = query
                .query_map(params![Site::load(conn)?.workspace.as_bytes(), integer(after), limit_of(max)], |row| {
                    Ok((number(row, 0)?, row.get(1)?))
                })?;
            Ok::<_, HubError>(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// The ticket with this short number.
    ///
    /// # Errors
    /// [`HubError::NoWorkspace`], [`HubError::Database`].
    pub async fn ticket_by_number(&self, short: String) -> Result<Option<TicketId>, HubError> {
        self.read(move |conn| {
            let mut query =
                conn.prepare_cached("SELECT ticket FROM ticket WHERE workspace = ?1 AND short_number = ?2")?;
            let found = query.query_row(params![Site::load(conn)?.workspace.as_bytes(), short], |row| {
                Ok(TicketId::from_bytes(row.get(0)?))
            });
            Ok::<_, HubError>(found.optional()?)
        })
        .await
    }

    /// The documents that were published and are in force, in the order of their publication, each as its exact text.
    ///
    /// # Errors
    /// [`HubError::NoWorkspace`], [`HubError::Database`].
    pub async fn documents_in_force(&self) -> Result<Vec<(DocumentKind, String)>, HubError> {
        self.read(|conn| documents::in_force(conn, &Site::load(conn)?)).await
    }
}
