//! A phone tells each thing once, and again rather than never.

use redvest_client::Client;
use redvest_client::commands::{By, SendBack};
use redvest_client::view::{Notice, NoticeKind, Notices};
use redvest_domain::event::{Accepted, Body, Dispatched};
use redvest_domain::terms::Holder;
use redvest_domain::time::Timestamp;

use crate::litter;
use crate::work::Street;
use crate::world::{Hub, Person, code, grid_member, manager, reported, volunteer};

fn notices(client: &Client) -> Vec<Notice> {
    client.notices().unwrap().notices
}

fn kinds(client: &Client) -> Vec<NoticeKind> {
    notices(client).iter().map(|notice| notice.kind).collect()
}

fn tell_all(client: &Client) {
    let keys: Vec<String> = notices(client).into_iter().map(|notice| notice.key).collect();
    client.notices_told(&keys).unwrap();
}

#[test]
fn a_new_ticket_is_told_once_and_again_when_it_comes_back() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, env) = hub.phone(folder.path(), &grid_member());
    let (mut v, mut m) = (Person::new(volunteer()), Person::new(manager()));
    let (ticket, _) = hub.tell(&mut v, None, vec![reported("M06010", 1)]);
    hub.pull(&client, &grid_member());
    let new = notices(&client);
    assert_eq!((new.len(), new[0].kind, new[0].ticket), (1, NoticeKind::NewForMe, Some(ticket)));
    let row = new[0].row.clone().unwrap();
    assert_eq!(new[0].zh, format!("{} {}待您处置。", row.number, row.category_zh));
    assert_eq!(new[0].en, format!("{} {} waits for you to put it right.", row.number, row.category_en));
    assert_eq!(notices(&client), new, "giving it marks nothing");
    drop(client);
    let client = crate::world::open(folder.path(), &env);
    assert_eq!(notices(&client), new, "an app killed before it told tells again");
    client.notices_told(&[new[0].key.clone(), "nonsense".to_owned()]).unwrap();
    assert!(notices(&client).is_empty());
    drop(client);
    let client = crate::world::open(folder.path(), &env);
    assert!(notices(&client).is_empty(), "told is durable");

    client.return_ticket(ticket, code("outside_area"), By::default()).unwrap();
    client.notices_told(&[]).unwrap();
    hub.push(&client);
    let back = Dispatched { lead: Holder::Grid(code("g")), cooperating: vec![], reason: None };
    hub.tell(&mut m, Some(ticket), vec![Body::Dispatched(back)]);
    hub.pull(&client, &grid_member());
    assert_eq!(kinds(&client), [NoticeKind::NewForMe], "it was dispatched to this grid again");
}

#[test]
fn an_own_report_is_no_news_and_another_list_is() {
    let mut street = Street::new();
    let photo = street.photo(1, 1);
    let ticket = street.phone(1).report(litter(vec![photo]), By::default()).unwrap().ticket;
    street.sync();
    assert!(notices(street.phone(1)).is_empty(), "who reported it knows of it");
    assert!(notices(street.phone(2)).is_empty(), "it waits for the grid, not for its manager");
    street.phone(1).return_ticket(ticket, code("outside_area"), By::default()).unwrap();
    street.sync();
    assert!(notices(street.phone(2)).is_empty() || kinds(street.phone(2)) == [NoticeKind::NewForMe]);
    let dispatchers = [2, 4, 5].map(|at| notices(street.phone(at)).len());
    assert_eq!(dispatchers.iter().sum::<usize>(), 1, "one dispatcher has the next move: {dispatchers:?}");
}

#[test]
fn what_is_due_is_told_soon_and_then_overdue_once_for_each_instant() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, env) = hub.phone(folder.path(), &grid_member());
    let mut v = Person::new(volunteer());
    let (ticket, _) = hub.tell(&mut v, None, vec![reported("M06010", 1)]);
    let mut g = Person::new(grid_member());
    hub.tell(&mut g, Some(ticket), vec![Body::Accepted(Accepted {})]);
    hub.pull(&client, &grid_member());
    tell_all(&client);
    let due = client.ticket(ticket).unwrap().row.due.unwrap();
    let advance = |to: Timestamp| {
        env.set_now(to);
        client.store().note_time(to, 0, to, 0).unwrap();
    };
    advance(due.plus_ms(-1));
    let soon = notices(&client);
    assert_eq!((soon.len(), soon[0].kind), (1, NoticeKind::DueSoon));
    assert!(soon[0].at < due && soon[0].en.ends_with("is due soon."));
    tell_all(&client);
    assert!(notices(&client).is_empty());
    advance(due);
    assert_eq!(kinds(&client), [NoticeKind::Overdue]);
    tell_all(&client);
    advance(due.plus_ms(86_400_000));
    assert!(notices(&client).is_empty(), "once for this instant");
}

