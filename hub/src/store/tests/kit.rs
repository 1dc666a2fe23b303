//! A hub in a folder of its own, with people, places and phones.
//!
//! Streets `s` and `s2`; under `s` community `c` with grids `g` and `h`, under `s2` grid `k`. Agencies `cg` and `wy`.
//! Categories: `T1` closes without review, `T2` draws half, `T3` is always reviewed; all go to the grid.

use std::sync::Arc;

use ed25519_dalek::{Signer, SigningKey};
use redvest_domain::envelope::{ChainHead, Commit, seal};
use redvest_domain::event::{
    Base, Body, DeviceTime, Dispatched, DocumentKind, Outcome, Payload, Private, Rectified, Reported, Source, Subject,
};
use redvest_domain::id::{Bytes, DeviceId, EventId, GridCode, Hash, MemberId, TicketId, WorkspaceId};
use redvest_domain::key::{Acting, Key, MemberRecord, Role};
use redvest_domain::reference::{Catalogue, Document, Handler, Successors};
use redvest_domain::terms::{Holder, PhotoRule, ReviewPolicy};
use redvest_domain::ticket::Ticket;
use redvest_domain::time::{HOUR_MS, Timestamp};
use redvest_domain::wire::{self, Enrol, Fate, Push, Pushed, proof_message};
use serde_json::json;
use tempfile::TempDir;

use crate::clock::FixedClock;
use crate::error::HubError;
use crate::store::{Auth, NewWorkspace, Store, tickets};

/// Monday 2026-11-23 08:00 at +08:00.
pub(super) const MONDAY: Timestamp = Timestamp(1_795_392_000_000);

pub(super) struct Hub {
    pub(super) data: TempDir,
    pub(super) clock: Arc<FixedClock>,
    pub(super) store: Store,
}

/// A member's id by a number.
pub(super) fn member(number: u8) -> MemberId {
    MemberId::from_bytes([number; 16])
}

pub(super) fn grid(code: &str) -> GridCode {
    code.parse().unwrap()
}

pub(super) fn acting(role: Role, key: Key) -> Acting {
    Acting { role, key }
}

pub(super) fn volunteer(member: MemberId) -> Acting {
    acting(Role::Volunteer, Key::Member(member))
}

pub(super) fn for_grid(code: &str) -> Acting {
    acting(Role::Grid, Key::Grid(grid(code)))
}

pub(super) fn office() -> Acting {
    acting(Role::Office, Key::Workspace)
}

pub(super) fn supervisor() -> Acting {
    acting(Role::Supervisor, Key::Workspace)
}

pub(super) fn record(number: u8, roles: Vec<Acting>) -> MemberRecord {
    MemberRecord { member: member(number), active: true, roles, duty: Vec::new() }
}

/// Volunteer 1; grid members 2 and 3 of `g`; 4 leads street `s`; 5 handles for agency `cg`; supervisor 6; office 7; grid
/// member 8 of `k`.
fn everybody() -> Vec<MemberRecord> {
    vec![
        record(1, vec![]),
        record(2, vec![for_grid("g")]),
        record(3, vec![for_grid("g")]),
        record(4, vec![for_grid("s")]),
        record(5, vec![acting(Role::Agency, Key::Agency("cg".parse().unwrap()))]),
        record(6, vec![supervisor()]),
        record(7, vec![office()]),
        record(8, vec![for_grid("k")]),
    ]
}

/// The document of grids, without those named in `less`.
pub(super) fn grids(less: &[&str]) -> Vec<u8> {
    let level = |code: &str| json!({"code": code, "name": code, "name_en": code});
    let all = [
        ("s", "street", None),
        ("c", "community", Some("s")),
        ("g", "grid", Some("c")),
        ("h", "grid", Some("c")),
        ("s2", "street", None),
        ("k", "grid", Some("s2")),
    ];
    let grids: Vec<_> = all
        .iter()
        .filter(|(code, ..)| !less.contains(code))
        .map(|(code, level, parent)| match parent {
            Some(parent) => json!({"code": code, "name": code, "level": level, "parent": parent}),
            None => json!({"code": code, "name": code, "level": level}),
        })
        .collect();
    json!({"levels": [level("street"), level("community"), level("grid")], "grids": grids}).to_string().into_bytes()
}

pub(super) fn agencies(codes: &[&str]) -> Vec<u8> {
    let all: Vec<_> = codes.iter().map(|code| json!({"code": code, "name": code})).collect();
    json!({ "agencies": all }).to_string().into_bytes()
}

