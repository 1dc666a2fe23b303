//! How devices come in: one-time codes, enrolment, and a new key for a chain that forked.
//!
//! Both end in a fresh token, of which only the hash is kept. An answer that was lost on its way can be had again by the
//! same device with the same key, until that device has sent its first event.

use ed25519_dalek::{Signature, VerifyingKey};
use redvest_domain::codes::Code;
use redvest_domain::id::{Bytes, DeviceId, Hash, MemberId, WorkspaceId};
use redvest_domain::invitation::SECRET_BYTES;
use redvest_domain::time::Timestamp;
use redvest_domain::wire::{Enrol, Enrolled, Rekey, proof_message};
use rusqlite::{Connection, OptionalExtension, params};

use super::devices;
use super::site::Site;
use super::writer::Work;
use super::{Store, members};
use crate::error::HubError;
use crate::keys::random;
use crate::lasting::Lasting;

/// Bytes of a token.
const TOKEN_BYTES: usize = 32;
/// Characters of a label that are kept.
const LABEL_CHARS: usize = 100;

/// What the writer made of an enrolment.
struct Granted {
    member: MemberId,
    token: [u8; TOKEN_BYTES],
}

fn verify(key: Hash, message: &[u8], signature: &[u8]) -> Result<(), Code> {
    let key = VerifyingKey::from_bytes(&key.0).map_err(|_| Code::BadSignature)?;
    let signature = Signature::from_slice(signature).map_err(|_| Code::BadSignature)?;
    key.verify_strict(message, &signature).map_err(|_| Code::BadSignature)
}

/// Enrols a new device, or gives one whose answer was lost a fresh token.
fn grant(work: &mut Work<'_>, device: DeviceId, key: Hash, member: MemberId, label: &str) -> Result<Granted, HubError> {
    let workspace = work.site.workspace;
    let token = random::<TOKEN_BYTES>()?;
    let token_hash = Hash::of(&[&token]).0;
    match devices::chain(work, workspace, device)? {
        None => {
            work.execute(
                "INSERT INTO device (workspace, device, member, public_key, token_hash, label, seq, hash,
                 outcome_counter, last_corrected, enrolled, lost) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, 0, ?8, ?9, 0)",
                params![
                    workspace.as_bytes(),
                    device.as_bytes(),
                    member.as_bytes(),
                    key.0,
                    token_hash,
                    kept(label),
                    Hash::ZERO.0,
                    Timestamp::MIN.0,
                    work.now.0
                ],
            )?;
        }
        Some(known) if (known.key, known.member, known.seq) == (key, member, 0) => {
            known.ensure_alive()?;
            work.execute(
                "UPDATE device SET token_hash = ?3 WHERE workspace = ?1 AND device = ?2",
                params![workspace.as_bytes(), device.as_bytes(), token_hash],
            )?;
        }
        Some(_) => return Err(Code::IdConflict.into()),
    }
    let label = kept(label);
    let token_hash = Hash(token_hash);
    work.last(Lasting::Enrolled { device, member, key, token_hash, label, at: work.now });
    Ok(Granted { member, token })
}

/// The part of a label that is kept.
fn kept(label: &str) -> String {
    label.chars().filter(|c| !c.is_control()).take(LABEL_CHARS).collect()
}

fn enrol(work: &mut Work<'_>, request: &Enrol) -> Result<Granted, HubError> {
    work.ensure_not_behind()?;
    let (workspace, secret_hash) = (work.site.workspace, Hash::of(&[&request.secret]).0);
    let invitation = work
        .query_row(
            "SELECT member, expires, device FROM invitation WHERE workspace = ?1 AND secret_hash = ?2",
            params![workspace.as_bytes(), secret_hash],
            |row| {
                let device = row.get::<_, Option<[u8; 16]>>(2)?.map(DeviceId::from_bytes);
                Ok((MemberId::from_bytes(row.get(0)?), Timestamp(row.get(1)?), device))
            },
        )
        .optional()?;
    let (member, expires, used_by) = invitation.ok_or(HubError::CodeUnknown)?;
    if used_by.is_some_and(|device| device != request.device) {
        return Err(HubError::CodeUsed);
    }
    if work.now >= expires {
        return Err(HubError::CodeExpired);
    }
    verify(request.key, &proof_message(&request.secret, request.device, request.key), &request.proof)?;
    if !members::record(work, workspace, member)?.is_some_and(|record| record.active) {
        return Err(Code::MemberInactive.into());
    }
    let granted = match grant(work, request.device, request.key, member, &request.label) {
        // The device that used the code has gone on since, or another one has its id.
        Err(HubError::Law(Code::IdConflict)) if used_by.is_some() => return Err(HubError::CodeUsed),
        other => other?,
    };
    work.execute(
        "UPDATE invitation SET used = coalesce(used, ?3), device = ?4 WHERE workspace = ?1 AND secret_hash = ?2",
        params![workspace.as_bytes(), secret_hash, work.now.0, request.device.as_bytes()],
    )?;
    Ok(granted)
}

