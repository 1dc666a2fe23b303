//! Enrolment and re-keying: a new key and a new chain, on which whatever was never accepted is issued again under the
//! same event ids. The hub answers once, so its answer is in the vault before the database takes it.

use ed25519_dalek::{Signer, SigningKey};
use minicbor::{Decode, Encode};
use redvest_domain::cbor;
use redvest_domain::envelope::{ChainHead, seal};
use redvest_domain::id::{Bytes, DeviceId, EventId, Hash};
use redvest_domain::wire::{Enrol, Enrolled, Rekey, proof_message};
use rusqlite::{Connection, params};

use crate::env::new_id;
use crate::store::{Identity, members, meta};
use crate::vault::{HeldKey, NextKey, Secrets};
use crate::{Client, Error};

/// What the hub answered, with what the request was sent to.
#[derive(Encode, Decode)]
#[cbor(map)]
struct Answer {
    #[n(0)]
    enrolled: Enrolled,
    /// `None` when re-keying: address and pin stay.
    #[n(1)]
    hub: Option<(String, Option<Bytes>)>,
}

impl Client {
    /// Makes a key, keeps it, and gives the request to enrol with a one-time code. Asked again before the answer, it
    /// gives the same key, so that a lost answer costs nothing.
    ///
    /// # Errors
    /// `vault`.
    pub fn begin_enrol(&self, secret: &[u8], label: &str) -> Result<Enrol, Error> {
        let (device, key) = self.next_key()?;
        let public = Hash(key.verifying_key().to_bytes());
        let proof = sign(&key, secret, device, public);
        Ok(Enrol { secret: Bytes(secret.to_vec()), device, key: public, proof, label: label.to_owned() })
    }

    /// Takes the hub's answer to [`Client::begin_enrol`].
    ///
    /// # Errors
    /// `other_member` when the folder holds work of somebody else, `nothing_begun`, `vault`, those of the database.
    pub fn finish_enrol(&self, enrolled: &Enrolled, address: &str, pin: Option<Bytes>) -> Result<(), Error> {
        self.take(Answer { enrolled: enrolled.clone(), hub: Some((address.to_owned(), pin)) })
    }

    /// Makes a key for a device whose chain forked, and gives the request. Asked again before the answer, it gives the
    /// same key.
    ///
    /// # Errors
    /// `not_enrolled`, `vault`.
    pub fn begin_rekey(&self, label: &str) -> Result<Rekey, Error> {
        let (device, key) = self.next_key()?;
        let secrets = self.secrets();
        let current = secrets.current.as_ref().ok_or(Error::NotEnrolled)?;
        let public = Hash(key.verifying_key().to_bytes());
        Ok(Rekey {
            device,
            key: public,
            proof: sign(&key, &current.token, device, public),
            old_proof: sign(&SigningKey::from_bytes(&current.key), &current.token, device, public),
            label: label.to_owned(),
        })
    }

    /// Takes the hub's answer to [`Client::begin_rekey`]: what was never accepted is issued again, under the same event
    /// ids, on the new chain.
    ///
    /// # Errors
    /// As [`Client::finish_enrol`].
    pub fn finish_rekey(&self, enrolled: &Enrolled) -> Result<(), Error> {
        self.take(Answer { enrolled: enrolled.clone(), hub: None })
    }

    fn next_key(&self) -> Result<(DeviceId, SigningKey), Error> {
        let mut secrets = self.secrets();
        if let Some(next) = &secrets.next {
            return Ok((next.device, SigningKey::from_bytes(&next.key)));
        }
        let device = DeviceId(new_id(self.env()));
        let mut key = [0; 32];
        self.env().random(&mut key);
        let next = Secrets { next: Some(NextKey { device, key, answer: None }), current: secrets.current.clone() };
        self.keep_secrets(&mut secrets, next)?;
        Ok((device, SigningKey::from_bytes(&key)))
    }

    fn take(&self, answer: Answer) -> Result<(), Error> {
        {
            let mut secrets = self.secrets();
            let mut next = secrets.next.clone().ok_or(Error::NothingBegun)?;
            self.store().db.read(|connection| check_owner(connection, &answer.enrolled))?;
            next.answer = Some(Bytes(cbor::encode(&answer)));
            let kept = Secrets { current: secrets.current.clone(), next: Some(next) };
            self.keep_secrets(&mut secrets, kept)?;
        }
        self.finish_answered()
    }

