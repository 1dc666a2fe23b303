//! Category, place, successors, and the keys that a ticket is held under.

use std::collections::BTreeSet;

use crate::key::Key;
use crate::misfit::Misfit;
use crate::terms::Terms;
use crate::testing::bodies::*;
use crate::testing::*;
use crate::ticket::{Mark, Stage};

fn keys(texts: &[&str]) -> BTreeSet<Key> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[test]
fn a_ticket_is_held_under_reporter_paths_holders_and_workspace() {
    let reporter = format!("member:{}", volunteer().member);
    let held = ["workspace", &reporter, "grid:d", "grid:s", "grid:c", "grid:g", "agency:wy"];
    assert_eq!(Story::begin(terms()).ticket().keys(), keys(&held));
}

#[test]
fn a_lead_that_returned_or_lost_a_ticket_holds_it_no_more() {
    let mut story = Story::begin(Terms { cooperating: vec![], ..terms() });
    story.tell(&manager(), dispatched(agency_holder("cg")));
    let cg = Key::from(&agency_holder("cg"));
    assert!(story.ticket().keys().contains(&cg));
    story.tell(&handler(), returned());
    assert!(!story.ticket().keys().contains(&cg));
    story.tell(&office(), dispatched(agency_holder("cg")));
    story.tell(&office(), dispatched(grid_holder("g")));
    assert!(!story.ticket().keys().contains(&cg));
}

#[test]
fn a_supervisor_who_dispatched_keeps_the_ticket() {
    let mut story = Story::begin(terms_without_handler());
    story.tell(&supervisor(), dispatched(agency_holder("cg")));
    assert_eq!(story.ticket().waits_at, Some(Key::Grid(grid("s"))));
    let elsewhere = ["d", "s2", "g2"].map(grid).to_vec();
    story.tell_with(&office(), relocated(), |stamp| stamp.pin_path = Some(elsewhere));
    assert!(story.ticket().keys().contains(&Key::Grid(grid("s"))));
}

#[test]
fn another_category_changes_terms_and_leaves_the_lead() {
    let mut story = Story::begin(terms());
    let new = Terms { handler: Some(agency_holder("cg")), reopen_days: 3, ..terms() };
    let change = story.tell_with(&manager(), recategorised(), |stamp| stamp.terms = Some(new.clone()));
    let ticket = story.ticket();
    assert_eq!((ticket.category.as_str(), ticket.terms, ticket.lead), ("stall", new, Some(grid_holder("g"))));
    assert_eq!((ticket.stage, ticket.moved.event), (Stage::Dispatched, change));
}

#[test]
fn another_place_changes_pin_path_and_dispatchers() {
    let mut story = Story::begin(terms());
    let elsewhere = ["d", "s", "c2", "g2"].map(grid).to_vec();
    story.tell_with(&manager(), relocated(), |stamp| stamp.pin_path = Some(elsewhere.clone()));
    let ticket = story.ticket();
    assert_eq!((ticket.pin_path, ticket.picked, ticket.lead), (elsewhere, Some(grid("g2")), Some(grid_holder("g"))));
    assert_ne!(ticket.pin, Some(PIN));
    // The manager of the community that it left dispatches it no more; what moved it came first.
    story.tell(&manager(), dispatched(agency_holder("cg")));
    let anomaly = story.ticket().anomalies[0];
    assert_eq!((anomaly.misfit, anomaly.winner.event), (Misfit::NotDispatcher, event_id(2)));
}

#[test]
fn a_place_outside_every_grid_is_marked() {
    let mut story = Story::begin(terms());
    let moved = story.tell_with(&manager(), relocated(), |stamp| stamp.pin_path = Some(vec![]));
    assert_eq!(story.ticket().marks, [(Mark::OutsideGrids, moved)]);
    story.tell(&office(), dispatched(agency_holder("cg")));
    assert_eq!(story.misfit(), None);
}

#[test]
fn a_successor_takes_over_lead_clocks_paths_and_waiting_place() {
    let mut story = Story::begin(terms());
    story.tell(&manager(), dispatched(grid_holder("g")));
    let new_path = ["d", "s", "c", "n"].map(grid).to_vec();
    story.tell_with(&hub(), rehomed(grid_holder("g"), grid_holder("n")), |stamp| {
        stamp.pin_path = Some(new_path.clone());
        stamp.lead_path = Some(new_path.clone());
    });
    let ticket = story.ticket();
    assert_eq!((&ticket.pin_path, &ticket.lead_path, &ticket.lead), (&new_path, &new_path, &Some(grid_holder("n"))));
    assert!(ticket.clocks.started().all(|(_, clock)| clock.holder != Some(grid_holder("g"))));
    assert!(!ticket.keys().contains(&Key::Grid(grid("g"))));
    story.tell(&grid_member(), accepted());
    let anomaly = story.ticket().anomalies[0];
    assert_eq!((anomaly.misfit, anomaly.winner.event), (Misfit::NotTheHolder, event_id(3)));
    story.tell_with(&hub(), rehomed(grid_holder("c"), grid_holder("k")), |_| {});
    story.tell_with(&hub(), rehomed(agency_holder("wy"), agency_holder("w2")), |_| {});
    let ticket = story.ticket();
    assert_eq!((ticket.waits_at, ticket.cooperating), (Some(Key::Grid(grid("k"))), vec![agency_holder("w2")]));
}

#[test]
fn the_same_lead_is_known_again_after_it_was_replaced() {
    let mut story = Story::begin(terms());
    story.tell(&grid_member(), returned());
    story.tell(&hub(), rehomed(grid_holder("g"), grid_holder("n")));
    story.tell(&manager(), dispatched(grid_holder("n")));
    let rectify = story.ticket().clocks.rectify.unwrap();
    assert_eq!((rectify.start, rectify.is_running()), (MONDAY, true));
}
