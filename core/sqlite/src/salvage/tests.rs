//! Salvage against real databases with destroyed pages. Each row carries a mark all through its content, so that the
//! pages which hold a part of it are found by searching the bytes, not by the code under test.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use rusqlite::types::Value;
use rusqlite::{Connection, params};

use super::{Report, salvage};
use crate::{Db, Error, Options, Schema};

const PAGE: usize = 4096;
const SCHEMA: Schema = Schema {
    name: "salvage",
    application_id: 7,
    migrations: &[
        "CREATE TABLE event (number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, body BLOB NOT NULL) STRICT;
         CREATE TABLE photo (id TEXT NOT NULL PRIMARY KEY, width REAL, note TEXT) STRICT;
         CREATE TABLE cache (id BLOB PRIMARY KEY, at INTEGER) STRICT, WITHOUT ROWID;
         CREATE INDEX photo_by_note ON photo (note)",
        "ALTER TABLE photo ADD COLUMN state TEXT NOT NULL DEFAULT 'waiting'",
    ],
};

/// Table, rowid and content.
type Rows = BTreeMap<(String, i64), Vec<Value>>;

fn mark(table: u8, number: i64) -> [u8; 8] {
    let bytes = (number.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15)).to_be_bytes();
    bytes.map(|byte| b'a' + (byte ^ table.wrapping_mul(37)) % 26)
}

/// A database of some hundred pages with overflow chains, both kinds of tree nodes and both ages of rows.
fn filled(path: &Path) -> Db {
    let first = Schema { migrations: &SCHEMA.migrations[..1], ..SCHEMA };
    let options = Options { checkpoint: None, ..Options::default() };
    let old = Db::open(path, &first, &options).unwrap();
    let photos = |tx: &Connection, numbers: std::ops::Range<i64>| {
        for number in numbers {
            let text = String::from_utf8(mark(2, number).repeat(4 + usize::try_from(number % 20).unwrap())).unwrap();
            let width = if number % 3 == 0 { 4000.0 } else { 0.5 };
            tx.execute("INSERT INTO photo (id, width, note) VALUES (?1, ?2, 'n')", params![text, width])?;
        }
        Ok::<_, Error>(())
    };
    old.write(|tx| photos(tx, 0..300)).unwrap();
    drop(old);
    let db = Db::open(path, &SCHEMA, &options).unwrap();
    for batch in 0..6 {
        db.write(|tx| {
            for number in batch * 200..(batch + 1) * 200 {
                // Every 40th row fills its own page and two more.
                let length = if number % 40 == 0 { 1300 } else { 20 + usize::try_from(number % 50).unwrap() };
                let body = mark(1, number).repeat(length);
                tx.execute("INSERT INTO event VALUES (?1, ?2, ?3)", params![number * 3 - 50, mark(1, number), body])?;
            }
            photos(tx, 300 + batch * 20..300 + (batch + 1) * 20)
        })
        .unwrap();
    }
    db
}

fn expected(db: &Db) -> Rows {
    let mut rows = Rows::new();
    db.read(|connection| {
        for (table, sql) in [
            ("event", "SELECT number, number, id, body FROM event"),
            ("photo", "SELECT rowid, id, width, note, state FROM photo"),
        ] {
            let mut query = connection.prepare(sql)?;
            let width = query.column_count();
            let mut found = query.query([])?;
            while let Some(row) = found.next()? {
                let values = (1..width).map(|index| row.get(index)).collect::<Result<_, _>>()?;
                rows.insert((table.into(), row.get(0)?), values);
            }
        }
        Ok::<_, Error>(())
    })
    .unwrap();
    rows
}

fn salvaged(path: &Path) -> (Rows, Report) {
    let mut rows = Rows::new();
    let report = salvage(path, &SCHEMA, &["event", "photo"], |row| {
        rows.insert((row.table.into(), row.rowid), row.values.to_vec());
        Ok::<_, Error>(())
    });
    (rows, report.unwrap())
}

/// The pages that hold the mark of a row, by number counted from 0.
fn pages_of(bytes: &[u8], key: &(String, i64), values: &[Value]) -> BTreeSet<usize> {
    let content = match (key.0.as_str(), values) {
        ("event", [_, Value::Blob(id), ..]) => id.clone(),
        (_, [Value::Text(id), ..]) => id.as_bytes()[..8].to_vec(),
        other => panic!("{other:?}"),
    };
    // At the border of pages only a part of the mark is there.
    let twice = content.repeat(2);
    let parts: Vec<_> = (0..8).map(|shift| &twice[shift..shift + 8]).collect();
    let holds = |page: &[u8]| page.windows(8).any(|window| parts.contains(&window));
    bytes.chunks(PAGE).enumerate().filter(|(_, page)| holds(page)).map(|(number, _)| number).collect()
}

/// Compares without printing the content of a whole database.
fn assert_same(found: &Rows, expected: &Rows, context: &str) {
    let differs = |key: &&(String, i64)| found.get(*key) != expected.get(*key);
    let different: BTreeSet<_> = found.keys().chain(expected.keys()).filter(differs).collect();
    let first: Vec<_> = different.iter().take(5).collect();
    assert!(different.is_empty(), "{} rows differ, such as {first:?} {context}", different.len());
}

