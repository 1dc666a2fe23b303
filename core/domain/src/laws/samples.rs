//! One sample of every payload kind and of every message, with each optional field filled.

use std::fmt::Debug;

use ed25519_dalek::SigningKey;
use minicbor::{Decode, Encode};

use crate::digest::Digest;
use crate::envelope::{Commit, CommitSignature, Envelope};
use crate::event::{Body, DocumentKind, MemberSet, Payload, Subject};
use crate::id::{Bytes, DeviceId, Hash, MemberId};
use crate::key::{Key, MemberRecord};
use crate::stamp::{Head, Stamp, Stamped};
use crate::terms::{ReviewPolicy, Terms};
use crate::testing::dice::Dice;
use crate::testing::log::{Device, WORKSPACE, evidence, words};
use crate::testing::*;
use crate::ticket::Stage;
use crate::time::Timestamp;
use crate::wire::*;

/// The numbers of all kinds.
pub(super) const KINDS: [u16; 29] =
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 100, 101, 102];

/// An author who may write this kind.
fn author(kind: u16) -> Person {
    match kind {
        1 | 7 | 24 => volunteer(),
        2 | 4 | 5 | 14 | 17 => grid_member(),
        6 => cooperating(),
        8 | 18 | 20 | 23 | 100.. => hub(),
        9 | 10 | 3 | 12 | 15 | 16 | 21 | 22 => manager(),
        _ => office(),
    }
}

/// A payload of a kind, the same at every call.
pub(super) fn payload_of(kind: u16) -> Payload {
    // The longest of many has the optional fields filled.
    let payloads = (0..64).map(|seed| sample(kind, Dice(u64::from(kind) * 1000 + seed).body(kind)));
    payloads.max_by_key(|payload| payload.to_bytes().len()).expect("64 are some")
}

/// A payload with these fields.
fn sample(kind: u16, body: Body) -> Payload {
    let who = author(kind);
    // A report's ticket is the report itself: the vectors give event n the id n.
    let mut payload = payload(event_id(u64::from(kind)).into(), &who, minute(5), body);
    payload.base.low = 300;
    payload.subject = match &payload.body {
        Body::MemberSet(MemberSet { record }) => Subject::Member(record.member),
        Body::DocumentPublished(_) | Body::LawSet(_) => Subject::Workspace,
        Body::Reported(_) => payload.subject,
        _ => Subject::Ticket(event_id(1).into()),
    };
    payload
}

fn full_terms() -> Terms {
    Terms { review: ReviewPolicy::Sampled(20), suspension_max_days: Some(180), ..terms() }
}

pub(super) fn stamp() -> Stamp {
    Stamp {
        epoch: 2,
        n: 70_000,
        seq: 3,
        first: 69_999,
        member: volunteer().member,
        received: minute(7),
        corrected: minute(6),
        unsure: true,
        law: 1,
        short_number: Some("20261123-0147".to_owned()),
        pin_path: Some(path()),
        lead_path: Some(vec![]),
        terms: Some(full_terms()),
        admitted: false,
    }
}

fn head() -> Head {
    Head::sign(&SigningKey::from_bytes(&[9; 32]), 2, 70_001, Hash::of(&[b"chain"]), minute(8))
}

/// 立行立改: a report and its rectification in one commit.
pub(super) fn commit() -> Commit {
    let told = on_the_spot();
    let private = words("门口一堆垃圾");
    Device::new(1).write(&[(told[0].id, &told[0].payload, Some(&private)), (told[1].id, &told[1].payload, None)])
}

fn on_the_spot() -> Vec<Told> {
    let mut story = Story::begin(terms());
    story.tell_along(&volunteer(), bodies::rectified(1));
    story.events
}

fn record() -> MemberRecord {
    let (one, other) = (grid_member(), manager());
    MemberRecord { member: one.member, active: true, roles: vec![one.acting, other.acting], duty: vec![grid("n")] }
}

fn stamped() -> Stamped {
    let commit = commit();
    let event = commit.events[0].clone();
    let mac = Bytes(vec![0x6d; 32]);
    Stamped {
        envelope: event.envelope,
        payload: event.payload,
        private: event.private,
        stamp: Bytes(stamp().to_bytes()),
        mac,
    }
}

fn part() -> TicketPart {
    let signature = CommitSignature { device: DeviceId::from_bytes([1; 16]), seq: 2, signature: commit().signature };
    TicketPart {
        ticket: event_id(1).into(),
        whole: true,
        events: vec![stamped()],
        signatures: vec![signature],
        keys: vec![Key::Workspace, Key::Grid(grid("g"))],
    }
}

fn accepted() -> Accepted {
    Accepted {
        epoch: 2,
        n: 70_000,
        ticket: Some(event_id(1).into()),
        short_number: Some("20261123-0147".to_owned()),
        event_hash: Hash::of(&[b"event"]),
        admitted: true,
    }
}

fn outcomes() -> Vec<Outcome> {
    let (code, zh, en) = ("out_of_scope".to_owned(), "工单不在您的辖区。".to_owned(), "Outside your area.".to_owned());
    let late = TooLate {
        accepted: accepted(),
        code: "already_accepted".to_owned(),
        winner_kind: 4,
        winner: MemberId::from_bytes([3; 16]),
        winner_at: minute(2),
    };
    let fates = [Fate::Accepted(accepted()), Fate::Refused(Refused { code, zh, en }), Fate::TooLate(late)];
    let line = |(counter, fate)| {
        let device = DeviceId::from_bytes([1; 16]);
        Outcome { counter, event: Some(event_id(counter)), device, seq: counter, fate }
    };
    (1..).zip(fates).map(line).collect()
}

