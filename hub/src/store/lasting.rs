//! Telling a database that came back from a backup what must not come back with it ([`crate::lasting`]).

use redvest_domain::id::{EventId, Hash};
use redvest_domain::time::Timestamp;
use rusqlite::{Connection, params};

use super::site::Site;
use super::{devices, enrol, erase};
use crate::error::HubError;
use crate::lasting::Lasting;

/// Makes the database know of these lines.
pub(super) fn apply(conn: &Connection, site: &Site, lines: &[Lasting]) -> Result<(), HubError> {
    lines.iter().try_for_each(|line| one(conn, site, line))
}

fn one(conn: &Connection, site: &Site, line: &Lasting) -> Result<(), HubError> {
    let workspace = site.workspace;
    match line {
        Lasting::Erased { event } => erased(conn, site, *event)?,
        Lasting::Forgotten { member } => {
            conn.execute(super::members::FORGET, params![workspace.as_bytes(), member.as_bytes()])?;
            erase::drop_kept_of(conn, workspace, *member)?;
        }
        Lasting::Enrolled { device, member, key, token_hash, label, at } => {
            conn.execute(
                "INSERT INTO device (workspace, device, member, public_key, token_hash, label, seq, hash,
                 outcome_counter, last_corrected, enrolled, lost) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, 0, ?8, ?9, 0)
                 ON CONFLICT (workspace, device) DO UPDATE SET token_hash = excluded.token_hash
                 WHERE public_key = excluded.public_key",
                params![
                    workspace.as_bytes(),
                    device.as_bytes(),
                    member.as_bytes(),
                    key.0,
                    token_hash.0,
                    label,
                    Hash::ZERO.0,
                    Timestamp::MIN.0,
                    at.0
                ],
            )?;
        }
        Lasting::Revoked { device, successor: Some(new), at, .. } => {
            enrol::hand_over(conn, workspace, *device, *new, *at)?;
        }
        Lasting::Revoked { device, lost, at, .. } => {
            conn.execute(devices::REVOKE, params![workspace.as_bytes(), device.as_bytes(), at.0, lost])?;
        }
    }
    Ok(())
}

/// Phones hear of it with the next event: up to the head they may have pulled already.
fn erased(conn: &Connection, site: &Site, event: EventId) -> Result<(), HubError> {
    let n = site.head_n + 1;
    erase::drop_kept(conn, site.workspace, event, None)?;
    match super::log::ticket_of(conn, site.workspace, event)? {
        Some(ticket) => erase::drop_private(conn, site.workspace, ticket, event, n),
        None => erase::remember(conn, site.workspace, event, n),
    }
}
