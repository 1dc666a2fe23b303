//! A hub in miniature, and phones against it: what it accepts it stamps, what it stamped it sends as pages. It shares
//! the domain with the client and nothing else.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::unwrap_used, reason = "tests and benches share it")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use ed25519_dalek::SigningKey;
use redvest_client::env::SetEnv;
use redvest_client::vault::FileVault;
use redvest_client::{Client, store::PageEffect};
use redvest_domain::digest::{Digest, term};
use redvest_domain::envelope::{Commit, CommitSignature, Sealed, seal};
use redvest_domain::event::{Base, Body, DeviceTime, DocumentKind, Payload, Private, Subject};
use redvest_domain::fold::{Fact, step};
use redvest_domain::id::{Bytes, DeviceId, EventId, Hash, MemberId, TicketId, WorkspaceId};
use redvest_domain::key::{Key, MemberRecord};
use redvest_domain::reference::{Document, ReferenceSet, parse};
use redvest_domain::stamp::{Head, Stamp, Stamped, chain, event_hash};
use redvest_domain::terms::Holder;
use redvest_domain::ticket::Ticket;
use redvest_domain::time::Timestamp;
use redvest_domain::wire::{
    Accepted, DocumentRef, Enrolled, Fate, Outcome, Page, Pushed, Refused, TicketPart, TooLate,
};

mod people;

pub use people::*;

#[derive(Default)]
pub struct Held {
    pub events: Vec<Stamped>,
    pub hashes: Vec<Hash>,
    pub ids: Vec<EventId>,
    pub signatures: Vec<(u32, CommitSignature)>,
    pub state: Option<Ticket>,
}

pub struct Hub {
    pub key: SigningKey,
    pub workspace: WorkspaceId,
    pub n: u64,
    pub chain: Hash,
    pub now: Timestamp,
    pub tickets: BTreeMap<TicketId, Held>,
    pub outcomes: BTreeMap<DeviceId, Vec<Outcome>>,
    /// Where each device's chain stands: the sequence of its last event.
    pub chains: BTreeMap<DeviceId, u64>,
    pub reference: ReferenceSet,
    pub documents: Vec<(DocumentRef, Vec<u8>)>,
    pub erased: Vec<EventId>,
    /// Refuses the next commit with this code.
    pub refuse: Option<&'static str>,
}

impl Hub {
    pub fn new() -> Hub {
        let mut hub = Hub {
            key: SigningKey::from_bytes(&[9; 32]),
            workspace: WorkspaceId::from_bytes([7; 16]),
            n: 0,
            chain: Hash::ZERO,
            now: MONDAY,
            tickets: BTreeMap::new(),
            outcomes: BTreeMap::new(),
            chains: BTreeMap::new(),
            reference: ReferenceSet::built_in(),
            documents: Vec::new(),
            erased: Vec::new(),
            refuse: None,
        };
        for (kind, text) in [(DocumentKind::Grids, GRIDS), (DocumentKind::Agencies, AGENCIES)] {
            hub.publish(parse(kind, text.as_bytes()).unwrap());
        }
        hub
    }

    pub fn publish(&mut self, document: Document) {
        let bytes = document.to_bytes();
        self.n += 1;
        let reference = DocumentRef { kind: document.kind(), hash: Hash::of(&[&bytes]), n: self.n };
        self.documents.push((reference, bytes));
        self.reference = self.reference.clone().with(document);
    }

    pub fn head(&self) -> Head {
        Head::sign(&self.key, 1, self.n, self.chain, self.now)
    }

    /// A phone of this member, enrolled.
    pub fn phone(&self, folder: &Path, record: &MemberRecord) -> (Client, Arc<SetEnv>) {
        let env = Arc::new(SetEnv::new(self.now, u64::from(record.member.as_bytes()[0])));
        let client = open(folder, &env);
        if client.store().identity().unwrap().is_none() {
            let enrol = client.begin_enrol(b"secret", "a phone").unwrap();
            client.finish_enrol(&self.enrolled(record, enrol.device), "https://hub", None).unwrap();
        }
        client.store().note_time(self.now, 0, self.now, 0).unwrap();
        (client, env)
    }

    pub fn enrolled(&self, record: &MemberRecord, device: DeviceId) -> Enrolled {
        Enrolled {
            workspace: self.workspace,
            member: record.member,
            token: Bytes(device.as_bytes().repeat(2)),
            hub: DeviceId::from_bytes([9; 16]),
            hub_key: Hash(self.key.verifying_key().to_bytes()),
            record: record.clone(),
            head: self.head(),
            now: self.now,
            name: "试点区".to_owned(),
        }
    }

    /// Takes everything that a phone has to send.
    pub fn push(&mut self, client: &Client) -> Pushed {
        let identity = client.store().identity().unwrap().unwrap();
        let mut all = Vec::new();
        for commit in client.store().outbox_batch(200, 1 << 20).unwrap() {
            all.extend(self.take(&commit, identity.member));
        }
        let next_seq = self.chains.get(&identity.device).map_or(1, |last| last + 1);
        let pushed = Pushed { outcomes: all, next_seq, later: None, now: self.now };
        client.store().apply_pushed(&pushed, self.now).unwrap();
        pushed
    }

