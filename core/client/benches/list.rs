//! Screens over a store of 100,000 tickets: the list of work, the first screen, search, what is near and one ticket.
//! The list is measured against the bare SQL that reads the same 50 rows.
//!
//! `cargo bench -p redvest-client --bench list [-- TICKETS] [FOLDER/]`; in a folder that is named the store stays, for the
//! same measurement through Kotlin.

#![allow(clippy::disallowed_methods, reason = "a bench reads the clock")]

#[path = "../tests/world/mod.rs"]
mod world;

use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use redvest_client::Client;
use redvest_client::queries::Cursor;
use redvest_client::store::Work;
use redvest_domain::event::{Accepted, Body};
use redvest_domain::id::TicketId;
use redvest_domain::place::Position;
use redvest_domain::wire::Page;
use redvest_sqlite::Error as StoreError;
use redvest_sqlite::rusqlite::params;
use world::{Hub, PIN, Person, code, grid_member, reported, volunteer};

/// Tickets of one page of the feed.
const PAGE: usize = 500;
const WORDS: [&str; 5] =
    ["菜场后门堆了很多烂菜叶", "垃圾桶旁堆放纸箱", "绿化带里有白色垃圾", "人行道上乱扔烟头", "小区门口积水发臭"];

fn main() -> Result<(), Box<dyn Error>> {
    let tickets = std::env::args().filter_map(|argument| argument.parse::<usize>().ok()).next().unwrap_or(100_000);
    let folder = tempfile::tempdir_in(std::env::current_dir()?)?;
    let mut hub = Hub::new();
    let record = grid_member();
    let kept = std::env::args().skip(1).find(|argument| argument.ends_with('/')).map(PathBuf::from);
    let (client, _) = hub.phone(&kept.unwrap_or_else(|| folder.path().join("data")), &record);
    let start = Instant::now();
    fill(&mut hub, &client, tickets);
    client.store().database().checkpoint()?;
    println!("{tickets} tickets applied in {:.1} s", start.elapsed().as_secs_f64());

    let mut cursor: Option<Cursor> = None;
    let (mut list, mut floor) = (Vec::new(), Vec::new());
    for _ in 0..2000 {
        let mut page = None;
        list.push(three(|| {
            page = Some(client.work_list(Some(Work::Rectify), cursor)?);
            Ok(())
        })?);
        floor.push(three(|| {
            assert_eq!(bare(&client, cursor)?, 50);
            Ok(())
        })?);
        let page = page.ok_or("three() runs its work")?;
        assert_eq!(page.rows.len(), 50);
        cursor = page.next;
    }
    let own = report("work list, 50 rows", &list);
    let bare = report("bare SQL of the same rows", &floor);
    println!(
        "list / bare: p50 {:.2}, p99 {:.2}, p99 of best {:.2}",
        own[0] / bare[0],
        own[1] / bare[1],
        own[2] / bare[2]
    );

    let some: Vec<TicketId> = hub.tickets.keys().step_by(tickets / 500 + 1).copied().collect();
    report("home", &time(500, |_| client.home().map(drop))?);
    report("search, two characters", &time(500, |at| client.search(["菜叶", "纸箱", "烟头"][at % 3], None).map(drop))?);
    report("near by, 1,000 m", &time(200, |at| client.nearby(spot(at * 37), 1000).map(drop))?);
    // Every ticket stands on this member's own list here, which is the worst that a phone can meet.
    report("notices, none told", &time(5, |_| client.notices().map(drop))?);
    client.all_notices_told()?;
    report("notices, all told", &time(50, |_| client.notices().map(drop))?);
    report("one ticket", &time(500, |at| client.ticket(some[at % some.len()]).map(drop))?);
    Ok(())
}

/// Spread over some kilometres.
fn spot(number: usize) -> Position {
    let number = number as i32;
    Position { lat_e7: PIN.lat_e7 + number % 977 * 900, lon_e7: PIN.lon_e7 + number % 983 * 1100 }
}

