use super::*;
use crate::codes::Explained;
use crate::envelope::sign;
use crate::stamp::chain;
use crate::terms::ReviewPolicy;
use crate::testing::bodies::*;
use crate::testing::log::{Device, evidence};
use crate::testing::*;
use crate::ticket::Stage;

fn hub_key() -> [u8; 32] {
    Device::new(9).public().0
}

/// On the spot, drawn, sent back, rectified by the holder: eight events of five devices, with a commit of two.
fn story() -> Story {
    let mut story = Story::begin(crate::terms::Terms { review: ReviewPolicy::Sampled(20), ..terms() });
    let first = story.tell_along(&volunteer(), rectified(1));
    story.tell(&hub(), drawn(first, true));
    story.tell(&supervisor(), sent_back(first));
    story.tell(&grid_member(), accepted());
    let second = story.tell(&grid_member(), rectified(2));
    story.tell(&hub(), drawn(second, true));
    story.tell(&supervisor(), passed(second));
    story
}

fn flaw(file: &Evidence) -> Option<Flaw> {
    verify(&file.to_bytes(), &hub_key()).err().map(|fault| fault.flaw)
}

fn sealed(between: u64) -> Evidence {
    let mut file = evidence(&story(), between);
    file.seal(&Device::new(9).key, minute(500));
    file
}

#[test]
fn a_file_proves_its_ticket_with_events_words_and_photos() {
    for between in [0, 1, 30] {
        let proven = verify(&sealed(between).to_bytes(), &hub_key()).unwrap();
        assert_eq!((proven.ticket.stage, proven.ticket.round), (Stage::Closed, 2));
        assert_eq!((proven.events.len(), proven.sealed), (8, Some(minute(500))));
        assert_eq!(proven.events[0].private.as_ref().unwrap().words.as_deref(), Some("门口一堆垃圾"));
        // Three photos of three files each.
        assert_eq!(proven.blobs.len(), 9);
        assert!(proven.events.iter().all(|event| !event.erased));
    }
}

#[test]
fn a_phone_proves_a_ticket_without_the_hubs_seal() {
    let proven = verify(&evidence(&story(), 2).to_bytes(), &hub_key()).unwrap();
    assert_eq!(proven.sealed, None);
}

#[test]
fn any_altered_byte_fails() {
    for file in [sealed(1), evidence(&Story::begin(terms()), 0)] {
        let bytes = file.to_bytes();
        let mut altered = bytes.clone();
        for at in 0..bytes.len() {
            for flip in [0x01, 0x80] {
                altered[at] = bytes[at] ^ flip;
                assert!(verify(&altered, &hub_key()).is_err(), "byte {at} of {}", bytes.len());
            }
            altered[at] = bytes[at];
            assert!(verify(&bytes[..at], &hub_key()).is_err(), "cut at {at}");
        }
        assert!(verify(&bytes, &hub_key()).is_ok());
    }
}

#[test]
fn a_missing_event_fails_wherever_it_is_missing() {
    for at in 0..8 {
        let mut file = sealed(1);
        file.events.remove(at);
        assert!(flaw(&file).is_some(), "event {at}");
    }
}

#[test]
fn events_in_another_order_fail() {
    for one in 0..8 {
        for other in 0..one {
            let mut file = sealed(1);
            file.events.swap(one, other);
            assert!(flaw(&file).is_some(), "events {one} and {other}");
        }
    }
}

#[test]
fn a_last_commit_that_is_left_out_whole_breaks_the_seal_and_without_a_seal_is_not_noticed() {
    let shortened = |mut file: Evidence| {
        file.events.pop();
        file.signatures.pop();
        file.segments.pop();
        file
    };
    assert_eq!(flaw(&shortened(sealed(0))), Some(Flaw::Seal));
    let unsealed = Evidence { seal: None, ..shortened(sealed(0)) };
    let proven = verify(&unsealed.to_bytes(), &hub_key()).unwrap();
    assert_eq!((proven.ticket.stage, proven.sealed), (Stage::Rectified, None));
}

#[test]
fn erased_words_leave_a_proof_that_says_so() {
    let mut file = evidence(&story(), 1);
    file.events[0].private = None;
    let proven = verify(&file.to_bytes(), &hub_key()).unwrap();
    assert!(proven.events[0].erased && proven.events[0].private.is_none());
    // The hub seals the file as it is handed out, so words cannot be taken out of a sealed one.
    let mut file = sealed(1);
    file.events[0].private = None;
    assert_eq!(flaw(&file), Some(Flaw::Seal));
}

#[test]
fn another_hub_is_named() {
    let fault = verify(&sealed(1).to_bytes(), &[3; 32]).unwrap_err();
    assert_eq!((fault.flaw, fault.code()), (Flaw::OtherHub, "evidence_other_hub"));
}

