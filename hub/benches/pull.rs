//! What a pull costs behind a short and a long log: idle, with a few changes, and from the beginning.
//!
//! `cargo bench -p redvest-hub --bench pull [-- EVENTS]`: EVENTS are those of the long log, 1,000,000 by default. The
//! short one has 1,000; an idle pull must not cost more behind the long one.

#![allow(clippy::disallowed_methods, reason = "a bench reads the clock")]
#![allow(clippy::unwrap_used, reason = "a bench that fails stops")]

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use redvest_domain::cbor;
use redvest_domain::digest::term;
use redvest_domain::id::{Bytes, DeviceId, GridCode, Hash, MemberId, TicketId, WorkspaceId};
use redvest_domain::key::{Acting, Key, MemberRecord, Role};
use redvest_domain::time::Timestamp;
use redvest_domain::wire::{Page, Pull};
use redvest_hub::pull::Cursor;
use redvest_hub::store::pull::{Asker, Bounds, page};
use redvest_hub::store::{SCHEMA, digest, feed};
use redvest_sqlite::{Db, Error, Options};
use rusqlite::{Connection, params};
use uuid::Uuid;

const EVENTS_PER_TICKET: u64 = 10;
const ROUNDS: usize = 2000;
const WORKSPACE: WorkspaceId = WorkspaceId(Uuid::from_bytes([1; 16]));
const DEVICE: DeviceId = DeviceId(Uuid::from_bytes([2; 16]));

/// Somebody who pulls.
fn asker(member: u8) -> Asker {
    Asker { workspace: WORKSPACE, device: DEVICE, member: MemberId::from_bytes([member; 16]) }
}

fn grid(level: &str, number: u64) -> GridCode {
    format!("{level}{number}").parse().unwrap()
}

/// The keys of a ticket: workspace, reporter, agency, and four levels of grids with 1, 20, 100 and 400 in all.
fn keys(ticket: u64) -> BTreeSet<Key> {
    let grids =
        [("a", 1), ("b", 20), ("c", 100), ("d", 400)].map(|(level, many)| Key::Grid(grid(level, ticket % many)));
    let reporter = MemberId(Uuid::from_u128(u128::from(ticket % 5000) + 1));
    let agency = Key::Agency(format!("e{}", ticket % 30).parse().unwrap());
    grids.into_iter().chain([Key::Workspace, Key::Member(reporter), agency]).collect()
}

/// Bytes that do not repeat, as hashes and signatures do not.
fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let step = || {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        (state >> 56) as u8
    };
    std::iter::repeat_with(step).take(len).collect()
}

fn set_member(conn: &Connection, n: u64, number: u8, roles: Vec<Acting>) -> Result<(), Error> {
    let member = MemberId::from_bytes([number; 16]);
    let record = cbor::encode(&MemberRecord { member, active: true, roles, duty: Vec::new() });
    let row = params![WORKSPACE.as_bytes(), member.as_bytes(), n as i64, record];
    conn.execute("INSERT INTO member (workspace, member, n, record) VALUES (?1, ?2, ?3, ?4)", row)?;
    Ok(())
}

/// A log of so many events, each ticket's one after the other, each about 600 bytes.
fn write_log(conn: &Connection, events: u64) -> Result<(), Error> {
    let tickets = events / EVENTS_PER_TICKET;
    let head = tickets * EVENTS_PER_TICKET;
    let zero = Hash::ZERO.0;
    conn.execute(
        "INSERT INTO workspace (workspace, name, epoch, head_n, chain, hub, hub_seq, hub_hash, law, safe_n, behind,
         lasting, created)
         VALUES (?1, 'bench', 1, ?2, ?3, ?4, 0, ?3, 1, 0, 0, 0, 0)",
        params![WORKSPACE.as_bytes(), head as i64, zero, DEVICE.as_bytes()],
    )?;
    conn.execute(
        "INSERT INTO head (workspace, n, epoch, chain, at, signature) VALUES (?1, ?2, 1, ?3, 0, ?4)",
        params![WORKSPACE.as_bytes(), head as i64, zero, noise(1, 64)],
    )?;
    set_member(conn, 1, 7, vec![Acting { role: Role::Grid, key: Key::Grid(grid("d", 3)) }])?;
    let streets = (0..20).map(|number| Acting { role: Role::Supervisor, key: Key::Grid(grid("b", number)) });
    set_member(conn, 2, 8, streets.collect())?;
    set_member(conn, 3, 9, vec![Acting { role: Role::Supervisor, key: Key::Workspace }])?;
    for at in 0..tickets {
        write_ticket(conn, at)?;
    }
    Ok(())
}

