//! Who may open what, and how it is brought to the present schema.

use redvest_sqlite::rusqlite::Connection;
use redvest_sqlite::rusqlite::types::Value;
use redvest_sqlite::testing::{upgraded_differs_from_fresh, upgraded_equals_fresh};
use redvest_sqlite::{Check, Db, Error, Options, Schema};

use crate::{NOTES, add, open, path_in, quiet, refusal, texts};

/// `NOTES` a release later.
const LATER: Schema = Schema {
    migrations: &[NOTES.migrations[0], "ALTER TABLE note ADD COLUMN place TEXT NOT NULL DEFAULT ''"],
    ..NOTES
};

#[test]
fn second_opener_is_refused_until_the_first_closes() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path()).unwrap();
    let refused = refusal(open(folder.path()));
    assert_eq!(refused.code(), "already_open");
    let named = folder.path().canonicalize().unwrap().display().to_string();
    assert!(refused.sentence_en().contains(&named) && refused.sentence_zh().contains(&named));
    add(&first, "still works").unwrap();
    drop(first);
    assert_eq!(texts(&open(folder.path()).unwrap()).unwrap(), ["still works"]);
}

#[test]
fn same_file_by_another_path_is_the_same_database() {
    let folder = tempfile::tempdir().unwrap();
    let _first = open(folder.path()).unwrap();
    let roundabout = folder.path().join("..").join(folder.path().file_name().unwrap());
    assert_eq!(refusal(open(&roundabout)).code(), "already_open");
}

#[test]
fn file_that_looks_like_a_uri_is_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file:store.db?mode=memory");
    drop(Db::open(&path, &NOTES, &quiet()).unwrap());
    assert!(path.exists());
}

#[test]
fn missing_folder_is_refused_and_not_created() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("nowhere");
    assert_eq!(refusal(open(&missing)).code(), "no_folder");
    assert!(!missing.exists());
}

#[test]
fn newer_schema_is_refused_with_both_numbers() {
    let folder = tempfile::tempdir().unwrap();
    drop(Db::open(&path_in(folder.path()), &LATER, &quiet()).unwrap());
    let before = std::fs::read(path_in(folder.path())).unwrap();
    let refused = refusal(open(folder.path()));
    assert_eq!(refused.code(), "schema_newer");
    assert!(refused.sentence_en().contains("format 2, this program knows 1"), "{refused}");
    assert!(refused.sentence_zh().contains("格式 2"));
    assert_eq!(std::fs::read(path_in(folder.path())).unwrap(), before);
}

#[test]
fn foreign_file_is_refused_and_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let path = path_in(folder.path());
    for setting in ["PRAGMA application_id = 77", "PRAGMA user_version = 0"] {
        let foreign = Connection::open(&path).unwrap();
        foreign.execute_batch(&format!("{setting}; CREATE TABLE IF NOT EXISTS other (a)")).unwrap();
        drop(foreign);
        let before = std::fs::read(&path).unwrap();
        assert_eq!(refusal(open(folder.path())).code(), "foreign_file", "{setting}");
        assert_eq!(std::fs::read(&path).unwrap(), before);
        std::fs::remove_file(&path).unwrap();
    }
}

#[test]
fn file_that_is_no_database_is_corrupt() {
    let folder = tempfile::tempdir().unwrap();
    for content in ["x", &"no database ".repeat(1000)] {
        std::fs::write(path_in(folder.path()), content).unwrap();
        assert_eq!(refusal(open(folder.path())).code(), "corrupt");
        assert_eq!(std::fs::read_to_string(path_in(folder.path())).unwrap(), content);
    }
}

#[test]
fn log_without_its_database_is_corrupt_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("store.db-wal");
    std::fs::write(&log, "commits").unwrap();
    assert_eq!(refusal(open(folder.path())).code(), "corrupt");
    assert_eq!(std::fs::read(&log).unwrap(), b"commits");
}

