//! The vectors that every port of the law reads: events and signatures, stories, digests.
//!
//! The files lie in `tests/vectors`. Each test compares; with `REDVEST_WRITE_VECTORS=1` in the environment it writes
//! the file anew instead, which is right only before anything was released or for vectors that are added.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::samples::{KINDS, payload_of};
use crate::calendar::Calendar;
use crate::digest::{Digest, term};
use crate::event::{Body, ClockName, Grant, Payload};
use crate::fold::{Fact, step};
use crate::id::Hash;
use crate::stamp::{Stamp, chain, event_hash};
use crate::terms::{ReviewPolicy, Terms};
use crate::testing::bodies::*;
use crate::testing::log::{Device, WORKSPACE, evidence, words};
use crate::testing::*;
use crate::ticket::Ticket;

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &Value) -> Vec<u8> {
    let text = text.as_str().expect("hexadecimal digits");
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal")).collect()
}

fn compare(name: &str, vectors: Value) -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors").join(name);
    if std::env::var_os("REDVEST_WRITE_VECTORS").is_some_and(|value| value == "1") {
        let text = serde_json::to_string_pretty(&vectors).expect("JSON") + "\n";
        std::fs::write(&path, text).expect("the vectors can be written");
    }
    let text = std::fs::read_to_string(&path).expect("the vectors are part of the project");
    let written: Value = serde_json::from_str(&text).expect("JSON");
    assert!(written == vectors, "{name} differs from what the code gives; see the test's own documentation");
    written
}

fn commit_vector(device: &mut Device, name: &str, payloads: &[Payload], private: Option<&str>) -> Value {
    let private = private.map(words);
    let ids = (0..).map(|place| event_id(u64::from(payloads[0].body.number()) + 200 * place));
    let drafts: Vec<_> = ids
        .zip(payloads)
        .map(|(id, payload)| (id, payload, private.as_ref().filter(|_| payload == &payloads[0])))
        .collect();
    let (before, commit) = (device.head, device.write(&drafts));
    let event = |(sealed, (id, payload, _)): (&crate::envelope::Sealed, &(_, &Payload, _))| {
        let id: &crate::id::EventId = id;
        json!({
            "id": id.to_string(),
            "kind": payload.body.number(),
            "code": payload.body.code(),
            "zh": payload.body.zh(),
            "payload": hex(&sealed.payload),
            "private": sealed.private.as_ref().map(|private| hex(private)),
            "envelope": hex(&sealed.envelope),
            "envelope_hash": Hash::of(&[&sealed.envelope]),
        })
    };
    json!({
        "name": name,
        "seq_before": before.seq,
        "hash_before": before.hash,
        "events": commit.events.iter().zip(&drafts).map(event).collect::<Vec<_>>(),
        "signature": hex(&commit.signature),
    })
}

#[test]
fn events_and_signatures_are_those_of_the_vectors() {
    let mut device = Device::new(1);
    let mut commits: Vec<Value> = KINDS
        .iter()
        .map(|kind| {
            let payload = payload_of(*kind);
            let name = payload.body.code();
            commit_vector(&mut device, name, &[payload], None)
        })
        .collect();
    let report = payload(event_id(1).into(), &volunteer(), minute(0), Body::Reported(report()));
    let work = payload(event_id(1).into(), &volunteer(), minute(0), rectified(1));
    commits.push(commit_vector(&mut device, "on the spot, with words", &[report, work], Some("门口一堆垃圾")));
    compare(
        "events.json",
        json!({
            "note": "One device's chain. A payload's and a private part's SHA-256 stand in the envelope; an envelope names the hash of the one before; the signature is Ed25519 with this seed over the bytes of signed_prefix followed by the SHA-256 of the commit's last envelope.",
            "note_zh": "同一设备的记录链。信封内含 payload 与 private 的 SHA-256 及前一信封的哈希；签名为以该种子对 signed_prefix 接最后一个信封的 SHA-256 所作的 Ed25519 签名。",
            "workspace": WORKSPACE.to_string(),
            "device": device.id.to_string(),
            "seed": hex(&device.key.to_bytes()),
            "public_key": device.public(),
            "signed_prefix": hex(b"redvest commit 1\0"),
            "commits": commits,
        }),
    );
}

