//! SYNC 5: photos arrive whole or not at all, go on where they were cut, and are seen by nobody else.

use base64::Engine;
use redvest_client::commands::{By, Report};
use redvest_client::store::BlobRole;
use redvest_client::sync::{SessionOptions, Summary};
use redvest_domain::event::{Blob, Photo};
use redvest_domain::id::{Hash, TicketId};
use redvest_domain::time::HOUR_MS;
use redvest_domain::wire::path;
use redvest_tests::device::LITTER;
use redvest_tests::raw::{Answer, ask, token_of};
use redvest_tests::{Device, Fault, Forger, Proxy, World};

const COPIES_ONLY: SessionOptions =
    SessionOptions { originals: false, review_copies: false, failures: 0, page_bytes: 512 << 10 };

/// A report with a photo of so many pixels, whose events and copies are on the hub and whose original is not.
fn original_waits(li: &Device, width: u32) -> (TicketId, Hash, u64) {
    let photo = li.photo_of(width);
    let report = Report { photos: vec![photo], ..li.report_in("WG01", LITTER) };
    let ticket = li.client().report(report, By::default()).unwrap().ticket;
    li.sync_with(COPIES_ONLY);
    let waiting = li.client().store().photos_waiting().unwrap();
    assert_eq!(waiting.iter().map(|role| (role.role, role.files)).collect::<Vec<_>>(), [(BlobRole::Original, 1)]);
    (ticket, photo, waiting[0].bytes)
}

fn files_waiting(phone: &Device) -> u64 {
    phone.client().store().photos_waiting().unwrap().iter().map(|role| role.files).sum()
}

/// Whether the hub gives a photo to somebody.
fn may_fetch(world: &World, token: &str, hash: Hash) -> Answer {
    ask(world, "GET", &format!("{}/{hash}", path::PHOTOS), &[("authorization", token)], &[])
}

fn metadata(hash: Hash) -> String {
    format!("sha256 {}", base64::engine::general_purpose::STANDARD.encode(hash.to_hex()))
}

fn create(world: &World, token: &str, hash: Hash, length: u64, bytes: &[u8]) -> Answer {
    let (metadata, length) = (metadata(hash), length.to_string());
    let mut headers = vec![
        ("authorization", token),
        ("tus-resumable", "1.0.0"),
        ("upload-length", &length),
        ("upload-metadata", &metadata),
    ];
    if !bytes.is_empty() {
        headers.push(("content-type", "application/offset+octet-stream"));
    }
    ask(world, "POST", path::UPLOADS, &headers, bytes)
}

fn append(world: &World, token: &str, url: &str, offset: u64, bytes: &[u8]) -> Answer {
    let offset = offset.to_string();
    let headers = [
        ("authorization", token),
        ("tus-resumable", "1.0.0"),
        ("upload-offset", offset.as_str()),
        ("content-type", "application/offset+octet-stream"),
    ];
    ask(world, "PATCH", url, &headers, bytes)
}

#[test]
fn a_photo_goes_on_at_the_byte_where_it_was_cut() {
    let mut world = World::new();
    let mut line = Proxy::to(world.listening());
    let li = world.enrol_by("li", Some(&line));
    let (ticket, photo, size) = original_waits(&li, 2400);
    assert!(size > 300_000, "{size} bytes are too few to be cut");
    let mut sent = 0;
    for _ in 0..2 {
        // All of this session goes through one connection: a pull, then the photo.
        line.next([Fault::CutUp(size / 3)]);
        let before = line.sent();
        let summary = li.try_sync();
        assert_eq!((summary.sent, summary.postponed), (0, 1));
        sent += line.sent() - before;
        world.pass(HOUR_MS);
        // Neither a restart of the app nor one of the hub begins it anew.
        li.restart();
        world.restart();
        line.tear();
        line.mend();
    }
    let before = line.sent();
    assert_eq!(li.sync().sent, 1);
    sent += line.sent() - before;
    // The rest holds what was cut off on its way into the hub, heads and handshakes; never the photo again.
    assert!(sent < size + size / 4, "{sent} bytes were sent for a photo of {size}");
    let shown = li.client().ticket(ticket).unwrap().photos;
    assert_eq!((shown[0].original, shown[0].waits), (photo, None));
    world.converge(&[&li]);
}

