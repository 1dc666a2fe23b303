use redvest_client::commands::By;
use redvest_client::queries::Cursor;
use redvest_domain::place::Position;

use crate::world::{Hub, Person, grid_member, office, reported, volunteer};
use crate::{PIN, import, litter};

#[test]
fn two_characters_numbers_names_and_initials_find_a_ticket() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let mut v = Person::new(volunteer());
    let (ticket, _) = hub.tell_saying(&mut v, None, vec![reported("M06010", 1)], Some("菜场后门堆了很多烂菜叶"));
    hub.tell_saying(&mut v, None, vec![reported("M07001", 1)], Some("电线杆"));
    let (client, _) = hub.phone(folder.path(), &grid_member());
    hub.pull(&client, &grid_member());
    let number = hub.state(ticket).short_number.clone().unwrap();
    let found = |text: &str| {
        let rows = client.search(text, None).unwrap().rows;
        rows.into_iter().map(|row| row.ticket).collect::<Vec<_>>()
    };
    for text in ["菜场", "后门", "烂菜叶", "叶", "菜", "暴露", "暴露垃圾", "bllj", &number, &number[9..], "菜场 暴露"]
    {
        assert_eq!(found(text), [ticket], "{text}");
    }
    for text in ["北门", "第一网格", "网格", "k7-12", "K7", "20261123"] {
        assert_eq!(found(text).len(), 2, "{text}");
    }
    for text in ["场菜", "堆了烂", "菜场 电线杆", "  ", "\"", "*", "第二网格"] {
        assert!(found(text).is_empty(), "{text}");
    }
}

#[test]
fn a_pending_report_is_found_by_its_own_number_before_and_after_the_hub_numbers_it() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, _) = hub.phone(folder.path(), &volunteer());
    hub.pull(&client, &volunteer());
    let photo = import(&client, folder.path(), 1);
    let done = client.report(litter(vec![photo]), By::default()).unwrap();
    let local = done.row.local_number.clone().unwrap();
    assert_eq!(client.search(&local, None).unwrap().rows.len(), 1);
    hub.push(&client);
    hub.pull(&client, &volunteer());
    assert_eq!(client.search(&local, None).unwrap().rows[0].ticket, done.ticket);
    assert!(client.search(&hub.state(done.ticket).short_number.clone().unwrap(), None).unwrap().rows.len() == 1);
}

#[test]
fn pages_of_a_list_follow_each_other_without_gap_or_repeat() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let mut v = Person::new(volunteer());
    for minute in 0..120 {
        hub.now = crate::world::MONDAY.plus_ms(minute % 7 * 60_000);
        hub.tell_saying(&mut v, None, vec![reported("M06010", 1)], Some("垃圾"));
    }
    let (client, _) = hub.phone(folder.path(), &grid_member());
    hub.pull(&client, &grid_member());
    let walk = |page: &dyn Fn(Option<Cursor>) -> redvest_client::view::TicketPage| {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = page(after);
            assert!(page.rows.len() <= 50);
            all.extend(page.rows);
            match page.next {
                // A caller may keep the cursor as text.
                Some(next) => after = Some(next.to_string().parse().unwrap()),
                None => return all,
            }
        }
    };
    let listed = walk(&|after| client.work_list(None, after).unwrap());
    assert_eq!(listed.len(), 120);
    assert!(listed.windows(2).all(|two| (two[0].due, two[0].ticket) < (two[1].due, two[1].ticket)));
    assert_eq!(walk(&|after| client.search("垃圾", after).unwrap()).len(), 120);
    assert_eq!(client.nearby(PIN, 100).unwrap().len(), 120);
    let tallies = client.home().unwrap().tallies;
    assert_eq!(tallies.iter().map(|tally| tally.tickets).collect::<Vec<_>>(), [120]);
}

#[test]
fn what_is_open_near_by_is_found_the_nearest_first() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let mut v = Person::new(volunteer());
    for step in 0..40 {
        let redvest_domain::event::Body::Reported(mut fields) = reported("M06010", 1) else { unreachable!() };
        // A long street: about 5 m of latitude and 130 m of longitude a step, in both directions.
        let side = if step % 2 == 0 { 1 } else { -1 };
        fields.pin = Some(Position { lat_e7: PIN.lat_e7 + step * 500, lon_e7: PIN.lon_e7 + side * step * 14_000 });
        hub.tell(&mut v, None, vec![redvest_domain::event::Body::Reported(fields)]);
    }
    let (client, _) = hub.phone(folder.path(), &office());
    hub.pull(&client, &office());
    for radius in [0, 50, 333, 1000, 5000] {
        let near = client.nearby(PIN, radius).unwrap();
        let distances: Vec<u32> = near.iter().map(|row| row.distance_m.unwrap()).collect();
        assert!(distances.is_sorted());
        let truth = hub.tickets.values().filter(|held| {
            let pin = held.state.as_ref().unwrap().pin.unwrap();
            redvest_domain::geo::distance_m(PIN, pin) <= f64::from(radius)
        });
        assert_eq!(near.len(), truth.count(), "{radius}");
    }
}
