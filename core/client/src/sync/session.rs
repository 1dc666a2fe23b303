//! The session: push, pull, repair, names, photos up, photos down.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use redvest_domain::id::{Hash, MemberId, TicketId};
use redvest_domain::key::Key;
use redvest_domain::time::Timestamp;
use redvest_domain::wire::{DocumentRef, Page, Problem};
use serde::{Deserialize, Serialize};

use super::backoff::{Backoff, retry_at};
use super::message::{NetFailure, Reply, Request};
use super::relay::Fork;
use crate::store::{UploadJob, WantedPhoto};
use crate::{Client, Error};

/// Most requests under way at once: what a phone's network and a hub both bear well.
const MOST_AT_ONCE: usize = 4;

/// Photos whose connection may break before the network counts as gone.
const MOST_BROKEN: u32 = 3;

/// What a session is allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionOptions {
    /// Whether originals may be sent now; review copies and thumbnails always are.
    pub originals: bool,
    /// Whether review copies are fetched ahead, besides thumbnails.
    pub review_copies: bool,
    /// How many sessions in a row have failed before this one.
    pub failures: u32,
    /// About how many bytes a page may have.
    pub page_bytes: u32,
}

impl Default for SessionOptions {
    fn default() -> Self {
        SessionOptions { originals: true, review_copies: false, failures: 0, page_bytes: 512 << 10 }
    }
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Send this; several requests may be under way at once.
    Send(Request),
    /// Nothing to send until a reply, or a failure, of a request under way is fed.
    Await,
    /// The session is over.
    Done(Summary),
}

/// Where a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Giving a restored hub what it forgot.
    Relay,
    /// Sending events.
    Push,
    /// Fetching pages.
    Pull,
    /// Fetching again what differs.
    Repair,
    /// Fetching names.
    Names,
    /// Sending photos.
    Upload,
    /// Fetching photos.
    Download,
    /// Over.
    Over,
}

/// Why a session ended early, or why the device cannot go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The stable code.
    pub code: String,
    /// What to do, in Chinese.
    pub zh: String,
    /// What to do, in English.
    pub en: String,
    /// Seconds that the hub asked to wait.
    pub retry_after: Option<u32>,
}

impl Failure {
    pub(super) fn of(problem: &Problem) -> Failure {
        let Problem { code, zh, en, retry_after } = problem.clone();
        Failure { code, zh, en, retry_after }
    }

    /// The failure of a request that got no reply.
    pub fn of_network(failure: NetFailure) -> Failure {
        let (code, zh, en) = failure.explained();
        Failure { code: code.to_owned(), zh: zh.to_owned(), en: en.to_owned(), retry_after: None }
    }
}

/// What a session did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Summary {
    /// Events accepted.
    pub accepted: u32,
    /// Events refused.
    pub refused: u32,
    /// Events that came too late.
    pub too_late: u32,
    /// Events, own and others', that a restored hub had forgotten and took again.
    pub relayed: u32,
    /// Pages applied.
    pub pages: u32,
    /// Tickets whose screens changed.
    pub changed: u32,
    /// Keys whose digest differed from the hub's; what differs was fetched again.
    pub differing: u32,
    /// Photo files sent.
    pub sent: u32,
    /// Bytes of photo files sent.
    pub sent_bytes: u64,
    /// Photo files fetched.
    pub fetched: u32,
    /// Photo files that could not be sent or fetched now and are tried again.
    pub postponed: u32,
    /// Why it ended early, if it did.
    pub failure: Option<Failure>,
    /// When to try again after a failure.
    pub retry_at: Option<Timestamp>,
}

/// What a request under way was for.
#[derive(Debug, Clone)]
pub(super) enum Purpose {
    Relay,
    Push,
    Pull,
    Document(DocumentRef),
    Fetch,
    Narrow(Key),
    Names(Vec<MemberId>),
    Create(UploadJob),
    Ask(UploadJob),
    Append(UploadJob),
    Download(WantedPhoto, std::path::PathBuf),
}

pub(super) struct UnderWay {
    pub(super) id: u64,
    pub(super) purpose: Purpose,
    pub(super) sent: Timestamp,
    pub(super) sent_monotonic: u64,
}