fn catalogue() -> Vec<u8> {
    let mut catalogue = Catalogue::built_in();
    for (code, review) in [("T1", ReviewPolicy::None), ("T2", ReviewPolicy::Sampled(50)), ("T3", ReviewPolicy::Always)]
    {
        let mut category = catalogue.categories[0].clone();
        category.code = code.parse().unwrap();
        category.handler = Handler::Grid;
        category.review = review;
        category.photos = PhotoRule { before: 0, after: 0 };
        category.accuracy_gate_cm = None;
        catalogue.categories.push(category);
    }
    Document::Catalogue(catalogue).to_bytes()
}

impl Hub {
    /// A hub with its documents and people.
    pub(super) async fn new() -> Hub {
        let data = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock::at(MONDAY));
        let store = Store::open(data.path(), clock.clone()).unwrap();
        store.init(NewWorkspace { name: "创城".to_owned() }).await.unwrap();
        let documents = [
            (DocumentKind::Grids, grids(&[])),
            (DocumentKind::Agencies, agencies(&["cg", "wy"])),
            (DocumentKind::Catalogue, catalogue()),
        ];
        for (kind, bytes) in documents {
            store.publish(kind, bytes, Successors::default()).await.unwrap();
        }
        store.set_members(everybody(), vec![]).await.unwrap();
        Hub { data, clock, store }
    }

    /// Closes and opens it again, as a restart does.
    pub(super) async fn restart(self) -> Hub {
        let Hub { data, clock, store } = self;
        store.close().await;
        drop(store);
        let store = Store::open(data.path(), clock.clone()).unwrap();
        Hub { data, clock, store }
    }

    /// Enrols a new phone of this member.
    pub(super) async fn phone(&self, number: u8) -> Phone {
        let secret = self.store.invite(member(number), HOUR_MS).await.unwrap();
        let mut phone = Phone::blank();
        let enrolled = self.store.enrol(phone.enrol(&secret)).await.unwrap();
        phone.take(enrolled);
        phone
    }

    pub(super) async fn auth(&self, phone: &Phone) -> Auth {
        self.store.authenticate(&phone.token).await.unwrap()
    }

    pub(super) async fn try_push(&self, phone: &Phone, commits: Vec<Commit>) -> Result<Pushed, HubError> {
        let auth = self.auth(phone).await;
        let now = self.store.now();
        self.store.push(&auth, Push { commits, seen: None, sent: now }, now).await
    }

    pub(super) async fn push(&self, phone: &Phone, commits: Vec<Commit>) -> Pushed {
        self.try_push(phone, commits).await.unwrap()
    }

    /// Pushes commits that must all be taken in time.
    pub(super) async fn accept(&self, phone: &Phone, commits: Vec<Commit>) -> Pushed {
        let pushed = self.push(phone, commits).await;
        assert_eq!(pushed.later, None);
        assert!(pushed.outcomes.iter().all(|line| matches!(line.fate, Fate::Accepted(_))), "{:?}", pushed.outcomes);
        pushed
    }

    /// The code of a refusal of the whole message.
    pub(super) async fn problem(&self, phone: &Phone, commits: Vec<Commit>) -> String {
        self.try_push(phone, commits).await.unwrap_err().problem().code
    }

    pub(super) async fn ticket(&self, id: TicketId) -> Ticket {
        self.store
            .read(move |conn| {
                let workspace = crate::store::Site::load(conn)?.workspace;
                Ok::<_, HubError>(tickets::load(conn, workspace, id)?.state.unwrap())
            })
            .await
            .unwrap()
    }

    /// Base of everything that there is now.
    pub(super) async fn base(&self) -> Base {
        let site = self.store.site().await.unwrap();
        Base { epoch: site.epoch, low: site.head_n }
    }

    /// A ticket reported by a phone of volunteer 1 in grid `g`.
    pub(super) async fn reported(&self, category: &str) -> TicketId {
        let mut phone = self.phone(1).await;
        let (ticket, commit) = phone.report(category, "g");
        self.accept(&phone, vec![commit]).await;
        ticket
    }
}

/// A phone with its own key and chain.
pub(super) struct Phone {
    pub(super) key: SigningKey,
    pub(super) device: DeviceId,
    pub(super) head: ChainHead,
    pub(super) token: Vec<u8>,
    pub(super) workspace: WorkspaceId,
    pub(super) member: MemberId,
    pub(super) base: Base,
    pub(super) time: DeviceTime,
}

