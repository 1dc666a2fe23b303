//! Which photos are bound to which tickets, which have arrived, and who may send or fetch them.
//!
//! A binding counts (`valid`) only if its author sent all bytes or could read them already. Otherwise somebody who knew
//! a hash could bind it to a ticket of their own and fetch the photo; and the hub never tells such an asker that it has
//! the bytes. Protocol: "Photos".

use redvest_domain::event::Photo;
use redvest_domain::id::{Hash, MemberId, TicketId, WorkspaceId};
use redvest_domain::key::Key;
use rusqlite::{OptionalExtension, Transaction, params};

use super::columns::{integer, number};
use super::{Auth, Store, photo_checks};
use crate::error::HubError;

/// What an asker is told about sending a photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhotoRight {
    /// No accepted event of this member binds it.
    None,
    /// All bytes are wanted: this many.
    Send(u64),
    /// This member has sent it, or could read it when binding it: nothing more to send.
    Done(u64),
}

/// Writes the bindings of an accepted event, in its transaction.
pub(super) fn bind<'a>(
    tx: &Transaction,
    workspace: WorkspaceId,
    author: MemberId,
    subscription: impl Iterator<Item = &'a Key> + Clone,
    ticket: TicketId,
    n: u64,
    photos: &[Photo],
) -> rusqlite::Result<()> {
    let mut insert = tx.prepare_cached(
        "INSERT INTO photo_binding (workspace, hash, ticket, n, member, size, original, valid)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
    )?;
    let mut arrived = Vec::new();
    for photo in photos {
        for blob in photo.blobs() {
            let hash = blob.hash;
            let valid =
                has_sent(tx, workspace, author, hash)? || is_readable(tx, workspace, subscription.clone(), hash)?;
            insert.execute(params![
                workspace.as_bytes(),
                hash.0,
                ticket.as_bytes(),
                integer(n),
                author.as_bytes(),
                integer(blob.size),
                photo.original.hash.0,
                valid
            ])?;
            if valid {
                arrived.push(hash);
            }
        }
    }
    // Behind all rows of the event: a pair may come in either order.
    for hash in arrived {
        photo_checks::queue_event(tx, workspace, hash, ticket, n)?;
    }
    Ok(())
}

fn has_sent(tx: &Transaction, workspace: WorkspaceId, author: MemberId, hash: Hash) -> rusqlite::Result<bool> {
    tx.prepare_cached(
        "SELECT 1 FROM photo_binding INDEXED BY photo_binding_valid
         WHERE workspace = ?1 AND hash = ?2 AND member = ?3 AND valid = 1 LIMIT 1",
    )?
    .exists(params![workspace.as_bytes(), hash.0, author.as_bytes()])
}

/// Whether a ticket that one of these keys sees binds the photo validly.
fn is_readable<'a>(
    tx: &rusqlite::Connection,
    workspace: WorkspaceId,
    keys: impl Iterator<Item = &'a Key> + Clone,
    hash: Hash,
) -> rusqlite::Result<bool> {
    let mut tickets = tx.prepare_cached(
        "SELECT DISTINCT ticket FROM photo_binding INDEXED BY photo_binding_valid
             WHERE workspace = ?1 AND hash = ?2 AND valid = 1",
    )?;
    let mut held =
        tx.prepare_cached("SELECT 1 FROM feed WHERE workspace = ?1 AND key = ?2 AND ticket = ?3 AND left IS NULL")?;
    let mut rows = tickets.query(params![workspace.as_bytes(), hash.0])?;
    while let Some(row) = rows.next()? {
        let ticket: [u8; 16] = row.get("ticket")?;
        for key in keys.clone() {
            if held.exists(params![workspace.as_bytes(), key.to_string(), ticket])? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

impl Store {
    /// Whether the asker sees a ticket that binds this photo validly, and its bytes are here.
    pub async fn may_read_photo(&self, auth: &Auth, hash: Hash) -> Result<bool, HubError> {
        let (workspace, keys) = (auth.workspace, auth.subscription.clone());
        self.read(move |conn| {
            let has_arrived = conn
                .prepare_cached("SELECT 1 FROM photo WHERE workspace = ?1 AND hash = ?2")?
                .exists(params![workspace.as_bytes(), hash.0])?;
            Ok(has_arrived && is_readable(conn, workspace, keys.iter(), hash)?)
        })
        .await
    }

    /// Whether the asker may send this photo: an accepted event of its own binds it.
    pub async fn photo_right(&self, auth: &Auth, hash: Hash) -> Result<PhotoRight, HubError> {
        let (workspace, member) = (auth.workspace, auth.member);
        self.read(move |conn| {
            let found = conn
                .prepare_cached(
                    "SELECT size, valid FROM photo_binding WHERE workspace = ?1 AND hash = ?2 AND member = ?3
                     ORDER BY valid LIMIT 1",
                )?
                .query_row(params![workspace.as_bytes(), hash.0, member.as_bytes()], |row| {
                    Ok((number(row, 0)?, row.get::<_, bool>(1)?))
                })
                .optional()?;
            Ok(match found {
                None => PhotoRight::None,
                Some((size, false)) => PhotoRight::Send(size),
                Some((size, true)) => PhotoRight::Done(size),
            })
        })
        .await
    }

    /// All bytes of a photo are durable: its sender's bindings count from now on.
    pub async fn photo_arrived(
        &self,
        workspace: WorkspaceId,
        sender: MemberId,
        hash: Hash,
        size: u64,
    ) -> Result<(), HubError> {
        let now = self.now();
        self.write(move |tx| {
            tx.prepare_cached(
                "INSERT INTO photo (workspace, hash, size, arrived) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            )?
            .execute(params![workspace.as_bytes(), hash.0, integer(size), now.0])?;
            tx.prepare_cached(
                "UPDATE photo_binding SET valid = 1 WHERE workspace = ?1 AND hash = ?2 AND member = ?3 AND valid = 0",
            )?
            .execute(params![workspace.as_bytes(), hash.0, sender.as_bytes()])?;
            photo_checks::queue(tx, workspace, hash)?;
            Ok(())
        })
        .await
    }
}
