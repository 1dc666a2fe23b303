//! A durable report, from request to disk (decide, seal, sign, outbox, photos), against writing and syncing 12 KiB to a
//! file of the same disk in the same run. The two take turns, so that a busy disk slows both; the ratio is what counts.
//! With each report goes the first screen behind it, which draws the lists that the report put off.
//!
//! Nobody reports twice in half a second, after which the log is moved into the database; here that is done between the
//! reports, untimed, as often as they fill a quarter of the log.
//!
//! `cargo bench -p redvest-client --bench commit [-- ROUNDS]`

#![allow(clippy::disallowed_methods, reason = "a bench reads the clock")]

#[path = "../tests/world/mod.rs"]
mod world;

use std::error::Error;
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::time::{Duration, Instant};

use redvest_client::commands::{By, Report};
use redvest_client::queries::Mine;
use redvest_photo::sample::{Scene, jpeg};
use world::{Hub, PIN, code, fix, volunteer};

fn main() -> Result<(), Box<dyn Error>> {
    let rounds = std::env::args().filter_map(|argument| argument.parse::<u64>().ok()).next().unwrap_or(2000);
    let folder = tempfile::tempdir_in(std::env::current_dir()?)?;
    let hub = Hub::new();
    let (client, env) = hub.phone(&folder.path().join("data"), &volunteer());
    hub.pull(&client, &volunteer());
    let camera = folder.path().join("camera.jpg");
    let mut overwritten = File::create(folder.path().join("overwritten"))?;
    overwritten.write_all(&vec![7; 4 << 20])?;
    overwritten.sync_all()?;
    let block = vec![7_u8; 12 << 10];
    let (mut commits, mut floors, mut screens) = (Vec::new(), Vec::new(), Vec::new());
    let database = client.store().database();
    let (mut pages, mut counted) = (0, 0);
    for round in 0..rounds {
        env.pass(1000);
        std::fs::write(&camera, jpeg(&Scene { width: 64, height: 48, ..Scene::new(round) }))?;
        let photo = client.import_photo(&camera)?.hash;
        let report = Report {
            pin: Some(PIN),
            fix: Some(fix()),
            grid: Some(code("g")),
            photos: vec![photo],
            place: Some("北门对面".to_owned()),
            ..Report::new(code("M06010"))
        };
        let before = database.wal()?;
        let start = Instant::now();
        client.report(report, By::saying("垃圾桶旁堆了很多纸箱，已经好几天没人清理"))?;
        commits.push(start.elapsed());
        let after = database.wal()?;
        // A log that began anew says nothing about one report.
        if let Some(more) = after.pages.checked_sub(before.pages) {
            pages += more;
            counted += 1;
        }
        let start = Instant::now();
        overwritten.seek(SeekFrom::Start(round % 340 * (12 << 10)))?;
        overwritten.write_all(&block)?;
        overwritten.sync_data()?;
        floors.push(start.elapsed());
        let start = Instant::now();
        client.mine(Mine::Reported, None)?;
        screens.push(start.elapsed());
        if after.pages > 256 {
            database.checkpoint()?;
        }
    }
    let [commits, floors, screens] = [commits, floors, screens].map(sorted);
    println!("{rounds} rounds, ms                    p50      p99    p99.9");
    for (name, times) in
        [("durable report", &commits), ("12 KiB write + fdatasync", &floors), ("first list behind it", &screens)]
    {
        println!("{name:28} {:8.3} {:8.3} {:8.3}", times[0], times[1], times[2]);
    }
    let ratios = [0, 1, 2].map(|at| commits[at] / floors[at]);
    println!("report / floor: p50 {:.2}, p99 {:.2}, p99.9 {:.2}", ratios[0], ratios[1], ratios[2]);
    println!("pages of 4 KiB that a report writes: {:.1}", pages as f64 / f64::from(counted.max(1)));
    Ok(())
}

fn sorted(mut times: Vec<Duration>) -> [f64; 3] {
    times.sort_unstable();
    [0.5, 0.99, 0.999].map(|share| {
        let at = (times.len() as f64 * share) as usize;
        times[at.min(times.len() - 1)].as_secs_f64() * 1000.0
    })
}
