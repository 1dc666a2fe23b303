//! Which copies wait to be compared with their original, and what came of it.
//!
//! A pair is queued in the transaction in which its second file, or the binding of two files that are here, counts; it
//! leaves the queue with its verdict. So a hub that was killed meanwhile finds it again. Only valid bindings of one event
//! make a pair: a verdict tells nobody of bytes that are not theirs.

use redvest_domain::id::{Hash, TicketId, WorkspaceId};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::columns::{hash, integer, number};
use super::{Site, Store};
use crate::custody::Verdict;
use crate::error::HubError;

/// Copies of one original that are looked at together.
const COPIES_AT_ONCE: usize = 32;

/// Behind the rows of a copy that its side of the plan finds: the original's row of the same event, where both count.
pub(super) const PAIRED: &str = "CROSS JOIN photo_binding AS own ON own.workspace = copy.workspace
    AND own.hash = copy.original AND own.ticket = copy.ticket AND own.n = copy.n AND own.original = copy.original
    AND copy.hash <> copy.original AND copy.valid = 1 AND own.valid = 1";

/// Queues the pairs of an event that was just bound in which this file is the copy.
pub(super) fn queue_event(
    conn: &Connection,
    workspace: WorkspaceId,
    copy: Hash,
    ticket: TicketId,
    n: u64,
) -> rusqlite::Result<()> {
    conn.prepare_cached(&format!(
        "INSERT INTO photo_check (workspace, original, copy)
         SELECT copy.workspace, copy.original, copy.hash FROM photo_binding AS copy {PAIRED}
         WHERE copy.workspace = ?1 AND copy.hash = ?2 AND copy.ticket = ?3 AND copy.n = ?4 ON CONFLICT DO NOTHING"
    ))?
    .execute(params![workspace.as_bytes(), copy.0, ticket.as_bytes(), integer(n)])?;
    Ok(())
}

/// Queues what can be compared now that this file counts, as a copy or as an original.
pub(super) fn queue(conn: &Connection, workspace: WorkspaceId, file: Hash) -> rusqlite::Result<()> {
    conn.prepare_cached(&format!(
        "INSERT INTO photo_check (workspace, original, copy)
         SELECT copy.workspace, copy.original, copy.hash FROM photo_binding AS copy {PAIRED}
         WHERE copy.workspace = ?1 AND copy.hash = ?2 ON CONFLICT DO NOTHING"
    ))?
    .execute(params![workspace.as_bytes(), file.0])?;
    conn.prepare_cached(&format!(
        "INSERT INTO photo_check (workspace, original, copy)
         SELECT copy.workspace, copy.original, copy.hash FROM photo_binding AS copy
         INDEXED BY photo_binding_by_original {PAIRED}
         WHERE copy.workspace = ?1 AND copy.original = ?2 ON CONFLICT DO NOTHING"
    ))?
    .execute(params![workspace.as_bytes(), file.0])?;
    Ok(())
}

/// What is doubtful about the photos of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhotoDoubt {
    /// The ticket that binds them.
    pub ticket: TicketId,
    /// The original.
    pub original: Hash,
    /// The copy that was compared with it.
    pub copy: Hash,
    /// What came of it.
    pub verdict: Verdict,
}

impl Store {
    /// The next original behind this one whose copies wait, with those copies; the first for `None`.
    ///
    /// # Errors
    /// [`HubError::NoWorkspace`], [`HubError::Database`].
    pub(crate) async fn check_waiting(&self, behind: Option<Hash>) -> Result<Option<(Hash, Vec<Hash>)>, HubError> {
        self.read(move |conn| {
            let workspace = Site::load(conn)?.workspace;
            let mut query = conn.prepare_cached(
                "SELECT original, copy FROM photo_check INDEXED BY photo_check_waiting WHERE workspace = ?1 AND verdict IS NULL AND original > ?2
                 ORDER BY original, copy LIMIT ?3",
            )?;
            let behind: &[u8] = behind.as_ref().map_or(&[], |hash| &hash.0);
            let limit = COPIES_AT_ONCE as i64;
            let rows = query
                .query_map(params![workspace.as_bytes(), behind, limit], |row| Ok((hash(row, 0)?, hash(row, 1)?)))?;
            let pairs: Vec<(Hash, Hash)> = rows.collect::<Result<_, _>>()?;
            Ok(pairs.first().map(|&(first, _)| {
                (first, pairs.iter().filter(|(original, _)| *original == first).map(|(_, copy)| *copy).collect())
            }))
        })
        .await
    }

    /// Writes down what came of comparing these copies with their original.
    ///
    /// # Errors
    /// Whatever keeps the hub from writing.
    pub(crate) async fn photos_checked(&self, original: Hash, verdicts: Vec<(Hash, Verdict)>) -> Result<(), HubError> {
        self.write(move |work| {
            let mut update = work.prepare_cached(
                "UPDATE photo_check SET verdict = ?4, checked = ?5 WHERE workspace = ?1 AND original = ?2 AND copy = ?3",
            )?;
            for (copy, verdict) in verdicts {
                let workspace = work.site.workspace;
                update.execute(params![workspace.as_bytes(), original.0, copy.0, verdict as i64, work.now.0])?;
            }
            Ok(())
        })
        .await
    }

    /// All photos whose copies were found not to show their original, or that the hub cannot decode though their phone
    /// made copies of them; by ticket.
    ///
    /// # Errors
    /// [`HubError::NoWorkspace`], [`HubError::Database`].
    pub async fn photo_doubts(&self) -> Result<Vec<PhotoDoubt>, HubError> {
        self.read(|conn| {
            let workspace = Site::load(conn)?.workspace;
            let mut query = conn.prepare_cached(
                "SELECT DISTINCT bound.ticket, seen.original, seen.copy, seen.verdict FROM photo_check AS seen
                 INDEXED BY photo_check_doubtful CROSS JOIN photo_binding AS bound ON bound.workspace = seen.workspace AND bound.hash = seen.copy
                   AND bound.original = seen.original
                 WHERE seen.workspace = ?1 AND seen.verdict IN (1, 2) ORDER BY 1, 2, 3",
            )?;
            let rows = query.query_map(params![workspace.as_bytes()], |row| {
                let verdict = if number::<u8>(row, 3)? == Verdict::Differs as u8 {
                    Verdict::Differs
                } else {
                    Verdict::Undecodable
                };
                let ticket = TicketId::from_bytes(row.get(0)?);
                Ok(PhotoDoubt { ticket, original: hash(row, 1)?, copy: hash(row, 2)?, verdict })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }
}
