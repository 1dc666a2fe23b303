//! A phone that is killed at any moment.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use redvest_client::commands::By;
use redvest_domain::id::Hash;

use crate::world::{Hub, volunteer};
use crate::{import, litter};

const FOLDER: &str = "REDVEST_CLIENT_KILLED_IN";

/// Imports and reports for ever, and says what was acknowledged.
fn work(folder: &Path) {
    let hub = Hub::new();
    let (client, env) = hub.phone(&folder.join("data"), &volunteer());
    let say = |what: &str, id: String| {
        println!("{what} {id}");
        std::io::stdout().flush().unwrap();
    };
    let base = u64::from(std::process::id()) << 32;
    // A set environment draws the same in every process; ids differ by their time.
    env.pass(std::process::id() % 1_000_000 * 1_000);
    for seed in base.. {
        env.pass(1000 + seed as u32 % 977);
        let photo = import(&client, folder, seed);
        say("imported", photo.to_hex());
        if seed % 3 != 0 {
            let done = client.report(litter(vec![photo]), By::saying("话")).unwrap();
            say("reported", done.events[0].to_string());
        }
    }
}

/// Runs a fact in a process of its own, with the folder in this variable, kills it once it has said so many lines, and gives
/// all that it said. The harness writes its own words into the same pipe, and the last line may be cut.
pub(crate) fn killed(fact: &str, variable: &str, folder: &Path, lines: usize) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", fact, "--nocapture"])
        .env(variable, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut heard = Vec::new();
    while heard.len() < lines {
        heard.extend(said.next().unwrap().ok());
    }
    child.kill().unwrap();
    heard.extend(said.map_while(Result::ok));
    child.wait().unwrap();
    heard
}

#[test]
fn killed_phone_keeps_every_acknowledged_photo_and_report_and_its_chain() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        work(folder.as_ref());
    }
    let folder = tempfile::tempdir().unwrap();
    let hub = Hub::new();
    {
        let (client, _) = hub.phone(&folder.path().join("data"), &volunteer());
        hub.pull(&client, &volunteer());
    }
    let (mut photos, mut reports) = (BTreeSet::new(), BTreeSet::new());
    for round in 0..10 {
        let fact = "killed::killed_phone_keeps_every_acknowledged_photo_and_report_and_its_chain";
        let heard = killed(fact, FOLDER, folder.path(), round * 2 + 1);
        for line in &heard {
            let words: Vec<&str> = line.split(' ').rev().take(2).collect();
            match words[..] {
                [id, "imported"] => photos.extend(id.parse::<Hash>().ok()),
                [id, "reported"] => reports.extend(id.parse::<redvest_domain::id::EventId>().ok()),
                _ => {}
            }
        }
        let (client, _) = hub.phone(&folder.path().join("data"), &volunteer());
        let health = client.doctor().unwrap();
        assert!(health.findings.is_empty(), "{:?}", health.findings);
        let log = client.log().unwrap();
        let written: BTreeSet<_> = log.iter().map(|row| row.event).collect();
        assert!(reports.is_subset(&written), "round {round}");
        for photo in &photos {
            let path = client.store().photo_path(*photo).unwrap().unwrap();
            assert_eq!(Hash::of(&[&std::fs::read(path).unwrap()]), *photo);
        }
        let all = client.mine(redvest_client::queries::Mine::Reported, None).unwrap().rows;
        assert_eq!(all.len().min(50), log.len().min(50), "what was written is shown");
        let unbound = client.unbound_photos().unwrap();
        assert!(unbound.iter().all(|photo| photo.thumbnail.is_some()), "imports are finished");
        let mut known: BTreeSet<Hash> = unbound.into_iter().map(|photo| photo.hash).collect();
        for row in &log {
            let on_ticket = client.ticket(row.ticket.unwrap()).unwrap().photos;
            known.extend(on_ticket.into_iter().map(|photo| photo.original));
        }
        assert!(photos.is_subset(&known), "nothing imported is forgotten");
        assert!(std::fs::read_dir(folder.path().join("data/incoming")).unwrap().next().is_none());
    }
    assert!(photos.len() > 10 && !reports.is_empty(), "{} {}", photos.len(), reports.len());
}

#[test]
fn an_original_without_a_row_is_taken_up_and_a_stray_file_is_deleted() {
    let (folder, hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let data = folder.path().join("data");
    drop(hub.phone(&data, &volunteer()));
    let bytes = redvest_photo::sample::jpeg(&redvest_photo::sample::Scene::new(5));
    let hash = Hash::of(&[&bytes]);
    std::fs::write(data.join("originals").join(hash.to_hex()), &bytes).unwrap();
    std::fs::write(data.join("originals").join(Hash::ZERO.to_hex()), &bytes).unwrap();
    std::fs::write(data.join("incoming/half"), &bytes[..100]).unwrap();
    let (client, _) = hub.phone(&data, &volunteer());
    let unbound = client.unbound_photos().unwrap();
    assert_eq!((unbound.len(), unbound[0].hash), (1, hash));
    assert!(unbound[0].review.as_ref().unwrap().exists());
    assert!(!data.join("incoming/half").exists());
    assert!(data.join("originals").join(Hash::ZERO.to_hex()).exists(), "what is not what its name says is left alone");
}
