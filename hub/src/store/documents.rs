//! Reference documents: immutable, addressed by hash, in force from the event that published them.

use std::collections::BTreeSet;
use std::str::FromStr;
use std::sync::Arc;

use redvest_domain::event::{Body, DocumentKind, DocumentPublished, Subject};
use redvest_domain::id::{EventId, Hash, TicketId, WorkspaceId};
use redvest_domain::reference::{
    Document, Policy, ReferenceSet, Retired, Successors, address, check_publication, has_errors, parse,
};
use rusqlite::{Connection, OptionalExtension, params};

use super::columns::integer;
use super::site::Site;
use super::writer::Work;
use super::{Store, hub_events, log, stamping, timers};
use crate::accept::hub_event_id;
use crate::error::HubError;

/// Number of the kind `document_published`.
const PUBLISHED: u16 = 101;

/// A kind by its number in the table.
fn kind_of(number: i64) -> Option<DocumentKind> {
    use DocumentKind::{Agencies, Calendar, Catalogue, Grids, Policy, Responsibilities};
    [Catalogue, Grids, Agencies, Calendar, Policy, Responsibilities].into_iter().find(|kind| *kind as i64 == number)
}

/// The exact texts of the documents in force, in the order of their publication.
pub(super) fn in_force(conn: &Connection, site: &Site) -> Result<Vec<(DocumentKind, String)>, HubError> {
    let mut query =
        conn.prepare("SELECT kind, bytes FROM document WHERE workspace = ?1 AND in_force = 1 ORDER BY n")?;
    let rows = query
        .query_map(params![site.workspace.as_bytes()], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)))?;
    rows.map(|row| {
        let (kind, bytes) = row?;
        let kind = kind_of(kind).ok_or(HubError::Damaged("document.kind"))?;
        Ok((kind, String::from_utf8(bytes).map_err(|_| HubError::Damaged("document.bytes"))?))
    })
    .collect()
}

/// The documents in force.
pub(super) fn load(conn: &Connection, site: &Site) -> Result<ReferenceSet, HubError> {
    in_force(conn, site)?.into_iter().try_fold(ReferenceSet::built_in(), |set, (kind, text)| {
        let document = parse(kind, text.as_bytes()).map_err(|_| HubError::Damaged("document.bytes"))?;
        Ok(set.with(document))
    })
}

/// Every policy that was ever published here.
pub(super) fn policies(conn: &Connection, workspace: WorkspaceId) -> Result<Vec<Policy>, HubError> {
    let mut query = conn.prepare_cached("SELECT bytes FROM document WHERE workspace = ?1 AND kind = ?2")?;
    let rows = query.query_map(params![workspace.as_bytes(), DocumentKind::Policy as i64], |row| row.get(0))?;
    let mut policies = Vec::new();
    for bytes in rows {
        let bytes: Vec<u8> = bytes?;
        match parse(DocumentKind::Policy, &bytes) {
            Ok(Document::Policy(policy)) => policies.push(*policy),
            _ => return Err(HubError::Damaged("document.bytes")),
        }
    }
    Ok(policies)
}

fn retired<C: FromStr + Ord>(
    conn: &Connection,
    workspace: WorkspaceId,
    kind: DocumentKind,
) -> Result<BTreeSet<C>, HubError> {
    let mut query = conn.prepare("SELECT code FROM retired WHERE workspace = ?1 AND kind = ?2")?;
    let rows = query.query_map(params![workspace.as_bytes(), kind as i64], |row| row.get::<_, String>(0))?;
    rows.map(|code| code?.parse().map_err(|_| HubError::Damaged("retired.code"))).collect()
}