    /// Somebody else writes one act.
    pub fn tell(&mut self, who: &mut Person, ticket: Option<TicketId>, bodies: Vec<Body>) -> (TicketId, Vec<EventId>) {
        self.tell_saying(who, ticket, bodies, None)
    }

    pub fn tell_saying(
        &mut self,
        who: &mut Person,
        ticket: Option<TicketId>,
        bodies: Vec<Body>,
        words: Option<&str>,
    ) -> (TicketId, Vec<EventId>) {
        let ids: Vec<EventId> = bodies.iter().map(|_| who.next_id(self.now)).collect();
        let ticket = ticket.unwrap_or(TicketId::from(ids[0]));
        let drafts = ids.iter().zip(bodies).map(|(id, body)| {
            let payload = Payload {
                subject: Subject::Ticket(ticket),
                acting: who.acting(),
                base: Base { epoch: 1, low: self.n },
                time: DeviceTime { wall: self.now, monotonic_ms: 0, boot: 1, offset_ms: Some(0) },
                body,
            };
            let private = words.map(|words| Private {
                salt: Bytes(vec![5; 16]),
                words: Some(words.to_owned()),
                place: Some("北门对面".to_owned()),
            });
            let mut bytes = payload.to_bytes();
            if matches!(payload.body, Body::Unknown(kind) if kind < 24) {
                // The version of the kind stands behind the map's head, two keys and the kind itself.
                bytes[4] = 2;
            }
            (*id, bytes, private.map(|private| private.to_bytes()))
        });
        let drafts: Vec<_> = drafts.collect();
        let commit = seal(self.workspace, who.device, &who.key, &mut who.head, drafts).unwrap();
        self.take(&commit, who.record.member);
        (ticket, ids)
    }

    fn take(&mut self, commit: &Commit, member: MemberId) -> Vec<Outcome> {
        let envelopes = commit.open().unwrap();
        let device = envelopes[0].device;
        self.chains.insert(device, envelopes.last().unwrap().seq);
        let refused = self.refuse.take();
        let first = self.n + 1;
        let mut outcomes = Vec::new();
        for (event, envelope) in commit.events.iter().zip(&envelopes) {
            let fate = match refused {
                Some(code) => Fate::Refused(Refused { code: code.into(), zh: "不行。".into(), en: "No.".into() }),
                None => self.stamp(event, envelope.id, member, first),
            };
            let counter = self.outcomes.get(&device).map_or(1, |lines| lines.len() as u64 + 1);
            let outcome = Outcome { counter, event: Some(envelope.id), device, seq: envelope.seq, fate };
            self.outcomes.entry(device).or_default().push(outcome.clone());
            outcomes.push(outcome);
        }
        if refused.is_none() {
            let last = envelopes.last().unwrap();
            let payload = Payload::from_bytes(&commit.events[0].payload).unwrap();
            let held = self.tickets.get_mut(&payload.subject.ticket().unwrap()).unwrap();
            let signature = CommitSignature { device, seq: last.seq, signature: commit.signature.clone() };
            held.signatures.push((held.events.len() as u32, signature));
        }
        outcomes
    }

    fn stamp(&mut self, event: &Sealed, id: EventId, member: MemberId, first: u64) -> Fate {
        let payload = Payload::from_bytes(&event.payload).unwrap();
        let ticket = payload.subject.ticket().unwrap();
        self.n += 1;
        let held = self.tickets.entry(ticket).or_default();
        let mut stamp = Stamp {
            epoch: 1,
            n: self.n,
            seq: held.events.len() as u32 + 1,
            first,
            member,
            received: self.now,
            corrected: payload.time.estimate().min(self.now),
            unsure: false,
            law: 1,
            short_number: None,
            pin_path: None,
            lead_path: None,
            terms: None,
            admitted: false,
        };
        let grids = self.reference.grids();
        let lead_path = |lead: Option<&Holder>| match lead {
            Some(Holder::Grid(grid)) => grids.path(grid),
            _ => Vec::new(),
        };
        let reported = match &payload.body {
            Body::Reported(fields) => Some((fields.category.clone(), fields.pin, fields.grid.clone())),
            // A report of a newer version, which this hub takes for a newer one that can read it.
            Body::Unknown(1) => Some((code("M06010"), Some(PIN), Some(code("g")))),
            _ => None,
        };
        if let Some((category, pin, grid)) = reported {
            let path = self.reference.place(pin, grid.as_ref());
            let terms = self.reference.terms(&category, path.last(), &|_| true).unwrap();
            stamp.lead_path = Some(lead_path(terms.handler.as_ref()));
            stamp.pin_path = Some(path);
            stamp.terms = Some(terms);
            stamp.short_number = Some(format!("20261123-{:04}", self.n));
        }
        if let Body::Dispatched(fields) = &payload.body {
            stamp.lead_path = Some(lead_path(Some(&fields.lead)));
        }
        step(&mut held.state, &Fact { id, payload: &payload, stamp: &stamp });
        let bytes = stamp.to_bytes();
        let hash = event_hash(&event.envelope, &bytes);
        self.chain = chain(self.chain, hash);
        let (envelope, payload) = (event.envelope.clone(), event.payload.clone());
        let private = event.private.clone();
        held.events.push(Stamped { envelope, payload, private, stamp: Bytes(bytes), mac: Bytes(vec![0; 32]) });
        held.hashes.push(hash);
        held.ids.push(id);
        let state = held.state.as_ref().unwrap();
        let number = state.short_number.clone();
        let accepted = Accepted {
            epoch: 1,
            n: self.n,
            ticket: Some(ticket),
            short_number: number,
            event_hash: hash,
            admitted: false,
        };
        match state.anomalies.iter().find(|anomaly| anomaly.act.event == id) {
            Some(anomaly) => Fate::TooLate(TooLate {
                accepted,
                code: anomaly.misfit.code().as_str().to_owned(),
                winner_kind: anomaly.winner.kind,
                winner: anomaly.winner.member,
                winner_at: anomaly.winner.corrected,
            }),
            None => Fate::Accepted(accepted),
        }
    }