/// Stories that together take every way through the law.
fn stories() -> Vec<(&'static str, Story)> {
    let sampled = Terms { review: ReviewPolicy::Sampled(20), ..terms() };
    let mut all = Vec::new();

    let mut story = Story::begin(terms());
    story.wait_until(20);
    story.tell(&grid_member(), accepted());
    story.wait_until(60);
    let work = story.tell_late(&grid_member(), 45, rectified(1));
    story.tell(&manager(), passed(work));
    all.push(("the usual way", story));

    let mut story = Story::begin(terms_without_handler());
    let work = story.tell_along(&volunteer(), rectified(1));
    story.wait_until(400);
    story.tell(&supervisor(), sent_back(work));
    story.tell(&supervisor(), dispatched(agency_holder("cg")));
    all.push(("on the spot, sent back, dispatched", story));

    let mut story = Story::begin(sampled.clone());
    let first = story.tell(&grid_member(), rectified(1));
    story.tell(&hub(), drawn(first, true));
    let second = story.tell(&other_grid_member(), rectified(2));
    story.tell(&supervisor(), passed(first));
    story.tell(&supervisor(), sent_back(second));
    let third = story.tell(&grid_member(), persuaded());
    story.tell(&hub(), drawn(third, false));
    story.wait_until(3_000);
    story.tell(&office(), reopened());
    all.push(("drawn, a verdict too late, another round, reopened", story));

    let mut story = Story::begin(Terms { hand_on: true, ..terms() });
    story.tell(&grid_member(), dispatched(agency_holder("cg")));
    story.wait_until(90);
    story.tell(&handler(), returned());
    story.wait_until(100);
    story.tell(&manager(), dispatched(grid_holder("g")));
    story.tell(&grid_member(), accepted());
    story.tell(&other_grid_member(), accepted());
    story.tell(&handler(), accepted());
    story.tell(&cooperating(), contributed(40));
    all.push(("handed on, returned, accepted three times", story));

    let mut story = Story::begin(terms());
    let ask = story.tell(&grid_member(), asked(Grant::Suspension(minute(500))));
    story.wait_until(30);
    story.tell(&manager(), granted(Some(ask), Grant::Suspension(minute(480))));
    story.wait_until(420);
    story.tell(&grid_member(), resumed());
    story.tell(&manager(), granted(None, Grant::Extension(45)));
    let ask = story.tell(&grid_member(), asked(Grant::Extension(60)));
    story.tell(&manager(), denied(ask));
    all.push(("suspended, resumed, extended, denied", story));

    let mut story = Story::begin(terms());
    story.wait_until(80);
    let due = story.ticket().due(ClockName::Accept, &Calendar::built_in().index()).and_then(|due| due.at());
    let clock = crate::event::RanOut {
        clock: ClockName::Accept,
        round: 1,
        holder: Some(grid_holder("g")),
        due: due.expect("it runs out"),
        cause: story.last(),
    };
    story.tell(&hub(), reminded(Some(clock.clone())));
    story.tell(&hub(), carded(grid_holder("g"), Some(clock)));
    story.tell(&supervisor(), urged());
    story.tell_late(&grid_member(), 50, accepted());
    all.push(("reminded and carded, annulled by an act done in time", story));

    let mut story = Story::begin(terms());
    story.tell_with(&volunteer(), relocated(), |stamp| stamp.pin_path = Some(["d", "s", "c", "g2"].map(grid).to_vec()));
    story.tell_with(&volunteer(), recategorised(), |stamp| stamp.terms = Some(sampled));
    story.tell(&hub(), rehomed(grid_holder("g"), grid_holder("n")));
    story.tell(&grid_member(), accepted());
    story.tell(&volunteer(), evidence_of(61));
    story.tell(&supervisor(), photo_reviewed(1, crate::event::PhotoVerdict::OtherPlace));
    story.tell(&office(), voided());
    story.tell(&volunteer(), commented());
    all.push(("moved, another category, a successor, void", story));

    let mut story = Story::begin(terms());
    story.tell(&office(), Body::Unknown(60));
    story.tell(&grid_member(), accepted());
    all.push(("an unknown kind", story));

    let mut story = Story::begin(Terms { suspension_max_days: Some(1), ..terms() });
    story.wait_until(30);
    story.tell(&manager(), granted(None, Grant::Suspension(minute(9_000))));
    all.push(("a suspension cut to the longest", story));

    let mut story = Story::begin(terms());
    story.events[0].payload.body = Body::Unknown(61);
    story.tell(&grid_member(), accepted());
    all.push(("a report of a newer law", story));
    all
}

