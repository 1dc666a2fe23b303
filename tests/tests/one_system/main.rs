//! One system: devices written in three languages work on the same tickets through one real hub, over a line on which
//! connections are cut, reset and delayed, and each ends with the digest that the hub computes for it.
//!
//! `REDVEST_DEVICE_KOTLIN` and `REDVEST_DEVICE_SWIFT` are the command lines of the devices' programs (see `desk`), set by
//! the gates that build them. Where one is not set the command line plays its part, so that the story is always told.
#![allow(clippy::unwrap_used, reason = "the whole crate is tests, its helpers included")]

mod desk;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use desk::{Answer, Desk, text};
use redvest_photo::sample::{Scene, jpeg};
use serde_json::Value;

/// The real hub behind its line.
struct World {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    people: Value,
}

impl World {
    fn start(folder: &Path) -> World {
        let mut child = Command::new(env!("CARGO_BIN_EXE_redvest-world"))
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
        let greeting: Value = serde_json::from_str(&output.next().unwrap().unwrap()).unwrap();
        World { child, input, output, people: greeting["people"].clone() }
    }

    fn tell(&mut self, command: &str) -> Value {
        writeln!(self.input, "{command}").unwrap();
        let answer: Value = serde_json::from_str(&self.output.next().unwrap().unwrap()).unwrap();
        assert!(answer["error"].is_null(), "{command}: {answer}");
        answer
    }

    fn digests(&mut self, tag: &str) -> BTreeMap<String, String> {
        serde_json::from_value(self.tell(&format!("digest {tag}"))["digests"].clone()).unwrap()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The command line beside the hub's program.
fn redvest() -> PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_redvest-world")).with_file_name("redvest");
    assert!(program.exists(), "build the program first: cargo build --release -p redvest-cli");
    program
}

/// A device of somebody: in the language that the variable names, else the command line.
fn device(world: &World, folder: &Path, tag: &str, variable: &str) -> Desk {
    let data = folder.join(tag);
    let mut desk = match std::env::var(variable) {
        Ok(command) => Desk::program(&command, &data),
        Err(_) => {
            println!("{variable} is not set: the command line plays {tag}");
            Desk::cli(&redvest(), &data)
        }
    };
    desk.ask(&["enrol", world.people[tag]["code"].as_str().unwrap(), tag]).unwrap();
    desk
}

fn photo(folder: &Path, scene: &Scene) -> String {
    let path = folder.join(format!("{}-{}.jpg", scene.seed, scene.after));
    std::fs::write(&path, jpeg(scene)).unwrap();
    text(&path)
}

/// The same place when the litter has been cleared away.
fn cleared(seed: u64) -> Scene {
    Scene { after: true, ..Scene::new(seed) }
}

fn all(answer: &Answer, name: &str) -> Vec<String> {
    let values = answer.as_ref().unwrap().iter();
    values.filter(|(known, _)| known == name).map(|(_, value)| value.clone()).collect()
}

/// Syncs everybody until nobody moved anything and nothing failed.
fn settle(desks: &mut [&mut Desk]) {
    for _ in 0..200 {
        let mut quiet = true;
        for desk in desks.iter_mut() {
            let answer = desk.ask(&["sync"]);
            quiet &= all(&answer, "moved") == ["0"] && all(&answer, "failure").is_empty();
        }
        if quiet {
            return;
        }
    }
    panic!("the devices do not come to rest");
}

/// Words that break what is careless: emoji with joiners, right to left, combining marks, quotes, line ends, ten KB, and
/// a NUL if the device can be told one: no argument of a program can have it.
fn hurting(device: &Desk) -> Vec<String> {
    let mut all: Vec<String> =
        ["👩‍👩‍👧‍👦🏳️‍🌈🇨🇳", "مرحبا \u{202e}abc\u{202c}", "e\u{301} ≠ é", "a=b&c%20d \"'\\ \t|\r\n二", "\u{feff}零\u{200b}宽"]
            .map(str::to_owned)
            .into();
    all.push("一二三四五六七八九十".repeat(340));
    all.push(if matches!(device, Desk::Program(_)) { "前\0后\u{1}" } else { "前后" }.to_owned());
    all
}

#[test]
fn devices_in_three_languages_end_with_the_digests_of_the_hub() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::start(&folder.path().join("hub"));
    let mut li = device(&world, folder.path(), "li", "REDVEST_DEVICE_KOTLIN");
    let mut wang = device(&world, folder.path(), "wang", "REDVEST_DEVICE_SWIFT");
    let mut sun = device(&world, folder.path(), "sun", "REDVEST_DEVICE_CLI");
    settle(&mut [&mut li, &mut wang, &mut sun]);
    world.tell("fault storm 11 30");

