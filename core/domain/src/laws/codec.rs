//! Whatever is encoded reads back; whatever is not what it should be is refused and never panics.

use std::fmt::Debug;

use minicbor::{Decode, Encode};
use proptest::prelude::*;

use super::samples::{KINDS, Visit, payload_of, stamp, visit};
use crate::cbor::{self, Fault};
use crate::envelope::Envelope;
use crate::event::{Body, MAX_EVENT_BYTES, MAX_PHOTOS, Payload, Private, Subject};
use crate::evidence;
use crate::id::{EventId, MemberId};
use crate::stamp::Stamp;
use crate::testing::dice::Dice;
use crate::testing::{bodies, event_id, minute, payload, volunteer};
use crate::ticket::Ticket;

const MOST: usize = 1 << 20;

struct RoundTrip(usize);

impl Visit for RoundTrip {
    fn see<T>(&mut self, name: &str, message: T)
    where
        T: Encode<()> + for<'b> Decode<'b, ()> + PartialEq + Debug,
    {
        let bytes = cbor::encode(&message);
        assert_eq!(cbor::decode::<T>(&bytes, MOST).as_ref(), Ok(&message), "{name}");
        self.0 += 1;
    }
}

#[test]
fn every_message_reads_back_from_its_bytes() {
    let mut seen = RoundTrip(0);
    visit(&mut seen);
    assert_eq!(seen.0, 26);
}

/// Alters each byte of each message in some ways, and cuts each message everywhere.
struct Alter;

impl Visit for Alter {
    fn see<T>(&mut self, _: &str, message: T)
    where
        T: Encode<()> + for<'b> Decode<'b, ()> + PartialEq + Debug,
    {
        let bytes = cbor::encode(&message);
        let mut altered = bytes.clone();
        for at in 0..bytes.len() {
            for flip in [0x01, 0x10, 0x20, 0x80, 0xff] {
                altered[at] = bytes[at] ^ flip;
                // Read with and without the check of form, since stores read their own bytes without it.
                let _ = (cbor::decode::<T>(&altered, MOST).is_ok(), minicbor::decode::<T>(&altered).is_ok());
            }
            altered[at] = bytes[at];
            assert_ne!(cbor::check(&bytes[..at]), Ok(()));
            let _ = minicbor::decode::<T>(&bytes[..at]).is_ok();
        }
    }
}

#[test]
fn no_altered_or_cut_message_panics() {
    visit(&mut Alter);
}

#[test]
fn every_kind_reads_back_from_its_bytes() {
    for kind in KINDS {
        let payload = payload_of(kind);
        assert_eq!(payload.body.number(), kind);
        assert_eq!(Payload::from_bytes(&payload.to_bytes()), Ok(payload));
        assert!(!matches!(Dice(1).body(kind), Body::Unknown(_)));
    }
}

#[test]
fn a_payload_about_another_kind_of_subject_is_refused() {
    let mut payload = payload_of(24);
    payload.subject = Subject::Workspace;
    assert_eq!(Payload::from_bytes(&payload.to_bytes()), Err(Fault::Shape));
    let mut set = payload_of(100);
    set.subject = Subject::Member(MemberId::from_bytes([77; 16]));
    assert_eq!(Payload::from_bytes(&set.to_bytes()), Err(Fault::Shape));
}

#[test]
fn a_ticket_is_named_after_its_report_and_no_other_event_is() {
    let report = payload(event_id(1).into(), &volunteer(), minute(0), Body::Reported(bodies::report()));
    assert!(report.is_of(event_id(1)) && !report.is_of(event_id(2)));
    let comment = payload(event_id(1).into(), &volunteer(), minute(0), bodies::commented());
    assert!(comment.is_of(event_id(2)) && !comment.is_of(event_id(1)));
}

#[test]
fn lists_and_positions_out_of_range_are_refused() {
    let ticket = event_id(1).into();
    let read = |body| Payload::from_bytes(&payload(ticket, &volunteer(), minute(0), body).to_bytes()).map(|_| ());
    let mut report = bodies::report();
    report.photos = vec![bodies::photo(1); MAX_PHOTOS];
    assert_eq!(read(Body::Reported(report.clone())), Ok(()));
    report.photos.push(bodies::photo(1));
    assert_eq!(read(Body::Reported(report)), Err(Fault::OutOfRange));
    let mut report = bodies::report();
    report.pin = Some(crate::place::Position { lat_e7: 900_000_001, lon_e7: 0 });
    assert_eq!(read(Body::Reported(report)), Err(Fault::OutOfRange));
    let Body::SentBack(mut verdict) = bodies::sent_back(event_id(2)) else { unreachable!("a verdict") };
    verdict.reasons.clear();
    assert_eq!(read(Body::SentBack(verdict)), Err(Fault::OutOfRange));
    assert_eq!(read(bodies::erased(vec![])), Err(Fault::OutOfRange));
}

#[test]
fn unknown_fields_of_stamps_and_envelopes_are_ignored() {
    let mut bytes = stamp().to_bytes();
    // A map of fewer than 24 entries says how many in its first byte.
    assert_eq!(bytes[0] & 0xe0, 0xa0);
    bytes[0] += 1;
    bytes.extend([0x18, 0x63, 0x01]);
    assert_eq!(Stamp::from_bytes(&bytes), Ok(stamp()));
}

proptest! {
    #[test]
    fn any_payload_reads_back_from_its_bytes(seed in any::<u64>()) {
        let mut dice = Dice(seed);
        let told = dice.told(event_id(1).into(), seed % 20);
        prop_assert_eq!(Payload::from_bytes(&told.payload.to_bytes()), Ok(told.payload));
        prop_assert_eq!(Stamp::from_bytes(&told.stamp.to_bytes()), Ok(told.stamp));
    }

    #[test]
    fn no_bytes_make_a_decoder_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = (Payload::from_bytes(&bytes), Private::from_bytes(&bytes), Envelope::from_bytes(&bytes));
        let _ = (Stamp::from_bytes(&bytes), Ticket::from_bytes(&bytes), evidence::verify(&bytes, &[0; 32]));
    }

    #[test]
    fn no_altered_payload_panics_and_what_reads_is_in_range(
        seed in any::<u64>(), at in any::<prop::sample::Index>(), byte in any::<u8>()
    ) {
        let mut bytes = Dice(seed).told(event_id(1).into(), seed % 20).payload.to_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(payload) = Payload::from_bytes(&bytes) {
            prop_assert!(payload.body.is_about(payload.subject) && bytes.len() <= MAX_EVENT_BYTES);
            let _ = payload.is_of(EventId::from_bytes([1; 16]));
        }
    }
}
