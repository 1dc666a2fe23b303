//! The office's orders to a hub that serves, and what phones notice of them.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use redvest_client::commands::By;
use redvest_domain::event::DocumentKind;
use redvest_domain::evidence::verify;
use redvest_domain::id::MemberId;
use redvest_domain::invitation::Invitation;
use redvest_domain::key::MemberRecord;
use redvest_domain::reference::{Document, Successors, address};
use redvest_domain::ticket::Ticket;
use redvest_hub::clock::Clock;
use redvest_hub::orders::{Denied, Office, Order, Reply, TicketName, Whom};
use redvest_tests::World;
use redvest_tests::device::LITTER;
use redvest_tests::district::of_grid;
use redvest_tests::raw::ask;

use crate::outcomes::believe;

/// The office's way to the world's hub.
fn office(world: &World) -> Office {
    let clock = world.clock.clone() as Arc<dyn Clock>;
    let office = world.wait(Office::open(&world.hub_folder(), clock)).unwrap();
    assert!(matches!(office, Office::There(_)), "the hub serves");
    office
}

fn order(world: &World, order: Order) -> Result<Reply, Denied> {
    world.wait(office(world).ask(order))
}

fn member(tag: &str) -> MemberId {
    World::someone(tag).member()
}

#[test]
fn a_volunteer_invited_while_the_hub_serves_can_enrol() {
    let world = World::new();
    let whom = Whom::Name(World::someone("li").name.to_owned());
    let Ok(Reply::Invited { member: invited, secret, expires }) = order(&world, Order::Invite { whom, hours: 2 })
    else {
        panic!("an active member can be invited")
    };
    assert_eq!((invited, expires.since(world.now())), (member("li"), 2 * 3_600_000));
    let code = Invitation { hub: world.address(), pin: world.pin(), secret: redvest_domain::id::Bytes(secret.0) };
    let li = world.phone("li");
    li.enrol(&code).unwrap();
    li.sync();
    let ticket = li.report("WG01", LITTER);
    li.sync();
    assert!(world.log().tickets.contains_key(&ticket));
}

#[test]
fn documents_published_while_the_hub_serves_reach_the_next_sync() {
    let world = World::new();
    let li = world.enrol("li");
    let Ok(Reply::Documents(before)) = order(&world, Order::Documents) else { panic!("documents can be read") };
    assert!(before.iter().any(|document| document.kind == DocumentKind::Grids));
    let mut agencies = world.store().reference().agencies().clone();
    agencies.agencies[0].name = "城市管理和综合执法局".to_owned();
    let old = Document::Agencies(world.store().reference().agencies().clone());
    let text = String::from_utf8(Document::Agencies(agencies).to_bytes()).unwrap();
    let over = Some(address(&old.to_bytes()));
    let publish = Order::Publish { kind: DocumentKind::Agencies, text, over, successors: Successors::default() };
    let Ok(Reply::Published(hash)) = order(&world, publish.clone()) else {
        panic!("a sound document can be published")
    };
    assert!(world.wait(world.store().document(hash)).unwrap().is_some());
    li.sync();
    assert_eq!(li.client().store().reference().agencies().agencies[0].name, "城市管理和综合执法局");
    // Who compared with what was in force before has not seen what would change.
    assert_eq!(order(&world, publish).unwrap_err().code, "document_changed");
}

#[test]
fn a_revoked_device_is_refused_at_once() {
    let world = World::new();
    let (li, wang) = (world.enrol("li"), world.enrol("wang"));
    let Ok(Reply::Devices(devices)) = order(&world, Order::Devices) else { panic!("devices can be listed") };
    let device = devices.iter().find(|device| device.member == member("li")).unwrap().device;
    assert_eq!(order(&world, Order::Revoke { device, lost: false }), Ok(Reply::Done));
    assert_eq!(li.failed_sync(), "device_revoked");
    wang.sync();
}