    pub fn part(&self, ticket: TicketId, from: u32, to: u32, subscription: &BTreeSet<Key>) -> TicketPart {
        let held = &self.tickets[&ticket];
        let keys = held.state.as_ref().unwrap().keys();
        let signatures = held.signatures.iter().filter(|(seq, _)| *seq > from && *seq <= to);
        TicketPart {
            ticket,
            whole: from == 0,
            events: held.events[from as usize..to as usize].to_vec(),
            signatures: signatures.map(|(_, signature)| signature.clone()).collect(),
            keys: keys.intersection(subscription).cloned().collect(),
        }
    }

    pub fn visible(&self, record: &MemberRecord) -> Vec<TicketId> {
        let subscription = record.subscription();
        let sees = |held: &Held| !held.state.as_ref().unwrap().keys().is_disjoint(&subscription);
        self.tickets.iter().filter(|(_, held)| sees(held)).map(|(ticket, _)| *ticket).collect()
    }

    pub fn digests(&self, record: &MemberRecord) -> Vec<(Key, Digest)> {
        let mut digests: BTreeMap<Key, Digest> =
            record.subscription().into_iter().map(|key| (key, Digest::default())).collect();
        for (ticket, held) in &self.tickets {
            let state = held.state.as_ref().unwrap();
            let term = term(*ticket, *held.hashes.last().unwrap(), state.state_hash());
            for key in state.keys() {
                if let Some(digest) = digests.get_mut(&key) {
                    *digest = digest.plus(term);
                }
            }
        }
        digests.into_iter().collect()
    }

    /// A page with nothing in it but the head.
    pub fn empty_page(&self) -> Page {
        Page {
            tickets: Vec::new(),
            left: Vec::new(),
            removed_keys: Vec::new(),
            members: Vec::new(),
            documents: self.documents.iter().map(|(document, _)| document.clone()).collect(),
            outcomes: Vec::new(),
            cursor: Bytes(self.n.to_be_bytes().to_vec()),
            more: false,
            head: self.head(),
            low: self.n,
            now: self.now,
            digests: Vec::new(),
            erased: self.erased.clone(),
            safe_n: 0,
            law: Some(1),
        }
    }

    /// Everything that this member may see, whole, in one page.
    pub fn page(&self, record: &MemberRecord) -> Page {
        let subscription = record.subscription();
        let tickets = self.visible(record).into_iter();
        let whole = |ticket| self.part(ticket, 0, self.tickets[&ticket].events.len() as u32, &subscription);
        Page { tickets: tickets.map(whole).collect(), digests: self.digests(record), ..self.empty_page() }
    }

    /// Brings a phone up to date with one page.
    pub fn pull(&self, client: &Client, record: &MemberRecord) -> PageEffect {
        let device = client.store().identity().unwrap().unwrap().device;
        let after = client.store().pull_state().unwrap().outcomes_after;
        let lines = self.outcomes.get(&device).cloned().unwrap_or_default();
        let outcomes = lines.into_iter().filter(|line| line.counter > after).collect();
        self.give(client, &Page { outcomes, ..self.page(record) })
    }

    pub fn give(&self, client: &Client, page: &Page) -> PageEffect {
        client.store().apply_page(page, &self.documents).unwrap()
    }

    pub fn state(&self, ticket: TicketId) -> &Ticket {
        self.tickets[&ticket].state.as_ref().unwrap()
    }
}

pub fn open(folder: &Path, env: &Arc<SetEnv>) -> Client {
    std::fs::create_dir_all(folder).unwrap();
    let vault = Box::new(FileVault::new(folder.join("secrets")));
    Client::open(folder, Arc::clone(env) as Arc<dyn redvest_client::env::Env>, vault).unwrap()
}
