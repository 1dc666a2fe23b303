//! Disks that are full, read-only, somebody else's, or that fail: each has its code, and what was acknowledged stays.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use redvest_client::commands::By;
use redvest_client::env::SetEnv;
use redvest_client::vault::FileVault;
use redvest_client::{Client, Error};
use redvest_domain::codes::Explained;
use redvest_domain::id::{EventId, Hash};
use redvest_photo::sample::{Scene, jpeg};

use crate::world::{Hub, volunteer};
use crate::{import, litter};

/// A small file system of its own, where the machine allows one; unmounted when dropped.
struct SmallDisk(PathBuf, #[allow(dead_code, reason = "removes the folder")] tempfile::TempDir);

impl SmallDisk {
    fn new(kilobytes: u32) -> Option<SmallDisk> {
        let folder = tempfile::tempdir().unwrap();
        let disk = SmallDisk(folder.path().to_path_buf(), folder);
        run("mount", &["-t", "tmpfs", "-o", &format!("size={kilobytes}k"), "redvest-test"], &disk.0).then_some(disk)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        run("umount", &[], &self.0);
    }
}

fn run(program: &str, arguments: &[&str], path: &Path) -> bool {
    Command::new(program).args(arguments).arg(path).output().is_ok_and(|output| output.status.success())
}

fn open(data: &Path) -> Result<Client, Error> {
    let env = Arc::new(SetEnv::new(crate::world::MONDAY, 77));
    Client::open(data, env, Box::new(FileVault::new(data.join("secrets"))))
}

/// A photo outside the data folder.
fn camera(folder: &Path, width: u32, seed: u64) -> PathBuf {
    let path = folder.join(format!("camera-{seed}.jpg"));
    fs::write(&path, jpeg(&Scene { width, height: width / 4 * 3, ..Scene::new(seed) })).unwrap();
    path
}

#[test]
fn a_full_disk_refuses_photos_and_reports_by_name_and_keeps_what_was_saved() {
    let Some(disk) = SmallDisk::new(4096) else { return };
    let (elsewhere, hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let data = disk.0.join("data");
    let (client, _) = hub.phone(&data, &volunteer());
    hub.pull(&client, &volunteer());
    let saved = import(&client, elsewhere.path(), 1);
    let ballast = disk.0.join("ballast");
    let fill = || {
        let mut file = fs::File::create(&ballast).unwrap();
        while std::io::Write::write_all(&mut file, &[0; 4096]).is_ok() {}
    };
    fill();
    let photo = camera(elsewhere.path(), 1200, 2);
    let refused = client.import_photo(&photo).unwrap_err();
    assert_eq!(refused.code(), "disk_full");
    assert!(refused.zh().contains("清理空间") && refused.en().contains("Free some space"));
    assert!(fs::read_dir(data.join("incoming")).unwrap().next().is_none(), "half a photo fills the disk no further");
    let mut reported = Vec::new();
    let code = loop {
        match client.report(litter(vec![saved]), By::saying("满".repeat(2000))) {
            Ok(done) => reported.push(done.events[0]),
            Err(error) => break error.code(),
        }
        assert!(reported.len() < 5000, "the disk never fills up");
    };
    assert_eq!(code, "disk_full");
    // It opens all the same, and goes on when there is room.
    drop(client);
    fs::remove_file(&ballast).unwrap();
    let (client, _) = hub.phone(&data, &volunteer());
    let written: BTreeSet<EventId> = client.log().unwrap().iter().map(|row| row.event).collect();
    assert_eq!(written, reported.into_iter().collect());
    let second = client.import_photo(&photo).unwrap().hash;
    client.report(litter(vec![second]), By::default()).unwrap();
    assert!(client.doctor().unwrap().findings.is_empty());
}

#[test]
fn a_folder_that_is_read_only_or_somebody_elses_is_refused_by_name() {
    let hub = Hub::new();
    if let Some(disk) = SmallDisk::new(4096) {
        let data = disk.0.join("data");
        drop(hub.phone(&data, &volunteer()));
        assert!(run("mount", &["-o", "remount,ro"], &disk.0));
        let refused = open(&data).err().expect("nothing can be written here");
        assert!(["read_only", "not_writable"].contains(&refused.code()), "{refused}");
        assert!(!refused.zh().is_empty() && refused.en().contains("Allow writing"));
        assert!(run("mount", &["-o", "remount,rw"], &disk.0));
        assert!(open(&data).is_ok());
    }
    let folder = tempfile::tempdir().unwrap();
    let foreign = folder.path().join("phone.db");
    let other = redvest_sqlite::rusqlite::Connection::open(&foreign).unwrap();
    other.execute_batch("PRAGMA application_id = 77; CREATE TABLE other (a)").unwrap();
    drop(other);
    let before = fs::read(&foreign).unwrap();
    let refused = open(folder.path()).err().expect("it is another program's");
    assert_eq!(refused.code(), "foreign_file");
    assert!(refused.zh().contains("其他程序") && refused.en().contains("Choose another folder"));
    assert_eq!(fs::read(&foreign).unwrap(), before);
}

#[test]
fn copies_that_cannot_be_made_now_keep_nobody_from_opening_the_phone() {
    let (folder, hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let data = folder.path().join("data");
    let (client, _) = hub.phone(&data, &volunteer());
    let photo = client.import_photo(&camera(folder.path(), 320, 1)).unwrap();
    drop(client);
    // As after a kill between the original's row and its copies, on a disk that lost the original since.
    let db = redvest_sqlite::rusqlite::Connection::open(data.join("phone.db")).unwrap();
    assert_eq!(db.execute("UPDATE photo SET copied = 0", []).unwrap(), 1);
    drop(db);
    fs::rename(&photo.original, folder.path().join("lost")).unwrap();
    let (client, _) = hub.phone(&data, &volunteer());
    let findings = client.doctor().unwrap().findings;
    assert_eq!(findings.iter().map(|one| one.code.as_str()).collect::<Vec<_>>(), ["photo_missing"]);
    drop(client);
    fs::rename(folder.path().join("lost"), &photo.original).unwrap();
    let (client, _) = hub.phone(&data, &volunteer());
    assert!(client.unbound_photos().unwrap()[0].review.as_ref().unwrap().exists());
}

const FOLDER: &str = "REDVEST_CLIENT_FAILING_IN";

/// Imports and reports a few times, and says what was acknowledged and what failed. Never panics.
fn work(folder: &Path) {
    let client = match open(&folder.join("data")) {
        Ok(client) => client,
        Err(error) => return println!("\nfailed {}", error.code()),
    };
    for seed in 0..3 {
        let path = folder.join(format!("camera-{seed}.jpg"));
        let imported = client.import_photo(&path).map(|photo| photo.hash);
        let reported = imported.and_then(|photo| {
            println!("\nimported {}", photo.to_hex());
            client.report(litter(vec![photo]), By::saying("话"))
        });
        match reported {
            Ok(done) => println!("\nreported {}", done.events[0]),
            Err(error) => println!("\nfailed {}", error.code()),
        }
    }
}

/// Runs the work while the `number`th of these system calls fails; gives its words, or nothing if there was no such call.
fn failing(folder: &Path, calls: &str, number: usize) -> Option<Vec<String>> {
    let log = folder.join("strace.log");
    let output = Command::new("strace")
        .args(["-f", "-qq", "-o"])
        .arg(&log)
        .args(["-e", &format!("trace={calls}"), "-e", &format!("inject={calls}:error=EIO:when={number}")])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "disk::what_was_acknowledged_survives_every_failing_call", "--nocapture"])
        .env(FOLDER, folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{calls} {number}: {}", String::from_utf8_lossy(&output.stderr));
    let words = String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
    fs::read_to_string(&log).unwrap().contains("INJECTED").then_some(words)
}

#[test]
fn what_was_acknowledged_survives_every_failing_call() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return work(folder.as_ref());
    }
    // A container may hold the program and forbid what it does.
    let probe = Command::new("strace").args(["-f", "-qq", "-o", "/dev/null", "true"]).output();
    if !probe.is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: strace is not there or may not trace, so no system call can be made to fail");
        return;
    }
    let (whole, hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, _) = hub.phone(&whole.path().join("data"), &volunteer());
    hub.pull(&client, &volunteer());
    drop(client);
    // Syncs and renames all one by one; of the many writes of the database every twelfth.
    for (calls, step) in [("fsync,fdatasync", 1), ("rename", 1), ("pwrite64", 12)] {
        let (mut failures, mut silent) = (0, 0);
        for number in (1..).step_by(step) {
            let folder = tempfile::tempdir().unwrap();
            assert!(run("cp", &["-r", &whole.path().join("data").display().to_string()], folder.path()));
            (0..3).for_each(|seed| drop(camera(folder.path(), 64, seed)));
            let Some(words) = failing(folder.path(), calls, number) else { break };
            let said = |what: &str| words.iter().filter_map(|line| line.strip_prefix(what)).collect::<Vec<_>>();
            let failed = said("failed ");
            // An index of the log that cannot grow counts as a full disk.
            let is_named = |code: &&str| matches!(*code, "disk_failed" | "disk_full");
            assert!(failed.iter().all(is_named), "{calls} {number}: {failed:?}");
            failures += failed.len();
            silent += usize::from(failed.is_empty());
            let (client, _) = hub.phone(&folder.path().join("data"), &volunteer());
            let findings = client.doctor().unwrap().findings;
            assert!(findings.is_empty(), "{calls} {number}: {findings:?}");
            for photo in said("imported ") {
                let path = client.store().photo_path(photo.parse::<Hash>().unwrap()).unwrap().unwrap();
                assert_eq!(Hash::of(&[&fs::read(path).unwrap()]).to_hex(), photo, "{calls} {number}");
            }
            let written: BTreeSet<String> = client.log().unwrap().iter().map(|row| row.event.to_string()).collect();
            assert!(said("reported ").iter().all(|event| written.contains(*event)), "{calls} {number}");
            // And it goes on.
            let photo = import(&client, folder.path(), 9);
            client.report(litter(vec![photo]), By::default()).unwrap();
        }
        assert!(failures > 3, "{calls}: the faults were not felt");
        // Moving the log into the database at the end may fail: it is tried again, and nothing was acknowledged by it.
        // SQLite itself passes over a failed sync of the folder of a new log. Nothing else may pass for success.
        assert!(silent <= if calls == "rename" { 0 } else { 5 }, "{calls}: {silent} faults were passed over");
    }
}
