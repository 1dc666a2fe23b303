//! A hub with a district founded in it, and phones enrolled at it.
//!
//! Each run of the hub has a runtime of its own, so that a hub that was stopped or killed has let go of all its files
//! when the call returns, and another can be started on the same folder and port.

use std::future::Future;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use redvest_client::env::SetEnv;
use redvest_domain::event::DocumentKind;
use redvest_domain::id::{Hash, TicketId};
use redvest_domain::invitation::Invitation;
use redvest_domain::key::{Acting, MemberRecord};
use redvest_domain::reference::{Document, Successors, parse};
use redvest_domain::ticket::Ticket;
use redvest_domain::time::{HOUR_MS, Timestamp};
use redvest_hub::clock::{Clock, FixedClock};
use redvest_hub::config::{Config, Tls, TlsMode};
use redvest_hub::custody::check_waiting;
use redvest_hub::serve::{self, Running};
use redvest_hub::store::Store;
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::check::Log;
use crate::device::Device;
use crate::district::{self, Someone};
use crate::proxy::Proxy;

/// Monday 2026-11-23, 09:00 in China: an hour into a working day.
pub const MORNING: Timestamp = Timestamp(1_795_395_600_000);

/// Far more than any test asks for: where the hub's clock stands its rates do not refill.
const UNBOUNDED: u32 = 1_000_000;

/// A hub's settings on a free port of this machine, without bounds on how often it is asked.
pub fn loopback(mode: TlsMode) -> Config {
    let mut config = Config {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        tls: Tls { mode, ..Tls::default() },
        ..Config::default()
    };
    config.limits.device_per_minute = UNBOUNDED;
    config.limits.stranger_per_minute = UNBOUNDED;
    config
}

/// A run of the hub. Fields are dropped in their order: what listens before what it runs on.
struct Hub {
    running: Running,
    runtime: Runtime,
}

/// The world.
pub struct World {
    folder: TempDir,
    /// The hub's clock, and through [`World::pass`] every phone's.
    pub clock: Arc<FixedClock>,
    /// The hub's settings; changes count from the next start on.
    pub config: Config,
    hub: Option<Hub>,
    envs: Mutex<Vec<Arc<SetEnv>>>,
    seeds: AtomicU64,
}

impl Default for World {
    fn default() -> Self {
        World::new()
    }
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("threads can be started")
}

impl World {
    /// A district whose hub speaks TLS with a certificate of its own.
    pub fn new() -> World {
        World::with_tls(TlsMode::Own)
    }

    /// A district whose hub speaks plain HTTP, so that a [`Proxy`] can look into requests.
    pub fn plain() -> World {
        World::with_tls(TlsMode::Off)
    }

    fn with_tls(mode: TlsMode) -> World {
        let config = Config { timer_seconds: 3600, ..loopback(mode) };
        let mut world = World {
            folder: tempfile::tempdir().expect("a temporary folder can be made"),
            clock: Arc::new(FixedClock::at(MORNING)),
            config,
            hub: None,
            envs: Mutex::default(),
            seeds: AtomicU64::new(1),
        };
        let founding = runtime();
        let store = Store::open(&world.hub_folder(), world.clock.clone()).expect("a fresh folder opens");
        founding.block_on(district::found(&store)).expect("the district is sound");
        founding.block_on(store.close());
        drop((store, founding));
        world.start();
        world
    }

    /// The hub's data folder.
    pub fn hub_folder(&self) -> PathBuf {
        self.folder.path().join("hub")
    }

