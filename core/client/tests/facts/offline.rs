use redvest_client::commands::{By, Judge, OnTheSpot, Rectify};
use redvest_client::queries::Mine;
use redvest_client::store::{Status, UploadPolicy, Work};
use redvest_client::{Error, view::Pressing};
use redvest_domain::codes::{Code, Explained};
use redvest_domain::event::{Body, Outcome};
use redvest_domain::ticket::Stage;
use redvest_domain::time::HOUR_MS;

use crate::world::{Hub, Person, grid_member, manager, reported, volunteer};
use crate::{import, litter};

#[test]
fn offline_report_is_shown_at_once_and_no_longer_pending_when_its_page_arrives() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, env) = hub.phone(&folder.path().join("v"), &volunteer());
    hub.pull(&client, &volunteer());
    let photo = import(&client, folder.path(), 1);
    let done = client.report(litter(vec![photo]), By::saying("门口一堆垃圾")).unwrap();
    assert_eq!((done.row.stage, done.row.pending, done.row.mine), (Stage::Dispatched, 1, true));
    assert_eq!(done.row.lead_zh.as_deref(), Some("第一网格"));
    assert!(done.row.clock_starts_when_sent && done.row.thumbnail.as_ref().unwrap().exists());
    assert!(done.row.number.ends_with("-1"), "{}", done.row.number);
    assert_eq!(client.mine(Mine::Open, None).unwrap().rows, std::slice::from_ref(&done.row));
    assert_eq!(client.home().unwrap().events_waiting, 1);
    assert!(client.store().uploads(policy(&env), 10).unwrap().is_empty(), "no photo goes before its event is accepted");

    hub.push(&client);
    let row = &client.mine(Mine::Open, None).unwrap().rows[0];
    assert_eq!((row.pending, row.clock_starts_when_sent), (1, false), "accepted, its page has not come yet");
    let jobs = client.store().uploads(policy(&env), 10).unwrap();
    let roles: Vec<&str> = jobs.iter().map(|job| job.role.code()).collect();
    assert_eq!(roles, ["thumbnail", "review", "original"]);

    let effect = hub.pull(&client, &volunteer());
    assert!(effect.differing.is_empty() && effect.gaps.is_empty());
    let page = client.mine(Mine::Open, None).unwrap();
    assert_eq!((page.rows.len(), page.rows[0].pending), (1, 0));
    assert_eq!(page.rows[0].number, hub.state(done.ticket).short_number.clone().unwrap());
    assert_eq!(page.rows[0].words.as_deref(), Some("门口一堆垃圾"));
    let detail = client.ticket(done.ticket).unwrap();
    assert_eq!(detail.history.len(), 1);
    assert_eq!(detail.history[0].pending, None);
}

fn policy(env: &redvest_client::env::SetEnv) -> UploadPolicy {
    use redvest_client::env::Env;
    UploadPolicy { originals: true, now: env.now() }
}

#[test]
fn put_right_on_the_spot_is_one_commit_and_waits_for_review() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, _) = hub.phone(folder.path(), &volunteer());
    hub.pull(&client, &volunteer());
    let [before, after] = [1, 2].map(|seed| import(&client, folder.path(), seed));
    let spot = OnTheSpot { outcome: Outcome::Rectified, photos: vec![after], words: Some("已清理".into()) };
    let report = redvest_client::commands::Report { on_the_spot: Some(spot), ..litter(vec![before]) };
    let done = client.report(report, By::default()).unwrap();
    assert_eq!((done.row.stage, done.events.len()), (Stage::Rectified, 2));
    assert_eq!(client.store().outbox_batch(9, 1 << 20).unwrap().len(), 1);
    hub.push(&client);
    assert_eq!(hub.state(done.ticket).stage, Stage::Rectified);
    assert!(hub.pull(&client, &volunteer()).differing.is_empty());
}