    /// Brings an answer from the vault into the database, then uses its key. Doing it twice changes nothing.
    pub(crate) fn finish_answered(&self) -> Result<(), Error> {
        let mut secrets = self.secrets();
        let Some(next) = secrets.next.clone() else { return Ok(()) };
        let Some(bytes) = &next.answer else { return Ok(()) };
        let answer: Answer = meta::stored(bytes)?;
        let key = SigningKey::from_bytes(&next.key);
        self.store().db.write(|tx| install(tx, &answer, next.device, &key))?;
        let current = HeldKey { device: next.device, key: next.key, token: answer.enrolled.token.clone() };
        self.keep_secrets(&mut secrets, Secrets { current: Some(current), next: None })
    }
}

fn sign(key: &SigningKey, secret: &[u8], device: DeviceId, public: Hash) -> Bytes {
    Bytes(key.sign(&proof_message(secret, device, public)).to_bytes().to_vec())
}

fn check_owner(connection: &Connection, enrolled: &Enrolled) -> Result<(), Error> {
    match meta::get::<Identity>(connection, meta::name::IDENTITY)? {
        Some(known) if (known.workspace, known.member) != (enrolled.workspace, enrolled.member) => {
            Err(Error::OtherMember)
        }
        _ => Ok(()),
    }
}

fn install(connection: &Connection, answer: &Answer, device: DeviceId, key: &SigningKey) -> Result<(), Error> {
    let Answer { enrolled, hub } = answer;
    check_owner(connection, enrolled)?;
    let before: Option<Identity> = meta::get(connection, meta::name::IDENTITY)?;
    if before.as_ref().is_some_and(|before| before.device == device) {
        return Ok(());
    }
    let (address, pin) = match (hub, before) {
        (Some(hub), _) => hub.clone(),
        (None, Some(before)) => (before.address, before.pin),
        (None, None) => return Err(Error::NotEnrolled),
    };
    let identity = Identity {
        workspace: enrolled.workspace,
        device,
        member: enrolled.member,
        hub: enrolled.hub,
        hub_key: enrolled.hub_key,
        name: enrolled.name.clone(),
        address,
        pin,
    };
    meta::put(connection, meta::name::IDENTITY, &identity)?;
    // No ticket may ever name the owner, whom the first screen greets.
    connection
        .prepare_cached("INSERT OR IGNORE INTO name (member, asked) VALUES (?1, 0)")?
        .execute([enrolled.member.as_bytes()])?;
    members::put(connection, &enrolled.record)?;
    // The new device has an outcome feed of its own, counted from 1.
    meta::forget(connection, meta::name::OUTCOMES_AFTER)?;
    connection.prepare_cached("UPDATE outbox SET counter = 0")?.execute([])?;
    issue_again(connection, &identity, key)
}

/// Its number in the outbox, whether it is the last of its commit, and what is sealed.
type Waiting = (i64, bool, EventId, Vec<u8>, Option<Vec<u8>>);

/// Seals what still waits anew, commit by commit, in its order.
fn issue_again(connection: &Connection, identity: &Identity, key: &SigningKey) -> Result<(), Error> {
    let mut head = ChainHead { seq: 0, hash: Hash::ZERO };
    let mut waiting: Vec<Waiting> = {
        let mut query = connection.prepare_cached(
            "SELECT ord, place + 1 = length, id, payload, private FROM outbox WHERE status = 0 ORDER BY ord",
        )?;
        let rows = query.query_map([], |row| {
            Ok((row.get(0)?, row.get(1)?, EventId::from_bytes(row.get(2)?), row.get(3)?, row.get(4)?))
        })?;
        rows.collect::<Result<_, _>>()?
    };
    while let Some(last) = waiting.iter().position(|event| event.1) {
        let commit: Vec<_> = waiting.drain(..=last).collect();
        let first = head.seq + 1;
        let ords: Vec<i64> = commit.iter().map(|event| event.0).collect();
        let drafts = commit.into_iter().map(|(_, _, id, payload, private)| (id, payload, private)).collect();
        // A commit of the outbox has 1 to 16 events, as it was sealed once before.
        let Some(sealed) = seal(identity.workspace, identity.device, key, &mut head, drafts) else { continue };
        for (place, (ord, event)) in ords.iter().zip(&sealed.events).enumerate() {
            let signature = (place + 1 == ords.len()).then_some(&sealed.signature.0);
            connection
                .prepare_cached(
                    "UPDATE outbox SET device = ?2, seq = ?3, envelope = ?4, signature = ?5 WHERE ord = ?1",
                )?
                .execute(params![ord, identity.device.as_bytes(), first + place as u64, event.envelope.0, signature])?;
        }
    }
    meta::set_chain_head(connection, head)
}