    /// The folder that everything lies in.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn hub(&self) -> &Hub {
        self.hub.as_ref().expect("the hub runs")
    }

    /// Starts the hub on its folder, on the port that it had before.
    pub fn start(&mut self) {
        assert!(self.hub.is_none(), "the hub runs already");
        let (runtime, folder) = (runtime(), self.hub_folder());
        let starting = serve::start(&folder, self.config.clone(), self.clock.clone() as Arc<dyn Clock>);
        let running = runtime.block_on(starting).expect("the hub starts");
        self.config.listen = running.listening;
        self.hub = Some(Hub { running, runtime });
    }

    /// Stops the hub: open requests end, everything is closed.
    pub fn stop(&mut self) {
        let Hub { running, runtime } = self.hub.take().expect("the hub runs");
        runtime.block_on(running.stop());
    }

    /// Lets the hub die where it stands: connections break, nobody is told.
    pub fn kill(&mut self) {
        drop(self.hub.take());
    }

    /// Stops the hub and starts it again.
    pub fn restart(&mut self) {
        self.stop();
        self.start();
    }

    /// Where the hub listens.
    pub fn listening(&self) -> SocketAddr {
        self.config.listen
    }

    /// The hub's address for devices.
    pub fn address(&self) -> String {
        self.config.device_address(self.config.listen)
    }

    /// The fingerprint of the hub's certificate.
    pub fn pin(&self) -> Option<Hash> {
        self.hub().running.pin
    }

    /// The hub's store.
    pub fn store(&self) -> &Store {
        &self.hub().running.app.store
    }

    /// Waits for something of the hub's.
    pub fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.hub().runtime.block_on(work)
    }

    /// Lets so many ms pass for everybody.
    pub fn pass(&self, ms: i64) {
        self.clock.advance(ms);
        let ms = u32::try_from(ms).expect("at most 49 days at once");
        self.envs.lock().expect("nobody panics here").iter().for_each(|env| env.pass(ms));
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Lets the hub write all reminders and cards that are due, and rehome what has to be.
    pub fn run_timers(&self) {
        while self.wait(self.store().run_timers(self.now(), 100)).expect("timers run") > 0 {}
    }

    /// Lets the hub compare all photos that wait for it; how many originals it compared.
    pub fn check_photos(&self) -> usize {
        let app = &self.hub().running.app;
        self.wait(check_waiting(&app.store, &app.files, || false)).expect("photos can be compared")
    }

    /// Somebody of the district.
    pub fn someone(tag: &str) -> Someone {
        district::people().into_iter().find(|who| who.tag == tag).expect("somebody of the district")
    }

    /// Changes what somebody is and may.
    pub fn set_member(&self, record: MemberRecord) {
        self.wait(self.store().set_members(vec![record], Vec::new())).expect("the record is sound");
    }

    /// Gives somebody another role, in place of the one before.
    pub fn set_role(&self, tag: &str, acting: Option<Acting>) {
        self.set_member(Someone { acting, ..World::someone(tag) }.record());
    }

    /// Publishes a document that differs from the one in force.
    pub fn publish(&self, kind: DocumentKind, successors: Successors, change: impl FnOnce(&mut Value)) {
        let reference = self.store().reference();
        let none = Document::Policy(Box::new(reference.policy().clone()));
        let grids = reference.grids();
        let document = match kind {
            DocumentKind::Catalogue => Document::Catalogue(reference.catalogue().clone()),
            DocumentKind::Grids => Document::Grids(grids.document().clone()),
            DocumentKind::Agencies => Document::Agencies(reference.agencies().clone()),
            _ => none,
        };
        let mut value: Value = serde_json::from_slice(&document.to_bytes()).expect("a document is JSON");
        change(&mut value);
        let changed = parse(kind, value.to_string().as_bytes()).expect("the changed document is sound");
        self.wait(self.store().publish(kind, changed.to_bytes(), successors)).expect("it can be published");
    }

    /// A one-time code for somebody, for the hub itself or for a way to it.
    pub fn invitation(&self, tag: &str, way: Option<&Proxy>) -> Invitation {
        let member = World::someone(tag).member();
        let secret = self.wait(self.store().invite(member, HOUR_MS)).expect("a member can be invited");
        let hub = way.map_or_else(|| self.address(), |way| self.config.device_address(way.address()));
        Invitation { hub, pin: self.pin(), secret }
    }

    /// A phone without an owner yet.
    pub fn phone(&self, name: &str) -> Device {
        let seed = self.seeds.fetch_add(1, Ordering::Relaxed);
        let env = Arc::new(SetEnv::new(self.now(), seed));
        self.envs.lock().expect("nobody panics here").push(env.clone());
        Device::open(self.folder.path().join(format!("{name}-{seed}")), env)
    }

    /// An enrolled and synced phone of somebody.
    pub fn enrol(&self, tag: &str) -> Device {
        self.enrol_by(tag, None)
    }

    /// The same, through a proxy.
    pub fn enrol_by(&self, tag: &str, way: Option<&Proxy>) -> Device {
        let phone = self.phone(tag);
        phone.enrol(&self.invitation(tag, way)).expect("a fresh code enrols");
        phone.sync();
        phone
    }

    /// A second phone with the same data: a clone, or one restored from a backup. The first has to be closed.
    pub fn clone_of(&self, phone: &Device) -> Device {
        let copy = self.phone("clone");
        copy.close();
        std::fs::remove_dir_all(copy.folder()).expect("the copy was just made");
        copy_folder(phone.folder(), copy.folder());
        copy.reopen();
        copy
    }

    /// Syncs everybody until nothing moved twice in a row.
    pub fn settle(&self, phones: &[&Device]) {
        let mut idle = 0;
        for _ in 0..20 {
            let moved = phones.iter().filter(|phone| Device::has_moved(&phone.sync())).count();
            idle = if moved == 0 { idle + 1 } else { 0 };
            if idle == 2 {
                return;
            }
        }
        panic!("the phones do not come to rest");
    }

    /// The hub's log, read and folded without any of the hub's caches.
    pub fn log(&self) -> Log {
        Log::read(self)
    }

    /// A ticket as its events in the hub's log make it.
    pub fn ticket(&self, ticket: TicketId) -> Ticket {
        self.log().tickets.remove(&ticket).expect("the ticket is in the log")
    }
}

/// Copies a folder with everything below it.
pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder can be made");
    for entry in std::fs::read_dir(from).expect("the folder is there") {
        let entry = entry.expect("the folder can be read");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a file can be copied");
        }
    }
}
