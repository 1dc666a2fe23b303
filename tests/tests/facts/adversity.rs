//! Full and foreign disks, clocks that are years off, places on no map: each is named, and costs nobody their work.

use std::process::Command;

use base64::Engine;
use redvest_client::commands::{By, Report};
use redvest_client::sync::SessionOptions;
use redvest_domain::id::Hash;
use redvest_domain::key::Key;
use redvest_domain::place::Position;
use redvest_domain::ticket::{Mark, Stage};
use redvest_domain::time::{DAY_MS, HOUR_MS};
use redvest_domain::wire::path;
use redvest_hub::store::Store;
use redvest_tests::device::{LITTER, fix};
use redvest_tests::raw::{ask, token_of};
use redvest_tests::world::copy_folder;
use redvest_tests::{Forger, World};

fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

/// A folder that becomes a small file system of its own, where the machine allows one.
struct SmallDisk(std::path::PathBuf);

impl SmallDisk {
    fn over(folder: &std::path::Path, kilobytes: u32) -> Option<SmallDisk> {
        let size = format!("size={kilobytes}k");
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "redvest-test"]).arg(folder).output();
        mount.is_ok_and(|output| output.status.success()).then(|| SmallDisk(folder.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Files of a hub that was not stopped may still be open when a test fails.
        let _ = Command::new("umount").arg("-l").arg(&self.0).output();
    }
}

#[test]
fn a_full_disk_of_the_hub_is_told_by_name_and_costs_nobody_anything() {
    let mut world = World::plain();
    let li = world.enrol("li");
    world.stop();
    let (folder, aside) = (world.hub_folder(), world.folder().join("aside"));
    std::fs::rename(&folder, &aside).unwrap();
    std::fs::create_dir(&folder).unwrap();
    let Some(_disk) = SmallDisk::over(&folder, 6 << 10) else { return };
    copy_folder(&aside, &folder);
    world.start();
    // The events are taken; the photo finds no room.
    let photo = li.photo_of(3000);
    let report = Report { photos: vec![photo], ..li.report_in("WG01", LITTER) };
    let first = li.client().report(report, By::default()).unwrap().ticket;
    let copies_only = SessionOptions { originals: false, review_copies: false, ..SessionOptions::default() };
    li.sync_with(copies_only);
    let ballast = folder.join("ballast");
    let fill = || {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(&ballast).unwrap();
        while std::io::Write::write_all(&mut file, &[0; 4096]).is_ok() {}
    };
    fill();
    let token = token_of(&li);
    let size = li.client().store().photos_waiting().unwrap()[0].bytes.to_string();
    let sha256 = base64::engine::general_purpose::STANDARD.encode(photo.to_hex());
    let metadata = format!("sha256 {sha256}");
    let headers = [
        ("authorization", token.as_str()),
        ("tus-resumable", "1.0.0"),
        ("upload-length", &size),
        ("upload-metadata", &metadata),
    ];
    assert_eq!(ask(&world, "POST", path::UPLOADS, &headers, &[]).refusal(), refused(507, "hub_full"));
    // So do events, sooner or later: what the log's file still has room for is taken.
    let mut reported = vec![first];
    let code = loop {
        reported.push(li.report("WG01", LITTER));
        fill();
        let summary = li.try_sync();
        if let Some(failure) = summary.failure {
            break failure.code;
        }
        assert!(reported.len() < 500, "the disk never fills up");
    };
    assert_eq!(code, "hub_full");
    std::fs::remove_file(&ballast).unwrap();
    world.pass(HOUR_MS);
    let log = world.converge(&[&li]);
    assert!(reported.iter().all(|ticket| log.tickets.contains_key(ticket)));
    assert!(li.client().store().photos_waiting().unwrap().is_empty());
    world.stop();
}

#[test]
fn a_hubs_folder_that_is_somebody_elses_or_read_only_is_refused_and_untouched() {
    use redvest_hub::HubError;
    let mut world = World::plain();
    world.stop();
    let open = |folder: &std::path::Path| match Store::open(folder, world.clock.clone()) {
        Err(HubError::Database(error)) => (error.code(), error.sentence_zh(), error.sentence_en()),
        other => panic!("{:?}", other.map(drop)),
    };
    // A phone's database under the hub's name.
    let li = world.phone("li");
    li.close();
    let folder = world.folder().join("foreign");
    std::fs::create_dir(&folder).unwrap();
    std::fs::copy(li.database(), folder.join("hub.db")).unwrap();
    let before = std::fs::read(folder.join("hub.db")).unwrap();
    let (code, zh, en) = open(&folder);
    assert_eq!((code, zh.contains("另选文件夹"), en.contains("another folder")), ("foreign_file", true, true));
    assert_eq!(std::fs::read(folder.join("hub.db")).unwrap(), before);
    let narrow = world.folder().join("narrow");
    std::fs::create_dir(&narrow).unwrap();
    if let Some(_disk) = SmallDisk::over(&narrow, 8 << 10) {
        copy_folder(&world.hub_folder(), &narrow);
        let remount = |how| Command::new("mount").args(["-o", how]).arg(&narrow).status().unwrap().success();
        assert!(remount("remount,ro"));
        assert_eq!(open(&narrow).0, "not_writable");
        assert!(remount("remount,rw"));
        drop(Store::open(&narrow, world.clock.clone()).unwrap());
    }
}

