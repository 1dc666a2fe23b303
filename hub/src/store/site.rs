//! Where the hub's order stands: the workspace's one row, and the signed heads.

use redvest_domain::codes::Code;
use redvest_domain::id::{Bytes, DeviceId, Hash, MemberId, WorkspaceId};
use redvest_domain::stamp::Head;
use redvest_domain::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::columns::{hash, instant, integer, number};
use crate::error::HubError;
use crate::keys::Keys;

/// Where the hub's order stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Its name.
    pub name: String,
    /// Epoch of the order; the first is 1.
    pub epoch: u32,
    /// Number of the last event; 0 before the first.
    pub head_n: u64,
    /// The chain's value behind it.
    pub chain: Hash,
    /// The hub's own device.
    pub hub: DeviceId,
    /// Last sequence of the hub's own chain.
    pub hub_seq: u64,
    /// Hash of the last envelope of the hub's own chain.
    pub hub_hash: Hash,
    /// The law in force.
    pub law: u16,
    /// The head that a verified backup holds.
    pub safe_n: u64,
    /// A device has proved that this database is older than what it has seen.
    pub behind: bool,
    /// Bytes of the file of what outlives a restore that this database knows of ([`crate::lasting`]).
    pub lasting: u64,
}

impl Site {
    /// The workspace's row.
    ///
    /// # Errors
    /// [`HubError::NoWorkspace`] before `init`.
    pub(super) fn load(conn: &Connection) -> Result<Site, HubError> {
        let mut query = conn.prepare_cached(
            "SELECT workspace, name, epoch, head_n, chain, hub, hub_seq, hub_hash, law, safe_n, behind, lasting
             FROM workspace",
        )?;
        let found = query.query_row([], |row| {
            Ok(Site {
                workspace: WorkspaceId::from_bytes(row.get(0)?),
                name: row.get(1)?,
                epoch: number(row, 2)?,
                head_n: number(row, 3)?,
                chain: hash(row, 4)?,
                hub: DeviceId::from_bytes(row.get(5)?),
                hub_seq: number(row, 6)?,
                hub_hash: hash(row, 7)?,
                law: number(row, 8)?,
                safe_n: number(row, 9)?,
                behind: row.get(10)?,
                lasting: number(row, 11)?,
            })
        });
        found.optional()?.ok_or(HubError::NoWorkspace)
    }

