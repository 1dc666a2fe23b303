//! SYNC 5: when an original and its copies are on the hub, it looks whether they show the same. It marks, and refuses
//! nothing.

use std::io::Cursor;

use base64::Engine;
use redvest_client::commands::{By, Report};
use redvest_domain::event::{Blob, Photo};
use redvest_domain::id::{Hash, TicketId};
use redvest_domain::wire::path;
use redvest_hub::custody::Verdict;
use redvest_photo::sample::{Scene, jpeg};
use redvest_photo::{Copies, Limits, copies_from};
use redvest_tests::device::LITTER;
use redvest_tests::raw::ask;
use redvest_tests::{Forger, World};

fn scene(seed: u64) -> Vec<u8> {
    jpeg(&Scene { width: 400, height: 300, ..Scene::new(seed) })
}

fn copies(original: &[u8]) -> Copies {
    copies_from(Cursor::new(original), &Limits::default()).unwrap()
}

fn blob(bytes: &[u8]) -> Blob {
    Blob { hash: Hash::of(&[bytes]), size: bytes.len() as u64 }
}

fn photo(original: &[u8], review: &[u8], thumbnail: &[u8]) -> Photo {
    let (review, thumbnail) = (Some(blob(review)), Some(blob(thumbnail)));
    Photo { original: blob(original), review, thumbnail, taken: None, position: None, dhash: None, marks: vec![] }
}

/// Sends a file as a whole; it has to be taken.
fn send(world: &World, forger: &Forger, bytes: &[u8]) {
    let sha256 = base64::engine::general_purpose::STANDARD.encode(Hash::of(&[bytes]).to_hex());
    let (metadata, length) = (format!("sha256 {sha256}"), bytes.len().to_string());
    let headers = [
        ("authorization", forger.token.as_str()),
        ("tus-resumable", "1.0.0"),
        ("upload-length", &length),
        ("upload-metadata", &metadata),
        ("content-type", "application/offset+octet-stream"),
    ];
    let answer = ask(world, "POST", path::UPLOADS, &headers, bytes);
    assert_eq!((answer.status, answer.header("upload-offset")), (201, Some(length.as_str())));
}

fn report(world: &World, forger: &mut Forger, photos: Vec<Photo>) -> TicketId {
    let acting = forger.volunteer();
    let (ticket, commit) = forger.report(world, acting, "WG02", photos);
    forger.pushed(world, &[commit]);
    assert!(world.log().tickets.contains_key(&ticket), "a photo is never a reason to refuse");
    ticket
}

/// What is doubtful: of which ticket, and about which original and copy.
fn doubts(world: &World) -> Vec<(TicketId, Hash, Hash, Verdict)> {
    let doubts = world.wait(world.store().photo_doubts()).unwrap();
    doubts.into_iter().map(|doubt| (doubt.ticket, doubt.original, doubt.copy, doubt.verdict)).collect()
}

#[test]
fn copies_that_a_phone_made_are_found_alike_once() {
    let world = World::plain();
    let li = world.enrol("li");
    let photos = vec![li.photo_of(400), li.photo_of(1800)];
    let report = Report { photos, ..li.report_in("WG01", LITTER) };
    li.client().report(report, By::default()).unwrap();
    assert_eq!(world.check_photos(), 0, "nothing is here yet");
    assert_eq!(li.sync().sent, 6);
    assert_eq!((world.check_photos(), world.check_photos()), (2, 0));
    assert_eq!(doubts(&world), []);
    world.converge(&[&li]);
}

#[test]
fn a_foreign_copy_is_marked_and_its_photo_kept() {
    let world = World::plain();
    let mut forger = Forger::enrol(&world, "zhao");
    let (original, other) = (scene(1), scene(2));
    let (own, foreign) = (copies(&original), copies(&other));
    let ticket = report(&world, &mut forger, vec![photo(&original, &foreign.review, &own.thumbnail)]);
    for bytes in [&own.thumbnail, &foreign.review, &original] {
        assert_eq!((world.check_photos(), doubts(&world)), (0, vec![]), "what is not here cannot be compared");
        send(&world, &forger, bytes);
    }
    assert_eq!(world.check_photos(), 1);
    let expected = vec![(ticket, blob(&original).hash, blob(&foreign.review).hash, Verdict::Differs)];
    assert_eq!(doubts(&world), expected);
    for bytes in [&original, &foreign.review, &own.thumbnail] {
        let to = format!("{}/{}", path::PHOTOS, blob(bytes).hash);
        let served = ask(&world, "GET", &to, &[("authorization", &forger.token)], &[]);
        assert_eq!((served.status, &served.body), (200, bytes));
    }
    // Bound again with what is here already: another ticket, and its doubt without another look.
    let again = report(&world, &mut forger, vec![photo(&original, &foreign.review, &own.thumbnail)]);
    assert_eq!(world.check_photos(), 0);
    assert_eq!(doubts(&world).into_iter().filter(|doubt| doubt.0 == again).count(), 1);
}

