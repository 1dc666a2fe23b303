//! A phone: a data folder, its own clock, and what its user does.

use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use redvest_client::Client;
use redvest_client::commands::{By, Dispatch, OnTheSpot, Rectify, Report};
use redvest_client::env::{Env, SetEnv};
use redvest_client::sync::{NetFailure, Session, SessionOptions, Step, Summary};
use redvest_client::vault::FileVault;
use redvest_client::view::{HistoryRow, TicketRow};
use redvest_domain::codes::Explained;
use redvest_domain::event::Outcome;
use redvest_domain::id::{EventId, Hash, ReasonCode, TicketId};
use redvest_domain::invitation::Invitation;
use redvest_domain::key::Key;
use redvest_domain::place::{Fix, FixSource, Position};
use redvest_domain::terms::Holder;
use redvest_photo::sample::{Scene, jpeg};
use redvest_transport::{Drive, Error, Http, enrol, rekey};

use crate::district::middle_of;

/// Exposed litter: goes to the grid; a grid manager closes it; photos before and after.
pub const LITTER: &str = "M06010";
/// Unauthorised structures: goes to the agency; a supervisor judges each.
pub const STRUCTURE: &str = "M06001";
/// A cigarette end: somebody is persuaded; no photos, nothing to review.
pub const CIGARETTE: &str = "X201";
/// Nothing posted for complaints: an agency's, and no agency of the district leads it.
pub const NOBODYS: &str = "X403";
/// Disorder on a market: goes to the grid; some are drawn for review.
pub const MARKET: &str = "M09020";

/// A phone.
pub struct Device {
    folder: PathBuf,
    /// Its clock.
    pub env: Arc<SetEnv>,
    client: RefCell<Option<Arc<Client>>>,
    pictures: Cell<u64>,
}

/// What becomes of a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    Feed,
    FeedAndDrop,
    Drop,
    Stop,
}

/// A good fix at a position.
pub fn fix(position: Position) -> Fix {
    Fix { position, accuracy_cm: Some(800), source: FixSource::Satellite, age_ms: 1_200, mock: false }
}

/// A grid as a holder.
pub fn grid(code: &str) -> Holder {
    Holder::Grid(code.parse().expect("a grid code"))
}

/// An agency as a holder.
pub fn agency(code: &str) -> Holder {
    Holder::Agency(code.parse().expect("an agency code"))
}

/// A reason.
pub fn reason(code: &str) -> ReasonCode {
    code.parse().expect("a reason code")
}

/// The key of a grid.
pub fn grid_key(code: &str) -> Key {
    Key::from(&grid(code))
}

/// Words, under the most fitting role.
pub fn saying(words: &str) -> By {
    By::saying(words)
}

/// A dispatch to one holder.
pub fn to(lead: Holder) -> Dispatch {
    Dispatch { lead, cooperating: Vec::new(), reason: None }
}

/// The code of a refusal; panics when there was none.
pub fn refusal<T>(done: Result<T, redvest_client::Error>) -> &'static str {
    match done {
        Ok(_) => panic!("the law should have refused this"),
        Err(error) => error.code(),
    }
}

impl Device {
    /// A phone with this data folder.
    pub fn open(folder: PathBuf, env: Arc<SetEnv>) -> Device {
        let device = Device { folder, env, client: RefCell::new(None), pictures: Cell::new(0) };
        device.reopen();
        device
    }

    /// Its data folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its database.
    pub fn database(&self) -> PathBuf {
        self.folder.join("phone.db")
    }

    /// Closes the app.
    pub fn close(&self) {
        let client = self.client.take().expect("the phone is open");
        let client = Arc::into_inner(client).expect("no session is left");
        client.close();
    }

    /// Opens the app again.
    pub fn reopen(&self) {
        std::fs::create_dir_all(&self.folder).expect("a folder can be made");
        let vault = FileVault::new(self.folder.join("secrets"));
        let client = Client::open(&self.folder, self.env.clone(), Box::new(vault)).expect("the phone opens");
        *self.client.borrow_mut() = Some(Arc::new(client));
    }