    // Everybody works on tickets of the volunteer's while the line is bad.
    let said = hurting(&li);
    let tickets: Vec<String> = said
        .iter()
        .zip(1..)
        .map(|(words, seed)| {
            let answer = li.ask(&["report", "M06010", "WG01", words, &photo(folder.path(), &Scene::new(seed))]);
            all(&answer, "ticket").pop().unwrap()
        })
        .collect();
    settle(&mut [&mut li, &mut wang, &mut sun]);
    for (ticket, seed) in tickets.iter().zip(1..) {
        wang.ask(&["accept", ticket]).unwrap();
        li.ask(&["comment", ticket, "已拍照"]).unwrap();
        wang.ask(&["rectify", ticket, "已清理", &photo(folder.path(), &cleared(seed))]).unwrap();
    }
    settle(&mut [&mut li, &mut wang, &mut sun]);
    for ticket in &tickets[1..] {
        sun.ask(&["pass", ticket]).unwrap();
    }

    // Two who act at once: the hub's order decides, and the second is told.
    sun.ask(&["pass", &tickets[0]]).unwrap();
    wang.ask(&["rectify", &tickets[0], "再次清理", &photo(folder.path(), &cleared(99))]).unwrap();
    settle(&mut [&mut sun]);
    settle(&mut [&mut sun, &mut wang, &mut li]);
    world.tell("fault none");
    settle(&mut [&mut li, &mut wang, &mut sun]);

    for (ticket, words) in tickets.iter().zip(&said) {
        for desk in [&mut li, &mut wang, &mut sun] {
            let shown = desk.ask(&["show", ticket]);
            assert_eq!(all(&shown, "stage"), ["closed"]);
            // Spaces around what somebody says are not kept.
            assert_eq!(all(&shown, "words")[0], words.trim());
        }
    }
    for desk in [&mut li, &mut wang, &mut sun] {
        assert_eq!(all(&desk.ask(&["show", &tickets[0]]), "late"), ["already_closed"]);
    }
    for (tag, desk) in [("li", &mut li), ("wang", &mut wang), ("sun", &mut sun)] {
        let held = desk.ask(&["digest"]);
        let held: BTreeMap<String, String> = all(&held, "key").into_iter().zip(all(&held, "digest")).collect();
        let nothing = "0".repeat(64);
        let at_hub = world.digests(tag);
        assert!(at_hub.values().any(|digest| *digest != nothing), "{tag} holds tickets");
        for (key, digest) in at_hub {
            assert_eq!(held.get(&key).unwrap_or(&nothing), &digest, "{tag} of {key}");
        }
    }
}

/// Two photos of 2,000 x 1,500 pixels have some hundred KB each; the events before them take less than the line lets
/// through, so that it stands still in the bytes of a photo.
#[test]
fn a_token_revoked_amid_the_bytes_of_a_photo_ends_the_sync_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::start(&folder.path().join("hub"));
    let devices = [("li", "REDVEST_DEVICE_KOTLIN"), ("wang", "REDVEST_DEVICE_SWIFT"), ("zhao", "REDVEST_DEVICE_CLI")];
    for ((tag, variable), first) in devices.into_iter().zip([1, 3, 5]) {
        let mut desk = device(&world, folder.path(), tag, variable);
        settle(&mut [&mut desk]);
        let large = |seed| photo(folder.path(), &Scene { width: 2000, height: 1500, ..Scene::new(seed) });
        let photos = [first, first + 1].map(large);
        let reported = desk.ask(&["report", "M06010", "WG01", "两堆", &photos[0], &photos[1]]);
        let ticket = all(&reported, "ticket").pop().unwrap();
        world.tell("hold 100000");
        let synced = std::thread::scope(|scope| {
            let syncing = scope.spawn(|| desk.ask(&["sync"]));
            world.tell("held");
            world.tell(&format!("revoke {tag}"));
            world.tell("release");
            syncing.join().unwrap()
        });
        assert_eq!(all(&synced, "failure"), ["device_revoked"], "{tag}");
        // Who was locked out still has everything, may write, and is told the same each time.
        desk.ask(&["comment", &ticket, "还有一处"]).unwrap();
        assert_eq!(all(&desk.ask(&["sync"]), "failure"), ["device_revoked"], "{tag}");
        assert_eq!(all(&desk.ask(&["show", &ticket]), "words"), ["两堆", "还有一处"], "{tag}");
    }
}