fn write_ticket(conn: &Connection, at: u64) -> Result<(), Error> {
    // Ids that grow with time, as those of phones do.
    let ticket = TicketId(Uuid::from_u128(u128::from(at) << 80 | 7));
    for seq in 1..=EVENTS_PER_TICKET {
        let n = at * EVENTS_PER_TICKET + seq;
        let content = noise(n, 600);
        conn.prepare_cached(
            "INSERT INTO event (workspace, n, subject_kind, subject, seq, id, device, device_seq, kind, member, received,
             envelope, payload, private, stamp, hash, mac) VALUES (?1, ?2, 0, ?3, ?4, ?5, ?6, ?2, 1, ?6, 0, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .execute(params![
            WORKSPACE.as_bytes(),
            n as i64,
            ticket.as_bytes(),
            seq as i64,
            &content[..16],
            DEVICE.as_bytes(),
            &content[..170],
            &content[170..370],
            &content[370..430],
            &content[430..568],
            &content[..32],
            &content[568..]
        ])?;
        conn.prepare_cached(
            "INSERT INTO commit_signature (workspace, device, seq, n, signature) VALUES (?1, ?2, ?3, ?3, ?4)",
        )?
        .execute(params![WORKSPACE.as_bytes(), DEVICE.as_bytes(), n as i64, &content[..64]])?;
    }
    let (n, keys) = ((at + 1) * EVENTS_PER_TICKET, keys(at));
    feed::touch(conn, WORKSPACE, n, ticket, &BTreeSet::new(), &keys, !at.is_multiple_of(3))?;
    digest::touch(conn, WORKSPACE, None, (&keys, term(ticket, Hash([1; 32]), Hash([2; 32]))))
}

fn pull(conn: &Connection, asker: &Asker, cursor: Option<Bytes>, bytes: u32) -> Page {
    let pull = Pull { cursor, max_bytes: bytes, outcomes_after: 0, seen: None };
    page(conn, asker, &pull, Bounds::of(bytes), Timestamp(0)).unwrap()
}

/// Pulls to the end and gives pages, tickets, events, bytes and the last page.
fn pull_all(conn: &Connection, asker: &Asker) -> (usize, usize, usize, usize, Page) {
    let (mut pages, mut tickets, mut events, mut bytes, mut cursor) = (0, 0, 0, 0, None);
    loop {
        let page = pull(conn, asker, cursor, 1 << 20);
        pages += 1;
        tickets += page.tickets.len();
        events += page.tickets.iter().map(|part| part.events.len()).sum::<usize>();
        bytes += cbor::encode(&page).len();
        if !page.more {
            return (pages, tickets, events, bytes, page);
        }
        cursor = Some(page.cursor);
    }
}

/// The median duration of a pull from this cursor.
fn median(conn: &Connection, asker: &Asker, cursor: &Bytes) -> Duration {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            let _ = pull(conn, asker, Some(cursor.clone()), 1 << 20);
            start.elapsed()
        })
        .collect();
    times.sort();
    times[ROUNDS / 2]
}

fn measure(events: u64) -> Result<(), Error> {
    let folder = tempfile::tempdir_in(std::env::current_dir()?)?;
    let db = Db::open(&folder.path().join("hub.db"), &SCHEMA, &Options::default())?;
    let start = Instant::now();
    db.write(|tx| write_log(tx, events))?;
    println!("{events} events (written in {:.1} s)", start.elapsed().as_secs_f64());
    for (name, member) in [("grid member, 3 keys", 7), ("supervisor of 20 streets", 8), ("whole workspace", 9)] {
        db.read(|conn| {
            let asker = asker(member);
            let start = Instant::now();
            let (pages, tickets, events, bytes, last) = pull_all(conn, &asker);
            let seconds = start.elapsed().as_secs_f64();
            let megabytes = bytes as f64 / 1e6;
            let idle = median(conn, &asker, &last.cursor);
            // Ten tickets back, as far as somebody is behind who was away for a minute.
            let before = last.head.n - 10 * EVENTS_PER_TICKET;
            let mut behind = Cursor::from_bytes(&last.cursor, WORKSPACE, asker.member).unwrap();
            (behind.low, behind.pos) = (before, before);
            let behind = median(conn, &asker, &Bytes(behind.to_bytes()));
            println!(
                "  {name}: idle {:.1} us, 100 events behind {:.1} us; from the beginning {pages} pages, {tickets} tickets, \
                 {events} events, {megabytes:.1} MB in {seconds:.3} s: {:.0} events/s, {:.0} MB/s",
                idle.as_secs_f64() * 1e6,
                behind.as_secs_f64() * 1e6,
                events as f64 / seconds,
                megabytes / seconds
            );
            Ok::<_, Error>(())
        })?;
    }
    Ok(())
}

fn main() -> Result<(), Error> {
    let events = std::env::args().filter_map(|argument| argument.parse::<u64>().ok()).next().unwrap_or(1_000_000);
    measure(1000)?;
    measure(events)
}
