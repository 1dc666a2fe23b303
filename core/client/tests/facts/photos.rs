use std::fs;

use redvest_client::Error;
use redvest_client::commands::{By, Evidence};
use redvest_client::store::{BlobRole, UploadPolicy};
use redvest_domain::codes::Explained;
use redvest_domain::event::PhotoMark;
use redvest_domain::id::Hash;
use redvest_domain::time::Timestamp;
use redvest_domain::wire::Page;
use redvest_photo::LocalTime;
use redvest_photo::sample::{Scene, jpeg};

use crate::world::{Hub, Person, grid_member, photo, reported, volunteer};
use crate::{PIN, import, litter};

#[test]
fn an_imported_photo_is_kept_with_its_copies_and_offered_again() {
    let (folder, hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let data = folder.path().join("data");
    let (client, _) = hub.phone(&data, &volunteer());
    let path = folder.path().join("a.jpg");
    let bytes = jpeg(&Scene { position_e7: Some((320_603_001, 1_187_969_001)), ..Scene::new(1) });
    fs::write(&path, &bytes).unwrap();
    let photo = client.import_photo(&path).unwrap();
    assert_eq!((photo.hash, photo.size, photo.kind.as_str()), (Hash::of(&[&bytes]), bytes.len() as u64, "image/jpeg"));
    assert_eq!(photo.facts.marks, [PhotoMark::NoTime]);
    assert_eq!(photo.facts.position.unwrap().lat_e7, 320_603_001);
    assert_eq!(fs::read(&photo.original).unwrap(), bytes);
    for copy in [photo.review.as_ref().unwrap(), photo.thumbnail.as_ref().unwrap()] {
        assert!(fs::metadata(copy).unwrap().len() > 500);
    }
    assert!(path.exists(), "the file it came from is left as it is");
    assert_eq!(client.import_photo(&path).unwrap(), photo, "the same content is the same photo");
    drop(client);
    let (client, _) = hub.phone(&data, &volunteer());
    assert_eq!(client.unbound_photos().unwrap(), std::slice::from_ref(&photo));
    client.discard_photo(photo.hash).unwrap();
    assert!(!photo.original.exists() && client.unbound_photos().unwrap().is_empty());
    assert!(matches!(client.discard_photo(photo.hash), Err(Error::UnknownPhoto(_))));
}

#[test]
fn what_is_no_photo_is_refused_and_what_cannot_be_decoded_is_kept_and_marked() {
    let (folder, hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let data = folder.path().join("data");
    let (client, _) = hub.phone(&data, &volunteer());
    hub.pull(&client, &volunteer());
    let path = folder.path().join("a.jpg");
    for (bytes, code) in [(&b""[..], "empty_photo"), (b"%PDF-1.7", "not_an_image")] {
        fs::write(&path, bytes).unwrap();
        assert_eq!(client.import_photo(&path).unwrap_err().code(), code);
    }
    assert_eq!(client.import_photo(&folder.path().join("none")).unwrap_err().code(), "unreadable_file");
    let whole = jpeg(&Scene::new(1));
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let cut = client.import_photo(&path).unwrap();
    assert!(cut.facts.marks.contains(&PhotoMark::Truncated), "{:?}", cut.facts.marks);
    assert!(cut.review.is_none() && cut.original.exists());
    fs::write(&path, b"GIF89a\x10\0\x10\0\0\0\0").unwrap();
    let gif = client.import_photo(&path).unwrap();
    assert!(gif.facts.marks.contains(&PhotoMark::UnsupportedFormat));
    client.report(litter(vec![cut.hash, gif.hash]), By::default()).unwrap();
    assert!(fs::read_dir(data.join("incoming")).unwrap().next().is_none(), "no half file is left");
}

#[test]
fn a_photo_used_twice_or_taken_far_away_is_marked_and_never_refused() {
    let (folder, hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, _) = hub.phone(&folder.path().join("data"), &volunteer());
    hub.pull(&client, &volunteer());
    let path = folder.path().join("far.jpg");
    fs::write(&path, jpeg(&Scene { position_e7: Some((320_700_000, 1_187_969_001)), ..Scene::new(7) })).unwrap();
    let far = client.import_photo(&path).unwrap().hash;
    let first = client.report(litter(vec![far]), By::default()).unwrap();
    let marks = |ticket| client.ticket(ticket).unwrap().photos[0].marks.clone();
    assert_eq!(marks(first.ticket), ["no_time", "far_from_pin"]);
    let second = client.report(litter(vec![far]), By::default()).unwrap();
    assert_eq!(marks(second.ticket), ["no_time", "far_from_pin", "reused"]);
    assert!(matches!(client.discard_photo(far), Err(Error::PhotoInUse)));
}

#[test]
fn uploads_go_smallest_kind_first_only_after_acceptance_and_survive_failures() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, _) = hub.phone(&folder.path().join("data"), &volunteer());
    hub.pull(&client, &volunteer());
    let photos = [1, 2].map(|seed| import(&client, folder.path(), seed));
    client.report(litter(photos.to_vec()), By::default()).unwrap();
    let store = client.store();
    let jobs = |originals, now| store.uploads(UploadPolicy { originals, now }, 100).unwrap();
    assert!(jobs(true, hub.now).is_empty());
    let home = client.home().unwrap();
    assert_eq!(home.photos.iter().map(|waiting| waiting.files).collect::<Vec<_>>(), [2, 2, 2]);
    hub.push(&client);
    let roles = |jobs: &[redvest_client::store::UploadJob]| jobs.iter().map(|job| job.role).collect::<Vec<_>>();
    use BlobRole::{Original, Review, Thumbnail};
    assert_eq!(roles(&jobs(true, hub.now)), [Thumbnail, Thumbnail, Review, Review, Original, Original]);
    assert_eq!(roles(&jobs(false, hub.now)), [Thumbnail, Thumbnail, Review, Review]);
    let job = jobs(true, hub.now)[0].clone();
    assert_eq!(fs::metadata(&job.path).unwrap().len(), job.size);
    store.upload_begun(job.hash, "/v1/uploads/1").unwrap();
    store.upload_at(job.hash, 100).unwrap();
    let later = hub.now.plus_ms(60_000);
    store.upload_failed(job.hash, "busy", later).unwrap();
    assert_eq!(jobs(true, hub.now).len(), 5);
    let again = jobs(true, later).into_iter().find(|one| one.hash == job.hash).unwrap();
    assert_eq!((again.offset, again.url.as_deref(), again.tries), (100, Some("/v1/uploads/1"), 1));
    store.upload_failed(job.hash, "upload_gone", Timestamp(0)).unwrap();
    let anew = jobs(true, later).into_iter().find(|one| one.hash == job.hash).unwrap();
    assert_eq!((anew.offset, anew.url), (0, None));
    for job in jobs(true, later) {
        store.upload_done(job.hash).unwrap();
    }
    assert!(client.home().unwrap().photos.is_empty());
    // The same photo on another ticket needs no second upload.
    let ticket = client.report(litter(vec![photos[0]]), By::default()).unwrap().ticket;
    client.add_evidence(ticket, Evidence { photos: vec![photos[1]] }, By::default()).unwrap();
    assert!(client.home().unwrap().photos.is_empty());
}

