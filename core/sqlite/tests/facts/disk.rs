//! Disks that are full or do not let themselves be written.

use std::path::{Path, PathBuf};
use std::process::Command;

use redvest_sqlite::Error;

use crate::{add, open, refusal, texts};

/// A small file system of its own, where the machine allows one; unmounted when dropped.
struct SmallDisk {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

impl SmallDisk {
    fn new(kilobytes: u32) -> Option<SmallDisk> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_path_buf();
        let disk = SmallDisk { path: path.clone(), _folder: folder };
        let size = format!("size={kilobytes}k");
        run("mount", &["-t", "tmpfs", "-o", &size, "redvest-test"], &path).then_some(disk)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        run("umount", &[], &self.path);
    }
}

fn run(program: &str, arguments: &[&str], path: &Path) -> bool {
    Command::new(program).args(arguments).arg(path).output().is_ok_and(|output| output.status.success())
}

fn fill(db: &redvest_sqlite::Db) -> (usize, Error) {
    let text = "x".repeat(2000);
    let mut acknowledged = 0;
    loop {
        match add(db, &text) {
            Ok(()) => acknowledged += 1,
            Err(error) => return (acknowledged, error),
        }
        assert!(acknowledged < 100_000);
    }
}

#[test]
fn full_database_says_so_and_keeps_what_it_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).unwrap();
    db.write(|tx| Ok::<_, Error>(tx.execute_batch("PRAGMA max_page_count = 40")?)).unwrap();
    let (acknowledged, error) = fill(&db);
    assert_eq!(error.code(), "disk_full");
    assert!(acknowledged > 20);
    assert_eq!(texts(&db).unwrap().len(), acknowledged);
    db.write(|tx| Ok::<_, Error>(tx.execute_batch("PRAGMA max_page_count = 4000")?)).unwrap();
    add(&db, "room again").unwrap();
}

#[test]
fn full_disk_says_so_and_keeps_what_it_acknowledged() {
    let Some(disk) = SmallDisk::new(1024) else { return };
    let db = open(&disk.path).unwrap();
    std::fs::write(disk.path.join("ballast"), vec![0; 300 << 10]).unwrap();
    let (acknowledged, error) = fill(&db);
    assert_eq!(error.code(), "disk_full", "{error:?}");
    assert!(acknowledged > 10);
    assert_eq!(texts(&db).unwrap().len(), acknowledged);
    std::fs::remove_file(disk.path.join("ballast")).unwrap();
    add(&db, "room again").unwrap();
    drop(db);
    assert_eq!(texts(&open(&disk.path).unwrap()).unwrap().len(), acknowledged + 1);
}

#[test]
fn folder_that_cannot_be_written_is_refused_by_name() {
    let Some(disk) = SmallDisk::new(1024) else { return };
    assert!(run("mount", &["-o", "remount,ro"], &disk.path));
    let refused = refusal(open(&disk.path));
    assert_eq!(refused.code(), "not_writable", "{refused:?}");
    assert!(refused.sentence_zh().contains(&disk.path.canonicalize().unwrap().display().to_string()));
}

#[test]
fn database_on_a_disk_that_became_read_only_is_refused() {
    let Some(disk) = SmallDisk::new(1024) else { return };
    drop(open(&disk.path).unwrap());
    assert!(run("mount", &["-o", "remount,ro"], &disk.path));
    assert_eq!(refusal(open(&disk.path)).code(), "not_writable");
    assert!(run("mount", &["-o", "remount,rw"], &disk.path));
    add(&open(&disk.path).unwrap(), "x").unwrap();
}
