//! What follows from an act is written after it, and nobody can tell.

use redvest_client::Error;
use redvest_client::commands::By;
use redvest_client::env::Env;
use redvest_client::queries::Mine;
use redvest_client::store::UploadPolicy;

use crate::world::{Hub, open, volunteer};
use crate::{import, litter};

#[test]
fn an_app_killed_right_behind_an_act_shows_it_when_it_comes_back() {
    let (folder, hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, env) = hub.phone(&folder.path().join("v"), &volunteer());
    hub.pull(&client, &volunteer());
    let photo = import(&client, folder.path(), 1);
    let done = client.report(litter(vec![photo]), By::saying("门口一堆垃圾")).unwrap();
    drop(client);
    let client = open(&folder.path().join("v"), &env);
    assert_eq!(client.mine(Mine::Open, None).unwrap().rows, std::slice::from_ref(&done.row));
    assert_eq!(client.search("垃圾", None).unwrap().rows.len(), 1);
    assert_eq!(client.home().unwrap().unbound_photos, 0);
}

#[test]
fn a_photo_is_bound_as_soon_as_its_act_is_written() {
    let (folder, hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, _) = hub.phone(&folder.path().join("v"), &volunteer());
    hub.pull(&client, &volunteer());
    let photo = import(&client, folder.path(), 1);
    client.report(litter(vec![photo]), By::default()).unwrap();
    // No screen came in between, so the binding is known from the outbox alone.
    assert!(matches!(client.discard_photo(photo), Err(Error::PhotoInUse)));
    let again = client.report(litter(vec![photo]), By::default()).unwrap();
    let marks = &client.ticket(again.ticket).unwrap().photos[0].marks;
    assert!(marks.contains(&"reused".to_owned()), "{marks:?}");
}

#[test]
fn photos_of_an_accepted_event_are_sent_even_if_its_outcome_came_before_they_were_drawn() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, env) = hub.phone(&folder.path().join("v"), &volunteer());
    hub.pull(&client, &volunteer());
    let photo = import(&client, folder.path(), 1);
    client.report(litter(vec![photo]), By::default()).unwrap();
    hub.push(&client);
    // As on a phone whose disk was full whenever the drawing was tried.
    let forget = |tx: &redvest_sqlite::rusqlite::Transaction<'_>| {
        tx.execute_batch("DELETE FROM binding; DELETE FROM upload; DELETE FROM meta WHERE key = 'drawn'")?;
        Ok::<_, redvest_sqlite::Error>(())
    };
    client.store().database().write(forget).unwrap();
    drop(client);
    let client = open(&folder.path().join("v"), &env);
    let jobs = client.store().uploads(UploadPolicy { originals: true, now: env.now() }, 10).unwrap();
    assert_eq!(jobs.len(), 3);
}
