//! Push and pull of 1,000 tickets with 4,000 events between real phones and the program `redvest`, over HTTP on loopback.
//!
//! A grid member's phone has reported, accepted, commented on and rectified 1,000 tickets without a network: 4,000 commits,
//! each signed. It pushes them, and a supervisor's new phone pulls them. In turn the floor does the same with the same
//! commits (`floor/mod.rs`): the same signatures verified, the same bytes sent and kept durably on both sides, nothing
//! understood. Both hubs get folders that never saw these events.
//!
//! `cargo build --release -p redvest-cli && cargo bench --profile release -p redvest-tests --bench sync [-- ROUNDS [TICKETS]]`

#![allow(clippy::disallowed_methods, reason = "a bench reads the clock")]

mod floor;
mod process;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use ed25519_dalek::SigningKey;
use process::{Fault, median};
use redvest_client::commands::{Rectify, Report};
use redvest_client::sync::{SessionOptions, Summary};
use redvest_client::vault::{FileVault, Vault};
use redvest_domain::envelope::Commit;
use redvest_domain::event::Outcome;
use redvest_domain::wire::MAX_PUSH;
use redvest_tests::Device;
use redvest_tests::device::{LITTER, fix, saying};
use redvest_tests::district::middle_of;
use redvest_tests::world::copy_folder;
use redvest_transport::Drive;

/// Events of a ticket.
const EVENTS: usize = 4;

fn main() -> Result<(), Fault> {
    let mut numbers = std::env::args().filter_map(|argument| argument.parse::<usize>().ok());
    let (rounds, tickets) = (numbers.next().unwrap_or(5), numbers.next().unwrap_or(1000));
    let folder = tempfile::tempdir_in(std::env::current_dir()?)?;
    let start = folder.path().join("start");
    let listen = prepare(&start, tickets)?;
    let (commits, key) = written(&start.join("wang"))?;
    println!("{tickets} tickets, {} events; load {}", tickets * EVENTS, process::load());

    let (mut ours, mut floors, mut memory) = (Vec::new(), Vec::new(), 0.0_f64);
    for round in 0..rounds {
        let place = folder.path().join(format!("round-{round}"));
        copy_folder(&start, &place);
        let (hub, _) = process::serve(&place.join("hub"), listen)?;
        let wang = process::open(place.join("wang"), 10 + round as u64);
        let (summary, push, _) = phases(&wang)?;
        assert_eq!(summary.accepted as usize, tickets * EVENTS, "{:?}", summary.failure);
        let zhou = process::open(place.join("zhou"), 1000 + round as u64);
        let (summary, _, pull) = phases(&zhou)?;
        assert_eq!((summary.changed as usize, summary.differing), (tickets, 0), "{:?}", summary.failure);
        memory = memory.max(hub.peak_mb());
        drop(hub);
        let floor = (floor::push(&place, &commits, MAX_PUSH, &key)?, floor::pull(&place, tickets * EVENTS)?);
        println!("push {push:.3} s, floor {:.3} s; pull {pull:.3} s, floor {:.3} s", floor.0, floor.1);
        ours.push((push, pull));
        floors.push(floor);
        std::fs::remove_dir_all(place)?;
    }
    let ratios = |of: fn(&(f64, f64)) -> f64| {
        let pairs: Vec<f64> = ours.iter().zip(&floors).map(|(own, floor)| of(own) / of(floor)).collect();
        median(&pairs)
    };
    println!("push / floor {:.2}, pull / floor {:.2} (medians of {rounds} pairs)", ratios(|t| t.0), ratios(|t| t.1));
    println!("the hub's RssAnon at most {memory:.1} MB; load {}", process::load());
    Ok(())
}

/// A founded hub, the phone of somebody who wrote everything offline, and an empty one. Gives where the hub listened.
fn prepare(start: &Path, tickets: usize) -> Result<SocketAddr, Fault> {
    let codes = process::found(&start.join("hub"), &["wang", "zhou"])?;
    let (hub, listen) = process::serve(&start.join("hub"), SocketAddr::from(([127, 0, 0, 1], 0)))?;
    let wang = process::enrol(start.join("wang"), 1, listen, &codes[0])?;
    process::enrol(start.join("zhou"), 2, listen, &codes[1])?.close();
    drop(hub);
    for _ in 0..tickets {
        wang.env.pass(1);
        write_ticket(&wang)?;
    }
    wang.close();
    Ok(listen)
}

fn write_ticket(phone: &Device) -> Result<(), Fault> {
    let pin = middle_of("WG01");
    let category = LITTER.parse().map_err(|_| "a category code")?;
    let report = Report { pin: Some(pin), fix: Some(fix(pin)), photos: vec![phone.photo()], ..Report::new(category) };
    let client = phone.client();
    let ticket = client.report(report, saying("垃圾桶旁堆了很多纸箱，已经好几天没人清理"))?.ticket;
    client.accept(ticket, saying("马上去"))?;
    client.comment(ticket, saying("已联系保洁，下午一起清运"))?;
    let done = Rectify {
        outcome: Outcome::Rectified,
        photos: vec![phone.photo()],
        fix: Some(fix(pin)),
        gate_reason: None,
        draft: None,
    };
    client.rectify(ticket, done, saying("已整改"))?;
    Ok(())
}

/// The commits of a phone, and the key that verifies them.
fn written(folder: &Path) -> Result<(Vec<Commit>, [u8; 32]), Fault> {
    let phone = process::open(folder.to_owned(), 3);
    let commits = phone.client().store().outbox_batch(usize::MAX, usize::MAX)?;
    phone.close();
    let secrets = FileVault::new(folder.join("secrets")).load()?.ok_or("an enrolled phone has a key")?;
    let held = secrets.current.ok_or("an enrolled phone has a key")?;
    Ok((commits, SigningKey::from_bytes(&held.key).verifying_key().to_bytes()))
}

/// One sync, with the seconds that its push and its pull took.
fn phases(phone: &Device) -> Result<(Summary, f64, f64), Fault> {
    let (client, stop) = (phone.client(), AtomicBool::new(false));
    let start = Instant::now();
    let (mut push, mut pull, mut before) = (0.0, 0.0, (0, 0));
    let drive = Drive { client: &client, options: SessionOptions::default(), stop: &stop };
    let summary = drive
        .run(&mut |_, done| {
            // Each phase ends with the last answer that was taken in it.
            if done.accepted > before.0 {
                push = start.elapsed().as_secs_f64();
            }
            if done.pages > before.1 {
                pull = start.elapsed().as_secs_f64();
            }
            before = (done.accepted, done.pages);
        })
        .map_err(|error| format!("{error:?}"))?;
    Ok((summary, push, pull - push))
}
