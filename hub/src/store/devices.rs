//! Devices: who a token belongs to, where a device's chain stands, and ending it.

use std::collections::BTreeSet;

use redvest_domain::codes::Code;
use redvest_domain::id::{DeviceId, Hash, MemberId, WorkspaceId};
use redvest_domain::key::{Key, MemberRecord};
use redvest_domain::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::columns::{hash, instant, integer, number};
use super::site::Site;
use super::{Store, members};
use crate::error::HubError;
use crate::lasting::Lasting;

/// An authenticated device with what its member is at this moment. All rights come from here, never from a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Auth {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The device.
    pub device: DeviceId,
    /// The device's Ed25519 public key.
    pub key: Hash,
    /// Whose device it is.
    pub member: MemberId,
    /// The member's record in force.
    pub record: MemberRecord,
    /// The keys that the record subscribes to; none for a member who left.
    pub subscription: BTreeSet<Key>,
}

/// A device as the office sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRow {
    /// The device.
    pub device: DeviceId,
    /// Whose it is.
    pub member: MemberId,
    /// What it is.
    pub label: String,
    /// How many events of its chain were consumed.
    pub seq: u64,
    /// When it was enrolled.
    pub enrolled: Timestamp,
    /// When its token ended.
    pub revoked: Option<Timestamp>,
    /// Whether it was reported lost.
    pub lost: bool,
    /// The device that took over its chain's outcomes when it was re-keyed.
    pub successor: Option<DeviceId>,
}

/// Where a device's chain stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chain {
    pub(super) device: DeviceId,
    pub(super) member: MemberId,
    pub(super) key: Hash,
    pub(super) seq: u64,
    pub(super) hash: Hash,
    pub(super) last_corrected: Timestamp,
    /// Up to where its author had seen the order, by the events taken so far.
    pub(super) seen_low: u64,
    pub(super) revoked: Option<Timestamp>,
    pub(super) lost: bool,
    pub(super) successor: Option<DeviceId>,
}

/// Ends a device's token, and says whether it was lost.
pub(super) const REVOKE: &str = "UPDATE device SET revoked = coalesce(revoked, ?3), lost = max(lost, ?4)
    WHERE workspace = ?1 AND device = ?2";

const CHAIN: &str = "SELECT device, member, public_key, seq, hash, last_corrected, revoked, lost, successor, seen_low
     FROM device";

fn chain_by(conn: &Connection, workspace: WorkspaceId, column: &str, value: &[u8]) -> Result<Option<Chain>, HubError> {
    let mut query = conn.prepare_cached(&format!("{CHAIN} WHERE workspace = ?1 AND {column} = ?2"))?;
    let found = query.query_row(params![workspace.as_bytes(), value], |row| {
        Ok(Chain {
            device: DeviceId::from_bytes(row.get(0)?),
            member: MemberId::from_bytes(row.get(1)?),
            key: hash(row, 2)?,
            seq: number(row, 3)?,
            hash: hash(row, 4)?,
            last_corrected: instant(row, 5)?,
            revoked: row.get::<_, Option<i64>>(6)?.map(Timestamp),
            lost: row.get(7)?,
            successor: row.get::<_, Option<[u8; 16]>>(8)?.map(DeviceId::from_bytes),
            seen_low: number(row, 9)?,
        })
    });
    Ok(found.optional()?)
}

/// A device by its id.
pub(super) fn chain(conn: &Connection, workspace: WorkspaceId, device: DeviceId) -> Result<Option<Chain>, HubError> {
    chain_by(conn, workspace, "device", device.as_bytes())
}

/// A device by its token, also one whose token has ended.
pub(super) fn chain_of_token(
    conn: &Connection,
    workspace: WorkspaceId,
    token: &[u8],
) -> Result<Option<Chain>, HubError> {
    chain_by(conn, workspace, "token_hash", &Hash::of(&[token]).0)
}