struct Example {
    rows: Rows,
    homes: BTreeMap<(String, i64), BTreeSet<usize>>,
    bytes: Vec<u8>,
}

fn example() -> &'static Example {
    static EXAMPLE: std::sync::OnceLock<Example> = std::sync::OnceLock::new();
    EXAMPLE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let db = filled(&path);
        let rows = expected(&db);
        drop(db);
        let bytes = fs::read(&path).unwrap();
        let homes = rows.iter().map(|(key, values)| (key.clone(), pages_of(&bytes, key, values))).collect();
        Example { rows, homes, bytes }
    })
}

fn written(folder: &Path, bytes: &[u8]) -> PathBuf {
    let path = folder.join("a.db");
    fs::write(&path, bytes).unwrap();
    path
}

/// Salvages the example with some pages destroyed and compares every row that lay outside them.
fn check_without(destroyed: &BTreeSet<usize>, fill: impl Fn(usize) -> u8) {
    let example = example();
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = example.bytes.clone();
    for page in destroyed {
        bytes[page * PAGE..(page + 1) * PAGE].iter_mut().enumerate().for_each(|(at, byte)| *byte = fill(at));
    }
    let path = written(folder.path(), &bytes);
    let (rows, _) = salvaged(&path);
    for (key, values) in &example.rows {
        if example.homes[key].is_disjoint(destroyed) {
            assert!(rows.get(key) == Some(values), "{key:?} of {:?} without {destroyed:?}", example.homes[key]);
        }
    }
    assert!(rows.keys().all(|key| example.rows.contains_key(key)), "no row is invented");
    assert!(fs::read(&path).unwrap() == bytes, "salvage reads only");
}

#[test]
fn healthy_database_is_read_whole() {
    let example = example();
    let folder = tempfile::tempdir().unwrap();
    let (rows, report) = salvaged(&written(folder.path(), &example.bytes));
    assert_same(&rows, &example.rows, "");
    let read: Vec<_> = report.tables.iter().map(|table| (table.read, table.orphans, table.damaged)).collect();
    assert_eq!(read, [(1200, 0, 0), (420, 0, 0)]);
    assert!(report.tables.iter().all(|table| table.skipped.is_empty()));
    assert!(report.pages > 200);
}

#[test]
fn each_single_page_destroyed_costs_only_its_own_rows() {
    for page in 0..example().bytes.len() / PAGE {
        check_without(&BTreeSet::from([page]), |_| 0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn rows_outside_destroyed_pages_are_salvaged(
        pages in prop::collection::btree_set(0..200_usize, 1..20),
        noise in prop::collection::vec(any::<u8>(), 64..128),
    ) {
        check_without(&pages, |at| noise[at % noise.len()].wrapping_add((at / 97) as u8));
    }

    #[test]
    fn flipped_bytes_never_panic(flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..200)) {
        let folder = tempfile::tempdir().unwrap();
        let mut bytes = example().bytes.clone();
        for (index, value) in flips {
            // Half of the flips hit headers of pages, where they do most harm.
            let at = index.index(bytes.len());
            let at = if value % 2 == 0 { at - at % PAGE + at % 16 } else { at };
            bytes[at] = value;
        }
        salvaged(&written(folder.path(), &bytes));
    }

    #[test]
    fn truncated_file_gives_the_rows_before_the_cut(cut in any::<prop::sample::Index>()) {
        let example = example();
        let folder = tempfile::tempdir().unwrap();
        let cut = cut.index(example.bytes.len());
        let (rows, _) = salvaged(&written(folder.path(), &example.bytes[..cut]));
        for (key, values) in &example.rows {
            if example.homes[key].iter().all(|page| (page + 1) * PAGE <= cut) {
                prop_assert!(rows.get(key) == Some(values), "{key:?} cut at {cut}");
            }
        }
    }
}

#[test]
fn commits_in_the_log_are_read_and_a_destroyed_frame_costs_only_itself() {
    let living = tempfile::tempdir().unwrap();
    let db = filled(&living.path().join("a.db"));
    let rows = expected(&db);
    let [database, log] = ["a.db", "a.db-wal"].map(|name| fs::read(living.path().join(name)).unwrap());
    assert!(log.len() > 300 * PAGE, "most rows are in the log only");
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path(), &database);
    let beside = folder.path().join("a.db-wal");
    fs::write(&beside, &log).unwrap();
    assert_same(&salvaged(&path).0, &rows, "");

    let frames = (log.len() - 32) / (PAGE + 24);
    for frame in (0..frames).step_by(7) {
        for header_too in [false, true] {
            let mut damaged = log.clone();
            let start = 32 + frame * (PAGE + 24) + if header_too { 0 } else { 24 };
            damaged[start..start + 2000].fill(0x5a);
            fs::write(&beside, &damaged).unwrap();
            let (found, _) = salvaged(&path);
            let lost = rows.iter().filter(|(key, values)| found.get(key) != Some(values)).count();
            // The rows of one page, and those of the last transaction if its commit was the destroyed frame.
            let last = frame + 1 == frames;
            assert!(lost <= 120 || last, "frame {frame} of {frames} costs {lost} rows");
        }
    }
    let mut headless = log;
    headless[..32].fill(0);
    fs::write(&beside, &headless).unwrap();
    assert_same(&salvaged(&path).0, &rows, "the frames tell what the header of the log told");
}