#[test]
fn a_sync_that_is_stopped_puts_no_photo_off() {
    let world = World::new();
    let li = world.enrol("li");
    original_waits(&li, 640);
    // The first answer is a page; the second request is the photo's.
    for steps in 0..2 {
        li.stopped_sync(steps);
        assert!(li.client().queue().unwrap().postponed.is_empty(), "after {steps} answers");
        assert_eq!(files_waiting(&li), 1, "after {steps} answers");
    }
    li.sync();
    assert_eq!(files_waiting(&li), 0);
}

#[test]
fn events_go_before_photos_and_small_files_before_large_ones() {
    let world = World::new();
    let line = Proxy::to(world.listening());
    let li = world.enrol_by("li", Some(&line));
    let photo = li.photo_of(1200);
    let report = Report { photos: vec![photo], ..li.report_in("WG01", LITTER) };
    let ticket = li.client().report(report, By::default()).unwrap().ticket;
    // So little fits through that the event arrives and the original does not.
    line.next((0..4).map(|_| Fault::CutUp(12_000)));
    let _ = li.try_sync();
    assert_eq!(li.row(ticket).pending, 0, "the event is on the hub");
    let waits = li.client().ticket(ticket).unwrap().photos[0].waits;
    assert!(waits.is_some(), "a photo is not");
    // One of the cuts may still be to come.
    for _ in 0..2 {
        world.pass(HOUR_MS);
        let _ = li.try_sync();
    }
    assert_eq!(files_waiting(&li), 0);
    world.converge(&[&li]);
}

#[test]
fn who_sees_the_ticket_gets_the_copies_and_nobody_else_anything() {
    let world = World::plain();
    let (li, wang, zhao) = (world.enrol("li"), world.enrol("wang"), world.enrol("zhao"));
    let photo = li.photo_of(400);
    let report = Report { photos: vec![photo], ..li.report_in("WG01", LITTER) };
    let ticket = li.client().report(report, By::default()).unwrap().ticket;
    li.sync();
    let both = SessionOptions { review_copies: true, ..SessionOptions::default() };
    assert_eq!(wang.sync_with(both).fetched, 2);
    let shown = &wang.client().ticket(ticket).unwrap().photos[0];
    let own = &li.client().ticket(ticket).unwrap().photos[0];
    for (got, made) in [(&shown.review_path, &own.review_path), (&shown.thumbnail_path, &own.thumbnail_path)] {
        assert_eq!(std::fs::read(got.as_ref().unwrap()).unwrap(), std::fs::read(made.as_ref().unwrap()).unwrap());
    }
    assert_eq!(shown.original_path, None, "originals are not sent around");
    let whole = may_fetch(&world, &token_of(&wang), photo);
    assert_eq!((whole.status, Hash::of(&[&whole.body])), (200, photo));
    assert_eq!(whole.header("x-content-type-options"), Some("nosniff"));
    // A volunteer without a part in it is told the same of a photo that is here and of one that is not.
    let volunteer = Forger::enrol(&world, "zhao");
    for token in [token_of(&zhao), volunteer.token] {
        let there = may_fetch(&world, &token, photo);
        let absent = may_fetch(&world, &token, Hash([7; 32]));
        assert_eq!((there.refusal(), &there.body), ((404, "not_found".to_owned()), &absent.body));
    }
    assert_eq!(may_fetch(&world, "Bearer 00", photo).refusal().0, 401);
}