#[test]
fn originals_go_only_when_the_hub_has_them_in_a_verified_backup() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, _) = hub.phone(&folder.path().join("data"), &volunteer());
    hub.pull(&client, &volunteer());
    let hash = import(&client, folder.path(), 1);
    client.report(litter(vec![hash]), By::default()).unwrap();
    hub.push(&client);
    hub.pull(&client, &volunteer());
    let free = || client.store().free_originals().unwrap();
    assert_eq!(free(), 0);
    for job in client.store().uploads(UploadPolicy { originals: true, now: hub.now }, 9).unwrap() {
        client.store().upload_done(job.hash).unwrap();
    }
    assert_eq!(free(), 0, "no backup has it");
    hub.give(&client, &Page { safe_n: hub.n, ..hub.empty_page() });
    assert!(free() > 0);
    assert_eq!(client.store().photo_path(hash).unwrap(), None);
    assert!(client.doctor().unwrap().findings.is_empty());
    let row = &client.nearby(PIN, 100).unwrap()[0];
    assert!(row.thumbnail.as_ref().unwrap().exists(), "copies stay");
}

#[test]
fn copies_of_others_photos_are_wanted_fetched_and_checked() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let mut v = Person::new(volunteer());
    hub.tell(&mut v, None, vec![reported("M06010", 2)]);
    let (client, _) = hub.phone(&folder.path().join("data"), &grid_member());
    hub.pull(&client, &grid_member());
    let store = client.store();
    assert_eq!(store.wanted_photos(10, false, hub.now).unwrap().len(), 2);
    let wanted = store.wanted_photos(10, true, hub.now).unwrap();
    assert_eq!(
        wanted.iter().map(|one| one.role.code()).collect::<Vec<_>>(),
        ["thumbnail", "thumbnail", "review", "review"]
    );
    store.photo_unavailable(wanted[0].hash, hub.now.plus_ms(1)).unwrap();
    assert_eq!(store.wanted_photos(10, false, hub.now).unwrap().len(), 1);
    let temporary = store.temporary_path();
    fs::write(&temporary, b"something else").unwrap();
    assert!(matches!(store.photo_received(wanted[1].hash, &temporary), Err(Error::BadFile(_))));
    assert!(!temporary.exists());
    assert_eq!(photo(0).thumbnail.unwrap().hash, wanted[0].hash.min(wanted[1].hash));
}

