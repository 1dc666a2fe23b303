//! The surface as foreign code meets it: threads, panics, suspension, closing, listeners.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::disallowed_methods, reason = "how often a listener is called is counted in real time")]

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use redvest_client::sync::SessionOptions;
use redvest_core::{ChangeListener, Device, KeyVault, RedVestError, VaultError, file_vault};

const CODE: &str = "redvest:enrol?hub=http://127.0.0.1:9&code=00000000000000000000000000";

fn open(folder: &Path) -> Result<Arc<Device>, RedVestError> {
    let text = |path: std::path::PathBuf| path.to_str().unwrap().to_owned();
    Device::open(text(folder.join("data")), file_vault(text(folder.join("vault"))), None)
}

fn code(error: RedVestError) -> String {
    error.to_string().split(':').next().unwrap().to_owned()
}

/// A code of the right form; what it invites to is of no interest.
fn invitation() -> String {
    let secret = redvest_domain::id::Bytes(vec![7; 16]);
    let hub = "http://127.0.0.1:9".to_owned();
    redvest_domain::invitation::Invitation { hub, pin: None, secret }.to_string()
}

struct Panicking(AtomicBool);

impl KeyVault for Panicking {
    fn load(&self) -> Result<Option<Vec<u8>>, VaultError> {
        Ok(None)
    }

    fn save(&self, _: Vec<u8>) -> Result<(), VaultError> {
        assert!(!self.0.load(Ordering::SeqCst), "the vault panics, as this test wants");
        Ok(())
    }
}

#[test]
fn a_panic_becomes_an_error_and_the_store_stays_usable() {
    let folder = tempfile::tempdir().unwrap();
    let vault = Arc::new(Panicking(AtomicBool::new(true)));
    let device = Device::open(folder.path().to_str().unwrap().to_owned(), vault.clone(), None).unwrap();
    let panicked = device.enrol_request(invitation(), "phone".to_owned());
    assert!(matches!(panicked, Err(RedVestError::Internal { retry: true, .. })));
    device.save_draft(device.new_draft().unwrap()).unwrap();
    assert_eq!(device.home().unwrap().drafts, 1);
    vault.0.store(false, Ordering::SeqCst);
    assert_eq!(device.enrol_request(invitation(), "phone".to_owned()).unwrap().method, "POST");
}

#[test]
fn a_folder_is_opened_once_and_again_after_closing() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path()).unwrap();
    let second = open(folder.path()).err().unwrap();
    assert!(matches!(second, RedVestError::Storage { .. }));
    assert_eq!(code(second), "already_open");
    first.close();
    first.close();
    assert_eq!(code(first.home().unwrap_err()), "closed");
    assert_eq!(open(folder.path()).unwrap().home().unwrap().drafts, 0);
}

#[test]
fn what_is_suspended_holds_nothing_and_refuses_until_it_is_resumed() {
    let folder = tempfile::tempdir().unwrap();
    let device = open(folder.path()).unwrap();
    device.suspend().unwrap();
    let refused = device.home().unwrap_err();
    assert!(matches!(refused, RedVestError::Closed { retry: true, .. }));
    assert_eq!(code(refused), "suspended");
    // Somebody else may have the folder now, so no lock is held.
    let other = open(folder.path()).unwrap();
    assert_eq!(code(device.resume().unwrap_err()), "already_open");
    other.close();
    device.resume().unwrap();
    device.home().unwrap();
}

#[test]
fn what_needs_an_enrolment_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let device = open(folder.path()).unwrap();
    assert_eq!(device.account().unwrap(), None);
    let refused = device.begin_sync(SessionOptions::default()).err().unwrap();
    assert!(matches!(refused, RedVestError::Enrolment { .. }));
    assert_eq!(code(refused), "not_enrolled");
    assert_eq!(code(device.enrol_request(CODE.to_owned(), "phone".to_owned()).unwrap_err()), "code_mistyped");
    assert_eq!(code(device.import_photo("/nowhere/photo.jpg".to_owned()).unwrap_err()), "unreadable_file");
}

#[test]
fn threads_share_a_device() {
    let folder = tempfile::tempdir().unwrap();
    let device = open(folder.path()).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..20 {
                    device.save_draft(device.new_draft().unwrap()).unwrap();
                    device.home().unwrap();
                }
            });
        }
    });
    assert_eq!(device.drafts().unwrap().len(), 160);
}

/// Counts how often it is called, and what it saw last.
struct Counting {
    calls: AtomicUsize,
    seen: Mutex<u32>,
    told: Condvar,
    device: Mutex<Option<Arc<Device>>>,
}

impl ChangeListener for Counting {
    fn changed(&self) {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let device = self.device.lock().unwrap().clone();
        let drafts = device.map_or(0, |device| device.home().unwrap().drafts);
        *self.seen.lock().unwrap() = drafts;
        self.told.notify_all();
    }
}

#[test]
fn a_listener_hears_of_the_last_change_and_at_most_ten_times_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let device = open(folder.path()).unwrap();
    let listener = Arc::new(Counting {
        calls: AtomicUsize::new(0),
        seen: Mutex::default(),
        told: Condvar::new(),
        device: Mutex::new(Some(Arc::clone(&device))),
    });
    device.listen(listener.clone()).unwrap();
    let begun = Instant::now();
    for _ in 0..60 {
        device.save_draft(device.new_draft().unwrap()).unwrap();
    }
    let seen = listener.seen.lock().unwrap();
    let (seen, late) = listener.told.wait_timeout_while(seen, Duration::from_secs(60), |seen| *seen < 60).unwrap();
    assert!(!late.timed_out(), "the last change was never told; {seen} were");
    drop(seen);
    let most = begun.elapsed().as_millis() / 100 + 1;
    let calls = listener.calls.load(Ordering::SeqCst) as u128;
    assert!(calls <= most, "{calls} calls in {most} tenths of a second");
    // Listener and device hold each other; an app that closes lets go.
    device.close();
    listener.device.lock().unwrap().take();
}

struct Failing;

impl ChangeListener for Failing {
    fn changed(&self) {
        panic!("the listener panics, as this test wants");
    }
}

#[test]
fn a_listener_that_fails_keeps_nobody_else_from_hearing() {
    let folder = tempfile::tempdir().unwrap();
    let device = open(folder.path()).unwrap();
    device.listen(Arc::new(Failing)).unwrap();
    let other = Arc::new(Counting {
        calls: AtomicUsize::new(0),
        seen: Mutex::default(),
        told: Condvar::new(),
        device: Mutex::new(Some(Arc::clone(&device))),
    });
    device.listen(other.clone()).unwrap();
    device.save_draft(device.new_draft().unwrap()).unwrap();
    let seen = other.seen.lock().unwrap();
    let (seen, late) = other.told.wait_timeout_while(seen, Duration::from_secs(60), |seen| *seen < 1).unwrap();
    assert!(!late.timed_out());
    drop(seen);
    other.device.lock().unwrap().take();
}
