//! SYNC 8: a hub that was restored from a backup, and what its phones bring back.

use std::collections::BTreeMap;
use std::path::PathBuf;

use redvest_client::commands::By;
use redvest_client::store::Status;
use redvest_domain::evidence::verify;
use redvest_domain::id::{Hash, TicketId};
use redvest_domain::stamp::Stamp;
use redvest_domain::ticket::Stage;
use redvest_domain::time::HOUR_MS;
use redvest_tests::device::{LITTER, saying};
use redvest_tests::world::copy_folder;
use redvest_tests::{Device, World};
use redvest_transport::evidence;

/// Keeps a copy of the hub's folder.
fn back_up(world: &mut World) -> PathBuf {
    let backup = world.folder().join("backup");
    world.stop();
    copy_folder(&world.hub_folder(), &backup);
    world.start();
    backup
}

/// Puts the hub back to its backup; what lies beside the database, in `keys`, is as new as it was.
fn restore(world: &mut World, backup: &std::path::Path) {
    world.stop();
    let (hub, keys) = (world.hub_folder(), world.folder().join("keys"));
    copy_folder(&hub.join("keys"), &keys);
    std::fs::remove_dir_all(&hub).unwrap();
    copy_folder(backup, &hub);
    std::fs::remove_dir_all(hub.join("keys")).unwrap();
    copy_folder(&keys, &hub.join("keys"));
    world.start();
}

/// Has the hub forget a report of Li's, and Wang's work on it and on an older one, with the photos of both: the older
/// ticket, and the one that its backup does not hold.
fn forget(world: &mut World, li: &Device, wang: &Device, phones: &[&Device]) -> (TicketId, TicketId) {
    let old = li.report("WG01", LITTER);
    world.settle(phones);
    let backup = back_up(world);
    let lost = li.report("WG01", LITTER);
    world.settle(&[li, wang]);
    wang.rectify(old);
    wang.client().accept(lost, By::default()).unwrap();
    world.settle(&[wang, li]);
    restore(world, &backup);
    (old, lost)
}

/// What the law of a ticket depends on beside payloads, for each of its events in their order.
fn stamps(world: &World, ticket: TicketId) -> Vec<Stamp> {
    let rows = world.wait(world.store().export_log(0, usize::MAX)).unwrap();
    let own = rows.iter().filter(|row| row.subject.ticket() == Some(ticket));
    own.map(|row| Stamp::from_bytes(&row.event.stamp).unwrap()).collect()
}

/// Has the evidence of a ticket prove itself.
fn prove(world: &World, phone: &Device, ticket: TicketId) {
    let file = evidence(&phone.client(), ticket).unwrap();
    let hub_key = world.wait(world.store().hello()).unwrap().hub_key;
    verify(&file, &hub_key.0).unwrap();
}

/// A stamp without what a new epoch changes.
fn of_its_day(stamp: &Stamp) -> Stamp {
    Stamp { epoch: 0, n: 0, first: 0, ..stamp.clone() }
}

#[test]
fn a_hub_behind_its_phones_writes_nothing_until_a_new_epoch() {
    let mut world = World::new();
    let (li, wang, zhao) = (world.enrol("li"), world.enrol("wang"), world.enrol("zhao"));
    let phones: [&Device; 3] = [&li, &wang, &zhao];
    forget(&mut world, &li, &wang, &phones);
    let other = zhao.report("WG02", LITTER);
    assert_eq!(li.failed_sync(), "hub_behind");
    assert_eq!(wang.failed_sync(), "hub_behind");
    assert_eq!(zhao.failed_sync(), "hub_behind", "the hub writes for nobody any more");
    world.restart();
    assert_eq!(zhao.failed_sync(), "hub_behind", "also after a restart");
    assert_eq!(world.log().tickets.len(), 1);
    world.wait(world.store().open_epoch()).unwrap();
    zhao.sync();
    assert!(world.log().tickets.contains_key(&other), "work goes on in the new epoch");
}