fn rekey(work: &mut Work<'_>, token: &[u8], request: &Rekey) -> Result<Granted, HubError> {
    work.ensure_not_behind()?;
    let workspace = work.site.workspace;
    let old = devices::chain_of_token(work, workspace, token)?.ok_or(HubError::TokenUnknown)?;
    let is_again = old.successor == Some(request.device) && !old.lost;
    if !is_again {
        old.ensure_alive()?;
    }
    let message = proof_message(token, request.device, request.key);
    verify(request.key, &message, &request.proof)?;
    verify(old.key, &message, &request.old_proof)?;
    let granted = match grant(work, request.device, request.key, old.member, &request.label) {
        Err(HubError::Law(Code::IdConflict)) if is_again => return Err(Code::DeviceRevoked.into()),
        other => other?,
    };
    if !is_again {
        let at = work.now;
        hand_over(work, workspace, old.device, request.device, at)?;
        work.last(Lasting::Revoked { device: old.device, lost: false, successor: Some(request.device), at });
    }
    Ok(granted)
}

/// Ends the old device and moves its outcome feed, with its counter, to the new one.
pub(super) fn hand_over(
    conn: &Connection,
    workspace: WorkspaceId,
    old: DeviceId,
    new: DeviceId,
    at: Timestamp,
) -> Result<(), HubError> {
    let ids = params![workspace.as_bytes(), old.as_bytes(), new.as_bytes()];
    conn.execute("UPDATE outcome SET device = ?3 WHERE workspace = ?1 AND device = ?2", ids)?;
    conn.execute(
        "UPDATE device SET last_corrected = old.last_corrected, outcome_counter = old.outcome_counter
         FROM device AS old WHERE device.workspace = ?1 AND device.device = ?3
         AND old.workspace = ?1 AND old.device = ?2",
        ids,
    )?;
    conn.execute(
        "UPDATE device SET revoked = coalesce(revoked, ?4), successor = ?3 WHERE workspace = ?1 AND device = ?2",
        params![workspace.as_bytes(), old.as_bytes(), new.as_bytes(), at.0],
    )?;
    Ok(())
}

impl Store {
    /// A one-time code for a member, valid for `ttl_ms` from now: its secret, for
    /// [`redvest_domain::invitation::Invitation`].
    ///
    /// # Errors
    /// [`HubError::NotFound`] for a member without a record, [`Code::MemberInactive`] for one who left.
    pub async fn invite(&self, member: MemberId, ttl_ms: i64) -> Result<Bytes, HubError> {
        let secret = random::<SECRET_BYTES>()?;
        self.write(move |work| {
            let workspace = work.site.workspace;
            let record = members::record(work, workspace, member)?.ok_or(HubError::NotFound)?;
            if !record.active {
                return Err(Code::MemberInactive.into());
            }
            work.execute(
                "INSERT INTO invitation (workspace, secret_hash, member, expires) VALUES (?1, ?2, ?3, ?4)",
                params![
                    workspace.as_bytes(),
                    Hash::of(&[&secret]).0,
                    member.as_bytes(),
                    work.now.plus_ms(ttl_ms.max(0)).0
                ],
            )?;
            Ok(())
        })
        .await?;
        Ok(Bytes(secret.to_vec()))
    }

    /// Enrols a device with a one-time code. The same device may ask again with the same key while it has sent nothing;
    /// it then gets a new token and the one before is dead.
    ///
    /// # Errors
    /// [`HubError::CodeUnknown`], [`HubError::CodeUsed`], [`HubError::CodeExpired`]; [`Code::BadSignature`] when the
    /// proof is not the key's; [`Code::IdConflict`] when another device has the id; [`Code::MemberInactive`].
    pub async fn enrol(&self, request: Enrol) -> Result<Enrolled, HubError> {
        let granted = self.write(move |work| enrol(work, &request)).await?;
        self.enrolled(granted).await
    }

    /// Gives a device whose chain forked a new key and a new chain, and ends the old one for good. `token` is the old
    /// device's; with it the same request can be sent again when its answer was lost.
    ///
    /// # Errors
    /// [`HubError::TokenUnknown`]; [`Code::BadSignature`] when either proof is not the key's; [`Code::DeviceRevoked`]
    /// when the device was re-keyed before, [`Code::DeviceLost`]; [`Code::IdConflict`].
    pub async fn rekey(&self, token: &[u8], request: Rekey) -> Result<Enrolled, HubError> {
        let token = token.to_vec();
        let granted = self.write(move |work| rekey(work, &token, &request)).await?;
        self.enrolled(granted).await
    }

    async fn enrolled(&self, granted: Granted) -> Result<Enrolled, HubError> {
        let (hub_key, now) = (self.keys().public(), self.now());
        self.read(move |conn| {
            let site = Site::load(conn)?;
            let record = members::record(conn, site.workspace, granted.member)?.ok_or(HubError::Damaged("member"))?;
            Ok(Enrolled {
                workspace: site.workspace,
                member: granted.member,
                token: Bytes(granted.token.to_vec()),
                hub: site.hub,
                hub_key,
                record,
                head: site.head(conn)?,
                now,
                name: site.name,
            })
        })
        .await
    }
}
