//! Syncing: the core says what to send, the app sends it with the platform's own HTTP and hands back what came.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use redvest_client::Client;
use redvest_client::sync::{
    Body, NetFailure, Phase, Reply, ReplyBody, Request, Session, SessionOptions, Step, Summary, Target, enrol_reply,
    enrol_request, evidence_reply, evidence_request, rekey_reply, rekey_request,
};
use redvest_domain::id::{Hash, TicketId};
use redvest_domain::invitation::Invitation;

use crate::error::guard;
use crate::{Device, RedVestError};

/// One header; its name is in lower case.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HttpHeader {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

/// What a request sends.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum HttpBody {
    /// Nothing.
    Empty,
    /// These bytes.
    Bytes {
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// A part of a file, with a `content-length`.
    File {
        /// The file.
        path: PathBuf,
        /// The first byte to send.
        offset: u64,
        /// How many.
        length: u64,
    },
}

/// One HTTP request, whole: address, trust, headers, body, and where the reply's body belongs.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HttpRequest {
    /// Names the request when its reply is fed.
    pub id: u64,
    /// `GET`, `POST`, `PATCH` or `HEAD`.
    pub method: String,
    /// Where to. Redirects are not followed; `http:` reaches this machine alone.
    pub url: String,
    /// SHA-256 of the one certificate to trust, whatever its name and dates; nothing for public authorities.
    pub pin: Option<Hash>,
    /// Headers.
    pub headers: Vec<HttpHeader>,
    /// Body.
    pub body: HttpBody,
    /// Save the body of a 2xx reply into this file, which does not exist yet; that of any other reply goes into memory.
    pub save_to: Option<PathBuf>,
    /// Longest body of a 2xx reply in bytes; a longer one is [`NetFailure::Broken`].
    pub most: u64,
}

/// A reply, whatever its status.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HttpReply {
    /// The status.
    pub status: u16,
    /// The headers; names in any case.
    pub headers: Vec<HttpHeader>,
    /// The body; nothing when it was saved into the file that the request named.
    pub body: Option<Vec<u8>>,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum SyncStep {
    /// Send this; up to four requests are under way at once.
    Send {
        /// The request.
        request: HttpRequest,
    },
    /// Nothing to send before a request under way has ended and was fed, or failed.
    Await,
    /// It is over.
    Done {
        /// What it did.
        summary: Summary,
    },
}

/// Where a sync stands.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SyncProgress {
    /// What it is at.
    pub phase: Phase,
    /// What it did so far.
    pub summary: Summary,
}

/// A way to the hub: what a request needs besides its path.
struct Way {
    address: String,
    pin: Option<Hash>,
}

impl Way {
    fn of(client: &Client) -> Result<Way, RedVestError> {
        let identity = client.store().identity()?.ok_or(redvest_client::Error::NotEnrolled)?;
        Ok(Way { pin: identity.fingerprint(), address: identity.address })
    }

    fn request(&self, request: Request) -> HttpRequest {
        let Request { id, method, path, headers, body, target } = request;
        let headers = headers.into_iter().map(|(name, value)| HttpHeader { name: name.to_owned(), value }).collect();
        let (save_to, most) = match target {
            Target::Memory { most } => (None, most as u64),
            Target::File { path, most } => (Some(path), most),
        };
        let body = match body {
            Body::None => HttpBody::Empty,
            Body::Bytes(bytes) => HttpBody::Bytes { bytes },
            Body::File { path, offset, length } => HttpBody::File { path, offset, length },
        };
        let url = format!("{}{path}", self.address.trim_end_matches('/'));
        HttpRequest { id, method: method.to_owned(), url, pin: self.pin, headers, body, save_to, most }
    }
}

fn reply(reply: HttpReply) -> Reply {
    let lower = |header: HttpHeader| (header.name.to_ascii_lowercase(), header.value);
    let body = reply.body.map_or(ReplyBody::File, ReplyBody::Bytes);
    Reply { status: reply.status, headers: reply.headers.into_iter().map(lower).collect(), body }
}

/// The sync of a device that is under way, if one is.
#[derive(Default)]
pub(crate) struct Running(Weak<Mutex<Option<Session>>>);

impl Running {
    /// Ends it: its next call is refused with `sync_over`.
    pub(crate) fn end(&mut self) {
        if let Some(session) = self.0.upgrade() {
            *lock(&session) = None;
        }
    }

    fn is_on(&self) -> bool {
        self.0.upgrade().is_some_and(|session| lock(&session).is_some())
    }
}

fn lock(session: &Mutex<Option<Session>>) -> MutexGuard<'_, Option<Session>> {
    session.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One sync, driven by the app: [`SyncSession::next`] says what to send; every request that was sent is fed back exactly once, as
/// a reply or as a failure. It may be dropped at any moment: the next one goes on where it stood.
#[derive(uniffi::Object)]
pub struct SyncSession {
    session: Arc<Mutex<Option<Session>>>,
    way: Way,
}

