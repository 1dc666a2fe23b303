//! docs/protocol.md says what is true: its sample client works, and is quoted to the letter.

use std::cell::Cell;

use redvest_domain::id::Hash;
use redvest_domain::wire::Fate;
use redvest_tests::World;

use crate::another_client::report_and_pull;

#[test]
fn another_client_reports_and_pulls_with_what_the_page_shows() {
    let world = World::plain();
    let (secret, drawn) = (world.invitation("zhao", None).secret, Cell::new(0_u8));
    let random = || {
        drawn.set(drawn.get() + 1);
        Hash::of(&[b"another client", &[drawn.get()]]).0
    };
    let (pushed, pages) = report_and_pull(&world.address(), &secret, random).unwrap();
    let Fate::Accepted(accepted) = &pushed.outcomes[0].fate else { panic!("{pushed:?}") };
    let ticket = accepted.ticket.unwrap();
    assert!(world.log().tickets.contains_key(&ticket));
    let part = pages.iter().flat_map(|page| &page.tickets).find(|part| part.ticket == ticket).unwrap();
    assert!(part.whole && part.events.len() == 1);
    // A code works once.
    assert!(report_and_pull(&world.address(), &secret, || [7; 32]).unwrap_err().to_string().contains("410"));
}

#[test]
fn the_page_quotes_the_client_that_was_run() {
    let page = include_str!("../../../docs/protocol.md");
    let (_, client) = include_str!("another_client.rs").split_once("\n\n").unwrap();
    let (_, quoted) = page.split_once("```rust\n").expect("the page has a sample");
    assert_eq!(quoted.split_once("```").unwrap().0, client);
}