    /// Closes the app and opens it again.
    pub fn restart(&self) {
        self.close();
        self.reopen();
    }

    /// The client.
    pub fn client(&self) -> Arc<Client> {
        self.client.borrow().clone().expect("the phone is open")
    }

    /// Enrols it.
    ///
    /// # Errors
    /// As [`enrol`].
    pub fn enrol(&self, invitation: &Invitation) -> Result<(), Error> {
        enrol(&self.client(), invitation, "a phone")
    }

    /// Gives it a new key.
    ///
    /// # Errors
    /// As [`rekey`].
    pub fn rekey(&self) -> Result<(), Error> {
        rekey(&self.client(), "a phone")
    }

    /// One sync, which has to succeed.
    pub fn sync(&self) -> Summary {
        let summary = self.try_sync();
        assert!(summary.failure.is_none(), "{:?}", summary.failure);
        summary
    }

    /// One sync, whatever becomes of it.
    pub fn try_sync(&self) -> Summary {
        self.sync_with(SessionOptions::default())
    }

    /// One sync with options.
    pub fn sync_with(&self, options: SessionOptions) -> Summary {
        let (client, stop) = (self.client(), AtomicBool::new(false));
        Drive { client: &client, options, stop: &stop }.run(&mut |_, _| {}).expect("the phone's own store works")
    }

    /// One sync that has to fail, and its code.
    pub fn failed_sync(&self) -> String {
        self.try_sync().failure.expect("the sync should have failed").code
    }

    /// Whether a sync moved anything.
    pub fn has_moved(summary: &Summary) -> bool {
        let Summary { accepted, refused, too_late, changed, differing, sent, fetched, .. } = summary;
        [accepted, refused, too_late, changed, differing, sent, fetched].into_iter().any(|count| *count > 0)
    }

    /// Answers `steps` requests of a session one by one, then drops it: the app was killed. With `deaf` the last of them
    /// reaches the hub, and its answer nobody. Gives whether the session had come to its end.
    pub fn sync_steps(&self, steps: u32, deaf: bool, options: SessionOptions) -> bool {
        self.drive(options, |done| match done.cmp(&steps) {
            Ordering::Less => Then::Feed,
            Ordering::Equal if deaf => Then::Drop,
            Ordering::Equal => Then::FeedAndDrop,
            Ordering::Greater => unreachable!("the session was dropped"),
        })
    }

    /// A sync that is stopped behind so many answers: the rest of them is not heard any more.
    pub fn stopped_sync(&self, steps: u32) {
        let ended = self.drive(SessionOptions::default(), |done| if done > steps { Then::Stop } else { Then::Feed });
        assert!(ended);
    }

    /// One sync, in which the user does something while the first request is on its way.
    pub fn sync_while(&self, act: impl FnOnce()) {
        let mut act = Some(act);
        let ended = self.drive(SessionOptions::default(), |_| {
            if let Some(act) = act.take() {
                act();
            }
            Then::Feed
        });
        assert!(ended && act.is_none());
    }

    /// Drives a session request by request; `then` is asked behind each reply, before it is fed.
    fn drive(&self, options: SessionOptions, mut then: impl FnMut(u32) -> Then) -> bool {
        let client = self.client();
        let identity = client.store().identity().expect("the store works").expect("the phone is enrolled");
        let http = Http::new(&identity.address, identity.fingerprint()).expect("the address is protected");
        let mut session = Session::new(client, options).expect("a session begins");
        let (mut waiting, mut done) = (VecDeque::new(), 0);
        loop {
            match session.next().expect("the store works") {
                Step::Done(_) => return true,
                Step::Send(request) => waiting.push_back(request),
                Step::Await => {
                    let request = waiting.pop_front().expect("a session awaits what it sent");
                    let reply = http.call(&request);
                    done += 1;
                    let then = then(done);
                    if then == Then::Drop {
                        return false;
                    }
                    match reply {
                        _ if then == Then::Stop => {
                            session.fail(request.id, NetFailure::Cancelled).expect("the store works");
                        }
                        Ok(reply) => session.feed(request.id, &reply).expect("the store works"),
                        Err(failure) => session.fail(request.id, failure).expect("the store works"),
                    }
                    if then == Then::FeedAndDrop {
                        return false;
                    }
                }
            }
        }
    }

