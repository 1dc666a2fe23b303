//! Live rows: what changed behind a number, merged over all keys in the order of the log.
//!
//! Each key is read from its index in small batches that grow, so that a key without rows costs one look.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use redvest_domain::id::{TicketId, WorkspaceId};
use redvest_domain::key::{Key, MemberRecord};
use rusqlite::Connection;

use super::snapshot;
use crate::error::Refusal;
use crate::store::feed;

/// Rows of a key's first batch, and at most of a later one.
const FIRST_BATCH: usize = 4;
const LARGEST_BATCH: usize = 64;

/// What a row is about.
#[derive(Debug)]
pub(super) enum Subject {
    Ticket(TicketId),
    Member(MemberRecord),
}

/// The rows of one key that were read and not passed yet.
struct Stream {
    key: Key,
    after: u64,
    batch: usize,
    rows: VecDeque<(u64, Subject)>,
}

/// The merged rows.
pub(super) struct Live<'c> {
    conn: &'c Connection,
    workspace: WorkspaceId,
    streams: Vec<Stream>,
    /// The next row of each stream that has one.
    next: BinaryHeap<Reverse<(u64, usize)>>,
}

impl<'c> Live<'c> {
    /// The rows of these keys behind `after`.
    pub(super) fn after<'k>(
        conn: &'c Connection,
        workspace: WorkspaceId,
        keys: impl Iterator<Item = &'k Key>,
        after: u64,
    ) -> Result<Live<'c>, Refusal> {
        let streams: Vec<Stream> =
            keys.map(|key| Stream { key: key.clone(), after, batch: FIRST_BATCH, rows: VecDeque::new() }).collect();
        let mut live = Live { conn, workspace, next: BinaryHeap::with_capacity(streams.len()), streams };
        for at in 0..live.streams.len() {
            live.read(at)?;
        }
        Ok(live)
    }

    /// The row with the lowest number that was not passed yet. A ticket comes once for each key that has a row of it.
    pub(super) fn next(&mut self) -> Result<Option<(u64, Subject)>, Refusal> {
        let Some(Reverse((_, at))) = self.next.pop() else { return Ok(None) };
        let row = self.streams[at].rows.pop_front();
        match self.streams[at].rows.front() {
            Some((changed, _)) => self.next.push(Reverse((*changed, at))),
            None => self.read(at)?,
        }
        Ok(row)
    }

    /// Reads the next batch of a stream.
    fn read(&mut self, at: usize) -> Result<(), Refusal> {
        let Stream { key, after, batch, rows } = &mut self.streams[at];
        if *key == Key::Office {
            let members = snapshot::members_after(self.conn, self.workspace, *after, *batch)?;
            rows.extend(members.into_iter().map(|(n, record)| (n, Subject::Member(record))));
        } else {
            let tickets = feed::live(self.conn, self.workspace, key, *after, *batch)?;
            rows.extend(tickets.into_iter().map(|(changed, ticket)| (changed, Subject::Ticket(ticket))));
        }
        if let Some((last, _)) = rows.back() {
            *after = *last;
        }
        *batch = (*batch * 2).min(LARGEST_BATCH);
        if let Some((changed, _)) = rows.front() {
            self.next.push(Reverse((*changed, at)));
        }
        Ok(())
    }
}