#[test]
fn the_doctor_finds_photos_that_are_missing_or_damaged() {
    let (folder, hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, _) = hub.phone(&folder.path().join("data"), &volunteer());
    hub.pull(&client, &volunteer());
    let [one, two] = [1, 2].map(|seed| import(&client, folder.path(), seed));
    assert!(client.doctor().unwrap().findings.is_empty());
    let path = |hash| client.store().photo_path(hash).unwrap().unwrap();
    fs::remove_file(path(one)).unwrap();
    let mut bytes = fs::read(path(two)).unwrap();
    bytes[200] ^= 1;
    fs::write(path(two), bytes).unwrap();
    let findings = client.doctor().unwrap().findings;
    let mut codes: Vec<_> = findings.iter().map(|finding| finding.code.as_str()).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["photo_damaged", "photo_missing"]);
}

#[test]
fn a_folder_that_cannot_be_written_gives_a_clear_code_and_loses_nothing() {
    let (folder, hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let data = folder.path().join("data");
    let (client, _) = hub.phone(&data, &volunteer());
    let path = folder.path().join("a.jpg");
    fs::write(&path, jpeg(&Scene::new(1))).unwrap();
    let incoming = data.join("incoming");
    // A folder that is gone stands for one that may not be written: root may write everywhere.
    fs::rename(&incoming, data.join("away")).unwrap();
    let code = client.import_photo(&path).unwrap_err().code();
    assert!(["read_only", "disk_failed"].contains(&code), "{code}");
    fs::rename(data.join("away"), &incoming).unwrap();
    assert!(client.import_photo(&path).is_ok());
}

#[test]
fn content_decides_what_a_photo_is_and_a_bad_one_is_kept_with_its_marks() {
    let (folder, hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, _) = hub.phone(&folder.path().join("data"), &volunteer());
    hub.pull(&client, &volunteer());
    let whole = jpeg(&Scene { taken: LocalTime::new((2026, 11, 22), (8, 0, 0), Some(480)), ..Scene::new(1) });
    let mut flat = whole.clone();
    let frame = flat.windows(3).position(|bytes| bytes == [0xFF, 0xC0, 0]).unwrap();
    flat[frame + 7..frame + 9].fill(0);
    // 65,535 by 65,535 pixels, as it claims.
    let mut huge = whole.clone();
    huge[frame + 5..frame + 9].fill(0xFF);
    let cases = [
        ("text.txt", whole.clone(), "image/jpeg", None),
        ("page.png", [&whole[..], b"and more behind it"].concat(), "image/jpeg", None),
        ("no_width.jpg", flat, "image/jpeg", Some(PhotoMark::Undecodable)),
        ("huge.jpg", huge, "image/jpeg", Some(PhotoMark::TooLarge)),
    ];
    let mut photos = Vec::new();
    for (name, bytes, kind, mark) in cases {
        let path = folder.path().join(name);
        fs::write(&path, &bytes).unwrap();
        let photo = client.import_photo(&path).unwrap();
        assert_eq!((photo.kind.as_str(), photo.review.is_none()), (kind, mark.is_some()), "{name}");
        assert!(mark.is_none_or(|mark| photo.facts.marks.contains(&mark)), "{name}: {:?}", photo.facts.marks);
        assert_eq!(fs::read(&photo.original).unwrap(), bytes, "{name}");
        photos.push(photo.hash);
    }
    client.report(litter(photos), By::default()).unwrap();
}

#[test]
fn a_time_or_a_place_that_no_photo_has_is_marked_and_left_out() {
    let (folder, hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let (client, _) = hub.phone(&folder.path().join("data"), &volunteer());
    let imported = |seed, taken, position_e7| {
        let path = folder.path().join("a.jpg");
        fs::write(&path, jpeg(&Scene { taken, position_e7, ..Scene::new(seed) })).unwrap();
        client.import_photo(&path).unwrap().facts
    };
    let day = |year, month, day| LocalTime::new((year, month, day), (8, 30, 0), Some(480));
    let future = imported(1, day(2036, 11, 23), None);
    assert_eq!((future.marks.as_slice(), future.taken.is_some()), (&[PhotoMark::TimeInFuture][..], true));
    assert_eq!(imported(2, day(2016, 11, 23), None).marks, [PhotoMark::Old]);
    // 1985 and 2105: no digital photo is from there.
    for (seed, year) in [(3, 1985), (4, 2105)] {
        let photo = imported(seed, day(year, 1, 1), None);
        assert_eq!((photo.marks.as_slice(), photo.taken), (&[PhotoMark::NoTime][..], None), "{year}");
    }
    // Beyond the pole, and nowhere.
    for (seed, position) in [(5, (950_000_000, 0)), (6, (0, 0))] {
        let photo = imported(seed, day(2026, 11, 22), Some(position));
        assert_eq!((photo.marks.as_slice(), photo.position), (&[PhotoMark::BadExif][..], None), "{position:?}");
    }
}