/// One sync, driven step by step.
pub struct Session {
    pub(super) client: Arc<Client>,
    pub(super) options: SessionOptions,
    pub(super) token: String,
    pub(super) phase: Phase,
    pub(super) under_way: Vec<UnderWay>,
    pub(super) summary: Summary,
    /// A page that waits for documents, and those that are there.
    pub(super) page: Option<Page>,
    pub(super) wanted_documents: VecDeque<DocumentRef>,
    pub(super) documents: Vec<(DocumentRef, Vec<u8>)>,
    /// Keys to be narrowed, and the terms of the one under way.
    pub(super) differing: VecDeque<Key>,
    pub(super) terms: Vec<(TicketId, Hash)>,
    pub(super) asked_names: HashSet<MemberId>,
    pub(super) uploads: VecDeque<UploadJob>,
    /// Uploads whose offset is known and that have bytes to go.
    pub(super) appends: VecDeque<UploadJob>,
    pub(super) downloads: VecDeque<WantedPhoto>,
    /// Files that this session has touched; each is tried once.
    pub(super) touched: HashSet<Hash>,
    /// Files whose upload the hub had lost.
    pub(super) begun_anew: HashSet<Hash>,
    /// Whether the hub said that it was restored, and where it forked.
    pub(super) has_gone_back: bool,
    pub(super) fork: Option<Fork>,
    /// Whether it had forgotten a part of the own chain.
    pub(super) rewound: bool,
    pub(super) repairs: u32,
    /// Photos whose connection broke.
    broken: u32,
    next_id: u64,
    row: i64,
    ended: bool,
}

pub(super) fn token_text(client: &Client) -> Result<String, Error> {
    let token = client.token()?;
    let bytes: [u8; 32] = token.0.as_slice().try_into().map_err(|_| Error::NotEnrolled)?;
    Ok(Hash(bytes).to_hex())
}

impl Session {
    /// Begins a session of an enrolled device.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`], or the store's.
    pub fn new(client: Arc<Client>, options: SessionOptions) -> Result<Session, Error> {
        let token = token_text(&client)?;
        let row = client.store().session_began()?;
        Ok(Session {
            client,
            options,
            token,
            phase: Phase::Push,
            under_way: Vec::new(),
            summary: Summary::default(),
            page: None,
            wanted_documents: VecDeque::new(),
            documents: Vec::new(),
            differing: VecDeque::new(),
            terms: Vec::new(),
            asked_names: HashSet::new(),
            uploads: VecDeque::new(),
            appends: VecDeque::new(),
            downloads: VecDeque::new(),
            touched: HashSet::new(),
            begun_anew: HashSet::new(),
            has_gone_back: false,
            fork: None,
            rewound: false,
            repairs: 0,
            broken: 0,
            next_id: 1,
            row,
            ended: false,
        })
    }

    /// Where it stands and what it did so far.
    pub fn progress(&self) -> (Phase, &Summary) {
        (self.phase, &self.summary)
    }

    /// What to do next.
    ///
    /// # Errors
    /// The store's; the session is then dropped, and the next one goes on.
    #[allow(clippy::should_implement_trait, reason = "drivers in three languages call it next; it is no iterator")]
    pub fn next(&mut self) -> Result<Step, Error> {
        loop {
            if self.phase == Phase::Over {
                return if self.under_way.is_empty() { self.end().map(Step::Done) } else { Ok(Step::Await) };
            }
            if self.under_way.len() >= MOST_AT_ONCE {
                return Ok(Step::Await);
            }
            let request = match self.phase {
                Phase::Relay => self.next_relay()?,
                Phase::Push => self.next_push()?,
                Phase::Pull => self.next_pull()?,
                Phase::Repair => self.next_repair()?,
                Phase::Names => self.next_names()?,
                Phase::Upload => self.next_upload()?,
                Phase::Download => self.next_download()?,
                Phase::Over => None,
            };
            if let Some(request) = request {
                return Ok(Step::Send(request));
            }
            if !self.under_way.is_empty() {
                return Ok(Step::Await);
            }
            self.phase = match self.phase {
                Phase::Relay => Phase::Push,
                Phase::Push => Phase::Pull,
                Phase::Pull => Phase::Repair,
                Phase::Repair => Phase::Names,
                Phase::Names => Phase::Upload,
                Phase::Upload => Phase::Download,
                Phase::Download | Phase::Over => Phase::Over,
            };
        }
    }

