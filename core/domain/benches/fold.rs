//! How fast tickets fold: `cargo bench -p redvest-domain --features testing`. The goal is a million events a second.
#![allow(clippy::disallowed_methods, reason = "a bench reads the clock of its own machine")]

use std::hint::black_box;
use std::time::Instant;

use redvest_domain::event::Payload;
use redvest_domain::fold::{Fact, fold};
use redvest_domain::id::EventId;
use redvest_domain::stamp::Stamp;
use redvest_domain::terms::{ReviewPolicy, Terms};
use redvest_domain::testing::bodies::{accepted, drawn, evidence, passed, rectified, sent_back};
use redvest_domain::testing::{Story, Told, grid_member, hub, supervisor, terms, volunteer};
use redvest_domain::ticket::Ticket;

/// Stories in a round, so that more than one ticket's memory is touched.
const STORIES: usize = 1_000;
const ROUNDS: usize = 40;

/// Eight events: reported, accepted, evidence, rectified, drawn, sent back, rectified, drawn and passed.
fn story() -> Story {
    let mut story = Story::begin(Terms { review: ReviewPolicy::Sampled(20), ..terms() });
    story.tell(&grid_member(), accepted());
    story.tell(&volunteer(), evidence(3));
    let first = story.tell(&grid_member(), rectified(1));
    story.tell(&hub(), drawn(first, true));
    story.tell(&supervisor(), sent_back(first));
    let second = story.tell(&grid_member(), rectified(2));
    story.tell(&supervisor(), passed(second));
    story
}

type Encoded = Vec<(EventId, Vec<u8>, Vec<u8>)>;

fn encode(story: &Story) -> Encoded {
    let bytes = |told: &Told| (told.id, told.payload.to_bytes(), told.stamp.to_bytes());
    story.events.iter().map(bytes).collect()
}

fn decode_and_fold(encoded: &Encoded) -> Option<Ticket> {
    let mut ticket = None;
    for (id, payload, stamp) in encoded {
        let payload = Payload::from_bytes(payload).ok()?;
        let stamp = Stamp::from_bytes(stamp).ok()?;
        redvest_domain::fold::step(&mut ticket, &Fact { id: *id, payload: &payload, stamp: &stamp });
    }
    ticket
}

/// Runs the work over all stories several times and prints the best round, which other programs disturbed least.
fn measure<T>(name: &str, unit: &str, stories: &[T], units: usize, mut work: impl FnMut(&T)) {
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        stories.iter().for_each(&mut work);
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!("{name:24} {:12.0} {unit}/s", units as f64 / best);
}

fn main() {
    let stories: Vec<Story> = (0..STORIES).map(|_| story()).collect();
    let encoded: Vec<Encoded> = stories.iter().map(encode).collect();
    let events: usize = stories.iter().map(|story| story.events.len()).sum();
    measure("fold", "events", &stories, events, |story| {
        black_box(fold(story.events.iter().map(Told::fact)));
    });
    measure("decode and fold", "events", &encoded, events, |encoded| {
        black_box(decode_and_fold(encoded));
    });
    let tickets: Vec<Ticket> = stories.iter().map(Story::ticket).collect();
    measure("state hash", "tickets", &tickets, STORIES, |ticket| {
        black_box(ticket.state_hash());
    });
    let states: Vec<Vec<u8>> = tickets.iter().map(Ticket::to_bytes).collect();
    measure("state from bytes", "tickets", &states, STORIES, |bytes| {
        black_box(Ticket::from_bytes(bytes).is_ok());
    });
    println!("a state has {} bytes", states.first().map_or(0, Vec::len));
}
