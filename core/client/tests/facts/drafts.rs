//! Work in the middle outlives the app, and no longer than until it is done.

use redvest_client::commands::{By, Report};
use redvest_client::queries::Mine;
use redvest_client::view::Draft;
use redvest_client::{Client, Error};
use redvest_domain::id::EventId;

use crate::killed::killed;
use crate::world::{Hub, PIN, code, fix, volunteer};
use crate::{import, litter};

const FOLDER: &str = "REDVEST_TEST_DRAFT";

#[test]
fn a_draft_is_kept_as_it_was_and_goes_with_its_report() {
    let (folder, hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, env) = hub.phone(folder.path(), &volunteer());
    hub.pull(&client, &volunteer());
    let photo = import(&client, folder.path(), 1);
    let draft = Draft {
        category: Some(code("M06010")),
        pin: Some(PIN),
        fix: Some(fix()),
        grid: Some(code("g")),
        place: Some("北门对面".to_owned()),
        words: Some("一堆".to_owned()),
        before: vec![photo],
        ..client.new_draft()
    };
    client.save_draft(&draft).unwrap();
    let home = client.home().unwrap();
    assert_eq!((home.drafts, home.unbound_photos), (1, 0), "a draft's photo is not forgotten work");
    assert_eq!(client.unbound_photos().unwrap().len(), 1, "but nothing binds it yet");
    env.pass(5);
    let other = Draft { words: Some("另一处".to_owned()), ..client.new_draft() };
    client.save_draft(&other).unwrap();
    drop(client);

    let client = crate::world::open(folder.path(), &env);
    let kept: Vec<EventId> = client.drafts().unwrap().iter().map(|draft| draft.id).collect();
    assert_eq!(kept, [other.id, draft.id], "the last changed first");
    assert_eq!(client.drafts().unwrap()[1], draft);
    env.pass(5);
    client.save_draft(&draft).unwrap();
    assert_eq!(client.drafts().unwrap()[0].changed, redvest_client::env::Env::now(&*env));
    let refused = Report { category: code("Z9"), draft: Some(draft.id), ..litter(vec![photo]) };
    assert!(matches!(client.report(refused, By::default()), Err(Error::Law(_))));
    assert_eq!(client.drafts().unwrap().len(), 2, "a refusal takes nothing away");
    client.report(Report { draft: Some(draft.id), ..litter(vec![photo]) }, By::default()).unwrap();
    assert_eq!(client.drafts().unwrap().iter().map(|draft| draft.id).collect::<Vec<_>>(), [other.id]);
    client.discard_draft(other.id).unwrap();
    client.discard_draft(other.id).unwrap();
    assert_eq!(client.home().unwrap().drafts, 0);
}

/// Saves drafts and turns every second one into its report, each said after it is durable.
fn work(folder: &std::path::Path) -> ! {
    let (client, env) = Hub::new().phone(&folder.join("data"), &volunteer());
    // A set environment draws the same in every process; ids differ by their time.
    env.pass(std::process::id() % 1_000_000 * 1_000);
    for seed in u64::from(std::process::id()) << 32.. {
        env.pass(1_000);
        let draft =
            Draft { words: Some("写到一半".to_owned()), category: Some(code("M06010")), ..client.new_draft() };
        client.save_draft(&draft).unwrap();
        println!("{} saved", draft.id);
        let photo = import(&client, folder, seed);
        client
            .report(
                Report { draft: Some(draft.id), place: Some(draft.id.to_string()), ..litter(vec![photo]) },
                By::default(),
            )
            .unwrap();
        println!("{} reported", draft.id);
    }
    unreachable!("numbers do not end")
}

/// Words for the places of all reports: the drafts that they came from.
fn reported(client: &Client) -> Vec<String> {
    let page = client.mine(Mine::Reported, None).unwrap();
    page.rows.into_iter().filter_map(|row| row.place).collect()
}

#[test]
fn a_killed_phone_never_offers_a_saved_report_again_and_never_loses_a_draft() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        work(folder.as_ref());
    }
    let folder = tempfile::tempdir().unwrap();
    let hub = Hub::new();
    {
        let (client, _) = hub.phone(&folder.path().join("data"), &volunteer());
        hub.pull(&client, &volunteer());
    }
    let mut saved = Vec::new();
    for round in 0..6 {
        let fact = "drafts::a_killed_phone_never_offers_a_saved_report_again_and_never_loses_a_draft";
        let heard = killed(fact, FOLDER, folder.path(), 3 + round);
        let ids = heard.iter().filter_map(|line| line.strip_suffix(" saved")?.split(' ').next_back()?.parse().ok());
        saved.extend(ids.collect::<Vec<EventId>>());
        let (client, _) = hub.phone(&folder.path().join("data"), &volunteer());
        let (drafts, reported) = (client.drafts().unwrap(), reported(&client));
        for id in &saved {
            let is_draft = drafts.iter().any(|draft| draft.id == *id);
            let is_reported = reported.contains(&id.to_string());
            assert!(is_draft != is_reported, "{id} in round {round}: draft {is_draft}, reported {is_reported}");
        }
    }
    assert!(saved.len() > 6, "{}", saved.len());
}
