//! Signed logs: devices that seal commits, and a hub that stamps, chains and signs them.

use std::collections::BTreeMap;

use ed25519_dalek::SigningKey;

use super::{Story, Told};
use crate::envelope::{ChainHead, Commit, CommitSignature, seal};
use crate::event::{Payload, Private};
use crate::evidence::{DeviceKey, EVIDENCE_VERSION, Evidence, EvidenceEvent, Segment};
use crate::id::{Bytes, DeviceId, EventId, Hash, WorkspaceId};
use crate::stamp::{Head, chain, event_hash};

/// The workspace of all stories.
pub const WORKSPACE: WorkspaceId = WorkspaceId(uuid::Uuid::from_u128(0xaaaa_0000_0000_4000_8000_0000_0000_0001));

/// A device with a key made of one byte.
#[derive(Debug, Clone)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// Its key.
    pub key: SigningKey,
    /// Where its chain stands.
    pub head: ChainHead,
}

impl Device {
    /// The device with this number.
    pub fn new(number: u8) -> Device {
        let key = SigningKey::from_bytes(&[number; 32]);
        Device { id: DeviceId::from_bytes([number; 16]), key, head: ChainHead { seq: 0, hash: Hash::ZERO } }
    }

    /// Its public key.
    pub fn public(&self) -> Hash {
        Hash(self.key.verifying_key().to_bytes())
    }

    /// Seals one act.
    pub fn write(&mut self, events: &[(EventId, &Payload, Option<&Private>)]) -> Commit {
        let draft = |(id, payload, private): &(EventId, &Payload, Option<&Private>)| {
            (*id, payload.to_bytes(), private.map(Private::to_bytes))
        };
        seal(WORKSPACE, self.id, &self.key, &mut self.head, events.iter().map(draft).collect())
            .expect("a test writes 1 to 16 events")
    }
}

/// Words with a fixed salt.
pub fn words(text: &str) -> Private {
    Private { salt: Bytes(vec![7; 16]), words: Some(text.to_owned()), place: None }
}

/// The evidence of a story: every member writes with a device of the member's own number, reports carry words, and
/// events of other tickets stand between those of the story, as many as `between`. The hub signs after every commit.
pub fn evidence(story: &Story, between: u64) -> Evidence {
    let hub = Device::new(9);
    let mut devices: BTreeMap<u8, Device> = BTreeMap::new();
    let mut file = Evidence {
        version: EVIDENCE_VERSION,
        workspace: WORKSPACE,
        hub_key: hub.public(),
        ticket: story.id,
        devices: Vec::new(),
        events: Vec::new(),
        signatures: Vec::new(),
        segments: Vec::new(),
        seal: None,
    };
    let (mut n, mut value) = (0, Hash::ZERO);
    for told in story.events.chunk_by(|one, next| one.stamp.first == next.stamp.first) {
        let number = told[0].stamp.member.as_bytes()[0];
        let device = devices.entry(number).or_insert_with(|| Device::new(number));
        let private = words("门口一堆垃圾");
        let with_words = |told: &Told| (told.stamp.seq == 1).then_some(&private);
        let drafts: Vec<_> = told.iter().map(|told| (told.id, &told.payload, with_words(told))).collect();
        let commit = device.write(&drafts);
        let mut segment = Segment {
            first: n + 1,
            before: value,
            hashes: (0..between).map(|other| Hash::of(&[b"other ticket", &(n + other).to_be_bytes()])).collect(),
            head: Head::sign(&hub.key, 1, 0, value, told[0].stamp.received),
        };
        n += between;
        let first = n + 1;
        for (event, told) in commit.events.into_iter().zip(told) {
            n += 1;
            let stamp = crate::stamp::Stamp { n, first, ..told.stamp.clone() }.to_bytes();
            segment.hashes.push(event_hash(&event.envelope, &stamp));
            let (envelope, payload, private) = (event.envelope, event.payload, event.private);
            file.events.push(EvidenceEvent { envelope, payload, private, stamp: Bytes(stamp) });
        }
        value = segment.hashes.iter().fold(value, |before, hash| chain(before, *hash));
        segment.head = Head::sign(&hub.key, 1, n, value, told[0].stamp.received);
        file.segments.push(segment);
        file.signatures.push(CommitSignature { device: device.id, seq: device.head.seq, signature: commit.signature });
    }
    file.devices = devices.values().map(|device| DeviceKey { device: device.id, key: device.public() }).collect();
    file
}
