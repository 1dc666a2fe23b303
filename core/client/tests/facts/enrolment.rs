use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use redvest_client::commands::By;
use redvest_client::env::Env;
use redvest_client::vault::{FileVault, Secrets, Vault};
use redvest_client::{Client, Error};
use redvest_domain::codes::Explained;
use redvest_domain::envelope::verify;
use redvest_domain::wire::{Accepted, Fate, Outcome, Page, proof_message};

use crate::world::{Hub, grid_member, open, volunteer};
use crate::{import, litter};

#[test]
fn nothing_can_be_written_before_enrolment_and_screens_still_open() {
    let (folder, hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let env = Arc::new(redvest_client::env::SetEnv::new(hub.now, 1));
    let client = open(&folder.path().join("data"), &env);
    assert_eq!(client.home().unwrap().workspace, None);
    let photo = import(&client, folder.path(), 1);
    assert!(matches!(client.report(litter(vec![photo]), By::default()), Err(Error::NotEnrolled)));
    let enrol = client.begin_enrol(b"code", "phone").unwrap();
    assert_eq!(client.begin_enrol(b"code", "phone").unwrap(), enrol, "the same key until the hub answers");
    let key = ed25519_dalek::VerifyingKey::from_bytes(&enrol.key.0).unwrap();
    let signature = ed25519_dalek::Signature::from_slice(&enrol.proof).unwrap();
    key.verify_strict(&proof_message(b"code", enrol.device, enrol.key), &signature).unwrap();
    client.finish_enrol(&hub.enrolled(&volunteer(), enrol.device), "https://hub", None).unwrap();
    assert_eq!(client.home().unwrap().workspace.as_deref(), Some("试点区"));
    hub.pull(&client, &volunteer());
    client.report(litter(vec![photo]), By::default()).unwrap();
}

#[test]
fn a_second_opener_is_refused_and_a_suspended_client_holds_nothing() {
    let (folder, hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, env) = hub.phone(folder.path(), &volunteer());
    let again = || {
        let vault = Box::new(FileVault::new(folder.path().join("secrets")));
        Client::open(folder.path(), Arc::clone(&env) as Arc<dyn redvest_client::env::Env>, vault)
    };
    assert_eq!(again().map(drop).unwrap_err().code(), "already_open");
    client.suspend();
    assert_eq!(client.home().unwrap_err().code(), "suspended");
    let other = again().unwrap();
    assert_eq!(client.resume().unwrap_err().code(), "already_open");
    other.close();
    client.resume().unwrap();
    client.home().unwrap();
}

#[test]
fn rekeying_issues_what_waits_again_under_the_same_ids_on_a_new_chain() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, _) = hub.phone(&folder.path().join("data"), &volunteer());
    hub.pull(&client, &volunteer());
    let photos = [1, 2, 3].map(|seed| import(&client, folder.path(), seed));
    client.report(litter(vec![photos[0]]), By::default()).unwrap();
    hub.push(&client);
    let second = client.report(litter(vec![photos[1]]), By::saying("二")).unwrap();
    let comment = client.comment(second.ticket, By::saying("三")).unwrap();
    let before = client.store().outbox_batch(9, 1 << 20).unwrap();
    let old = client.store().identity().unwrap().unwrap();

    let rekey = client.begin_rekey("phone").unwrap();
    assert_eq!(client.begin_rekey("phone").unwrap(), rekey);
    client.finish_rekey(&hub.enrolled(&volunteer(), rekey.device)).unwrap();
    let new = client.store().identity().unwrap().unwrap();
    assert_eq!((new.device, new.address), (rekey.device, old.address));
    assert_eq!(client.token().unwrap().0, rekey.device.as_bytes().repeat(2));
    let after = client.store().outbox_batch(9, 1 << 20).unwrap();
    assert_eq!(after.len(), before.len());
    let ids = |commits: &[redvest_domain::envelope::Commit]| {
        commits.iter().flat_map(|commit| commit.open().unwrap()).map(|envelope| envelope.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(&after), [second.events[0], comment.events[0]]);
    let envelopes: Vec<_> = after.iter().flat_map(|commit| commit.open().unwrap()).collect();
    assert_eq!(
        envelopes.iter().map(|envelope| (envelope.device, envelope.seq)).collect::<Vec<_>>(),
        [(rekey.device, 1), (rekey.device, 2)]
    );
    for (commit, before) in after.iter().zip(&before) {
        verify(&rekey.key.0, &commit.events[0].envelope, &commit.signature).unwrap();
        assert_eq!(
            (&commit.events[0].payload, &commit.events[0].private),
            (&before.events[0].payload, &before.events[0].private)
        );
    }
    client.comment(second.ticket, By::saying("四")).unwrap();
    assert!(client.doctor().unwrap().findings.is_empty());
    hub.push(&client);
    let effect = hub.pull(&client, &volunteer());
    assert!(effect.differing.is_empty());
    assert_eq!(client.home().unwrap().events_waiting, 0);
    assert_eq!(client.ticket(second.ticket).unwrap().history.len(), 3);
}