#[test]
fn a_copy_under_two_originals_of_one_event_is_compared_with_both() {
    let world = World::plain();
    let mut forger = Forger::enrol(&world, "zhao");
    let (one, two) = (scene(1), scene(2));
    let own = copies(&one);
    let photos = vec![photo(&one, &own.review, &own.thumbnail), photo(&two, &own.review, &own.thumbnail)];
    let ticket = report(&world, &mut forger, photos);
    for bytes in [&one, &two, &own.review, &own.thumbnail] {
        send(&world, &forger, bytes);
    }
    assert_eq!(world.check_photos(), 2);
    let found = doubts(&world);
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|doubt| (doubt.0, doubt.1) == (ticket, blob(&two).hash)), "{found:?}");
}

#[test]
fn an_original_that_is_no_picture_is_marked_undecodable_and_one_of_another_kind_is_not() {
    let world = World::plain();
    let mut forger = Forger::enrol(&world, "zhao");
    let own = copies(&scene(1));
    let cut = scene(1)[..2_000].to_vec();
    let (noise, gif) = (b"\xff\xd8\xff\xe0 not a picture".to_vec(), b"GIF89a\x10\0\x10\0\0\0\0".to_vec());
    let photos = [&cut, &noise, &gif].map(|original| photo(original, &own.review, &own.thumbnail)).to_vec();
    let ticket = report(&world, &mut forger, photos);
    for bytes in [&own.review, &own.thumbnail, &cut, &noise, &gif] {
        send(&world, &forger, bytes);
    }
    assert_eq!((world.check_photos(), world.check_photos()), (3, 0));
    let found = doubts(&world);
    assert_eq!(found.len(), 4);
    for original in [&cut, &noise] {
        let marked = found.iter().filter(|doubt| doubt.1 == blob(original).hash);
        assert_eq!(marked.filter(|doubt| (doubt.0, doubt.3) == (ticket, Verdict::Undecodable)).count(), 2);
    }
}

#[test]
fn a_kill_between_arrival_and_comparison_leaves_it_to_the_next_start() {
    let mut world = World::plain();
    let mut forger = Forger::enrol(&world, "zhao");
    let (original, other) = (scene(1), copies(&scene(2)));
    let ticket = report(&world, &mut forger, vec![photo(&original, &other.review, &other.thumbnail)]);
    for bytes in [&other.review, &other.thumbnail, &original] {
        send(&world, &forger, bytes);
    }
    assert_eq!(doubts(&world), [], "the answer to an upload does not wait for it");
    world.kill();
    world.start();
    // The started hub looks by itself; nobody asks it to.
    let looked = (0..200_000).find(|_| {
        std::thread::yield_now();
        doubts(&world).len() == 2
    });
    assert!(looked.is_some(), "nothing was compared");
    assert!(doubts(&world).iter().all(|doubt| (doubt.0, doubt.3) == (ticket, Verdict::Differs)));
    assert_eq!(world.check_photos(), 0);
}

#[test]
fn a_file_that_is_gone_from_the_disk_holds_nothing_up() {
    let world = World::plain();
    let mut forger = Forger::enrol(&world, "zhao");
    let (one, two) = (scene(1), scene(2));
    let (first, second) = (copies(&one), copies(&two));
    let photos = vec![photo(&one, &first.review, &first.thumbnail), photo(&two, &second.review, &second.thumbnail)];
    report(&world, &mut forger, photos);
    let files = [&one, &two, &first.review, &first.thumbnail, &second.review, &second.thumbnail];
    files.iter().for_each(|bytes| send(&world, &forger, bytes));
    // The one that is looked at first.
    let lost = blob(&one).hash.min(blob(&two).hash).to_hex();
    let folder = world.hub_folder().join("photos").join(forger.enrolled.workspace.to_string()).join(&lost[..2]);
    std::fs::rename(folder.join(&lost), world.folder().join("lost")).unwrap();
    assert_eq!(world.check_photos(), 1, "the other one is compared");
    std::fs::rename(world.folder().join("lost"), folder.join(&lost)).unwrap();
    assert_eq!((world.check_photos(), doubts(&world)), (1, vec![]));
}

#[test]
fn a_verdict_tells_nobody_of_bytes_that_are_not_theirs() {
    let world = World::plain();
    let li = world.enrol("li");
    let report_of = Report { photos: vec![li.photo_of(400)], ..li.report_in("WG01", LITTER) };
    let ticket = li.client().report(report_of, By::default()).unwrap().ticket;
    li.sync();
    assert_eq!(world.check_photos(), 1);
    let path = li.client().ticket(ticket).unwrap().photos[0].original_path.clone().unwrap();
    let victims = std::fs::read(path).unwrap();
    let mut forger = Forger::enrol(&world, "zhao");
    let foreign = copies(&scene(2));
    report(&world, &mut forger, vec![photo(&victims, &foreign.review, &foreign.thumbnail)]);
    send(&world, &forger, &foreign.review);
    send(&world, &forger, &foreign.thumbnail);
    assert_eq!((world.check_photos(), doubts(&world)), (0, vec![]));
    // Who has the bytes after all is told like anybody.
    send(&world, &forger, &victims);
    assert_eq!((world.check_photos(), doubts(&world).len()), (1, 2));
}