fn fill(hub: &mut Hub, client: &Client, tickets: usize) {
    let (mut v, mut g) = (Person::new(volunteer()), Person::new(grid_member()));
    let subscription = grid_member().subscription();
    for batch in 0..tickets.div_ceil(PAGE) {
        let mut parts = Vec::new();
        for number in batch * PAGE..((batch + 1) * PAGE).min(tickets) {
            hub.now = world::MONDAY.plus_ms(number as i64 * 3_000 - 200_000_000);
            let Body::Reported(mut fields) = reported(["M06010", "M07001", "M06036"][number % 3], 1) else { continue };
            fields.pin = Some(spot(number * 31));
            fields.grid = Some(code("g"));
            let words = Some(WORDS[number % WORDS.len()]);
            let (ticket, _) = hub.tell_saying(&mut v, None, vec![Body::Reported(fields)], words);
            if number % 2 == 0 {
                hub.tell(&mut g, Some(ticket), vec![Body::Accepted(Accepted {})]);
            }
            parts.push(hub.part(ticket, 0, hub.tickets[&ticket].events.len() as u32, &subscription));
        }
        hub.give(client, &Page { tickets: parts, ..hub.empty_page() });
    }
}

/// The floor: index and cards of one page, nothing decoded.
fn bare(client: &Client, after: Option<Cursor>) -> Result<usize, StoreError> {
    let text = after.map(|after| after.to_string());
    let parts = text.as_ref().and_then(|text| text.split_once(':'));
    let sort = parts.map_or(i64::MIN, |(sort, _)| sort.parse().unwrap_or(i64::MIN));
    let ticket = parts.and_then(|(_, ticket)| ticket.parse::<TicketId>().ok());
    let ticket = ticket.map_or([0; 16], |ticket| *ticket.as_bytes());
    client.store().database().read(|connection| {
        let mut query = connection.prepare_cached(
            "SELECT card FROM (SELECT ticket FROM listing WHERE audience = 'rectify:grid:g'
             AND (sort, ticket) > (?1, ?2) ORDER BY sort, ticket LIMIT 50) JOIN shown USING (ticket)",
        )?;
        let mut rows = query.query(params![sort, ticket])?;
        let mut count = 0;
        while let Some(row) = rows.next()? {
            count += usize::from(!row.get_ref(0)?.as_blob().unwrap_or_default().is_empty());
        }
        Ok(count)
    })
}

/// One query three times. The first shows what a user sees, the best what the query costs while others use the machine.
fn three(mut work: impl FnMut() -> Result<(), redvest_client::Error>) -> Result<[Duration; 3], redvest_client::Error> {
    let mut times = [Duration::ZERO; 3];
    for time in &mut times {
        let start = Instant::now();
        work()?;
        *time = start.elapsed();
    }
    Ok(times)
}

type Times = Vec<[Duration; 3]>;

fn time(
    rounds: usize,
    mut work: impl FnMut(usize) -> Result<(), redvest_client::Error>,
) -> Result<Times, redvest_client::Error> {
    (0..rounds).map(|round| three(|| work(round))).collect()
}

/// Prints p50 and p99 of the first runs and p99 of the best of each three, in ms.
fn report(name: &str, times: &Times) -> [f64; 3] {
    let first = times.iter().map(|three| three[0]).collect();
    let best = times.iter().filter_map(|three| three.iter().min().copied()).collect();
    let at = |mut times: Vec<Duration>, share: f64| {
        times.sort_unstable();
        times[(times.len() as f64 * share) as usize].as_secs_f64() * 1000.0
    };
    let first: Vec<Duration> = first;
    let shown = [at(first.clone(), 0.5), at(first, 0.99), at(best, 0.99)];
    println!("{name:28} p50 {:7.3}   p99 {:7.3}   p99 of best of 3 {:7.3} ms", shown[0], shown[1], shown[2]);
    shown
}
