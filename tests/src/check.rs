//! What has to hold whenever everybody has come to rest: the log proves itself, and each replica is what the log says.

use std::collections::{BTreeMap, BTreeSet};

use redvest_client::store::Status;
use redvest_domain::digest::{Digest, term};
use redvest_domain::envelope::Envelope;
use redvest_domain::event::Payload;
use redvest_domain::fold::{Fact, step};
use redvest_domain::id::{EventId, Hash, TicketId};
use redvest_domain::key::Key;
use redvest_domain::stamp::{Stamp, chain, event_hash};
use redvest_domain::ticket::Ticket;

use crate::device::Device;
use crate::world::World;

/// The hub's log, read from its export.
pub struct Log {
    /// Each event with its number and the hash of its payload; ids are unique.
    pub events: BTreeMap<EventId, (u64, Hash)>,
    /// The tickets as their events make them.
    pub tickets: BTreeMap<TicketId, Ticket>,
    /// The digests of all keys that hold a ticket.
    pub digests: BTreeMap<Key, Digest>,
}

impl Log {
    /// Reads and proves the log: numbers without gaps, contents that their envelopes bind, each event once, sequences of
    /// tickets without gaps, a chain that ends in the signed head.
    pub fn read(world: &World) -> Log {
        let rows = world.wait(world.store().export_log(0, usize::MAX)).expect("the log can be read");
        let (mut events, mut tickets) = (BTreeMap::new(), BTreeMap::<TicketId, Option<Ticket>>::new());
        let (mut last_event, mut value) = (BTreeMap::new(), Hash::ZERO);
        for (row, n) in rows.iter().zip(1..) {
            let envelope = Envelope::from_bytes(&row.event.envelope).expect("an envelope");
            let payload = Payload::from_bytes(&row.event.payload).expect("a payload");
            let stamp = Stamp::from_bytes(&row.event.stamp).expect("a stamp");
            let content = Hash::of(&[&row.event.payload]);
            assert_eq!((row.n, stamp.n, row.id, content), (n, n, envelope.id, envelope.payload));
            assert_eq!(events.insert(row.id, (n, content)), None, "an event is in the log twice");
            let hash = event_hash(&row.event.envelope, &row.event.stamp);
            value = chain(value, hash);
            if let Some(ticket) = row.subject.ticket() {
                let state = tickets.entry(ticket).or_default();
                assert_eq!(stamp.seq, state.as_ref().map_or(1, |state| state.seq + 1));
                step(state, &Fact { id: row.id, payload: &payload, stamp: &stamp });
                last_event.insert(ticket, hash);
            }
        }
        let head = world.wait(world.store().head()).expect("there is a head");
        let hello = world.wait(world.store().hello()).expect("the hub says hello");
        head.verify(&hello.hub_key.0).expect("the head is signed");
        assert_eq!((head.n, head.chain), (rows.len() as u64, value), "the chain ends in the signed head");
        let tickets: BTreeMap<_, _> =
            tickets.into_iter().map(|(id, state)| (id, state.expect("begins with its report"))).collect();
        let mut digests = BTreeMap::<Key, Digest>::new();
        for (id, ticket) in &tickets {
            for key in ticket.keys() {
                let sum = digests.entry(key).or_default();
                *sum = sum.plus(term(*id, last_event[id], ticket.state_hash()));
            }
        }
        Log { events, tickets, digests }
    }

    /// Proves that a phone which came to rest is what the log says: it holds exactly the tickets that its member may
    /// see, the digest of each key is the log's and the hub's, nothing waits, every event that it ever acknowledged is
    /// in the log with the same content or refused where its user sees it, and its own doctor finds nothing.
    pub fn check(&self, world: &World, phone: &Device) {
        let client = phone.client();
        let record = client.store().record().expect("the store works");
        let keys: BTreeSet<Key> =
            record.subscription().into_iter().filter(|key| !matches!(key, Key::Everybody | Key::Office)).collect();
        let own = client.digest().expect("the store works");
        let hubs = world.wait(world.store().digests(keys.iter().cloned().collect())).expect("the hub has digests");
        for (key, hub) in &hubs {
            let expected = self.digests.get(key).copied().unwrap_or_default();
            assert_eq!(*hub, expected, "the hub's digest of {key}");
            let held = own
                .iter()
                .find(|held| held.key == *key)
                .map_or_else(|| Hash::ZERO.to_hex(), |held| held.digest.clone());
            assert_eq!(held, expected.0.to_hex(), "the phone's digest of {key}");
        }
        for held in own.iter().filter(|held| !keys.contains(&held.key)) {
            assert_eq!(held.tickets, 0, "tickets are held under {}, which is not subscribed to", held.key);
        }
        let visible: BTreeSet<TicketId> =
            self.tickets.iter().filter(|(_, ticket)| !ticket.keys().is_disjoint(&keys)).map(|(id, _)| *id).collect();
        let log = client.log().expect("the store works");
        let mut held = BTreeSet::new();
        for row in &log {
            if row.n.is_some() && row.ticket.is_some_and(|ticket| phone.holds(ticket)) {
                held.extend(row.ticket);
            }
            let Some(status) = row.status else { continue };
            match status {
                Status::Accepted | Status::TooLate => {
                    let known = self.events.get(&row.event).unwrap_or_else(|| panic!("{} was lost", row.event));
                    assert_eq!(known.1, row.payload, "{} is in the log with other content", row.event);
                }
                Status::Refused | Status::Dismissed => {
                    assert!(!self.events.contains_key(&row.event), "{} was refused, and is in the log", row.event);
                }
                Status::Waiting => panic!("{} still waits", row.event),
            }
        }
        assert_eq!(held, visible, "the tickets that are held whole");
        let shown: BTreeSet<EventId> =
            client.refused().expect("the store works").into_iter().map(|news| news.event).collect();
        let refused = log.iter().filter(|row| row.status == Some(Status::Refused));
        refused.for_each(|row| assert!(shown.contains(&row.event), "{} was refused unseen", row.event));
        let health = client.doctor().expect("the doctor looks");
        assert_eq!(health.findings, []);
    }
}

impl World {
    /// Syncs everybody until nothing moves, and proves that all of them are what the log says.
    pub fn converge(&self, phones: &[&Device]) -> Log {
        self.settle(phones);
        let log = self.log();
        phones.iter().for_each(|phone| log.check(self, phone));
        log
    }
}