#[test]
fn a_hash_alone_gives_no_right_to_the_photo() {
    let world = World::plain();
    let li = world.enrol("li");
    let photo = li.photo_of(400);
    let size = std::fs::metadata(&li.client().unbound_photos().unwrap()[0].original).unwrap().len();
    let report = Report { photos: vec![photo], ..li.report_in("WG01", LITTER) };
    li.client().report(report, By::default()).unwrap();
    li.sync();
    // Somebody who knows the hash binds it to a ticket of their own.
    let mut forger = Forger::enrol(&world, "zhao");
    let bound = |hash| Photo {
        original: Blob { hash, size },
        review: None,
        thumbnail: None,
        taken: None,
        position: None,
        dhash: None,
        marks: vec![],
    };
    let (nobodys, acting) = (Hash([9; 32]), forger.volunteer());
    let (ticket, commit) = forger.report(&world, acting, "WG02", vec![bound(photo), bound(nobodys)]);
    assert_eq!(forger.pushed(&world, &[commit]).later, None);
    assert!(world.log().tickets.contains_key(&ticket));
    assert_eq!(may_fetch(&world, &forger.token, photo).refusal(), (404, "not_found".to_owned()));
    // Asked to prove that they have it, they are told nothing of whether the hub does.
    let (known, unknown) =
        (create(&world, &forger.token, photo, size, &[]), create(&world, &forger.token, nobodys, size, &[]));
    assert_eq!((known.status, known.header("upload-offset")), (201, Some("0")));
    assert_eq!((unknown.status, unknown.header("upload-offset")), (201, Some("0")));
    assert_eq!(may_fetch(&world, &forger.token, photo).status, 404);
    // Whoever really has the bytes may have them.
    let bytes = may_fetch(&world, &token_of(&li), photo).body;
    let url = known.header("location").unwrap().to_owned();
    assert_eq!(append(&world, &forger.token, &url, 0, &bytes).status, 204);
    assert_eq!(may_fetch(&world, &forger.token, photo).status, 200);
}

#[test]
fn uploads_follow_events_and_have_to_be_what_was_announced() {
    let world = World::plain();
    let li = world.enrol("li");
    let (_, photo, size) = original_waits(&li, 600);
    let token = token_of(&li);
    let refused = |answer: Answer| answer.refusal();
    let code = |status, code: &str| (status, code.to_owned());
    assert_eq!(refused(create(&world, &token, Hash([5; 32]), 10, &[])), code(403, "upload_without_event"));
    assert_eq!(refused(create(&world, &token, photo, size + 1, &[])), code(409, "upload_size"));
    assert_eq!(refused(create(&world, &token, photo, 1 << 40, &[])), code(413, "photo_too_large"));
    let wrong = vec![b'x'; usize::try_from(size).unwrap()];
    assert_eq!(refused(create(&world, &token, photo, size, &wrong)), code(460, "upload_checksum"));
    assert_eq!(may_fetch(&world, &token, photo).status, 404);
    // Piece by piece; offsets other than where it stands are refused, and nothing is lost by it.
    let path =
        li.client().ticket(li.client().log().unwrap()[0].ticket.unwrap()).unwrap().photos[0].original_path.clone();
    let bytes = std::fs::read(path.unwrap()).unwrap();
    let begun = create(&world, &token, photo, size, &bytes[..1000]);
    assert_eq!((begun.status, begun.header("upload-offset")), (201, Some("1000")));
    let url = begun.header("location").unwrap().to_owned();
    for offset in [0, 999, 1001, size] {
        assert_eq!(refused(append(&world, &token, &url, offset, &bytes[1000..])), code(409, "upload_offset"));
    }
    let too_long = [&bytes[1000..], b"more"].concat();
    assert_eq!(refused(append(&world, &token, &url, 1000, &too_long)), code(413, "upload_too_long"));
    // Another device's upload is none at all.
    let zhao = world.enrol("zhao");
    assert_eq!(refused(append(&world, &token_of(&zhao), &url, 1000, &bytes[1000..])), code(404, "upload_unknown"));
    assert_eq!(refused(append(&world, &token, &format!("{}/../x", path::UPLOADS), 0, b"x")).0, 404);
    assert_eq!(li.sync().sent, 1);
    assert_eq!(Hash::of(&[&may_fetch(&world, &token, photo).body]), photo);
}

#[test]
fn a_photo_damaged_on_the_phone_reaches_nobody_and_the_ticket_survives() {
    let world = World::plain();
    let (li, wang) = (world.enrol("li"), world.enrol("wang"));
    let (ticket, photo, _) = original_waits(&li, 600);
    let path = li.client().ticket(ticket).unwrap().photos[0].original_path.clone().unwrap();
    let whole = std::fs::read(&path).unwrap();
    let mut damaged = whole.clone();
    damaged[1000] ^= 1;
    std::fs::write(&path, &damaged).unwrap();
    let health = li.client().doctor().unwrap();
    assert_eq!(health.findings.iter().map(|finding| finding.code.as_str()).collect::<Vec<_>>(), ["photo_damaged"]);
    let Summary { sent, postponed, .. } = li.sync();
    assert_eq!((sent, postponed, files_waiting(&li)), (0, 1, 1));
    assert_eq!(may_fetch(&world, &token_of(&li), photo).status, 404);
    wang.sync();
    assert!(wang.client().ticket(ticket).unwrap().photos[0].thumbnail_path.is_some());
    // Mended, it goes on by itself when its time has come.
    std::fs::write(&path, &whole).unwrap();
    world.pass(HOUR_MS);
    assert_eq!(li.sync().sent, 1);
    world.converge(&[&li, &wang]);
}

