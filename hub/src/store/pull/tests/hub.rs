//! A hub reduced to its feed: writes events, records and documents through the real feed and digest, and remembers the
//! plain truth beside them.

use std::collections::{BTreeMap, BTreeSet};

use redvest_domain::cbor;
use redvest_domain::digest::term;
use redvest_domain::id::{Bytes, DeviceId, EventId, Hash, MemberId, TicketId, WorkspaceId};
use redvest_domain::key::{Acting, Key, MemberRecord, Role};
use redvest_domain::stamp::event_hash;
use redvest_domain::time::Timestamp;
use redvest_domain::wire::{Fate, Page, Pull, Refused};
use rusqlite::{Connection, params};

use crate::error::Refusal;
use crate::store::columns::integer;
use crate::store::pull::{Asker, Bounds, page};
use crate::store::{digest, feed};

pub(super) const ME: MemberId = MemberId(uuid::Uuid::from_bytes([1; 16]));
pub(super) const DEVICE: DeviceId = DeviceId(uuid::Uuid::from_bytes([2; 16]));
pub(super) const WORKSPACE: WorkspaceId = WorkspaceId(uuid::Uuid::from_bytes([3; 16]));
pub(super) const ASKER: Asker = Asker { workspace: WORKSPACE, device: DEVICE, member: ME };

/// An empty database.
pub(super) fn database() -> Connection {
    let conn = Connection::open_in_memory().unwrap();
    conn.execute_batch("PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY").unwrap();
    conn.execute_batch(include_str!("../../schema.sql")).unwrap();
    conn.set_prepared_statement_cache_capacity(128);
    conn
}

/// One of the keys that tickets are held under here: four grids, the workspace, the member.
pub(super) fn key(at: u8) -> Key {
    match at {
        4 => Key::Workspace,
        5 => Key::Member(ME),
        grid => Key::Grid(format!("g{grid}").parse().unwrap()),
    }
}

pub(super) fn ticket_id(at: u64) -> TicketId {
    // Spread, so that the order of the ids is not that of the events.
    TicketId(uuid::Uuid::from_u128(u128::from(at.wrapping_mul(0x9e37_79b9_7f4a_7c15)) << 64 | u128::from(at)))
}

/// A ticket in truth.
#[derive(Debug, Clone, Default)]
pub(super) struct Truth {
    pub(super) keys: BTreeSet<Key>,
    /// Envelopes by sequence from 1.
    pub(super) envelopes: Vec<Vec<u8>>,
    term: Option<Hash>,
}

pub(super) struct Hub<'c> {
    pub(super) conn: &'c Connection,
    pub(super) n: u64,
    pub(super) tickets: BTreeMap<TicketId, Truth>,
    pub(super) members: BTreeMap<MemberId, MemberRecord>,
    pub(super) documents: BTreeMap<u8, Hash>,
    pub(super) erased: BTreeSet<EventId>,
    pub(super) outcomes: u64,
}