fn evidence_of(photo: u8) -> Body {
    crate::testing::bodies::evidence(photo)
}

fn outcome(ticket: &Ticket) -> Value {
    let calendar = Calendar::built_in().index();
    let anomaly = |late: &crate::ticket::Anomaly| json!({"event": late.act.event.to_string(), "misfit": late.misfit, "winner": late.winner.event.to_string()});
    json!({
        "state": hex(&ticket.to_bytes()),
        "state_hash": ticket.state_hash(),
        "stage": ticket.stage,
        "round": ticket.round,
        "lead": ticket.lead,
        "waits_at": ticket.waits_at,
        "keys": ticket.keys(),
        "counts": ticket.counts,
        "needs_update": ticket.needs_update,
        "anomalies": ticket.anomalies.iter().map(anomaly).collect::<Vec<_>>(),
        "next_due": ticket.next_due(&calendar).map(|(clock, at)| json!({"clock": clock, "at": at.to_rfc3339()})),
    })
}

#[test]
fn stories_come_to_the_states_of_the_vectors() {
    let story = |(name, story): &(&str, Story)| {
        let event = |told: &Told| {
            json!({
                "id": told.id.to_string(),
                "kind": told.payload.body.code(),
                "payload": hex(&told.payload.to_bytes()),
                "stamp": hex(&told.stamp.to_bytes()),
            })
        };
        let events: Vec<Value> = story.events.iter().map(event).collect();
        json!({"name": name, "events": events, "then": outcome(&story.ticket())})
    };
    let written = compare(
        "folds.json",
        json!({
            "note": "Stories: payloads and stamps of one ticket in the hub's order, and what its state comes to. next_due is reckoned with the built-in calendar. state_hash is the SHA-256 of state.",
            "note_zh": "工单故事：按中心次序排列的 payload 与 stamp，以及应得的状态。next_due 按内置日历推算；state_hash 为 state 的 SHA-256。",
            "stories": stories().iter().map(story).collect::<Vec<_>>(),
        }),
    );
    // Read as a port reads them: from the bytes alone.
    for story in written["stories"].as_array().expect("stories") {
        let mut ticket = None;
        for event in story["events"].as_array().expect("events") {
            let payload = Payload::from_bytes(&unhex(&event["payload"])).expect("a payload");
            let stamp = Stamp::from_bytes(&unhex(&event["stamp"])).expect("a stamp");
            let id = event["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
            step(&mut ticket, &Fact { id, payload: &payload, stamp: &stamp });
        }
        assert_eq!(outcome(&ticket.expect("a ticket")), story["then"], "{}", story["name"]);
    }
}

#[test]
fn digests_and_chains_are_those_of_the_vectors() {
    let mut digest = Digest::default();
    let mut steps = Vec::new();
    for (name, story) in stories() {
        let file = evidence(&story, 0);
        let last = file.events.last().expect("a story has events");
        let (event, ticket) = (event_hash(&last.envelope, &last.stamp), story.ticket());
        let term = term(ticket.id, event, ticket.state_hash());
        digest = digest.plus(term);
        let link = file.segments.last().expect("a story has events");
        steps.push(json!({
            "name": name,
            "ticket": ticket.id.to_string(),
            "envelope": hex(&last.envelope),
            "stamp": hex(&last.stamp),
            "event_hash": event,
            "chain_before": link.before,
            "chain": link.hashes.iter().fold(link.before, |before, hash| chain(before, *hash)),
            "head": {"epoch": link.head.epoch, "n": link.head.n, "at": link.head.at.0, "signature": hex(&link.head.signature)},
            "state_hash": ticket.state_hash(),
            "term": term,
            "digest_with_it": digest.0,
        }));
    }
    let first: Hash = steps[0]["term"].as_str().and_then(|hash| hash.parse().ok()).expect("a hash");
    compare(
        "digests.json",
        json!({
            "note": "event_hash = SHA-256(envelope, stamp); term = SHA-256(ticket, event_hash, state_hash); a digest is the sum of terms modulo 2^256, big-endian; chain folds chain = SHA-256(before, event_hash) over the hashes of the commit that ends here.",
            "note_zh": "event_hash = SHA-256(信封, 戳记)；term = SHA-256(工单号, event_hash, state_hash)；摘要为各 term 之和模 2^256，大端。",
            "hub_key": Device::new(9).public(),
            "steps": steps,
            "without_the_first": digest.minus(first).0,
        }),
    );
}
