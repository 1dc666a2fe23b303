use super::*;

fn kit(bytes: &[u8]) -> (tempfile::TempDir, Uploads, UploadId, Upload) {
    let dir = tempfile::tempdir().unwrap();
    let uploads = Uploads::open(dir.path(), 2).unwrap();
    let upload = Upload {
        workspace: WorkspaceId::from_bytes([1; 16]),
        member: MemberId::from_bytes([2; 16]),
        device: DeviceId::from_bytes([3; 16]),
        hash: Hash::of(&[bytes]),
        length: bytes.len() as u64,
        expires: Timestamp(1_000),
    };
    let id = UploadId::new([4; 16]);
    uploads.create(&id, &upload).unwrap().keep().unwrap();
    (dir, uploads, id, upload)
}

#[test]
fn an_upload_goes_on_where_it_stopped_and_its_whole_hash_is_checked() {
    let (_dir, uploads, id, upload) = kit(b"red vest");
    let mut writing = uploads.write(&id, upload.device, 0).unwrap();
    writing.append(b"red ").unwrap();
    assert!(writing.settle().unwrap().is_none());
    assert_eq!(uploads.find(&id, upload.device).unwrap().1, 4);
    let mut writing = uploads.write(&id, upload.device, 4).unwrap();
    writing.append(b"vest").unwrap();
    let finished = writing.settle().unwrap().unwrap();
    assert_eq!(fs::read(&finished.path).unwrap(), b"red vest");
}

#[test]
fn bytes_with_another_hash_end_the_upload() {
    let (_dir, uploads, id, upload) = kit(b"red vest");
    let mut writing = uploads.write(&id, upload.device, 0).unwrap();
    writing.append(b"red vesT").unwrap();
    assert!(matches!(writing.settle(), Err(UploadError::Checksum)));
    assert!(matches!(uploads.find(&id, upload.device), Err(UploadError::Unknown)));
}

#[test]
fn a_wrong_offset_changes_nothing_and_says_where_the_upload_stands() {
    let (_dir, uploads, id, upload) = kit(b"red vest");
    assert!(matches!(uploads.write(&id, upload.device, 3), Err(UploadError::Offset { at: 0 })));
    assert!(uploads.write(&id, upload.device, 0).is_ok());
}

#[test]
fn a_later_request_takes_the_upload_over_and_two_never_write_at_once() {
    let (_dir, uploads, id, upload) = kit(b"red vest");
    let mut first = uploads.write(&id, upload.device, 0).unwrap();
    first.append(b"red ").unwrap();
    let mut second = uploads.write(&id, upload.device, 4).unwrap();
    assert!(matches!(first.append(b"vest"), Err(UploadError::Locked)));
    assert!(matches!(first.settle(), Err(UploadError::Locked)));
    second.append(b"vest").unwrap();
    assert!(second.settle().unwrap().is_some());
}

#[test]
fn more_than_announced_is_refused() {
    let (_dir, uploads, id, upload) = kit(b"red vest");
    let mut writing = uploads.write(&id, upload.device, 0).unwrap();
    assert!(matches!(writing.append(b"red vests"), Err(UploadError::TooLong)));
}

#[test]
fn another_device_does_not_find_the_upload() {
    let (_dir, uploads, id, _) = kit(b"x");
    assert!(matches!(uploads.find(&id, DeviceId::from_bytes([9; 16])), Err(UploadError::Unknown)));
}

#[test]
fn a_device_has_only_so_many_unfinished_uploads_and_they_expire() {
    let (_dir, uploads, _, upload) = kit(b"x");
    uploads.create(&UploadId::new([5; 16]), &upload).unwrap().keep().unwrap();
    assert!(matches!(uploads.create(&UploadId::new([6; 16]), &upload), Err(UploadError::TooMany)));
    assert_eq!(uploads.expire(Timestamp(1_000)).unwrap(), 0);
    assert_eq!(uploads.expire(Timestamp(1_001)).unwrap(), 2);
    uploads.create(&UploadId::new([6; 16]), &upload).unwrap().keep().unwrap();
}

#[test]
fn a_path_is_no_upload_id() {
    assert_eq!(UploadId::parse("../../etc/passwd"), None);
}

#[test]
fn what_a_crash_left_of_an_upload_goes_and_what_is_none_of_ours_stays() {
    let (dir, uploads, id, upload) = kit(b"red vest");
    let lost = "0123456789abcdef0123456789abcdef";
    let garbled = "fedcba9876543210fedcba9876543210";
    fs::write(dir.path().join(format!("{lost}.part")), b"bytes of nobody").unwrap();
    fs::write(dir.path().join(format!("{garbled}.part")), b"bytes").unwrap();
    fs::write(dir.path().join(format!("{garbled}.json")), b"{\"workspace\":").unwrap();
    fs::write(dir.path().join("notes.part"), b"somebody's").unwrap();
    assert_eq!(uploads.expire(Timestamp(0)).unwrap(), 2);
    let names = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut left: Vec<String> = names.collect();
    left.sort_unstable();
    assert_eq!(left, [format!("{}.json", id.as_str()), format!("{}.part", id.as_str()), "notes.part".to_owned()]);
    assert_eq!(uploads.find(&id, upload.device).unwrap().1, 0);
    assert_eq!(uploads.expire(Timestamp(0)).unwrap(), 0);
}

#[test]
fn an_upload_that_is_being_made_is_no_stray() {
    let (dir, uploads, _, upload) = kit(b"red vest");
    let making = UploadId::new([5; 16]);
    uploads.known().of_device.entry(upload.device).or_default().insert(making.clone());
    let about = dir.path().join(format!("{}.json", making.as_str()));
    fs::write(&about, b"").unwrap();
    assert_eq!(uploads.expire(Timestamp(0)).unwrap(), 0);
    assert!(about.exists());
}

#[test]
fn an_upload_that_broke_before_its_address_was_told_is_gone() {
    let (dir, uploads, _, upload) = kit(b"red vest");
    let (id, files) = (UploadId::new([7; 16]), || fs::read_dir(dir.path()).unwrap().count());
    let before = files();
    let untold = uploads.create(&id, &upload).unwrap();
    let mut writing = uploads.write(&id, upload.device, 0).unwrap();
    writing.append(b"red").unwrap();
    drop((writing, untold));
    assert!(matches!(uploads.find(&id, upload.device), Err(UploadError::Unknown)));
    assert_eq!(files(), before);
    uploads.create(&id, &upload).unwrap().keep().unwrap();
}