#[test]
fn damaged_page_is_found_by_the_check_of_pages() {
    let folder = tempfile::tempdir().unwrap();
    let path = path_in(folder.path());
    drop(open(folder.path()).unwrap());
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[4096..].fill(0xa5);
    std::fs::write(&path, bytes).unwrap();
    let each_time = Options { check: Check::Pages, ..quiet() };
    assert_eq!(refusal(Db::open(&path, &NOTES, &each_time)).code(), "corrupt");
    // The default trusts a database that was closed, and the check can be asked for later.
    assert_eq!(refusal(open(folder.path()).unwrap().check_pages()).code(), "corrupt");
}

#[test]
fn upgrade_keeps_rows_and_gives_the_fresh_schema() {
    let folder = tempfile::tempdir().unwrap();
    let old = open(folder.path()).unwrap();
    add(&old, "kept").unwrap();
    drop(old);
    let upgraded = Db::open(&path_in(folder.path()), &LATER, &quiet()).unwrap();
    assert_eq!(texts(&upgraded).unwrap(), ["kept"]);
    let oldest = "CREATE TABLE note(id INTEGER PRIMARY KEY,  text TEXT NOT NULL) STRICT; PRAGMA user_version = 1";
    upgraded_equals_fresh(&LATER, oldest);
    let other = "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT) STRICT; PRAGMA user_version = 1";
    let difference = upgraded_differs_from_fresh(&LATER, other).unwrap().unwrap();
    assert!(difference.starts_with("table note"), "{difference}");
}

#[test]
fn failed_migration_leaves_the_old_version_whole() {
    let half = "CREATE TABLE half (a); INSERT INTO note (text) VALUES ('half'); INSERT INTO missing VALUES (1)";
    let dangling = "CREATE TABLE reply (note INTEGER REFERENCES note (id)); INSERT INTO reply VALUES (77)";
    for broken in [half, dangling] {
        let folder = tempfile::tempdir().unwrap();
        let old = open(folder.path()).unwrap();
        add(&old, "kept").unwrap();
        drop(old);
        let migrations: &'static [&'static str] = Box::leak(Box::new([NOTES.migrations[0], broken]));
        let schema = Schema { migrations, ..NOTES };
        let refused = refusal(Db::open(&path_in(folder.path()), &schema, &quiet()));
        assert_eq!(refused.code(), "migration_failed");
        assert!(refused.sentence_en().contains("step 2"), "{refused}");
        let old = open(folder.path()).unwrap();
        assert_eq!(texts(&old).unwrap(), ["kept"]);
        let tables = old.read(|c| {
            Ok::<i64, Error>(
                c.query_row("SELECT count(*) FROM sqlite_schema WHERE type = 'table'", [], |row| row.get(0))?,
            )
        });
        assert_eq!(tables.unwrap(), 1);
    }
}

#[test]
fn connections_are_durable_strict_and_separate() {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).unwrap();
    let expected = [
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("foreign_keys", "1"),
        ("wal_autocheckpoint", "0"),
        ("trusted_schema", "0"),
        ("cell_size_check", "1"),
        ("temp_store", "2"),
        ("mmap_size", "268435456"),
        ("cache_size", "-16384"),
        ("application_id", "1313821765"),
        ("user_version", "1"),
        ("fullfsync", "1"),
    ];
    for (pragma, value) in expected {
        let ask = |c: &Connection| c.pragma_query_value(None, pragma, |row| row.get::<_, Value>(0));
        let found = match db.write(|tx| Ok::<_, Error>(ask(tx)?)).unwrap() {
            Value::Integer(number) => number.to_string(),
            Value::Text(text) => text,
            other => panic!("{other:?}"),
        };
        assert_eq!(found, value, "{pragma}");
    }
    let written = db.read(|c| Ok::<_, Error>(c.execute("DELETE FROM note", [])?));
    assert_eq!(refusal(written).code(), "read_only");
}