#[test]
fn what_the_law_refuses_leaves_no_trace() {
    let (folder, hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, _) = hub.phone(folder.path(), &volunteer());
    hub.pull(&client, &volunteer());
    let refused = client.report(litter(vec![]), By::default()).unwrap_err();
    assert!(matches!(refused, Error::Law(Code::PhotoRuleNotMet)), "{refused}");
    assert!(refused.zh().contains("补拍"));
    let home = client.home().unwrap();
    assert_eq!((home.events_waiting, home.tallies.len()), (0, 0));
    assert!(client.log().unwrap().is_empty());
}

#[test]
fn the_most_fitting_role_is_found_and_the_most_telling_refusal_shown() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let mut other = Person::new(volunteer());
    let (ticket, _) = hub.tell(&mut other, None, vec![reported("M06010", 1)]);
    let (client, _) = hub.phone(folder.path(), &grid_member());
    hub.pull(&client, &grid_member());
    let done = client.accept(ticket, By::default()).unwrap();
    assert_eq!(done.acting, grid_member().roles[0]);
    let again = client.accept(ticket, By::default()).unwrap_err();
    assert!(matches!(again, Error::Law(Code::AlreadyAccepted)), "{again}");
    let judge = client.pass(ticket, Judge::default(), By::default()).unwrap_err();
    assert!(matches!(judge, Error::Law(Code::StageForbids)), "{judge}");
}

#[test]
fn pending_work_that_somebody_else_overtook_is_shown_as_probably_late_and_then_as_too_late() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let mut other = Person::new(volunteer());
    let mut boss = Person::new(manager());
    let (ticket, _) = hub.tell(&mut other, None, vec![reported("M06010", 1)]);
    let (client, _) = hub.phone(folder.path(), &grid_member());
    hub.pull(&client, &grid_member());
    client.accept(ticket, By::default()).unwrap();
    let void = redvest_domain::event::Voided { reason: redvest_domain::event::VoidReason::Mistake };
    hub.tell(&mut boss, Some(ticket), vec![Body::Voided(void)]);
    hub.pull(&client, &grid_member());
    let row = client.ticket(ticket).unwrap().row;
    assert_eq!((row.stage, row.pending, row.probably_late), (Stage::Voided, 1, 1));
    let pushed = hub.push(&client);
    assert!(matches!(pushed.outcomes[0].fate, redvest_domain::wire::Fate::TooLate(_)));
    hub.pull(&client, &grid_member());
    let late = client.too_late().unwrap();
    assert_eq!((late.len(), late[0].code.as_str()), (1, "already_voided"));
    let winner = late[0].winner.clone().unwrap();
    assert_eq!((winner.kind_zh.as_str(), winner.kind_en.as_str()), ("作废", "Voided"));
    assert!(winner.name.starts_with('#'));
    assert!(client.ticket(ticket).unwrap().history[2].late.is_some());
    client.dismiss(late[0].event).unwrap();
    assert!(client.too_late().unwrap().is_empty());
    assert_eq!(client.ticket(ticket).unwrap().history.len(), 3, "it stays on the ticket");
}

#[test]
fn refused_work_stays_with_its_photos_until_it_is_dismissed() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, _) = hub.phone(folder.path(), &volunteer());
    hub.pull(&client, &volunteer());
    let photo = import(&client, folder.path(), 1);
    let done = client.report(litter(vec![photo]), By::saying("话")).unwrap();
    hub.refuse = Some("member_inactive");
    hub.push(&client);
    assert!(client.mine(Mine::Reported, None).unwrap().rows.is_empty());
    hub.pull(&client, &volunteer());
    let refused = client.refused().unwrap();
    assert_eq!((refused.len(), refused[0].code.as_str()), (1, "member_inactive"));
    assert!(refused[0].photos[0].original_path.as_ref().unwrap().exists());
    assert_eq!(refused[0].words.as_deref(), Some("话"));
    assert!(client.unbound_photos().unwrap().is_empty());
    drop(client);
    let (client, _) = hub.phone(folder.path(), &volunteer());
    assert_eq!(client.home().unwrap().refused, 1);
    client.dismiss(done.events[0]).unwrap();
    assert!(client.refused().unwrap().is_empty());
    let unbound = client.unbound_photos().unwrap();
    assert_eq!((unbound.len(), unbound[0].hash), (1, photo), "its photos can go on another ticket");
    assert!(client.dismiss(done.events[0]).is_err());
    client.report(litter(vec![photo]), By::default()).unwrap();
    assert!(client.unbound_photos().unwrap().is_empty());
}

