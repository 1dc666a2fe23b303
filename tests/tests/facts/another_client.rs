//! The client that docs/protocol.md quotes from the next line on. It needs nothing of ours but the messages.

use std::error::Error;

use ed25519_dalek::{Signer, SigningKey};
use redvest_domain::cbor::{decode, encode};
use redvest_domain::envelope::{ChainHead, seal};
use redvest_domain::event::{Base, Body, DeviceTime, Payload, Reported, Source, Subject};
use redvest_domain::id::{Bytes, DeviceId, EventId, Hash, TicketId};
use redvest_domain::key::{Acting, Key, Role};
use redvest_domain::wire::{CONTENT_TYPE, Enrol, Enrolled, Page, Pull, Push, Pushed, path, proof_message};
use uuid::Builder;

type Done = Result<(Pushed, Vec<Page>), Box<dyn Error>>;

/// Enrols, pushes a report, and pulls all that its member may see. `random` gives bytes that nobody can guess.
pub(crate) fn report_and_pull(hub: &str, secret: &[u8], random: impl Fn() -> [u8; 32]) -> Done {
    let post = |path: &str, token: &str, message: Vec<u8>| {
        let request = ureq::post(format!("{hub}{path}")).header("content-type", CONTENT_TYPE);
        request.header("authorization", token).send(message)?.body_mut().read_to_vec()
    };

    // Enrol with the code's secret: a key of the device's own, and the proof that it has it.
    let (key, random_id) = (SigningKey::from_bytes(&random()), random());
    let device = DeviceId::from_bytes(random_id[..16].try_into()?);
    let public = Hash(key.verifying_key().to_bytes());
    let proof = Bytes(key.sign(&proof_message(secret, device, public)).to_bytes().to_vec());
    let enrol = Enrol { secret: Bytes(secret.to_vec()), device, key: public, proof, label: "another".into() };
    let enrolled: Enrolled = decode(&post(path::ENROL, "", encode(&enrol))?, 1 << 20)?;
    let token = enrolled.token.0.iter().fold("Bearer ".to_owned(), |text, byte| format!("{text}{byte:02x}"));

    // Report: the event's id (UUIDv7) is the ticket's, and its commit is the first of the device's chain.
    let id = Builder::from_unix_timestamp_millis(enrolled.now.0.try_into()?, random()[..10].try_into()?);
    let (id, grid) = (EventId(id.into_uuid()), Some("WG01".parse()?));
    let (pin, fix, photos, recurs, gate_reason, local_number) = (None, None, Vec::new(), None, None, None);
    let (category, source) = ("X201".parse()?, Source::Patrol);
    let payload = Payload {
        subject: Subject::Ticket(TicketId::from(id)),
        acting: Acting { role: Role::Volunteer, key: Key::Member(enrolled.member) },
        base: Base { epoch: enrolled.head.epoch, low: enrolled.head.n },
        time: DeviceTime { wall: enrolled.now, monotonic_ms: 0, boot: 1, offset_ms: Some(0) },
        body: Body::Reported(Reported { category, pin, fix, grid, photos, source, recurs, gate_reason, local_number }),
    };
    let mut chain = ChainHead { seq: 0, hash: Hash::ZERO };
    let drafts = vec![(id, payload.to_bytes(), None)];
    let commits = seal(enrolled.workspace, device, &key, &mut chain, drafts).into_iter().collect();
    let push = Push { commits, seen: Some(enrolled.head), sent: enrolled.now };
    let pushed: Pushed = decode(&post(path::PUSH, &token, encode(&push))?, 1 << 20)?;

    // Pull, page by page; each brings the cursor to ask for the next one with.
    let (mut pages, mut cursor): (Vec<Page>, _) = (Vec::new(), None);
    while pages.last().is_none_or(|page| page.more) {
        let pull = Pull { cursor, max_bytes: 1 << 20, outcomes_after: 0, seen: None };
        let page: Page = decode(&post(path::PULL, &token, encode(&pull))?, 16 << 20)?;
        cursor = Some(page.cursor.clone());
        pages.push(page);
    }
    Ok((pushed, pages))
}