#[test]
fn whoever_forges_what_is_inside_is_told_where() {
    let plain = || evidence(&story(), 1);
    let at = |file: &Evidence| verify(&file.to_bytes(), &hub_key()).unwrap_err();

    let mut file = plain();
    file.events[3].payload.0[20] ^= 1;
    assert_eq!(at(&file), Fault { flaw: Flaw::Content, event: Some(4) });

    // Another stamp for the same event: the chain does not hold it.
    let mut file = plain();
    let mut stamp = Stamp::from_bytes(&file.events[4].stamp).unwrap();
    stamp.received = minute(-900);
    file.events[4].stamp = Bytes(stamp.to_bytes());
    assert_eq!(at(&file), Fault { flaw: Flaw::Chain, event: Some(5) });

    // Even if the hashes are made to fit: the head is not the hub's.
    let place = file.segments[3].hashes.len() - 1;
    file.segments[3].hashes[place] = crate::stamp::event_hash(&file.events[4].envelope, &file.events[4].stamp);
    assert_eq!(at(&file), Fault { flaw: Flaw::Chain, event: Some(5) });
    let hashes = &file.segments[3].hashes;
    file.segments[3].head.chain = hashes.iter().fold(file.segments[3].before, |before, hash| chain(before, *hash));
    assert_eq!(at(&file), Fault { flaw: Flaw::Head, event: Some(5) });

    // A signature by another key.
    let mut file = plain();
    file.signatures[0].signature = sign(&Device::new(66).key, &file.events[1].envelope);
    assert_eq!(at(&file), Fault { flaw: Flaw::Signature, event: Some(2) });
    let mut file = plain();
    file.signatures.pop();
    assert_eq!(at(&file), Fault { flaw: Flaw::Signature, event: Some(8) });

    let mut file = plain();
    file.devices.remove(0);
    assert_eq!(at(&file), Fault { flaw: Flaw::Keys, event: Some(2) });
    let mut file = plain();
    file.devices.push(DeviceKey { device: DeviceId::from_bytes([99; 16]), key: Hash::ZERO });
    assert_eq!(at(&file), Fault { flaw: Flaw::Keys, event: None });

    let mut file = plain();
    file.segments.pop();
    assert_eq!(at(&file), Fault { flaw: Flaw::Chain, event: Some(8) });
    let mut file = plain();
    file.segments.swap(0, 1);
    assert_eq!(at(&file), Fault { flaw: Flaw::Chain, event: Some(1) });
    let mut file = plain();
    file.version = 2;
    assert_eq!(at(&file), Fault { flaw: Flaw::Version, event: None });
    let mut file = plain();
    (file.events, file.signatures, file.segments, file.devices) = (vec![], vec![], vec![], vec![]);
    assert_eq!(at(&file), Fault { flaw: Flaw::NoReport, event: None });
}

#[test]
fn events_of_another_ticket_are_foreign() {
    let mut file = evidence(&story(), 0);
    file.ticket = event_id(70).into();
    assert_eq!(flaw(&file), Some(Flaw::Foreign));
}

#[test]
fn bytes_that_nothing_proves_are_not_allowed() {
    let mut bytes = evidence(&story(), 0).to_bytes();
    assert_eq!(bytes[0], 0xa8);
    bytes[0] += 1;
    bytes.extend([0x18, 0x30, 0x01]);
    assert_eq!(verify(&bytes, &hub_key()).unwrap_err().flaw, Flaw::NotCanonical);
}

#[test]
fn every_fault_says_in_two_languages_what_it_means() {
    let fault = Fault { flaw: Flaw::Order, event: Some(3) };
    assert_eq!(fault.to_string(), "an event is missing or out of order (event 3)");
    assert_eq!(fault.zh(), "第 3 条：记录缺失或次序不对，文件已被改动。");
    assert!(fault.en().starts_with("Event 3: ") && fault.en().ends_with('.'));
}

#[test]
fn a_ticket_that_is_not_in_the_order_of_its_hub_fails_even_if_the_hub_signed_it() {
    let mut story = Story::begin(terms());
    story.tell(&grid_member(), accepted());
    let mut file = evidence(&story, 0);
    for (event, n) in file.events.iter_mut().zip([2, 1]) {
        let stamp = Stamp { n, first: n, ..Stamp::from_bytes(&event.stamp).unwrap() };
        event.stamp = Bytes(stamp.to_bytes());
    }
    let hashed = |event: &EvidenceEvent| crate::stamp::event_hash(&event.envelope, &event.stamp);
    let hashes = vec![hashed(&file.events[1]), hashed(&file.events[0])];
    let value = hashes.iter().fold(Hash::ZERO, |before, hash| chain(before, *hash));
    let head = Head::sign(&Device::new(9).key, 1, 2, value, minute(3));
    file.segments = vec![Segment { first: 1, before: Hash::ZERO, hashes, head }];
    let fault = verify(&file.to_bytes(), &hub_key()).unwrap_err();
    assert_eq!(fault, Fault { flaw: Flaw::Order, event: Some(2) });
}