#[test]
fn what_was_refused_and_then_admitted_is_accepted() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, _) = hub.phone(folder.path(), &volunteer());
    hub.pull(&client, &volunteer());
    let photo = import(&client, folder.path(), 1);
    client.report(litter(vec![photo]), By::default()).unwrap();
    hub.refuse = Some("role_not_held");
    let pushed = hub.push(&client);
    assert_eq!(client.refused().unwrap().len(), 1);
    // The feed's later line for the same event counts, whatever order the lines come in.
    let first = pushed.outcomes[0].clone();
    let accepted = redvest_domain::wire::Accepted {
        epoch: 1,
        n: 9,
        ticket: None,
        short_number: None,
        event_hash: redvest_domain::id::Hash::ZERO,
        admitted: true,
    };
    let fate = redvest_domain::wire::Fate::Accepted(accepted);
    let second = redvest_domain::wire::Outcome { counter: 2, fate, ..first.clone() };
    hub.give(&client, &redvest_domain::wire::Page { outcomes: vec![second, first], ..hub.empty_page() });
    assert!(client.refused().unwrap().is_empty());
    assert_eq!(client.store().pull_state().unwrap().outcomes_after, 2);
    assert_eq!(client.log().unwrap()[0].status, Some(Status::Accepted));
}

#[test]
fn a_line_of_the_outcome_feed_is_not_skipped_when_a_push_answers_first() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, _) = hub.phone(folder.path(), &volunteer());
    hub.pull(&client, &volunteer());
    let photo = import(&client, folder.path(), 1);
    client.report(litter(vec![photo]), By::default()).unwrap();
    let commits = client.store().outbox_batch(1, 1).unwrap();
    let device = commits[0].open().unwrap()[0].device;
    // Another line, of an admission say, was written before.
    let line = redvest_domain::wire::Outcome {
        counter: 1,
        event: None,
        device,
        seq: 99,
        fate: redvest_domain::wire::Fate::Refused(redvest_domain::wire::Refused {
            code: "x".into(),
            zh: "x".into(),
            en: "x".into(),
        }),
    };
    hub.outcomes.insert(device, vec![line]);
    hub.push(&client);
    assert_eq!(client.store().pull_state().unwrap().outcomes_after, 0);
    hub.pull(&client, &volunteer());
    assert_eq!(client.store().pull_state().unwrap().outcomes_after, 2);
}

#[test]
fn clocks_run_on_lists_until_the_work_is_done() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let mut other = Person::new(volunteer());
    hub.tell(&mut other, None, vec![reported("M06010", 1)]);
    let (client, env) = hub.phone(folder.path(), &grid_member());
    hub.pull(&client, &grid_member());
    let row = |client: &redvest_client::Client| client.work_list(Some(Work::Rectify), None).unwrap().rows[0].clone();
    assert_eq!(row(&client).due, Some(hub.now.plus_ms(2 * HOUR_MS)), "two working hours to accept");
    assert_eq!(row(&client).pressing, Pressing::OnTime);
    env.pass(100 * 60_000);
    assert_eq!(row(&client).pressing, Pressing::DueSoon);
    env.pass(20 * 60_000);
    assert_eq!(row(&client).pressing, Pressing::NobodyTookIt);
    let ticket = row(&client).ticket;
    let photo = import(&client, folder.path(), 3);
    let request = Rectify {
        outcome: Outcome::Rectified,
        photos: vec![photo],
        fix: Some(crate::fix()),
        gate_reason: None,
        draft: None,
    };
    client.rectify(ticket, request, By::default()).unwrap();
    assert!(client.work_list(Some(Work::Rectify), None).unwrap().rows.is_empty());
    assert!(client.work_list(Some(Work::Review), None).unwrap().rows.is_empty(), "nobody judges own work");
    let clocks = client.ticket(ticket).unwrap().clocks;
    assert_eq!(clocks.iter().filter(|clock| clock.running).count(), 1);
}