#[test]
fn work_sent_back_is_told_once_a_round_to_its_author_and_to_its_holder() {
    let mut street = Street::new();
    let photo = street.photo(0, 1);
    let ticket = street.phone(0).report(litter(vec![photo]), By::default()).unwrap().ticket;
    street.sync();
    for round in 0..2 {
        let request = redvest_client::commands::Rectify {
            outcome: redvest_domain::event::Outcome::Rectified,
            photos: vec![street.photo(1, 10 + round)],
            fix: Some(crate::world::fix()),
            gate_reason: None,
            draft: None,
        };
        street.phone(1).rectify(ticket, request, By::default()).unwrap();
        street.sync();
        tell_all(street.phone(1));
        let reasons = vec![code("not_done")];
        street.phone(2).send_back(ticket, SendBack { reasons, ..SendBack::default() }, By::default()).unwrap();
        street.sync();
        assert_eq!(kinds(street.phone(1)), [NoticeKind::SentBack], "round {round}");
        tell_all(street.phone(1));
        assert!(notices(street.phone(1)).is_empty());
    }
}

#[test]
fn what_the_hub_refused_and_what_came_too_late_is_told_with_the_reason() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, _) = hub.phone(folder.path(), &grid_member());
    let mut v = Person::new(volunteer());
    let (ticket, _) = hub.tell(&mut v, None, vec![reported("M06010", 1)]);
    hub.pull(&client, &grid_member());
    tell_all(&client);
    hub.refuse = Some("role_not_held");
    let refused = client.comment(ticket, By::saying("还在")).unwrap();
    hub.push(&client);
    let mut m = Person::new(manager());
    let away =
        Dispatched { lead: Holder::Agency(code("wy")), cooperating: vec![Holder::Grid(code("g"))], reason: None };
    hub.tell(&mut m, Some(ticket), vec![Body::Dispatched(away)]);
    let late = client.accept(ticket, By::default()).unwrap();
    hub.push(&client);
    hub.pull(&client, &grid_member());
    let told = notices(&client);
    let found = |kind| told.iter().find(|notice| notice.kind == kind).unwrap_or_else(|| panic!("{told:?}"));
    assert_eq!(found(NoticeKind::Refused).event, Some(refused.events[0]));
    assert!(found(NoticeKind::Refused).zh.ends_with("被中心拒收：不行。"));
    assert_eq!(found(NoticeKind::TooLate).event, Some(late.events[0]));
    assert!(found(NoticeKind::NewForMe).zh.ends_with("待您协办。"));
    tell_all(&client);
    assert!(notices(&client).is_empty());
    client.dismiss(refused.events[0]).unwrap();
    tell_all(&client);
    let rows = client.store().database().read(|connection| {
        Ok::<_, redvest_client::Error>(
            connection.query_row("SELECT count(*) FROM told", [], |row| row.get::<_, i64>(0))?,
        )
    });
    assert_eq!(rows.unwrap(), 2, "what no longer holds is forgotten");
}

#[test]
fn the_newest_hundred_are_given_and_the_rest_are_counted() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, _) = hub.phone(folder.path(), &grid_member());
    let mut v = Person::new(volunteer());
    for _ in 0..130 {
        hub.now = hub.now.plus_ms(1_000);
        hub.tell(&mut v, None, vec![reported("M06010", 1)]);
    }
    hub.pull(&client, &grid_member());
    let given = client.notices().unwrap();
    assert_eq!((given.notices.len(), given.more), (100, 30));
    assert!(given.notices.windows(2).all(|pair| pair[0].at >= pair[1].at));
    tell_all(&client);
    let rest = client.notices().unwrap();
    assert_eq!((rest.notices.len(), rest.more), (30, 0));
    client.all_notices_told().unwrap();
    assert_eq!(client.notices().unwrap(), Notices { notices: Vec::new(), more: 0 });
}

#[test]
fn more_than_is_looked_at_is_told_as_places_come_free_and_none_twice() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, _) = hub.phone(folder.path(), &grid_member());
    let (mut v, mut own) = (Person::new(volunteer()), Person::new(grid_member()));
    // Own reports are no news and hide none.
    for round in 0..1_050 {
        let author = if round < 20 { &mut own } else { &mut v };
        hub.tell(author, None, vec![reported("M06010", 1)]);
    }
    hub.pull(&client, &grid_member());
    let first = client.notices().unwrap();
    assert_eq!((first.notices.len(), first.more), (100, 900), "as far as was looked");
    let mut told = std::collections::HashSet::new();
    loop {
        let given = notices(&client);
        if given.is_empty() {
            break;
        }
        let keys: Vec<String> = given.into_iter().map(|one| one.key).collect();
        assert!(keys.iter().all(|key| told.insert(key.clone())), "told twice");
        client.notices_told(&keys).unwrap();
    }
    assert_eq!(told.len(), 1_030);
}