    pub(super) fn insert(&self, conn: &Connection, created: Timestamp) -> Result<(), HubError> {
        conn.execute(
            "INSERT INTO workspace (workspace, name, epoch, head_n, chain, hub, hub_seq, hub_hash, law, safe_n, behind,
             lasting, created) VALUES (?1, ?2, ?3, 0, ?4, ?5, 0, ?4, ?6, 0, 0, 0, ?7)",
            params![
                self.workspace.as_bytes(),
                self.name,
                self.epoch,
                Hash::ZERO.0,
                self.hub.as_bytes(),
                self.law,
                created.0
            ],
        )?;
        Ok(())
    }

    pub(super) fn save(&self, conn: &Connection) -> Result<(), HubError> {
        conn.prepare_cached(
            "UPDATE workspace SET epoch = ?2, head_n = ?3, chain = ?4, hub = ?5, hub_seq = ?6, hub_hash = ?7, law = ?8,
             safe_n = ?9, behind = ?10, lasting = ?11 WHERE workspace = ?1",
        )?
        .execute(params![
            self.workspace.as_bytes(),
            self.epoch,
            integer(self.head_n),
            self.chain.0,
            self.hub.as_bytes(),
            integer(self.hub_seq),
            self.hub_hash.0,
            self.law,
            integer(self.safe_n),
            self.behind,
            integer(self.lasting)
        ])?;
        Ok(())
    }

    /// The member whose name stands on what the hub writes itself: the workspace's id, which no person has.
    pub fn hub_member(&self) -> MemberId {
        MemberId(self.workspace.0)
    }

    /// Notes the epoch that begins here.
    pub(super) fn begin_epoch(&self, conn: &Connection, at: Timestamp) -> Result<(), HubError> {
        conn.execute(
            "INSERT INTO epoch (workspace, epoch, fork_at, opened, hub) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![self.workspace.as_bytes(), self.epoch, integer(self.head_n), at.0, self.hub.as_bytes()],
        )?;
        Ok(())
    }

    /// Signs the head as it stands and keeps it.
    pub(super) fn sign_head(&self, conn: &Connection, keys: &Keys, at: Timestamp) -> Result<Head, HubError> {
        let head = Head::sign(keys.signing(), self.epoch, self.head_n, self.chain, at);
        conn.prepare_cached(
            "INSERT OR REPLACE INTO head (workspace, n, epoch, chain, at, signature) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            self.workspace.as_bytes(),
            integer(head.n),
            head.epoch,
            head.chain.0,
            head.at.0,
            head.signature.0
        ])?;
        Ok(head)
    }

    /// The newest signed head; it covers every event of the snapshot that `conn` sees.
    ///
    /// # Errors
    /// [`HubError::Damaged`] when there is none, which `init` never leaves.
    pub fn head(&self, conn: &Connection) -> Result<Head, HubError> {
        self.head_at(conn, self.head_n)?.ok_or(HubError::Damaged("head"))
    }

    fn head_at(&self, conn: &Connection, n: u64) -> Result<Option<Head>, HubError> {
        let mut query = conn.prepare_cached(
            "SELECT epoch, n, chain, at, signature FROM head WHERE workspace = ?1 AND n = ?2
             ORDER BY epoch DESC LIMIT 1",
        )?;
        let found = query.query_row(params![self.workspace.as_bytes(), integer(n)], |row| {
            Ok(Head {
                epoch: number(row, 0)?,
                n: number(row, 1)?,
                chain: hash(row, 2)?,
                at: instant(row, 3)?,
                signature: Bytes(row.get(4)?),
            })
        });
        Ok(found.optional()?)
    }

    /// Whether a head that a device has seen is part of this order. One that this hub signed and that is not proves
    /// that the database was restored from a backup.
    ///
    /// # Errors
    /// [`HubError::OlderEpoch`] for a device that does not know of the present epoch yet; [`Code::HubBehind`], and the
    /// caller then has `Store::note_behind` stop the writing.
    pub fn check_seen(&self, conn: &Connection, keys: &Keys, seen: Option<&Head>) -> Result<(), HubError> {
        let Some(seen) = seen else { return Ok(()) };
        if seen.epoch < self.epoch {
            return Err(HubError::OlderEpoch);
        }
        let own = if seen.n <= self.head_n { self.head_at(conn, seen.n)? } else { None };
        if own.is_some_and(|own| (own.epoch, own.chain) == (seen.epoch, seen.chain)) {
            return Ok(());
        }
        // Anybody can make up a head; only one with this hub's own signature says anything.
        if seen.verify(&keys.public().0).is_ok() { Err(Code::HubBehind.into()) } else { Ok(()) }
    }

    /// Up to which number an author had seen this order, given the `base` of an event: numbers beyond a fork were of an
    /// order that is gone.
    pub(super) fn seen(&self, conn: &Connection, base: redvest_domain::event::Base) -> Result<u64, HubError> {
        if base.epoch == 0 {
            return Ok(0);
        }
        Ok(base.low.min(self.fork_behind(conn, base.epoch)?))
    }

    /// Up to which number the order of an epoch is this one: where the first later epoch forked, or the head.
    pub(super) fn fork_behind(&self, conn: &Connection, epoch: u32) -> Result<u64, HubError> {
        if epoch >= self.epoch {
            return Ok(self.head_n);
        }
        let mut query = conn.prepare_cached("SELECT min(fork_at) FROM epoch WHERE workspace = ?1 AND epoch > ?2")?;
        let fork: Option<u64> = query.query_row(params![self.workspace.as_bytes(), epoch], |row| {
            row.get::<_, Option<i64>>(0).map(|fork| fork.and_then(|fork| u64::try_from(fork).ok()))
        })?;
        Ok(fork.map_or(self.head_n, |fork| fork.min(self.head_n)))
    }

    /// Whether the hub signs, or signed in an earlier epoch, under this device id.
    pub(super) fn was_hub(&self, conn: &Connection, device: DeviceId) -> Result<bool, HubError> {
        let mut query = conn.prepare_cached("SELECT 1 FROM epoch WHERE workspace = ?1 AND hub = ?2")?;
        Ok(query.exists(params![self.workspace.as_bytes(), device.as_bytes()])?)
    }

    /// When the present epoch was opened.
    pub(super) fn opened(&self, conn: &Connection) -> Result<Timestamp, HubError> {
        let mut query = conn.prepare_cached("SELECT opened FROM epoch WHERE workspace = ?1 AND epoch = ?2")?;
        let found = query.query_row(params![self.workspace.as_bytes(), self.epoch], |row| instant(row, 0));
        found.optional()?.ok_or(HubError::Damaged("epoch"))
    }
}