#[test]
fn uncommitted_changes_are_not_read() {
    let living = tempfile::tempdir().unwrap();
    let db = filled(&living.path().join("a.db"));
    let rows = expected(&db);
    let folder = tempfile::tempdir().unwrap();
    let committed = fs::metadata(living.path().join("a.db-wal")).unwrap().len();
    let copied = db.write(|tx| {
        // A small cache makes the transaction spill into the log before it commits. Each page is touched once: SQLite
        // writes no checksums once it has spilled a page twice.
        tx.execute_batch(
            "PRAGMA cache_size = 20;
             UPDATE event SET body = zeroblob(length(body)) WHERE length(body) < 2000",
        )?;
        for name in ["a.db", "a.db-wal"] {
            fs::copy(living.path().join(name), folder.path().join(name))?;
        }
        Err::<(), Error>(Error::Suspended)
    });
    assert!(copied.is_err());
    let log = fs::metadata(folder.path().join("a.db-wal")).unwrap().len();
    assert!(log > committed + 50 * PAGE as u64, "{log} of {committed}");
    assert_same(&salvaged(&folder.path().join("a.db")).0, &rows, "");
}

#[test]
fn deleted_rows_stay_deleted_while_the_trees_are_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let db = filled(&path);
    db.write(|tx| Ok::<_, Error>(tx.execute("DELETE FROM event WHERE number > 500", [])?)).unwrap();
    let rows = expected(&db);
    drop(db);
    assert_same(&salvaged(&path).0, &rows, "");
}

/// Offset in the file of the first page of a table.
fn root(path: &Path, table: &str) -> usize {
    let sql = "SELECT rootpage FROM sqlite_schema WHERE name = ?1";
    let page: u32 = Connection::open(path).unwrap().query_row(sql, [table], |row| row.get(0)).unwrap();
    (page as usize - 1) * PAGE
}

#[test]
fn destroyed_pointers_cost_no_row() {
    let example = example();
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path(), &example.bytes);
    let (event, photo) = (root(&path, "event"), root(&path, "photo"));
    let interior = |at: usize| example.bytes[at] == 5;
    assert!(interior(event) && interior(photo));
    let cell = |at: usize, index: usize| {
        let pointer = at + 12 + 2 * index;
        at + usize::from(u16::from_be_bytes([example.bytes[pointer], example.bytes[pointer + 1]]))
    };
    // The third child of the events now is the second of the photos.
    let mut crossed = example.bytes.clone();
    crossed.copy_within(cell(photo, 1)..cell(photo, 1) + 4, cell(event, 2));
    assert_same(&salvaged(&written(folder.path(), &crossed)).0, &example.rows, "crossed");
    // The pointer to a cell leads out of the page.
    let mut lost = example.bytes.clone();
    lost[event + 12 + 4..event + 12 + 6].fill(0xff);
    assert_same(&salvaged(&written(folder.path(), &lost)).0, &example.rows, "lost");
}

#[test]
fn tables_of_the_same_form_stay_apart_when_the_first_page_of_a_large_schema_is_destroyed() {
    let tables: String =
        (0..60).map(|n| format!("CREATE TABLE t{n} (a TEXT, b TEXT /* {} */) STRICT;", "x".repeat(200))).collect();
    let schema = Schema { migrations: Box::leak(Box::new([&*tables.leak()])), ..SCHEMA };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let db = Db::open(&path, &schema, &Options::default()).unwrap();
    let fill = "INSERT INTO t40 VALUES ('forty', ''); INSERT INTO t41 VALUES ('forty-one', '')";
    db.write(|tx| Ok::<_, Error>(tx.execute_batch(fill)?)).unwrap();
    drop(db);
    let mut bytes = fs::read(&path).unwrap();
    assert_eq!(bytes[100], 5, "the schema has leaves of its own");
    bytes[..PAGE].fill(0);
    let mut found = Vec::new();
    salvage(&written(folder.path(), &bytes), &schema, &["t40", "t41"], |row| {
        found.push((row.table.to_owned(), row.values[0].clone(), row.orphan));
        Ok::<_, Error>(())
    })
    .unwrap();
    let expected = [("t40", "forty"), ("t41", "forty-one")];
    assert_eq!(found, expected.map(|(table, text)| (table.to_owned(), Value::Text(text.into()), false)));
}

#[test]
fn tables_that_cannot_be_read_by_rowid_are_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path(), &example().bytes);
    for table in ["cache", "missing", "sqlite_schema"] {
        let refused = salvage(&path, &SCHEMA, &[table], |_| Ok::<_, Error>(())).unwrap_err();
        assert_eq!(refused.code(), "not_salvageable", "{table}");
    }
}