#[test]
fn a_clock_ten_years_off_binds_nobody_and_is_marked_until_it_was_compared() {
    let world = World::new();
    let (early, late, wang) = (world.enrol("li"), world.enrol("zhao"), world.enrol("wang"));
    let begun = world.now();
    let mut tickets = Vec::new();
    for (phone, years) in [(&early, -10), (&late, 10)] {
        // Another boot, so that no offset is known; as after an empty battery.
        phone.env.reboot();
        phone.env.set_now(begun.plus_ms(years * 365 * DAY_MS));
        tickets.push(phone.report("WG01", LITTER));
    }
    world.pass(HOUR_MS);
    let log = world.converge(&[&early, &late, &wang]);
    for ticket in tickets {
        let reported = log.tickets[&ticket].reported;
        assert!(reported.corrected >= begun && reported.corrected <= world.now(), "{:?}", reported.corrected);
        assert!(wang.history(ticket)[0].unsure);
    }
    // Compared with the hub's, the same clock is as good as any.
    let ticket = early.report("WG01", LITTER);
    world.pass(HOUR_MS);
    let log = world.converge(&[&early, &late, &wang]);
    assert_eq!(log.tickets[&ticket].reported.corrected, world.now().plus_ms(-HOUR_MS));
    assert!(!wang.history(ticket)[0].unsure);
}

#[test]
fn a_place_outside_every_grid_is_taken_marked_and_waits_at_the_office() {
    let world = World::new();
    let (li, wu) = (world.enrol("li"), world.enrol("wu"));
    // In the sea.
    let pin = Position { lat_e7: 300_000_000, lon_e7: 1_250_000_000 };
    let report = Report { pin: Some(pin), fix: Some(fix(pin)), ..li.report_in("WG01", LITTER) };
    let ticket = li.client().report(report, By::default()).unwrap().ticket;
    let state = world.converge(&[&li, &wu]).tickets.remove(&ticket).unwrap();
    assert_eq!((state.stage, state.next_move()), (Stage::Waiting, Some(Key::Workspace)));
    assert!(state.marks.iter().any(|(mark, _)| *mark == Mark::OutsideGrids), "{:?}", state.marks);
    assert_eq!(wu.client().work_list(None, None).unwrap().rows.len(), 1);
}

#[test]
fn a_report_that_breaks_photo_rule_and_gate_without_a_reason_is_taken_and_marked() {
    let world = World::plain();
    let mut forger = Forger::enrol(&world, "zhao");
    let acting = forger.volunteer();
    // No phone of ours would write it; the hub asks for right alone, so the work is not lost.
    let (ticket, commit) = forger.report(&world, acting, "WG02", vec![]);
    forger.pushed(&world, &[commit]);
    let state = world.ticket(ticket);
    assert!(state.marks.iter().any(|(mark, _)| *mark == Mark::PhotosMissing), "{:?}", state.marks);
    assert!(state.anomalies.is_empty());
}

#[test]
fn a_device_with_too_many_unfinished_uploads_is_told_to_finish_some() {
    let mut world = World::plain();
    world.config.limits.uploads_per_device = 2;
    world.restart();
    let li = world.enrol("li");
    let photos: Vec<_> = (0..3).map(|_| li.photo_of(400)).collect();
    let report = Report { photos: photos.clone(), ..li.report_in("WG01", LITTER) };
    li.client().report(report, By::default()).unwrap();
    let nothing = SessionOptions { originals: false, review_copies: false, ..SessionOptions::default() };
    li.sync_with(nothing);
    let token = token_of(&li);
    let begin = |photo: Hash| {
        let size =
            std::fs::metadata(li.client().store().photo_path(photo).unwrap().unwrap()).unwrap().len().to_string();
        let metadata = format!("sha256 {}", base64::engine::general_purpose::STANDARD.encode(photo.to_hex()));
        let headers = [
            ("authorization", token.as_str()),
            ("tus-resumable", "1.0.0"),
            ("upload-length", &size),
            ("upload-metadata", &metadata),
        ];
        ask(&world, "POST", path::UPLOADS, &headers, &[])
    };
    assert_eq!((begin(photos[0]).status, begin(photos[1]).status), (201, 201));
    let third = begin(photos[2]);
    assert_eq!((third.refusal(), third.header("retry-after")), (refused(429, "upload_too_many"), Some("30")));
}
