use super::*;
use crate::id::{Bytes, MemberId};
use crate::key::{Key, Role};

fn comment() -> Payload {
    let member = MemberId::from_bytes([9; 16]);
    Payload {
        subject: Subject::Ticket(TicketId::from_bytes([1; 16])),
        acting: Acting { role: Role::Volunteer, key: Key::Member(member) },
        base: Base { epoch: 1, low: 7 },
        time: DeviceTime { wall: Timestamp(1_000), monotonic_ms: 5, boot: 3, offset_ms: Some(-20) },
        body: Body::Commented(Commented {}),
    }
}

#[test]
fn a_payload_reads_back_from_its_bytes() {
    let payload = comment();
    assert_eq!(Payload::from_bytes(&payload.to_bytes()), Ok(payload));
}

#[test]
fn an_unknown_kind_is_read_and_kept_as_unknown() {
    let mut bytes = comment().to_bytes();
    // The map head and key 0 come first; the kind, 24, is 0x18 0x18 behind them.
    assert_eq!(bytes[..4], [0xa7, 0x00, 0x18, 0x18]);
    bytes[3] = 0x63;
    assert_eq!(Payload::from_bytes(&bytes).map(|p| p.body), Ok(Body::Unknown(0x63)));
}

#[test]
fn an_unknown_field_is_ignored() {
    let mut bytes = comment().to_bytes();
    bytes[0] = 0xa8;
    bytes.extend([0x18, 0x2a, 0x01]);
    assert_eq!(Payload::from_bytes(&bytes), Ok(comment()));
}

#[test]
fn a_payload_that_is_not_canonical_is_refused() {
    let mut bytes = comment().to_bytes();
    bytes.push(0);
    assert_eq!(Payload::from_bytes(&bytes), Err(Fault::Trailing));
}

#[test]
fn a_text_over_the_cap_is_refused() {
    let private = Private { salt: Bytes(vec![1; 16]), words: Some("字".repeat(MAX_TEXT_BYTES)), place: None };
    assert_eq!(Private::from_bytes(&private.to_bytes()), Err(Fault::TooLarge));
}