    /// Takes the reply to a request. A reply to an unknown request changes nothing.
    ///
    /// # Errors
    /// The store's, or bytes of the hub that do not hold together.
    pub fn feed(&mut self, id: u64, reply: &Reply) -> Result<(), Error> {
        let Some(at) = self.under_way.iter().position(|known| known.id == id) else { return Ok(()) };
        let request = self.under_way.swap_remove(at);
        match request.purpose {
            Purpose::Relay => self.relayed(reply),
            Purpose::Push => self.pushed(&request, reply),
            Purpose::Pull => self.pulled(&request, reply),
            Purpose::Document(document) => self.document_came(document, reply),
            Purpose::Fetch => self.tickets_came(reply),
            Purpose::Narrow(key) => self.terms_came(key, reply),
            Purpose::Names(asked) => self.names_came(&asked, reply),
            Purpose::Create(job) => self.upload_created(job, reply),
            Purpose::Ask(job) => self.upload_asked(job, reply),
            Purpose::Append(job) => self.upload_appended(job, reply),
            Purpose::Download(photo, path) => self.photo_came(photo, &path, reply),
        }
    }

    /// Takes the news that a request got no reply. A photo whose connection broke is postponed; anything else, and a
    /// third broken photo, ends the session. Whatever else went wrong is no photo's fault and puts none off.
    ///
    /// # Errors
    /// The store's.
    pub fn fail(&mut self, id: u64, failure: NetFailure) -> Result<(), Error> {
        let Some(at) = self.under_way.iter().position(|known| known.id == id) else { return Ok(()) };
        let request = self.under_way.swap_remove(at);
        let failed = Failure::of_network(failure);
        let is_broken = failure == NetFailure::Broken;
        let is_photo = match request.purpose {
            Purpose::Create(job) | Purpose::Ask(job) | Purpose::Append(job) => {
                if is_broken {
                    self.postpone_upload(&job, &failed.code, None)?;
                }
                true
            }
            Purpose::Download(photo, path) => {
                // The next try begins with a new file.
                let _ = std::fs::remove_file(path);
                if is_broken {
                    self.postpone_download(photo, None)?;
                }
                true
            }
            _ => false,
        };
        self.broken += u32::from(is_photo && is_broken);
        let only_this_one = is_photo && is_broken && self.broken < MOST_BROKEN;
        if !only_this_one {
            self.give_up(failed);
        }
        Ok(())
    }

    /// Ends the session early; what is under way is still taken.
    pub(super) fn give_up(&mut self, failure: Failure) {
        self.phase = Phase::Over;
        self.summary.failure.get_or_insert(failure);
    }

    /// Ends the session because of what the hub answered.
    pub(super) fn give_up_on(&mut self, reply: &Reply) {
        let problem = reply.problem();
        self.give_up(Failure::of(&problem));
    }

    /// Numbers a request and remembers what it is for.
    pub(super) fn send(&mut self, purpose: Purpose, request: impl FnOnce(u64, &str) -> Request) -> Request {
        let id = self.next_id;
        self.next_id += 1;
        let env = self.client.env();
        self.under_way.push(UnderWay { id, purpose, sent: env.now(), sent_monotonic: env.monotonic_ms() });
        request(id, &self.token)
    }

    /// Learns the hub's time from a reply that came at once.
    pub(super) fn note_time(&self, request: &UnderWay, hub_now: Timestamp) -> Result<(), Error> {
        let received = self.client.env().monotonic_ms();
        self.client.store().note_time(request.sent, request.sent_monotonic, hub_now, received)
    }

    pub(super) fn draw(&self) -> u32 {
        let mut bytes = [0; 4];
        self.client.env().random(&mut bytes);
        u32::from_be_bytes(bytes)
    }

    fn end(&mut self) -> Result<Summary, Error> {
        if !self.ended {
            self.ended = true;
            let now = self.client.env().now();
            let failures = self.options.failures.saturating_add(1);
            let draw = self.draw();
            let asked = self.summary.failure.as_ref().map(|failure| failure.retry_after);
            self.summary.retry_at = asked.map(|asked| retry_at(now, Backoff::default(), failures, draw, asked));
            self.client.store().session_ended(self.row, &self.summary)?;
        }
        Ok(self.summary.clone())
    }
}