    /// Takes a photo of a place and imports it. Each is another picture.
    pub fn photo(&self) -> Hash {
        self.photo_of(64)
    }

    /// The same, so many pixels wide.
    pub fn photo_of(&self, width: u32) -> Hash {
        let mut seed = [0; 4];
        self.env.random(&mut seed);
        let made = self.pictures.get() + 1;
        self.pictures.set(made);
        let scene = Scene { width, height: width / 4 * 3, ..Scene::new(u64::from(u32::from_be_bytes(seed))) };
        let path = self.folder.join(format!("camera-{made}.jpg"));
        std::fs::write(&path, jpeg(&scene)).expect("a file can be written");
        let photo = self.client().import_photo(&path).expect("a sample photo is a photo");
        std::fs::remove_file(&path).expect("it was just written");
        photo.hash
    }

    /// What a report in the middle of a grid says, with one photo where its category asks for one.
    pub fn report_in(&self, grid: &str, category: &str) -> Report {
        let pin = middle_of(grid);
        let photos = if category == CIGARETTE { Vec::new() } else { vec![self.photo()] };
        let category = category.parse().expect("a category code");
        Report { pin: Some(pin), fix: Some(fix(pin)), photos, ..Report::new(category) }
    }

    /// Reports.
    pub fn report(&self, grid: &str, category: &str) -> TicketId {
        let report = self.report_in(grid, category);
        self.client().report(report, saying("看到的问题")).expect("a sound report").ticket
    }

    /// Reports what was put right, or somebody persuaded, on the spot.
    pub fn report_done(&self, grid: &str, category: &str, outcome: Outcome) -> TicketId {
        let photos = if outcome == Outcome::Rectified { vec![self.photo()] } else { Vec::new() };
        let on_the_spot = Some(OnTheSpot { outcome, photos, words: None });
        let report = Report { on_the_spot, ..self.report_in(grid, category) };
        self.client().report(report, By::default()).expect("a sound report").ticket
    }

    /// What a rectification with one after photo says.
    pub fn rectified(&self) -> Rectify {
        let position = middle_of("WG01");
        let photos = vec![self.photo()];
        Rectify { outcome: Outcome::Rectified, photos, fix: Some(fix(position)), gate_reason: None, draft: None }
    }

    /// Puts a ticket right.
    pub fn rectify(&self, ticket: TicketId) -> EventId {
        let done = self.client().rectify(ticket, self.rectified(), saying("已整改")).expect("the law lets it");
        done.events[0]
    }

    /// A ticket's row.
    pub fn row(&self, ticket: TicketId) -> TicketRow {
        self.client().ticket(ticket).expect("the ticket is here").row
    }

    /// A ticket's history.
    pub fn history(&self, ticket: TicketId) -> Vec<HistoryRow> {
        self.client().ticket(ticket).expect("the ticket is here").history
    }

    /// Whether a ticket is here as a whole.
    pub fn holds(&self, ticket: TicketId) -> bool {
        self.client().ticket(ticket).is_ok_and(|detail| !detail.row.former)
    }

    /// Codes of what was refused.
    pub fn refused(&self) -> Vec<String> {
        self.client().refused().expect("the store works").into_iter().map(|news| news.code).collect()
    }

    /// Codes of what came too late.
    pub fn too_late(&self) -> Vec<String> {
        self.client().too_late().expect("the store works").into_iter().map(|news| news.code).collect()
    }
}
