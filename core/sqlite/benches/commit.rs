//! The durable commit of a row of about 1 KB, against writing and syncing 12 KiB to a file of the same disk in the same
//! run. The two take turns, so that a busy disk slows both; the ratio is what counts.
//!
//! `cargo bench -p redvest-sqlite --bench commit [-- ROUNDS]`

#![allow(clippy::disallowed_methods, reason = "a bench reads the clock")]

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::time::Instant;

use redvest_sqlite::rusqlite::params;
use redvest_sqlite::{Db, Error, Options, Schema};

const SCHEMA: Schema = Schema {
    name: "bench",
    application_id: 0x4245_4e43,
    migrations: &[
        "CREATE TABLE event (number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, body BLOB NOT NULL) STRICT",
    ],
};

fn main() -> Result<(), Error> {
    let rounds = std::env::args().filter_map(|argument| argument.parse::<u64>().ok()).next().unwrap_or(5000);
    let folder = tempfile::tempdir_in(std::env::current_dir()?)?;
    let db = Db::open(&folder.path().join("bench.db"), &SCHEMA, &Options::default())?;
    let mut overwritten = File::create(folder.path().join("overwritten"))?;
    let mut appended = File::create(folder.path().join("appended"))?;
    overwritten.write_all(&vec![7; 4 << 20])?;
    overwritten.sync_all()?;
    let (block, body) = (vec![7_u8; 12 << 10], vec![7_u8; 1000]);
    let (mut commits, mut overwrites, mut appends) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..rounds {
        // Spread like the ids of events from many devices.
        let id = round.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes().repeat(2);
        let start = Instant::now();
        db.write(|tx| {
            tx.prepare_cached("INSERT INTO event (id, body) VALUES (?1, ?2)")?.execute(params![id, body])?;
            Ok::<_, Error>(())
        })?;
        commits.push(start.elapsed());
        let start = Instant::now();
        overwritten.seek(SeekFrom::Start(round % 340 * (12 << 10)))?;
        overwritten.write_all(&block)?;
        overwritten.sync_data()?;
        overwrites.push(start.elapsed());
        let start = Instant::now();
        appended.write_all(&block)?;
        appended.sync_data()?;
        appends.push(start.elapsed());
    }
    let sorted = [&mut commits, &mut overwrites, &mut appends].map(|times| {
        times.sort_unstable();
        [0.5, 0.99, 0.999, 1.0].map(|share| {
            let at = (times.len() as f64 * share) as usize;
            times[at.min(times.len() - 1)].as_secs_f64() * 1000.0
        })
    });
    println!("{rounds} rounds, ms                        p50      p99    p99.9      max");
    for (name, times) in
        ["durable commit", "12 KiB overwrite + fdatasync", "12 KiB append + fdatasync"].iter().zip(&sorted)
    {
        println!("{name:32} {:8.3} {:8.3} {:8.3} {:8.3}", times[0], times[1], times[2], times[3]);
    }
    for (name, floor) in ["overwrite", "append"].iter().zip(&sorted[1..]) {
        println!("commit / {name:9} p50 {:.2}  p99 {:.2}", sorted[0][0] / floor[0], sorted[0][1] / floor[1]);
    }
    println!("log at the end: {:?}", db.wal()?);
    Ok(())
}