/// Publishes a document after every check; see [`Store::publish`].
pub(super) fn publish(
    work: &mut Work<'_>,
    kind: DocumentKind,
    bytes: &[u8],
    successors: &Successors,
) -> Result<Hash, HubError> {
    let (workspace, hash) = (work.site.workspace, address(bytes));
    let in_force: Option<bool> = work
        .prepare_cached("SELECT in_force FROM document WHERE workspace = ?1 AND hash = ?2 AND kind = ?3")?
        .query_row(params![workspace.as_bytes(), hash.0, kind as i64], |row| row.get(0))
        .optional()?;
    if in_force == Some(true) {
        return Ok(hash);
    }
    let document = parse(kind, bytes).map_err(HubError::BadDocument)?;
    let reference = work.reference.clone();
    let retired = Retired {
        grids: retired(work, workspace, DocumentKind::Grids)?,
        agencies: retired(work, workspace, DocumentKind::Agencies)?,
        categories: BTreeSet::new(),
    };
    let offset_ms = reference.clock(&reference.policy().calendar).map_or(0, |calendar| calendar.offset_ms());
    let today = stamping::local_day(work.now, offset_ms);
    let old = reference.predecessor(&document);
    let mut faults = check_publication(old.as_ref(), &document, successors, &retired, today);
    let code = match &document {
        Document::Calendar(calendar) => calendar.code.to_string(),
        _ => String::new(),
    };
    let set = ReferenceSet::clone(&reference).with(document);
    faults.extend(set.check());
    if has_errors(&faults) {
        return Err(HubError::BadDocument(faults));
    }
    let step = [&log::next_seq(work, Subject::Workspace)?.to_be_bytes()[..], &hash.0].concat();
    let cause = EventId(workspace.0);
    let id = hub_event_id(workspace, TicketId(workspace.0), cause, PUBLISHED, &step);
    let body = Body::DocumentPublished(DocumentPublished { kind, hash });
    let at = work.now;
    let n = hub_events::about_record(work, Subject::Workspace, id, body, at)?.n;
    work.execute(
        "UPDATE document SET in_force = 0 WHERE workspace = ?1 AND kind = ?2 AND code = ?3 AND in_force = 1",
        params![workspace.as_bytes(), kind as i64, code],
    )?;
    work.execute(
        "INSERT INTO document (workspace, hash, kind, code, bytes, n, in_force) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1)
         ON CONFLICT (workspace, hash) DO UPDATE SET n = excluded.n, in_force = 1",
        params![workspace.as_bytes(), hash.0, kind as i64, code, bytes, integer(n)],
    )?;
    match kind {
        DocumentKind::Grids => retire(work, kind, id, &successors.grids)?,
        DocumentKind::Agencies => retire(work, kind, id, &successors.agencies)?,
        DocumentKind::Calendar | DocumentKind::Policy => timers::look_again(work)?,
        DocumentKind::Catalogue | DocumentKind::Responsibilities => {}
    }
    work.reference = Arc::new(set);
    Ok(hash)
}

/// Notes removed codes with their successors; the tickets follow later.
fn retire<C: std::fmt::Display>(
    work: &Work<'_>,
    kind: DocumentKind,
    cause: EventId,
    successors: &std::collections::BTreeMap<C, C>,
) -> Result<(), HubError> {
    for (code, successor) in successors {
        work.execute(
            "INSERT INTO retired (workspace, kind, code, successor, cause, done) VALUES (?1, ?2, ?3, ?4, ?5, 0)",
            params![
                work.site.workspace.as_bytes(),
                kind as i64,
                code.to_string(),
                successor.to_string(),
                cause.as_bytes()
            ],
        )?;
    }
    Ok(())
}

impl Store {
    /// The bytes of a document, whether or not it is still in force; `None` if there is none with this hash.
    ///
    /// # Errors
    /// [`HubError::NoWorkspace`], [`HubError::Database`].
    pub async fn document(&self, hash: Hash) -> Result<Option<Vec<u8>>, HubError> {
        self.read(move |conn| {
            let mut query = conn.prepare_cached("SELECT bytes FROM document WHERE workspace = ?1 AND hash = ?2")?;
            let workspace = Site::load(conn)?.workspace;
            Ok(query.query_row(params![workspace.as_bytes(), hash.0], |row| row.get(0)).optional()?)
        })
        .await
    }
}
