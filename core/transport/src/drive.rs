//! Driving a session: up to four requests under way, each on a thread of its own that lives as long as the session.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};

use redvest_client::Client;
use redvest_client::sync::{
    Failure, NetFailure, Phase, Reply, Request, Session, SessionOptions, Step, Summary, enrol_reply, enrol_request,
    evidence_reply, evidence_request, rekey_reply, rekey_request,
};
use redvest_domain::id::TicketId;
use redvest_domain::invitation::Invitation;

use crate::http::Http;

/// Threads that send; the session never has more requests under way.
const SENDERS: usize = 4;

/// Why a sync, an enrolment or a re-keying did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The device's own store.
    #[error(transparent)]
    Client(#[from] redvest_client::Error),
    /// The hub refused, or there was no way to it.
    #[error("{}", .0.en)]
    Refused(Failure),
}

impl From<NetFailure> for Error {
    fn from(failure: NetFailure) -> Self {
        Error::Refused(Failure::of_network(failure))
    }
}

/// Syncs one client with its hub.
pub struct Drive<'a> {
    /// The device.
    pub client: &'a Arc<Client>,
    /// What the session may do.
    pub options: SessionOptions,
    /// Set from another thread to stop: what is under way is cut off, and nothing is lost.
    pub stop: &'a AtomicBool,
}

impl Drive<'_> {
    /// Runs one session to its end. `told` hears of every step that changed something.
    ///
    /// # Errors
    /// The store's. A network or a hub that does not work is no error: the summary says so, and when to try again.
    pub fn run(&self, told: &mut dyn FnMut(Phase, &Summary)) -> Result<Summary, Error> {
        let http = to_hub(self.client)?;
        let session = Session::new(self.client.clone(), self.options)?;
        let (to_senders, requests) = mpsc::channel::<Request>();
        let (to_driver, replies) = mpsc::channel();
        let requests = Mutex::new(requests);
        std::thread::scope(|scope| {
            for _ in 0..SENDERS {
                let (http, requests, to_driver) = (http.clone(), &requests, to_driver.clone());
                scope.spawn(move || {
                    loop {
                        let next = requests.lock().unwrap_or_else(PoisonError::into_inner).recv();
                        let Ok(request) = next else { return };
                        let outcome = match self.stop.load(Ordering::Relaxed) {
                            true => Err(NetFailure::Cancelled),
                            false => http.call(&request),
                        };
                        if to_driver.send((request.id, outcome)).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(to_driver);
            // Dropping `to_senders` at the end of `steps` lets the senders go.
            steps(session, to_senders, &replies, told)
        })
    }
}

type Outcome = (u64, Result<Reply, NetFailure>);

fn steps(
    mut session: Session,
    to_senders: mpsc::Sender<Request>,
    replies: &mpsc::Receiver<Outcome>,
    told: &mut dyn FnMut(Phase, &Summary),
) -> Result<Summary, Error> {
    loop {
        match session.next()? {
            Step::Send(request) => {
                let id = request.id;
                if to_senders.send(request).is_err() {
                    session.fail(id, NetFailure::Broken)?;
                }
            }
            Step::Await => {
                // A sender that is gone never answers; the session then ends as on a broken connection.
                let Ok((id, outcome)) = replies.recv() else { return Err(NetFailure::Broken.into()) };
                match outcome {
                    Ok(reply) => session.feed(id, &reply)?,
                    Err(failure) => session.fail(id, failure)?,
                }
                let (phase, summary) = session.progress();
                told(phase, summary);
            }
            Step::Done(summary) => return Ok(summary),
        }
    }
}

/// The way to the hub that a device is enrolled at.
fn to_hub(client: &Client) -> Result<Http, Error> {
    let identity = client.store().identity()?.ok_or(redvest_client::Error::NotEnrolled)?;
    Ok(Http::new(&identity.address, identity.fingerprint())?)
}

/// Enrols this device with a one-time code.
///
/// # Errors
/// [`Error::Refused`] with the hub's code, such as `code_used`, or with the network's.
pub fn enrol(client: &Client, invitation: &Invitation, label: &str) -> Result<(), Error> {
    let http = Http::new(&invitation.hub, invitation.pin)?;
    let reply = http.call(&enrol_request(client, invitation, label)?)?;
    enrol_reply(client, invitation, &reply)?.map_err(Error::Refused)
}

/// Gives a device whose chain forked a new key and a new chain.
///
/// # Errors
/// [`Error::Refused`] with the hub's code, or with the network's.
pub fn rekey(client: &Client, label: &str) -> Result<(), Error> {
    let http = to_hub(client)?;
    let reply = http.call(&rekey_request(client, label)?)?;
    rekey_reply(client, &reply)?.map_err(Error::Refused)
}

/// Fetches the file that proves a ticket.
///
/// # Errors
/// [`Error::Refused`] with `not_found` for a ticket that this device does not see, or with the network's code.
pub fn evidence(client: &Client, ticket: TicketId) -> Result<Vec<u8>, Error> {
    let http = to_hub(client)?;
    let reply = http.call(&evidence_request(client, ticket)?)?;
    evidence_reply(&reply).map_err(Error::Refused)
}