#[test]
fn an_answer_that_a_crash_cut_off_from_the_database_is_finished_at_the_next_start() {
    let (folder, hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, env) = hub.phone(folder.path(), &volunteer());
    let rekey = client.begin_rekey("phone").unwrap();
    let file = folder.path().join("secrets");
    let vault = Interrupted { inner: FileVault::new(&file), left: AtomicU32::new(1) };
    drop(client);
    let client = Client::open(folder.path(), Arc::clone(&env) as Arc<dyn Env>, Box::new(vault)).unwrap();
    // The answer is in the vault and in the database; only its promotion fails.
    assert!(client.finish_rekey(&hub.enrolled(&volunteer(), rekey.device)).is_err());
    assert!(FileVault::new(&file).load().unwrap().unwrap().next.is_some());
    drop(client);
    let client = open(folder.path(), &env);
    assert_eq!(client.store().identity().unwrap().unwrap().device, rekey.device);
    assert_eq!(client.token().unwrap().0, rekey.device.as_bytes().repeat(2));
    assert!(FileVault::new(&file).load().unwrap().unwrap().next.is_none());
    assert!(matches!(client.finish_rekey(&hub.enrolled(&volunteer(), rekey.device)), Err(Error::NothingBegun)));
}

/// A vault whose disk fails after so many more saves.
struct Interrupted {
    inner: FileVault,
    left: AtomicU32,
}

impl Vault for Interrupted {
    fn load(&self) -> std::io::Result<Option<Secrets>> {
        self.inner.load()
    }

    fn save(&self, secrets: &Secrets) -> std::io::Result<()> {
        match self.left.load(Ordering::Relaxed) {
            0 => Err(std::io::ErrorKind::StorageFull.into()),
            left => {
                self.left.store(left - 1, Ordering::Relaxed);
                self.inner.save(secrets)
            }
        }
    }
}

#[test]
fn a_folder_with_somebody_elses_work_is_not_taken_over() {
    let (folder, hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, _) = hub.phone(folder.path(), &volunteer());
    let enrol = client.begin_enrol(b"code", "phone").unwrap();
    let refused = client.finish_enrol(&hub.enrolled(&grid_member(), enrol.device), "https://hub", None);
    assert!(matches!(refused, Err(Error::OtherMember)));
    assert_eq!(client.store().identity().unwrap().unwrap().member, volunteer().member);
}

#[test]
fn an_admission_reaches_the_new_device_though_its_feed_counts_from_one() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, _) = hub.phone(&folder.path().join("data"), &volunteer());
    hub.pull(&client, &volunteer());
    let photo = import(&client, folder.path(), 1);
    let report = client.report(litter(vec![photo]), By::default()).unwrap();
    hub.push(&client);
    client.comment(report.ticket, By::saying("一")).unwrap();
    hub.push(&client);
    client.comment(report.ticket, By::saying("二")).unwrap();
    hub.refuse = Some("role_not_held");
    let refused = hub.push(&client).outcomes[0].clone();
    assert_eq!((refused.counter, client.refused().unwrap().len()), (3, 1));
    let rekey = client.begin_rekey("phone").unwrap();
    client.finish_rekey(&hub.enrolled(&volunteer(), rekey.device)).unwrap();
    assert_eq!(client.refused().unwrap().len(), 1);
    let accepted = Accepted {
        epoch: 1,
        n: 9,
        ticket: Some(report.ticket),
        short_number: None,
        event_hash: redvest_domain::id::Hash::ZERO,
        admitted: true,
    };
    let line = Outcome { counter: 1, fate: Fate::Accepted(accepted), ..refused };
    hub.give(&client, &Page { outcomes: vec![line], ..hub.empty_page() });
    assert!(client.refused().unwrap().is_empty());
}