impl SyncSession {
    /// Works on the session. One that panicked is not asked again; the next sync goes on from the store.
    fn with<T>(&self, work: impl FnOnce(&mut Session) -> Result<T, redvest_client::Error>) -> Result<T, RedVestError> {
        let mut slot = lock(&self.session);
        let mut session = slot.take().ok_or_else(RedVestError::sync_over)?;
        let (session, done) = guard(move || {
            let done = work(&mut session);
            Ok((session, done))
        })?;
        *slot = Some(session);
        Ok(done?)
    }
}

#[uniffi::export]
impl SyncSession {
    /// What to do next.
    pub fn next(&self) -> Result<SyncStep, RedVestError> {
        let step = self.with(Session::next)?;
        Ok(match step {
            Step::Send(request) => SyncStep::Send { request: self.way.request(request) },
            Step::Await => SyncStep::Await,
            Step::Done(summary) => {
                // Whoever asks after the end hears `sync_over`, and another sync may begin.
                self.cancel();
                SyncStep::Done { summary }
            }
        })
    }

    /// Takes the reply to a request.
    pub fn feed(&self, id: u64, reply: HttpReply) -> Result<(), RedVestError> {
        let reply = self::reply(reply);
        self.with(|session| session.feed(id, &reply))
    }

    /// Takes the news that a request got no reply.
    pub fn fail(&self, id: u64, failure: NetFailure) -> Result<(), RedVestError> {
        self.with(|session| session.fail(id, failure))
    }

    /// Where it stands.
    pub fn progress(&self) -> Result<SyncProgress, RedVestError> {
        self.with(|session| {
            let (phase, summary) = session.progress();
            Ok(SyncProgress { phase, summary: summary.clone() })
        })
    }

    /// Ends it now. Nothing is lost; requests under way may be cut off.
    pub fn cancel(&self) {
        *lock(&self.session) = None;
    }
}

#[uniffi::export]
impl Device {
    /// Begins a sync; refused with `sync_running` while another one is under way.
    pub fn begin_sync(&self, options: SessionOptions) -> Result<Arc<SyncSession>, RedVestError> {
        guard(|| {
            let client = self.client()?;
            let mut running = self.running();
            if running.is_on() {
                return Err(RedVestError::sync_running());
            }
            let way = Way::of(&client)?;
            let session = Arc::new(Mutex::new(Some(Session::new(client, options)?)));
            *running = Running(Arc::downgrade(&session));
            Ok(Arc::new(SyncSession { session, way }))
        })
    }

    /// The request that enrols this device with a code, as scanned, opened or typed. `label` is what the office's list
    /// calls the device. Asked again before the answer, it names the same key, so that a lost answer costs nothing.
    pub fn enrol_request(&self, code: String, label: String) -> Result<HttpRequest, RedVestError> {
        guard(|| {
            let invitation: Invitation = code.trim().parse()?;
            let request = enrol_request(&*self.client()?, &invitation, &label)?;
            Ok(Way { address: invitation.hub, pin: invitation.pin }.request(request))
        })
    }

    /// Takes the hub's reply: afterwards the device is enrolled, or the error is the hub's, such as `code_used`.
    pub fn enrol_reply(&self, code: String, reply: HttpReply) -> Result<(), RedVestError> {
        guard(|| {
            let invitation: Invitation = code.trim().parse()?;
            let reply = self::reply(reply);
            enrol_reply(&*self.client()?, &invitation, &reply)?.map_err(RedVestError::refused)
        })
    }

    /// The request that gives a device whose chain forked (`forked_chain`) a new key and a new chain.
    pub fn rekey_request(&self, label: String) -> Result<HttpRequest, RedVestError> {
        guard(|| {
            let client = self.client()?;
            Ok(Way::of(&client)?.request(rekey_request(&client, &label)?))
        })
    }

    /// Takes the hub's reply: afterwards what was never accepted is issued again on the new chain.
    pub fn rekey_reply(&self, reply: HttpReply) -> Result<(), RedVestError> {
        guard(|| {
            let reply = self::reply(reply);
            rekey_reply(&*self.client()?, &reply)?.map_err(RedVestError::refused)
        })
    }

    /// The request for the file that proves a ticket.
    pub fn evidence_request(&self, ticket: TicketId) -> Result<HttpRequest, RedVestError> {
        guard(|| {
            let client = self.client()?;
            Ok(Way::of(&client)?.request(evidence_request(&client, ticket)?))
        })
    }

    /// The file out of the hub's reply, to be kept or sent on; `redvest verify` checks it.
    pub fn evidence_reply(&self, reply: HttpReply) -> Result<Vec<u8>, RedVestError> {
        guard(|| evidence_reply(&self::reply(reply)).map_err(RedVestError::refused))
    }
}

/// The stable code and the sentences for a request that got no reply, for an app that enrols without a network.
#[uniffi::export]
pub fn net_failure(failure: NetFailure) -> RedVestError {
    let (code, zh, en) = failure.explained();
    RedVestError::Hub { code: code.to_owned(), zh: zh.to_owned(), en: en.to_owned(), retry: true }
}