impl<'c> Hub<'c> {
    /// A hub that goes on with a database and remembers no truth.
    pub(super) fn resumed(conn: &'c Connection) -> Hub<'c> {
        Hub {
            conn,
            n: 0,
            tickets: BTreeMap::new(),
            members: BTreeMap::new(),
            documents: BTreeMap::new(),
            erased: BTreeSet::new(),
            outcomes: 0,
        }
    }

    pub(super) fn new(conn: &'c Connection) -> Hub<'c> {
        let mut hub = Hub::resumed(conn);
        let zero = [0u8; 32];
        let row = params![WORKSPACE.as_bytes(), zero, [0u8; 16]];
        conn.execute(
            "INSERT INTO workspace (workspace, name, epoch, head_n, chain, hub, hub_seq, hub_hash, law, safe_n, behind,
             lasting, created)
             VALUES (?1, 'w', 1, 0, ?2, ?3, 0, ?2, 1, 0, 0, 0, 0)",
            row,
        )
        .unwrap();
        hub.sign();
        hub
    }

    /// Signs the head, as the writer does at the end of each transaction.
    fn sign(&mut self) {
        self.conn
            .prepare_cached(
                "INSERT OR REPLACE INTO head (workspace, n, epoch, chain, at, signature) VALUES (?1, ?2, 1, ?3, 0, ?3)",
            )
            .unwrap()
            .execute(params![WORKSPACE.as_bytes(), integer(self.n), Hash::of(&[&self.n.to_be_bytes()]).0])
            .unwrap();
        self.conn
            .prepare_cached("UPDATE workspace SET head_n = ?2 WHERE workspace = ?1")
            .unwrap()
            .execute(params![WORKSPACE.as_bytes(), integer(self.n)])
            .unwrap();
    }

    /// A commit of so many events, behind which the ticket has these keys. `once`: the feed is touched for the commit
    /// and not for each event.
    pub(super) fn commit(
        &mut self,
        ticket: TicketId,
        keys: Option<BTreeSet<Key>>,
        closed: bool,
        events: u64,
        once: bool,
    ) {
        let mut truth = self.tickets.remove(&ticket).unwrap_or_default();
        let new = keys.unwrap_or_else(|| truth.keys.clone());
        for at in 1..=events {
            self.n += 1;
            let last = at == events;
            let seq = truth.envelopes.len() as u64 + 1;
            let envelope = [ticket.as_bytes().as_slice(), &seq.to_be_bytes()].concat();
            let (id, stamp) = (event_id(ticket, seq), self.n.to_be_bytes());
            let hash = event_hash(&envelope, &stamp);
            self.conn
                .prepare_cached(
                    "INSERT INTO event (workspace, n, subject_kind, subject, seq, id, device, device_seq, kind, member, received,
                     envelope, payload, private, stamp, hash, mac)
                     VALUES (?1, ?2, 0, ?3, ?4, ?5, ?6, ?2, 1, ?7, 0, ?8, x'01', x'02', ?9, ?10, x'03')",
                )
                .unwrap()
                .execute(params![
                    WORKSPACE.as_bytes(),
                    integer(self.n),
                    ticket.as_bytes(),
                    integer(seq),
                    id.as_bytes(),
                    DEVICE.as_bytes(),
                    ME.as_bytes(),
                    envelope,
                    stamp,
                    hash.0
                ])
                .unwrap();
            truth.envelopes.push(envelope);
            if last {
                self.conn
                    .prepare_cached("INSERT INTO commit_signature (workspace, device, seq, n, signature) VALUES (?1, ?2, ?3, ?3, x'05')")
                    .unwrap()
                    .execute(params![WORKSPACE.as_bytes(), DEVICE.as_bytes(), integer(self.n)])
                    .unwrap();
            }
            if last || !once {
                let state = state_hash(truth.envelopes.iter());
                let new_term = term(ticket, hash, state);
                let old = truth.term.map(|term| (&truth.keys, term));
                feed::touch(self.conn, WORKSPACE, self.n, ticket, &truth.keys, &new, closed).unwrap();
                digest::touch(self.conn, WORKSPACE, old, (&new, new_term)).unwrap();
                self.conn
                    .prepare_cached(
                        "INSERT OR REPLACE INTO ticket (workspace, ticket, stage, state, last_n, event_hash, state_hash, bytes)
                         VALUES (?1, ?2, 0, x'', ?3, ?4, ?5, 0)",
                    )
                    .unwrap()
                    .execute(params![WORKSPACE.as_bytes(), ticket.as_bytes(), integer(self.n), hash.0, state.0])
                    .unwrap();
                truth = Truth { keys: new.clone(), term: Some(new_term), ..truth };
            }
        }
        self.tickets.insert(ticket, truth);
        self.sign();
    }

    /// Sets a member's record by an event of its own.
    pub(super) fn set_member(&mut self, record: MemberRecord) {
        self.n += 1;
        let (member, n) = (record.member, integer(self.n));
        let before = self.members.get(&member).map(MemberRecord::subscription).unwrap_or_default();
        let behind = record.subscription();
        for key in before.difference(&behind) {
            self.conn
                .execute(
                    "UPDATE member_key SET to_n = ?4 WHERE workspace = ?1 AND member = ?2 AND key = ?3 AND to_n IS NULL",
                    params![WORKSPACE.as_bytes(), member.as_bytes(), key.to_string(), n],
                )
                .unwrap();
        }
        for key in behind.difference(&before) {
            self.conn
                .execute(
                    "INSERT INTO member_key (workspace, member, key, from_n) VALUES (?1, ?2, ?3, ?4)",
                    params![WORKSPACE.as_bytes(), member.as_bytes(), key.to_string(), n],
                )
                .unwrap();
        }
        self.conn
            .execute(
                "INSERT OR REPLACE INTO member (workspace, member, n, record) VALUES (?1, ?2, ?3, ?4)",
                params![WORKSPACE.as_bytes(), member.as_bytes(), n, cbor::encode(&record)],
            )
            .unwrap();
        self.members.insert(member, record);
        self.sign();
    }