/// Something done with each message.
pub(super) trait Visit {
    /// Called once for each.
    fn see<T>(&mut self, name: &str, message: T)
    where
        T: Encode<()> + for<'b> Decode<'b, ()> + PartialEq + Debug;
}

/// Shows every message on the wire, and what else is stored or signed.
pub(super) fn visit(visit: &mut impl Visit) {
    visit.see("terms", full_terms());
    visit.see("stamp", stamp());
    visit.see("head", head());
    visit.see("envelope", Envelope::from_bytes(&commit().events[1].envelope).expect("its own bytes"));
    visit.see("commit", commit());
    visit.see("private", words("门口一堆垃圾"));
    visit.see("member_record", record());
    visit.see("push", Push { commits: vec![commit()], seen: Some(head()), sent: minute(9) });
    visit.see("pushed", Pushed { outcomes: outcomes(), next_seq: 4, later: Some(later()), now: minute(9) });
    let cursor = Some(Bytes(vec![1, 2, 3]));
    visit.see("pull", Pull { cursor, max_bytes: 262_144, outcomes_after: 12, seen: Some(head()) });
    visit.see("page", page());
    visit.see("relay", Relay { epoch: 1, tickets: vec![part()] });
    visit.see("relayed", Relayed { fork_at: 1_200, head: head(), taken: 3, now: minute(9) });
    visit.see("fetch", Fetch { tickets: vec![event_id(1).into()] });
    visit.see("fetched", Fetched { tickets: vec![part()], left: vec![event_id(2).into()] });
    visit.see("narrow", Narrow { key: Key::Workspace, after: Some(event_id(1).into()) });
    visit.see("narrowed", Narrowed { terms: vec![(event_id(1).into(), Hash::of(&[b"term"]))], more: true, n: 70_001 });
    visit.see("hello", hello());
    visit.see("enrol", enrol());
    visit.see("enrolled", enrolled());
    visit.see("rekey", rekey());
    visit.see("names", Names { members: vec![volunteer().member] });
    visit.see("named", named());
    visit.see("problem", problem());
    visit.see("ticket", Story::at(Stage::Closed, terms()).ticket());
    let mut evidence = evidence(&Story::at(Stage::Dispatched, terms()), 1);
    evidence.seal(&Device::new(9).key, minute(11));
    visit.see("evidence", evidence);
}

fn later() -> Later {
    Later {
        code: "older_law".to_owned(),
        zh: "中心升级后重试。".to_owned(),
        en: "Tried again later.".to_owned(),
        retry_after: Some(3_600),
    }
}

fn page() -> Page {
    Page {
        tickets: vec![part()],
        left: vec![event_id(3).into()],
        removed_keys: vec![Key::Member(volunteer().member)],
        members: vec![record()],
        documents: vec![DocumentRef { kind: DocumentKind::Grids, hash: Hash::of(&[b"grids"]), n: 4 }],
        outcomes: outcomes(),
        cursor: Bytes(vec![4, 5, 6]),
        more: false,
        head: head(),
        low: 70_001,
        now: minute(10),
        digests: vec![(Key::Grid(grid("g")), Digest(Hash::of(&[b"digest"])))],
        erased: vec![event_id(9)],
        safe_n: 60_000,
        law: Some(1),
    }
}

fn hello() -> Hello {
    Hello {
        newest: PROTOCOL,
        oldest: OLDEST_PROTOCOL,
        now: Timestamp(1_795_392_000_000),
        hub: DeviceId::from_bytes([9; 16]),
        hub_key: Device::new(9).public(),
        software: "redvest-hub 0.1.0".to_owned(),
    }
}

fn enrol() -> Enrol {
    let device = Device::new(1);
    Enrol {
        secret: Bytes(vec![5; 16]),
        device: device.id,
        key: device.public(),
        proof: Bytes(vec![6; 64]),
        label: "测试机".to_owned(),
    }
}

fn enrolled() -> Enrolled {
    Enrolled {
        workspace: WORKSPACE,
        member: grid_member().member,
        token: Bytes(vec![8; 32]),
        hub: DeviceId::from_bytes([9; 16]),
        hub_key: Device::new(9).public(),
        record: record(),
        head: head(),
        now: minute(0),
        name: "示范区".to_owned(),
    }
}

fn rekey() -> Rekey {
    let device = Device::new(11);
    Rekey {
        device: device.id,
        key: device.public(),
        proof: Bytes(vec![6; 64]),
        old_proof: Bytes(vec![7; 64]),
        label: "测试机".to_owned(),
    }
}

fn named() -> Named {
    let name = Name { member: volunteer().member, name: "王芳".to_owned(), title: Some("网格长".to_owned()) };
    Named { names: vec![name] }
}

fn problem() -> Problem {
    Problem {
        code: "busy".to_owned(),
        zh: "中心繁忙，将自动重试。".to_owned(),
        en: "The hub is busy.".to_owned(),
        retry_after: Some(5),
    }
}