fn random<const N: usize>() -> [u8; N] {
    crate::keys::random().unwrap()
}

impl Phone {
    /// A phone that is not enrolled.
    pub(super) fn blank() -> Phone {
        Phone {
            key: SigningKey::from_bytes(&random()),
            device: DeviceId::from_bytes(random()),
            head: ChainHead { seq: 0, hash: Hash::ZERO },
            token: Vec::new(),
            workspace: WorkspaceId::from_bytes([0; 16]),
            member: member(0),
            base: Base::default(),
            time: DeviceTime { wall: MONDAY, monotonic_ms: 0, boot: 1, offset_ms: Some(0) },
        }
    }

    pub(super) fn public(&self) -> Hash {
        Hash(self.key.verifying_key().to_bytes())
    }

    pub(super) fn prove(&self, secret: &[u8], device: DeviceId, key: Hash) -> Bytes {
        Bytes(self.key.sign(&proof_message(secret, device, key)).to_bytes().to_vec())
    }

    pub(super) fn enrol(&self, secret: &[u8]) -> Enrol {
        let proof = self.prove(secret, self.device, self.public());
        let secret = Bytes(secret.to_vec());
        Enrol { secret, device: self.device, key: self.public(), proof, label: "test".to_owned() }
    }

    pub(super) fn take(&mut self, enrolled: wire::Enrolled) {
        self.token = enrolled.token.0;
        self.workspace = enrolled.workspace;
        self.member = enrolled.member;
        self.base = Base { epoch: enrolled.head.epoch, low: enrolled.head.n };
    }

    pub(super) fn payload(&self, subject: Subject, acting: Acting, body: Body) -> Payload {
        Payload { subject, acting, base: self.base, time: self.time, body }
    }

    /// Seals payloads with given ids.
    pub(super) fn seal(&mut self, payloads: Vec<(EventId, Payload)>) -> Commit {
        let drafts = payloads.into_iter().map(|(id, payload)| (id, payload.to_bytes(), None)).collect();
        seal(self.workspace, self.device, &self.key, &mut self.head, drafts).unwrap()
    }

    /// One event about a ticket.
    pub(super) fn write(&mut self, ticket: TicketId, acting: Acting, body: Body) -> Commit {
        let payload = self.payload(Subject::Ticket(ticket), acting, body);
        self.seal(vec![(new_id(), payload)])
    }

    /// A report by this member as a volunteer, with words.
    pub(super) fn report(&mut self, category: &str, place: &str) -> (TicketId, Commit) {
        let (id, payload) = self.report_payload(category, place);
        let private = Private { salt: Bytes(vec![7; 16]), words: Some("北门对面".to_owned()), place: None };
        let drafts = vec![(id, payload.to_bytes(), Some(private.to_bytes()))];
        let commit = seal(self.workspace, self.device, &self.key, &mut self.head, drafts).unwrap();
        (TicketId::from(id), commit)
    }

    pub(super) fn report_payload(&self, category: &str, place: &str) -> (EventId, Payload) {
        let id = new_id();
        let body = Body::Reported(reported(category, place));
        (id, self.payload(Subject::Ticket(id.into()), volunteer(self.member), body))
    }

    /// The last event's id of a commit.
    pub(super) fn last_id(commit: &Commit) -> EventId {
        commit.open().unwrap().last().unwrap().id
    }
}

pub(super) fn new_id() -> EventId {
    EventId::from_bytes(random())
}

fn reported(category: &str, place: &str) -> Reported {
    Reported {
        category: category.parse().unwrap(),
        pin: None,
        fix: None,
        grid: Some(grid(place)),
        photos: vec![],
        source: Source::Patrol,
        recurs: None,
        gate_reason: None,
        local_number: None,
    }
}

pub(super) fn rectified() -> Body {
    Body::Rectified(Rectified { outcome: Outcome::Rectified, photos: vec![], fix: None, gate_reason: None })
}

pub(super) fn dispatched(lead: Holder) -> Body {
    Body::Dispatched(Dispatched { lead, cooperating: vec![], reason: None })
}

/// The codes of what was refused, and `accepted` or `too_late:CODE` for the rest.
pub(super) fn fates(pushed: &Pushed) -> Vec<String> {
    pushed
        .outcomes
        .iter()
        .map(|line| match &line.fate {
            Fate::Accepted(_) => "accepted".to_owned(),
            Fate::Refused(refused) => refused.code.clone(),
            Fate::TooLate(late) => format!("too_late:{}", late.code),
        })
        .collect()
}
