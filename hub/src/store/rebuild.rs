//! Making the caches again from the log. Nothing that a replica sees may differ afterwards.

use redvest_domain::event::Payload;
use redvest_domain::id::Hash;
use redvest_domain::stamp::{Stamp, event_hash};
use rusqlite::params;

use super::log::{self, Appended};
use super::writer::Work;
use super::{Store, tickets};
use crate::error::HubError;

/// Events read at once.
const PAGE: usize = 1_000;

fn rebuild(work: &mut Work<'_>) -> Result<u64, HubError> {
    let workspace = work.site.workspace;
    for table in ["ticket", "feed", "key_digest", "timer"] {
        work.execute(&format!("DELETE FROM {table} WHERE workspace = ?1"), params![workspace.as_bytes()])?;
    }
    let (mut after, mut chain) = (0, Hash::ZERO);
    loop {
        let rows = log::rows(work, workspace, after, PAGE)?;
        let Some(last) = rows.last() else { break };
        after = last.n;
        for row in &rows {
            let hash = event_hash(&row.event.envelope, &row.event.stamp);
            chain = redvest_domain::stamp::chain(chain, hash);
            let Some(ticket) = row.subject.ticket() else { continue };
            let payload = Payload::from_bytes(&row.event.payload).map_err(|_| HubError::Damaged("event.payload"))?;
            let stamp = Stamp::from_bytes(&row.event.stamp).map_err(|_| HubError::Damaged("event.stamp"))?;
            let private = row.event.private.as_ref().map_or(0, |private| private.len());
            let size = (row.event.envelope.len() + row.event.payload.len() + private) as u64;
            let mut held = tickets::load(work, workspace, ticket)?;
            tickets::fold(work, &mut held, row.id, &payload, &stamp, Appended { n: row.n, hash }, size)?;
        }
    }
    if (after, chain) != (work.site.head_n, work.site.chain) {
        return Err(HubError::Damaged("event: the chain does not lead to its head"));
    }
    Ok(after)
}

impl Store {
    /// Drops states, feed, digests and timers and makes them again from the log, checking the hub's chain on the way.
    /// Gives the number of events. All writes wait meanwhile.
    ///
    /// # Errors
    /// [`HubError::Damaged`] when the log is not what the head says; then nothing was changed.
    pub async fn rebuild(&self) -> Result<u64, HubError> {
        self.write(rebuild).await
    }
}
