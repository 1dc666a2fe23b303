//! The people of the stories, their place, and what they write.

use ed25519_dalek::SigningKey;
use redvest_domain::envelope::ChainHead;
use redvest_domain::event::{Blob, Body, Outcome, Photo, Rectified, Reported, Source};
use redvest_domain::id::{DeviceId, EventId, Hash, MemberId};
use redvest_domain::key::{Acting, Key, MemberRecord, Role};
use redvest_domain::place::{Fix, FixSource, Position};
use redvest_domain::time::Timestamp;

/// Monday 2026-11-23 08:00 at +08:00.
pub const MONDAY: Timestamp = Timestamp(1_795_392_000_000);
pub const PIN: Position = Position { lat_e7: 320_603_000, lon_e7: 1_187_969_000 };

pub const GRIDS: &str = r#"{"levels":[{"code":"street","name":"街道","name_en":"Street"},
 {"code":"community","name":"社区","name_en":"Community"},{"code":"grid","name":"网格","name_en":"Grid"}],
 "grids":[{"code":"s","name":"青石街道","level":"street"},{"code":"c","name":"临河社区","level":"community","parent":"s"},
 {"code":"g","name":"第一网格","level":"grid","parent":"c"},{"code":"g2","name":"第二网格","level":"grid","parent":"c"}]}"#;
pub const AGENCIES: &str =
    r#"{"agencies":[{"code":"cg","name":"城管局","leads":[]},{"code":"wy","name":"物业公司","leads":[]}]}"#;

pub fn member(number: u8) -> MemberId {
    MemberId::from_bytes([number; 16])
}

pub fn code<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().unwrap()
}

pub fn record(number: u8, roles: &[(Role, Key)]) -> MemberRecord {
    let roles = roles.iter().map(|(role, key)| Acting { role: *role, key: key.clone() }).collect();
    MemberRecord { member: member(number), active: true, roles, duty: Vec::new() }
}

pub fn volunteer() -> MemberRecord {
    record(1, &[])
}

pub fn grid_member() -> MemberRecord {
    record(2, &[(Role::Grid, Key::Grid(code("g")))])
}

pub fn manager() -> MemberRecord {
    record(4, &[(Role::Grid, Key::Grid(code("c")))])
}

pub fn office() -> MemberRecord {
    record(8, &[(Role::Office, Key::Workspace)])
}

pub fn fix() -> Fix {
    Fix { position: PIN, accuracy_cm: Some(800), source: FixSource::Fused, age_ms: 900, mock: false }
}

/// Somebody who writes to the hub without a phone of this crate.
pub struct Person {
    pub record: MemberRecord,
    pub device: DeviceId,
    pub key: SigningKey,
    pub head: ChainHead,
    written: u32,
}

impl Person {
    pub fn new(record: MemberRecord) -> Person {
        let number = record.member.as_bytes()[0];
        Person {
            record,
            device: DeviceId::from_bytes([number; 16]),
            key: SigningKey::from_bytes(&[number; 32]),
            head: ChainHead { seq: 0, hash: Hash::ZERO },
            written: 0,
        }
    }

    pub fn acting(&self) -> Acting {
        let own = Acting { role: Role::Volunteer, key: Key::Member(self.record.member) };
        self.record.roles.first().cloned().unwrap_or(own)
    }

    /// The next event id of this person: in the order of time, distinct everywhere.
    pub fn next_id(&mut self, at: Timestamp) -> EventId {
        self.written += 1;
        let mut random = [self.record.member.as_bytes()[0]; 10];
        random[6..].copy_from_slice(&self.written.to_be_bytes());
        EventId(uuid::Builder::from_unix_timestamp_millis(at.0.unsigned_abs(), &random).into_uuid())
    }
}

pub fn reported(category: &str, photos: u8) -> Body {
    Body::Reported(Reported {
        category: code(category),
        pin: Some(PIN),
        fix: Some(fix()),
        grid: Some(code("g")),
        photos: (0..photos).map(photo).collect(),
        source: Source::Patrol,
        recurs: None,
        gate_reason: None,
        local_number: Some("K7-12".to_owned()),
    })
}

pub fn photo(number: u8) -> Photo {
    let blob = |role: u8, size| Blob { hash: Hash([number, role].repeat(16).try_into().unwrap()), size };
    Photo {
        original: blob(0, 3_000_000),
        review: Some(blob(1, 300_000)),
        thumbnail: Some(blob(2, 20_000)),
        taken: None,
        position: None,
        dhash: None,
        marks: Vec::new(),
    }
}

pub fn rectified() -> Body {
    let fields =
        Rectified { outcome: Outcome::Rectified, photos: vec![photo(50)], fix: Some(fix()), gate_reason: None };
    Body::Rectified(fields)
}