#[test]
fn what_a_restored_hub_forgot_comes_back_from_its_authors() {
    let mut world = World::new();
    let (li, wang, zhao) = (world.enrol("li"), world.enrol("wang"), world.enrol("zhao"));
    let phones: [&Device; 3] = [&li, &wang, &zhao];
    let (old, lost) = forget(&mut world, &li, &wang, &phones);
    world.wait(world.store().open_epoch()).unwrap();
    let log = world.converge(&phones);
    assert_eq!((log.tickets[&old].stage, log.tickets[&lost].stage), (Stage::Rectified, Stage::Accepted));
    assert!(!li.row(lost).number.ends_with('A'), "it keeps the number of its day");
    let own = li.client().log().unwrap();
    assert!(own.iter().all(|row| row.status.is_none_or(|status| status == Status::Accepted)));
    // Work goes on along the same chains, and who comes later sees all of it with its photos.
    let new = li.report("WG01", LITTER);
    let late = world.enrol("sun");
    let log = world.converge(&[&li, &wang, &zhao, &late]);
    assert_eq!(log.tickets[&new].seq, 1);
    assert!(li.row(new).number.ends_with('A'), "a new number of the new epoch");
    for ticket in [old, lost, new] {
        let photos = late.client().ticket(ticket).unwrap().photos;
        assert!(photos.iter().all(|photo| photo.thumbnail_path.is_some()), "a photo of {ticket} did not come back");
    }
}

#[test]
fn others_bring_back_what_its_author_cannot() {
    let mut world = World::new();
    let (li, wang, zhou) = (world.enrol("li"), world.enrol("wang"), world.enrol("zhou"));
    let old = li.report("WG01", LITTER);
    world.settle(&[&li, &wang, &zhou]);
    let backup = back_up(&mut world);
    let lost = li.report("WG01", LITTER);
    world.settle(&[&li, &wang]);
    wang.client().accept(old, By::default()).unwrap();
    wang.rectify(lost);
    world.settle(&[&wang, &zhou]);
    let before = BTreeMap::from([old, lost].map(|ticket| (ticket, stamps(&world, ticket))));
    assert!(before[&lost].len() >= 2);
    world.pass(HOUR_MS);
    restore(&mut world, &backup);
    // The reporter's phone is at the bottom of the river. Zhou's saw it all.
    assert_eq!(zhou.failed_sync(), "hub_behind");
    world.wait(world.store().open_epoch()).unwrap();
    let summary = zhou.sync();
    assert_eq!(summary.relayed as usize, before[&lost].len() + before[&old].len() - 1);
    for (ticket, was) in &before {
        let is: Vec<Stamp> = stamps(&world, *ticket).iter().map(of_its_day).collect();
        assert_eq!(is, was.iter().map(of_its_day).collect::<Vec<_>>(), "times, number, terms and paths of its day");
    }
    let again = wang.sync();
    assert_eq!((again.relayed, again.differing), (0, 0), "nothing comes twice");
    world.converge(&[&wang, &zhou]);
    for ticket in [old, lost] {
        prove(&world, &zhou, ticket);
    }
    // And should the author's phone be found after all, it hears that everything is known.
    let log = world.converge(&[&li, &wang, &zhou]);
    assert_eq!(log.tickets[&lost].seq as usize, before[&lost].len());
}

#[test]
fn a_phone_goes_back_to_the_fork_and_not_to_the_beginning() {
    let mut world = World::new();
    let (li, wang) = (world.enrol("li"), world.enrol("wang"));
    for _ in 0..12 {
        li.report("WG01", LITTER);
    }
    world.settle(&[&li, &wang]);
    let backup = back_up(&mut world);
    let (kept, moved) = (li.report("WG01", LITTER), li.report("WG01", LITTER));
    world.settle(&[&li, &wang]);
    // One leaves the grid beyond the fork: its phone drops it, and has to get it back if that never happened.
    let own: Vec<TicketId> = world.log().tickets.keys().copied().collect();
    wang.client().return_ticket(own[0], redvest_tests::device::reason("not_ours"), By::default()).unwrap();
    world.settle(&[&wang]);
    restore(&mut world, &backup);
    assert_eq!(li.failed_sync(), "hub_behind");
    world.wait(world.store().open_epoch()).unwrap();
    let summary = wang.sync();
    assert!(summary.relayed >= 3 && summary.changed <= 8, "{summary:?}");
    let log = world.converge(&[&li, &wang]);
    assert!(log.tickets.contains_key(&kept) && log.tickets.contains_key(&moved));
    assert_eq!(log.tickets.len(), 14);
}

