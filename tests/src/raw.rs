//! Somebody who speaks the protocol without being a phone: sends what no phone would, and reads what comes back.
//!
//! Speaks plain HTTP, one request a connection, so it needs [`World::plain`].

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use ed25519_dalek::{Signer, SigningKey};
use minicbor::{Decode, Encode};
use redvest_client::vault::{FileVault, Vault};
use redvest_domain::cbor;
use redvest_domain::envelope::{ChainHead, Commit, Draft, seal};
use redvest_domain::event::{Base, Body, DeviceTime, Payload, Photo, Reported, Source, Subject};
use redvest_domain::id::{Bytes, DeviceId, EventId, Hash, TicketId};
use redvest_domain::key::{Acting, Key, Role};
use redvest_domain::wire::{CONTENT_TYPE, Enrol, Enrolled, Problem, Push, Pushed, path, proof_message};
use uuid::Builder;

use crate::device::Device;
use crate::district::middle_of;
use crate::world::World;

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The status, and the stable code if the body is a problem with sentences in both languages.
    pub fn refusal(&self) -> (u16, String) {
        let problem: Problem = cbor::decode(&self.body, 1 << 16).expect("a problem");
        assert!(problem.zh.ends_with('。') && problem.en.ends_with('.'), "{problem:?}");
        (self.status, problem.code)
    }

    /// The message in the body.
    pub fn message<T: for<'b> Decode<'b, ()>>(&self) -> T {
        assert!((200..300).contains(&self.status), "{:?}", self.refusal());
        cbor::decode(&self.body, 64 << 20).expect("a message")
    }
}

/// Sends bytes as they are and reads until the hub closes.
pub fn send(world: &World, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(world.listening()).expect("the hub listens");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout can be set");
    // A hub that refuses early closes before it has read everything; what it said first still counts.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    answer
}

/// One request.
pub fn ask(world: &World, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let mut request = format!("{method} {path} HTTP/1.1\r\nhost: hub\r\nconnection: close\r\n");
    for (name, value) in headers {
        request += &format!("{name}: {value}\r\n");
    }
    request += &format!("content-length: {}\r\n\r\n", body.len());
    let answer = send(world, &[request.as_bytes(), body].concat());
    let at = answer.windows(4).position(|window| window == b"\r\n\r\n").expect("an answer with a head");
    let head = String::from_utf8(answer[..at].to_vec()).expect("a head is text");
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
    let headers = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect::<Vec<_>>();
    let mut body = answer[at + 4..].to_vec();
    if headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked") {
        body = unchunked(&body);
    }
    Answer { status: status.expect("a status"), headers, body }
}

fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(at) = rest.windows(2).position(|window| window == b"\r\n") {
        let size = std::str::from_utf8(&rest[..at]).ok().and_then(|digits| usize::from_str_radix(digits, 16).ok());
        let Some(size) = size.filter(|size| *size > 0) else { break };
        whole.extend_from_slice(&rest[at + 2..at + 2 + size]);
        rest = &rest[at + 4 + size..];
    }
    whole
}

/// The bearer token of a phone.
pub fn token_of(phone: &Device) -> String {
    let secrets = FileVault::new(phone.folder().join("secrets")).load().expect("readable").expect("saved");
    let token = &secrets.current.as_ref().expect("enrolled").token;
    format!("Bearer {}", hex(token))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Sends a message with a token.
pub fn post<T: Encode<()>>(world: &World, path: &str, token: &str, message: &T) -> Answer {
    let headers = [("content-type", CONTENT_TYPE), ("authorization", token)];
    ask(world, "POST", path, &headers, &cbor::encode(message))
}

/// A device whose program is not ours: it signs whatever it likes.
pub struct Forger {
    /// What the hub said at enrolment.
    pub enrolled: Enrolled,
    /// Its bearer token.
    pub token: String,
    /// Its chain.
    pub head: ChainHead,
    device: DeviceId,
    key: SigningKey,
    made: u64,
}

impl Forger {
    /// Enrols as somebody.
    pub fn enrol(world: &World, tag: &str) -> Forger {
        let secret = world.invitation(tag, None).secret;
        let seed = Hash::of(&[b"forger", &secret]);
        let (device, key) =
            (DeviceId(Builder::from_random_bytes(first_half(seed)).into_uuid()), SigningKey::from_bytes(&seed.0));
        let public = Hash(key.verifying_key().to_bytes());
        let proof = Bytes(key.sign(&proof_message(&secret, device, public)).to_bytes().to_vec());
        let enrol = Enrol { secret, device, key: public, proof, label: "forger".to_owned() };
        let enrolled: Enrolled = ask(world, "POST", path::ENROL, &[], &cbor::encode(&enrol)).message();
        let token = format!("Bearer {}", hex(&enrolled.token));
        Forger { enrolled, token, head: ChainHead { seq: 0, hash: Hash::ZERO }, device, key, made: 0 }
    }

    /// An id that nobody has.
    pub fn id(&mut self, world: &World) -> EventId {
        self.made += 1;
        let random = Hash::of(&[self.device.as_bytes(), &self.made.to_be_bytes()]).0;
        let mut ten = [0; 10];
        ten.copy_from_slice(&random[..10]);
        let ms = u64::try_from(world.now().0).expect("after 1970");
        EventId(Builder::from_unix_timestamp_millis(ms, &ten).into_uuid())
    }

    /// What it acts as without any role.
    pub fn volunteer(&self) -> Acting {
        Acting { role: Role::Volunteer, key: Key::Member(self.enrolled.member) }
    }

    /// A payload's bytes.
    pub fn payload(&self, world: &World, ticket: TicketId, acting: Acting, body: Body) -> Vec<u8> {
        let time = DeviceTime { wall: world.now(), monotonic_ms: 1, boot: 1, offset_ms: Some(0) };
        let base = Base { epoch: self.enrolled.head.epoch, low: self.enrolled.head.n };
        Payload { subject: Subject::Ticket(ticket), acting, base, time, body }.to_bytes()
    }

    /// Seals a commit onto its chain.
    pub fn seal(&mut self, drafts: Vec<Draft>) -> Commit {
        seal(self.enrolled.workspace, self.device, &self.key, &mut self.head, drafts)
            .expect("a commit of a sound length")
    }

    /// A commit with one report in the middle of a grid.
    pub fn report(&mut self, world: &World, acting: Acting, grid: &str, photos: Vec<Photo>) -> (TicketId, Commit) {
        let id = self.id(world);
        let ticket = TicketId::from(id);
        let body = Body::Reported(Reported {
            category: crate::device::LITTER.parse().expect("a category code"),
            pin: Some(middle_of(grid)),
            fix: None,
            grid: None,
            photos,
            source: Source::Patrol,
            recurs: None,
            gate_reason: None,
            local_number: None,
        });
        let payload = self.payload(world, ticket, acting, body);
        (ticket, self.seal(vec![(id, payload, None)]))
    }

    /// Pushes commits.
    pub fn push(&self, world: &World, commits: &[Commit]) -> Answer {
        let push = Push { commits: commits.to_vec(), seen: None, sent: world.now() };
        post(world, path::PUSH, &self.token, &push)
    }

    /// Pushes commits that have to be answered one by one.
    pub fn pushed(&self, world: &World, commits: &[Commit]) -> Pushed {
        self.push(world, commits).message()
    }
}

fn first_half(hash: Hash) -> [u8; 16] {
    let mut half = [0; 16];
    half.copy_from_slice(&hash.0[..16]);
    half
}
