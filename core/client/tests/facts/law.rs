//! A workspace whose law is newer than this program.

use redvest_client::commands::By;
use redvest_client::queries::Mine;
use redvest_client::{Client, Error};
use redvest_domain::codes::Code;
use redvest_domain::event::{Accepted, Body};
use redvest_domain::wire::Page;

use crate::world::{Hub, Person, grid_member, reported, volunteer};
use crate::{import, litter};

fn refusal<T: std::fmt::Debug>(done: Result<T, Error>) -> Code {
    match done.unwrap_err() {
        Error::Law(code) => code,
        other => panic!("{other}"),
    }
}

fn rows(client: &Client) -> Vec<redvest_client::view::TicketRow> {
    client.mine(Mine::Reported, None).unwrap().rows
}

#[test]
fn under_a_newer_law_nothing_is_written_and_nothing_is_lost() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, _) = hub.phone(folder.path(), &volunteer());
    hub.pull(&client, &volunteer());
    let photo = import(&client, folder.path(), 1);
    let ticket = client.report(litter(vec![photo]), By::default()).unwrap().ticket;
    hub.give(&client, &Page { law: Some(2), ..hub.empty_page() });
    assert!(client.home().unwrap().needs_update);
    assert_eq!(refusal(client.report(litter(vec![photo]), By::default())), Code::NewerLaw);
    assert_eq!(refusal(client.comment(ticket, By::saying("还在"))), Code::NewerLaw);
    // What was written before is still sent, shown, and answered.
    assert_eq!(hub.push(&client).outcomes.len(), 1);
    hub.pull(&client, &volunteer());
    assert_eq!(rows(&client).len(), 1);
    // A page that names the law that this program knows lets it write again.
    assert!(!client.home().unwrap().needs_update);
    client.comment(ticket, By::saying("还在")).unwrap();
}

#[test]
fn a_report_of_a_newer_version_is_a_row_that_asks_for_an_update() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, _) = hub.phone(folder.path(), &grid_member());
    let (mut v, mut g) = (Person::new(volunteer()), Person::new(grid_member()));
    let (ticket, _) = hub.tell(&mut v, None, vec![Body::Unknown(1)]);
    let effect = hub.pull(&client, &grid_member());
    assert!(effect.gaps.is_empty() && effect.differing.is_empty());
    let row = client.ticket(ticket).unwrap().row;
    assert!(row.needs_update && row.number.starts_with("20261123-") && row.grid_zh.as_deref() == Some("第一网格"));
    assert_eq!(refusal(client.accept(ticket, By::default())), Code::NeedsUpdate);
    // What follows is kept without being judged.
    hub.tell(&mut g, Some(ticket), vec![Body::Accepted(Accepted {})]);
    assert!(hub.pull(&client, &grid_member()).gaps.is_empty());
    assert_eq!(client.ticket(ticket).unwrap().history.len(), 2);
}

#[test]
fn what_another_version_of_the_program_folded_is_folded_anew_when_the_store_is_opened() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let mut v = Person::new(volunteer());
    let (ticket, _) = hub.tell(&mut v, None, vec![reported("M06010", 1)]);
    let (client, env) = hub.phone(folder.path(), &grid_member());
    hub.pull(&client, &grid_member());
    // As a program that knew less left it: read-only, and on no list.
    client
        .store()
        .database()
        .write(|tx| {
            tx.execute_batch("UPDATE meta SET value = x'00' WHERE key = 'folded_under'; UPDATE ticket SET newer = 1;")?;
            tx.execute_batch("DELETE FROM listing; DELETE FROM tally")?;
            Ok::<_, Error>(())
        })
        .unwrap();
    drop(client);
    let client = crate::world::open(folder.path(), &env);
    let newer = client.store().database().read(|connection| {
        Ok::<_, Error>(connection.query_row("SELECT newer FROM ticket", [], |row| row.get::<_, i64>(0))?)
    });
    assert_eq!(newer.unwrap(), 0);
    assert!(!client.ticket(ticket).unwrap().row.needs_update);
    assert_eq!(client.home().unwrap().tallies.iter().map(|tally| tally.tickets).sum::<u64>(), 1);
}
