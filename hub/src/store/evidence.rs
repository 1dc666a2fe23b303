//! The file that proves one ticket: its events, the keys that signed them, and the links of the hub's chain.

use std::collections::BTreeSet;

use redvest_domain::envelope::CommitSignature;
use redvest_domain::evidence::{DeviceKey, EVIDENCE_VERSION, Evidence, EvidenceEvent, Segment};
use redvest_domain::id::{Bytes, DeviceId, Hash, TicketId, WorkspaceId};
use redvest_domain::stamp::Head;
use rusqlite::{Connection, OptionalExtension, params};

use super::columns::{hash, instant, integer, number};
use super::{Auth, Site, Store, feed};
use crate::error::HubError;

impl Store {
    /// The evidence of a ticket that the asker sees; `None` asks as the operator, who sees all. Sealed by the hub.
    ///
    /// # Errors
    /// [`HubError::NotFound`] for a ticket that is not there or not visible.
    pub async fn evidence(&self, auth: Option<&Auth>, ticket: TicketId) -> Result<Evidence, HubError> {
        let keys = auth.map(|auth| auth.subscription.clone());
        let (hub_key, now) = (self.keys().public(), self.now());
        let mut evidence = self
            .read(move |conn| {
                let site = Site::load(conn)?;
                if let Some(keys) = keys {
                    let holders = feed::holders(conn, site.workspace, ticket)?;
                    let is_visible = holders.iter().any(|held| keys.contains(&held.key));
                    if !is_visible {
                        return Err(HubError::NotFound);
                    }
                }
                gather(conn, &site, hub_key, ticket)
            })
            .await?;
        evidence.seal(self.keys().signing(), now);
        Ok(evidence)
    }
}

fn gather(conn: &Connection, site: &Site, hub_key: Hash, ticket: TicketId) -> Result<Evidence, HubError> {
    let workspace = site.workspace;
    let mut query = conn.prepare_cached(
        "SELECT e.n, e.envelope, e.payload, e.private, e.stamp, e.device, e.device_seq, s.signature
         FROM event AS e LEFT JOIN commit_signature AS s
         ON s.workspace = e.workspace AND s.device = e.device AND s.seq = e.device_seq
         WHERE e.workspace = ?1 AND e.subject_kind = 0 AND e.subject = ?2 ORDER BY e.seq",
    )?;
    let mut rows = query.query(params![workspace.as_bytes(), ticket.as_bytes()])?;
    let (mut numbers, mut events, mut signatures, mut authors) = (vec![], vec![], vec![], BTreeSet::new());
    while let Some(row) = rows.next()? {
        numbers.push(number::<u64>(row, 0)?);
        events.push(EvidenceEvent {
            envelope: Bytes(row.get(1)?),
            payload: Bytes(row.get(2)?),
            private: row.get::<_, Option<Vec<u8>>>(3)?.map(Bytes),
            stamp: Bytes(row.get(4)?),
        });
        let device = DeviceId::from_bytes(row.get(5)?);
        authors.insert(device);
        if let Some(signature) = row.get::<_, Option<Vec<u8>>>(7)? {
            signatures.push(CommitSignature { device, seq: number(row, 6)?, signature: Bytes(signature) });
        }
    }
    if events.is_empty() {
        return Err(HubError::NotFound);
    }
    let key_of = |device: DeviceId| match site.was_hub(conn, device)? {
        true => Ok(hub_key),
        false => device_key(conn, workspace, device),
    };
    let devices = authors
        .into_iter()
        .map(|device| Ok(DeviceKey { device, key: key_of(device)? }))
        .collect::<Result<_, HubError>>()?;
    let segments = segments(conn, workspace, &numbers)?;
    let version = EVIDENCE_VERSION;
    Ok(Evidence { version, workspace, hub_key, ticket, devices, events, signatures, segments, seal: None })
}

fn device_key(conn: &Connection, workspace: WorkspaceId, device: DeviceId) -> Result<Hash, HubError> {
    conn.prepare_cached("SELECT public_key FROM device WHERE workspace = ?1 AND device = ?2")?
        .query_row(params![workspace.as_bytes(), device.as_bytes()], |row| hash(row, 0))
        .optional()?
        .ok_or(HubError::Damaged("an event of a device that was never enrolled"))
}

/// From the signed head before each event up to the one behind it.
fn segments(conn: &Connection, workspace: WorkspaceId, numbers: &[u64]) -> Result<Vec<Segment>, HubError> {
    let mut segments: Vec<Segment> = Vec::new();
    for n in numbers {
        if segments.last().is_some_and(|segment| segment.head.n >= *n) {
            continue;
        }
        let head = head_near(conn, workspace, *n, "n >= ?2 ORDER BY n")?
            .ok_or(HubError::Damaged("an event behind every signed head"))?;
        let (first, before) = match head_near(conn, workspace, *n, "n < ?2 ORDER BY n DESC")? {
            Some(earlier) => (earlier.n + 1, earlier.chain),
            None => (1, Hash::ZERO),
        };
        let mut query =
            conn.prepare_cached("SELECT hash FROM event WHERE workspace = ?1 AND n BETWEEN ?2 AND ?3 ORDER BY n")?;
        let range = params![workspace.as_bytes(), integer(first), integer(head.n)];
        let hashes = query.query_map(range, |row| hash(row, 0))?.collect::<Result<_, _>>()?;
        segments.push(Segment { first, before, hashes, head });
    }
    Ok(segments)
}

fn head_near(conn: &Connection, workspace: WorkspaceId, n: u64, which: &str) -> Result<Option<Head>, HubError> {
    let sql = format!("SELECT n, epoch, chain, at, signature FROM head WHERE workspace = ?1 AND {which} LIMIT 1");
    let found = conn
        .prepare_cached(&sql)?
        .query_row(params![workspace.as_bytes(), integer(n)], |row| {
            Ok(Head {
                n: number(row, 0)?,
                epoch: number(row, 1)?,
                chain: hash(row, 2)?,
                at: instant(row, 3)?,
                signature: Bytes(row.get(4)?),
            })
        })
        .optional()?;
    Ok(found)
}