#[test]
fn what_was_erased_since_the_backup_stays_erased() {
    let mut world = World::new();
    let (li, wang, wu) = (world.enrol("li"), world.enrol("wang"), world.enrol("wu"));
    let ticket = li.report("WG01", LITTER);
    world.settle(&[&li, &wang, &wu]);
    let backup = back_up(&mut world);
    let done = wang.client().comment(ticket, saying("他叫王小明，住三单元")).unwrap();
    let later = li.client().report(li.report_in("WG01", LITTER), saying("王小明又来了")).unwrap();
    world.settle(&[&wang, &wu]);
    world.settle(&[&li, &wu]);
    let mut all = vec![done.events[0], ticket.reported()];
    wu.client().erase(ticket, all.clone(), By::default()).unwrap();
    wu.client().erase(later.ticket, later.events.clone(), By::default()).unwrap();
    all.extend(&later.events);
    world.settle(&[&wu, &li]);
    // Wang's phone has not heard of it and still holds the words; Li's sends its report without them.
    restore(&mut world, &backup);
    assert_eq!(wu.failed_sync(), "hub_behind");
    world.wait(world.store().open_epoch()).unwrap();
    wang.sync();
    world.converge(&[&li, &wang, &wu]);
    let rows = world.wait(world.store().export_log(0, usize::MAX)).unwrap();
    for event in all {
        let row = rows.iter().find(|row| row.id == event).expect("the event itself came back");
        assert!(row.event.private.is_none(), "its words did not");
    }
    world.pass(HOUR_MS);
    wang.client().comment(ticket, saying("新的一句")).unwrap();
    world.converge(&[&li, &wang, &wu]);
    let told = wang.history(ticket);
    assert!(told.iter().filter(|row| row.erased).count() >= 2, "{told:?}");
}

#[test]
fn devices_that_came_or_went_since_the_backup_still_have() {
    let mut world = World::new();
    let (li, wang) = (world.enrol("li"), world.enrol("wang"));
    world.settle(&[&li, &wang]);
    let backup = back_up(&mut world);
    let sun = world.enrol("sun");
    let ticket = sun.report("WG01", LITTER);
    world.settle(&[&sun, &wang]);
    let stolen = li.client().store().identity().unwrap().unwrap().device;
    world.wait(world.store().revoke(stolen, true)).unwrap();
    restore(&mut world, &backup);
    assert_eq!(li.failed_sync(), "device_lost", "a thief gets nothing out of a restore");
    assert_eq!(wang.failed_sync(), "hub_behind");
    world.wait(world.store().open_epoch()).unwrap();
    let log = world.converge(&[&wang, &sun]);
    assert_eq!(log.tickets[&ticket].seq, 1);
    let next = sun.report("WG01", LITTER);
    let log = world.converge(&[&wang, &sun]);
    assert_eq!(log.tickets[&next].seq, 1);
    prove(&world, &sun, ticket);
}

#[test]
fn a_relay_of_made_up_events_brings_nothing() {
    let mut world = World::new();
    let (li, wang) = (world.enrol("li"), world.enrol("wang"));
    world.settle(&[&li, &wang]);
    let backup = back_up(&mut world);
    let ticket = li.report("WG01", LITTER);
    world.settle(&[&li, &wang]);
    let part = wang.client().store().beyond(ticket, 0).unwrap();
    restore(&mut world, &backup);
    assert_eq!(wang.failed_sync(), "hub_behind");
    world.wait(world.store().open_epoch()).unwrap();
    let relay = |part| redvest_domain::wire::Relay { epoch: 1, tickets: vec![part] };
    let taken = |part| world.wait(world.store().relay(relay(part))).unwrap().taken;
    let mut forged = part.clone();
    forged.events[0].mac.0[0] ^= 1;
    assert_eq!(taken(forged), 0, "a code that is not the hub's");
    let mut retimed = part.clone();
    let stamp = Stamp::from_bytes(&retimed.events[0].stamp).unwrap();
    let earlier = Stamp { received: stamp.received.plus_ms(-HOUR_MS), ..stamp };
    retimed.events[0].stamp.0 = earlier.to_bytes();
    assert_eq!(taken(retimed), 0, "another stamp than the hub's");
    let mut unsigned = part.clone();
    unsigned.signatures[0].signature.0[9] ^= 1;
    assert_eq!(taken(unsigned), 0, "not its author's signature");
    let mut elsewhere = part.clone();
    elsewhere.ticket = TicketId::from_bytes(Hash::of(&[b"another"]).0[..16].try_into().unwrap());
    assert_eq!(taken(elsewhere), 0, "another ticket");
    assert_eq!(world.log().tickets.len(), 0);
    assert_eq!((taken(part.clone()), taken(part)), (1, 0));
    world.converge(&[&li, &wang]);
}