#[test]
fn a_photo_on_two_tickets_is_sent_once() {
    let world = World::new();
    let (li, wang) = (world.enrol("li"), world.enrol("wang"));
    let photo = li.photo_of(400);
    let report = |phone: &Device| {
        let report = Report { photos: vec![photo], ..phone.report_in("WG01", LITTER) };
        phone.client().report(report, By::default()).unwrap().ticket
    };
    let first = report(&li);
    assert_eq!(li.sync().sent, 3);
    let second = report(&li);
    world.settle(&[&li, &wang]);
    assert_eq!(files_waiting(&li), 0);
    for ticket in [first, second] {
        assert!(wang.client().ticket(ticket).unwrap().photos[0].thumbnail_path.is_some());
    }
    let marks = &wang.client().ticket(second).unwrap().photos[0].marks;
    assert!(marks.iter().any(|mark| mark == "reused"), "{marks:?}");
    world.converge(&[&li, &wang]);
}

#[test]
fn imported_photos_are_offered_again_after_a_kill_and_originals_go_when_a_backup_has_them() {
    let world = World::new();
    let li = world.enrol("li");
    let photo = li.photo_of(400);
    li.restart();
    assert_eq!(li.client().unbound_photos().unwrap()[0].hash, photo);
    let report = Report { photos: vec![photo], ..li.report_in("WG01", LITTER) };
    let ticket = li.client().report(report, By::default()).unwrap().ticket;
    world.settle(&[&li]);
    assert_eq!(li.client().store().free_originals().unwrap(), 0, "no backup holds it yet");
    let head = world.wait(world.store().head()).unwrap();
    world.wait(world.store().set_safe(head.n)).unwrap();
    assert_eq!(li.client().store().free_originals().unwrap(), 0, "and this phone has not heard of one");
    li.sync();
    assert!(li.client().store().free_originals().unwrap() > 0);
    let shown = &li.client().ticket(ticket).unwrap().photos[0];
    assert!(shown.original_path.is_none() && shown.thumbnail_path.is_some());
    world.converge(&[&li]);
}

#[test]
fn a_hub_killed_between_a_photos_file_and_its_row_is_sent_it_again_and_keeps_nothing_twice() {
    let mut world = World::plain();
    let li = world.enrol("li");
    let (ticket, photo, size) = original_waits(&li, 600);
    let token = token_of(&li);
    let path = li.client().ticket(ticket).unwrap().photos[0].original_path.clone().unwrap();
    let bytes = std::fs::read(path).unwrap();
    let url = create(&world, &token, photo, size, &bytes[..1000]).header("location").unwrap().to_owned();
    world.kill();
    // The bytes were moved to their place; the power went before the row was written.
    let (uploads, id) = (world.hub_folder().join("uploads"), url.rsplit('/').next().unwrap());
    let workspace = li.client().store().identity().unwrap().unwrap().workspace.to_string();
    let folder = world.hub_folder().join("photos").join(workspace).join(&photo.to_hex()[..2]);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::remove_file(uploads.join(format!("{id}.part"))).unwrap();
    std::fs::write(folder.join(photo.to_hex()), &bytes).unwrap();
    world.start();
    assert_eq!(may_fetch(&world, &token, photo).status, 404, "a file without a row is nobody's");
    assert_eq!(append(&world, &token, &url, size, &[]).refusal(), (404, "upload_unknown".to_owned()));
    assert_eq!(li.sync().sent, 1);
    assert_eq!(Hash::of(&[&may_fetch(&world, &token, photo).body]), photo);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    world.converge(&[&li]);
}
