//! A description of this phone for a bug report.
//!
//! Invariant: nothing personal is in it. No name, word, place, position, number or id of a ticket, no token, no address;
//! the device is named by a hash. What is told is listed field by field, so nothing comes in by itself.

use std::collections::BTreeMap;

use redvest_domain::event::LAW_VERSION;
use redvest_domain::id::Hash;
use redvest_domain::key::Role;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::store::{Identity, SCHEMA, SessionRow, members, meta};
use crate::{Client, Error};

/// Hexadecimal digits of a hash that are enough to tell things apart.
const DIGITS: usize = 16;

impl Client {
    /// Everything about this phone that helps with a bug report and is nobody's business to keep secret, as JSON for
    /// people to read before they send it. Reads every file, as the doctor does; works before enrolment, too.
    ///
    /// # Errors
    /// Those of the database that keep it from looking at all.
    pub fn diagnostic(&self) -> Result<String, Error> {
        let (health, queue) = (self.doctor()?, self.queue()?);
        let mut findings: BTreeMap<String, u64> = BTreeMap::new();
        for finding in &health.findings {
            *findings.entry(finding.code.clone()).or_default() += 1;
        }
        let policy = self.store().reference().policy().clone();
        let (known, sessions) = (self.store().db.read(known)?, self.sessions()?);
        let postponed = queue.postponed.iter().map(|row| {
            json!({ "role": row.role, "bytes": row.bytes, "tries": row.tries, "code": row.code, "next_at": row.next_at })
        });
        let all = json!({
            "program": {
                "client": env!("CARGO_PKG_VERSION"),
                "law": LAW_VERSION,
                "schema": SCHEMA.migrations.len(),
                "now": self.env().now(),
                "offset_ms": self.store().db.read(|connection| self.store().device_time(connection))?.offset_ms,
            },
            "device": known,
            "settings": {
                "hand_on": policy.hand_on,
                "reopen_days": policy.reopen_days,
                "grace_days": policy.grace_days,
                "suspension_max_days": policy.suspension_max_days,
            },
            "counts": {
                "events": health.events,
                "tickets": health.tickets,
                "own_events": health.own_events,
                "waiting": queue.events_waiting,
                "files": health.files,
                "bytes": health.bytes,
                "unbound_photos": queue.unbound_photos,
                "mismatches": health.mismatches,
            },
            "queue": { "photos": queue.photos, "postponed": postponed.collect::<Vec<_>>() },
            "findings": findings,
            "sessions": sessions.iter().map(session).collect::<Vec<_>>(),
        });
        Ok(format!("{all:#}"))
    }
}

/// What the database says of the device beyond what it holds.
fn known(connection: &Connection) -> Result<Value, Error> {
    let count = |sql: &str| -> Result<u64, Error> { Ok(connection.query_row(sql, [], |row| row.get(0))?) };
    let identity: Option<Identity> = meta::get(connection, meta::name::IDENTITY)?;
    let mut roles: Vec<Role> = Vec::new();
    if let Some(identity) = &identity {
        roles.extend(members::own(connection, identity.member)?.roles.iter().map(|acting| acting.role));
    }
    let base = meta::base(connection)?;
    Ok(json!({
        "device": identity.as_ref().map(|identity| short(Hash::of(&[identity.device.as_bytes()]))),
        "roles": roles,
        "law_in_force": meta::law(connection)?,
        "epoch": base.epoch,
        "low": base.low,
        "last_pull": meta::get::<redvest_domain::time::Timestamp>(connection, meta::name::LAST_PULL)?,
        "chain": meta::chain_head(connection)?.seq,
        "digests": count("SELECT count(*) FROM key_digest")?,
        "documents": count("SELECT count(*) FROM document WHERE in_force = 1")?,
        "drafts": count("SELECT count(*) FROM draft")?,
        "refused": count("SELECT count(*) FROM outbox WHERE status = 3")?,
        "too_late": count("SELECT count(*) FROM outbox WHERE status = 2")?,
        "to_fetch": count("SELECT count(*) FROM wanted")?,
        "to_fetch_again": count("SELECT count(*) FROM refetch")?,
        "newer_tickets": count("SELECT count(*) FROM ticket WHERE newer = 1")?,
    }))
}

/// A session with its figures; of a failure the code alone, for a hub may say anything in its sentences.
fn session(row: &SessionRow) -> Value {
    let figures = row.result.as_ref().map(|summary| {
        json!({
            "accepted": summary.accepted,
            "refused": summary.refused,
            "too_late": summary.too_late,
            "relayed": summary.relayed,
            "pages": summary.pages,
            "changed": summary.changed,
            "differing": summary.differing,
            "sent": summary.sent,
            "sent_bytes": summary.sent_bytes,
            "fetched": summary.fetched,
            "postponed": summary.postponed,
            "failure": summary.failure.as_ref().map(|failure| failure.code.clone()),
        })
    });
    json!({ "started": row.started, "ended": row.ended, "figures": figures })
}

fn short(hash: Hash) -> String {
    hash.to_hex()[..DIGITS].to_owned()
}