    /// Gives the member these grids, and the office's role.
    pub(super) fn subscribe(&mut self, grids: &BTreeSet<u8>, office: bool, active: bool) {
        let role = office.then_some(Acting { role: Role::Office, key: Key::Workspace });
        let duty = grids.iter().map(|grid| format!("g{grid}").parse().unwrap()).collect();
        self.set_member(MemberRecord { member: ME, active, roles: role.into_iter().collect(), duty });
    }

    pub(super) fn publish(&mut self, kind: u8) {
        self.n += 1;
        let hash = Hash::of(&[&self.n.to_be_bytes()]);
        let (workspace, n) = (WORKSPACE.as_bytes(), integer(self.n));
        self.conn
            .execute("UPDATE document SET in_force = 0 WHERE workspace = ?1 AND kind = ?2", params![workspace, kind])
            .unwrap();
        self.conn
            .execute(
                "INSERT INTO document (workspace, hash, kind, code, bytes, n, in_force) VALUES (?1, ?2, ?3, '', x'', ?4, 1)",
                params![workspace, hash.0, kind, n],
            )
            .unwrap();
        self.documents.insert(kind, hash);
        self.sign();
    }

    /// Erases the private parts of a ticket's events.
    pub(super) fn erase(&mut self, ticket: TicketId) {
        self.n += 1;
        for seq in 1..=self.tickets[&ticket].envelopes.len() as u64 {
            let (workspace, id) = (WORKSPACE.as_bytes(), event_id(ticket, seq));
            for sql in [
                "INSERT OR IGNORE INTO erased (workspace, event, n) VALUES (?1, ?2, ?3)",
                "UPDATE event SET private = NULL WHERE workspace = ?1 AND id = ?2 AND n < ?3",
            ] {
                self.conn.execute(sql, params![workspace, id.as_bytes(), integer(self.n)]).unwrap();
            }
            self.erased.insert(id);
        }
        self.sign();
    }

    /// Writes a line into the device's outcome feed.
    pub(super) fn answer(&mut self) {
        self.outcomes += 1;
        let fate = Fate::Refused(Refused { code: "out_of_scope".into(), zh: String::new(), en: String::new() });
        self.conn
            .prepare_cached(
                "INSERT INTO outcome (workspace, device, counter, source, seq, fate) VALUES (?1, ?2, ?3, ?2, ?3, ?4)",
            )
            .unwrap()
            .execute(params![WORKSPACE.as_bytes(), DEVICE.as_bytes(), integer(self.outcomes), cbor::encode(&fate)])
            .unwrap();
    }

    pub(super) fn subscription(&self) -> BTreeSet<Key> {
        self.members.get(&ME).map(MemberRecord::subscription).unwrap_or_default()
    }

    pub(super) fn pull(&self, cursor: Option<Vec<u8>>, bounds: Bounds) -> Result<Page, Refusal> {
        let pull = Pull { cursor: cursor.map(Bytes), max_bytes: 0, outcomes_after: 0, seen: None };
        self.pull_as(&pull, bounds)
    }

    pub(super) fn pull_as(&self, pull: &Pull, bounds: Bounds) -> Result<Page, Refusal> {
        page(self.conn, &ASKER, pull, bounds, Timestamp(7))
    }
}

pub(super) fn event_id(ticket: TicketId, seq: u64) -> EventId {
    EventId(uuid::Uuid::from_u128(ticket.0.as_u128() ^ u128::from(seq) << 32))
}

/// Stands in for the hash of a folded state: it depends on every event.
pub(super) fn state_hash<'e>(envelopes: impl Iterator<Item = &'e Vec<u8>>) -> Hash {
    envelopes.fold(Hash::ZERO, |state, envelope| Hash::of(&[&state.0, envelope]))
}