#[test]
fn the_notice_of_a_killed_hub_is_no_obstacle() {
    let mut world = World::new();
    let told = order(&world, Order::Status);
    let folder = world.hub_folder();
    let left = ["admin.json", "keys/admin.token"].map(|name| (folder.join(name), fs::read(folder.join(name)).unwrap()));
    world.kill();
    // Threads of this process may have had time to tidy up; a killed process has none.
    left.iter().for_each(|(path, bytes)| fs::write(path, bytes).unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let clock = world.clock.clone() as Arc<dyn Clock>;
    let alone = runtime.block_on(Office::open(&folder, clock)).unwrap();
    assert!(matches!(alone, Office::Here(_)), "the folder is free");
    assert_eq!(runtime.block_on(alone.ask(Order::Status)), told);
    runtime.block_on(alone.close());
    drop(runtime);
    world.start();
    assert_eq!(order(&world, Order::Status), told);
}

#[test]
fn the_desk_is_not_on_the_public_port() {
    let world = World::plain();
    let token = fs::read(world.hub_folder().join("keys/admin.token")).unwrap();
    let bearer: String = token.iter().map(|byte| format!("{byte:02x}")).collect();
    let headers = [("authorization", format!("Bearer {bearer}"))];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    for path in ["/orders", "/proof/00", "/admin"] {
        let answer = ask(&world, "POST", path, &headers, br#"{"order":"status"}"#);
        // The admin's token is no device's.
        assert_eq!(answer.refusal(), (401, "token_unknown".to_owned()), "{path}");
    }
}

#[test]
fn refused_work_is_listed_and_admitted() {
    let world = World::new();
    let (li, wang) = (world.enrol("li"), world.enrol("wang"));
    let truth = li.client().store().record().unwrap();
    believe(&li, &MemberRecord { roles: of_grid("WG01").into_iter().collect(), ..truth.clone() });
    let by = By { acting: of_grid("WG01"), words: Some("门口".to_owned()) };
    let ticket = li.client().report(li.report_in("WG01", LITTER), by).unwrap().ticket;
    believe(&li, &truth);
    li.sync();
    assert_eq!(li.refused(), ["role_not_held"]);
    let Ok(Reply::Refused(work)) = order(&world, Order::Refused { after: None }) else { panic!("it can be listed") };
    let [work] = work.as_slice() else { panic!("{work:?}") };
    assert_eq!((work.ticket, work.member, work.code.as_str()), (Some(ticket), member("li"), "role_not_held"));
    assert_eq!(work.kinds, ["reported"]);
    let behind = order(&world, Order::Refused { after: Some(work.event) });
    assert_eq!(behind, Ok(Reply::Refused(vec![])));
    let by_another = order(&world, Order::Admit { by: member("wang"), event: work.event });
    assert_eq!(by_another.unwrap_err().code, "role_not_held");
    assert_eq!(order(&world, Order::Admit { by: member("wu"), event: work.event }), Ok(Reply::Done));
    assert_eq!(order(&world, Order::Refused { after: None }), Ok(Reply::Refused(vec![])));
    wang.sync();
    assert!(wang.holds(ticket));
}

#[test]
fn tickets_come_in_pages_and_are_those_of_the_log() {
    let world = World::new();
    let (li, wang) = (world.enrol("li"), world.enrol("wang"));
    for _ in 0..5 {
        li.report("WG01", LITTER);
    }
    world.settle(&[&li, &wang]);
    let row = wang.client().work_list(None, None).unwrap().rows[0].clone();
    wang.client().accept(row.ticket, By::default()).unwrap();
    world.settle(&[&li, &wang]);
    let (mut after, mut found) = (0, Vec::new());
    loop {
        let page = world.wait(world.store().ticket_states(after, 2)).unwrap();
        let Some((last, _)) = page.last() else { break };
        assert!(page.len() <= 2 && *last > after);
        after = *last;
        found.extend(page.into_iter().map(|(_, state)| Ticket::from_bytes(&state).unwrap()));
    }
    assert!(found.is_sorted_by_key(|ticket| ticket.first));
    let log = world.log();
    assert_eq!(found.len(), log.tickets.len());
    assert!(found.iter().all(|ticket| log.tickets[&ticket.id] == *ticket));
    let Ok(Reply::Tickets { tickets, now, .. }) = order(&world, Order::Tickets { after: 0 }) else { panic!("a page") };
    assert_eq!((tickets.len(), now), (5, world.now()));
}

#[test]
fn evidence_is_made_while_the_hub_serves() {
    let world = World::new();
    let (li, wang) = (world.enrol("li"), world.enrol("wang"));
    let ticket = li.report("WG01", LITTER);
    world.settle(&[&li, &wang]);
    let number = world.ticket(ticket).short_number.unwrap();
    let by_number = Order::Evidence { ticket: TicketName::Number(number) };
    let Ok(Reply::Evidence { ticket: named, hub_key, file }) = order(&world, by_number) else { panic!("it is there") };
    assert_eq!(named, ticket);
    assert_eq!(verify(&file.0, &hub_key.0).unwrap().events.len(), 1);
}

/// Whether any file below a folder holds these bytes.
fn lies_in(folder: &Path, needle: &[u8]) -> bool {
    fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return lies_in(&path, needle);
        }
        fs::read(&path).unwrap().windows(needle.len()).any(|window| window == needle)
    })
}

#[test]
fn a_forgotten_name_is_gone_from_the_hub_for_good() {
    let mut world = World::new();
    let name = World::someone("li").name;
    world.stop();
    assert!(lies_in(&world.hub_folder(), name.as_bytes()));
    world.start();
    let forget = Order::Forget { whom: Whom::Member(member("li")) };
    assert_eq!(order(&world, forget), Ok(Reply::Forgotten(member("li"))));
    world.stop();
    assert!(!lies_in(&world.hub_folder(), name.as_bytes()), "the name is left on the hub");
    world.start();
    let Ok(Reply::Members(members)) = order(&world, Order::Members { after: None }) else { panic!("a page") };
    let li = members.iter().find(|one| one.record.member == member("li")).unwrap();
    assert_eq!((&li.person, li.record.active), (&None, true));
}