impl Chain {
    /// Refuses what a revoked or lost device sends.
    pub(super) fn ensure_alive(&self) -> Result<(), Code> {
        match (self.lost, self.revoked) {
            (true, _) => Err(Code::DeviceLost),
            (false, Some(_)) => Err(Code::DeviceRevoked),
            (false, None) => Ok(()),
        }
    }

    /// Writes how far the chain was consumed.
    pub(super) fn save(&self, conn: &Connection, workspace: WorkspaceId) -> Result<(), HubError> {
        conn.prepare_cached(
            "UPDATE device SET seq = ?3, hash = ?4, last_corrected = ?5, seen_low = ?6 WHERE workspace = ?1 AND device = ?2",
        )?
        .execute(params![
            workspace.as_bytes(),
            self.device.as_bytes(),
            integer(self.seq),
            self.hash.0,
            self.last_corrected.0,
            integer(self.seen_low)
        ])?;
        Ok(())
    }
}

impl Store {
    /// The device that this token belongs to. Looked up anew each time, so a revoked token is dead at once.
    ///
    /// # Errors
    /// [`HubError::TokenUnknown`]; [`Code::DeviceRevoked`] or [`Code::DeviceLost`].
    pub async fn authenticate(&self, token: &[u8]) -> Result<Auth, HubError> {
        let token = token.to_vec();
        self.read(move |conn| {
            let workspace = Site::load(conn)?.workspace;
            let chain = chain_of_token(conn, workspace, &token)?.ok_or(HubError::TokenUnknown)?;
            chain.ensure_alive()?;
            // After a restore a device may be known whose member is not: the office has to say anew who that is.
            let record = members::record(conn, workspace, chain.member)?.ok_or(Code::MemberInactive)?;
            let subscription = record.subscription();
            Ok(Auth { workspace, device: chain.device, key: chain.key, member: chain.member, record, subscription })
        })
        .await
    }

    /// Ends a device's token. `lost`: nobody knows who holds it, so nothing from it is taken any more, whatever its
    /// date. A device that was revoked stays so; one that was re-keyed can still be reported lost.
    ///
    /// # Errors
    /// [`HubError::NotFound`] for a device that is not enrolled.
    pub async fn revoke(&self, device: DeviceId, lost: bool) -> Result<(), HubError> {
        self.write(move |work| {
            let row = params![work.site.workspace.as_bytes(), device.as_bytes(), work.now.0, lost];
            let changed = work.execute(REVOKE, row)?;
            if changed == 0 {
                return Err(HubError::NotFound);
            }
            work.last(Lasting::Revoked { device, lost, successor: None, at: work.now });
            Ok(())
        })
        .await
    }

    /// The devices of a member, or all of them, in the order of their enrolment.
    ///
    /// # Errors
    /// [`HubError::NoWorkspace`], [`HubError::Database`].
    pub async fn devices(&self, member: Option<MemberId>) -> Result<Vec<DeviceRow>, HubError> {
        self.read(move |conn| {
            let mut query = conn.prepare_cached(
                "SELECT device, member, label, seq, enrolled, revoked, lost, successor FROM device
                 WHERE workspace = ?1 AND (?2 IS NULL OR member = ?2) ORDER BY enrolled, device",
            )?;
            let member = member.as_ref().map(|member| member.as_bytes());
            let rows = query.query_map(params![Site::load(conn)?.workspace.as_bytes(), member], |row| {
                Ok(DeviceRow {
                    device: DeviceId::from_bytes(row.get(0)?),
                    member: MemberId::from_bytes(row.get(1)?),
                    label: row.get(2)?,
                    seq: number(row, 3)?,
                    enrolled: instant(row, 4)?,
                    revoked: row.get::<_, Option<i64>>(5)?.map(Timestamp),
                    lost: row.get(6)?,
                    successor: row.get::<_, Option<[u8; 16]>>(7)?.map(DeviceId::from_bytes),
                })
            })?;
            Ok::<_, HubError>(rows.collect::<Result<_, _>>()?)
        })
        .await
    }
}
