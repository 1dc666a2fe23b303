//! No statement of the hub walks a table that grows. Every statement is read from this crate's own sources, so that a new
//! one is asked too; plans are those of an empty database, as SQLite knows nothing of a workspace's size.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::store::SCHEMA;

/// Fragments that statements are put together from, and what stands for them here.
const FRAGMENTS: [(&str, &str); 5] = [
    ("{PAIRED}", crate::store::photo_checks::PAIRED),
    ("{LINE}", crate::store::outcomes::LINE),
    ("{CHAIN}", "SELECT seq FROM device"),
    ("{column}", "token_hash"),
    ("{which}", "n < ?2 ORDER BY n DESC"),
];

/// Statements that may walk what a workspace has, with the reason.
const WALKS: [(&str, &str); 13] = [
    ("SELECT device, member, public_key, seq, hash", "a fragment: see FRAGMENTS"),
    ("SELECT workspace, name, epoch", "one row"),
    ("UPDATE workspace SET epoch", "one row"),
    ("SELECT kind, code, successor, cause, progress FROM retired", "few codes are ever removed"),
    ("DELETE FROM {table}", "rebuilding makes caches anew"),
    ("UPDATE timer SET at = 0", "a new calendar or policy concerns every open ticket"),
    ("SELECT kind, bytes FROM document", "once, when the hub starts"),
    ("SELECT bytes FROM document WHERE workspace = ?1 AND kind", "few documents; asked for unknown reasons alone"),
    ("UPDATE document SET in_force = 0", "few documents, and few publications"),
    ("SELECT device, member, label, seq, enrolled", "the office lists devices"),
    ("SELECT min(fork_at) FROM epoch", "an epoch for each restore"),
    ("SELECT 1 FROM epoch", "an epoch for each restore"),
    ("SELECT DISTINCT bound.ticket, seen.original", "an index that holds doubtful photos alone"),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_none_or(|name| name != "tests") {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// The string literals of a source that are statements.
fn statements(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = source.char_indices();
    while let Some((at, char)) = rest.next() {
        match char {
            '/' if source[at..].starts_with("//") => {
                rest.find(|(_, char)| *char == '\n');
            }
            '"' => {
                let mut text = String::new();
                while let Some((_, char)) = rest.next().filter(|(_, char)| *char != '"') {
                    text.push(if char == '\\' { rest.next().unwrap().1 } else { char });
                }
                if ["SELECT ", "INSERT ", "UPDATE ", "DELETE "].iter().any(|verb| text.starts_with(verb)) {
                    found.push(text.split_whitespace().collect::<Vec<_>>().join(" "));
                }
            }
            _ => {}
        }
    }
    found
}

#[test]
fn no_statement_walks_a_table_that_grows() {
    let conn = Connection::open_in_memory().unwrap();
    SCHEMA.migrations.iter().for_each(|migration| conn.execute_batch(migration).unwrap());
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store"), &mut files);
    let (mut asked, mut excused, mut walks) = (0, Vec::new(), Vec::new());
    for file in files {
        for statement in statements(&fs::read_to_string(&file).unwrap()) {
            if let Some((start, _)) = WALKS.iter().find(|(start, _)| statement.starts_with(start)) {
                excused.push(*start);
                continue;
            }
            let whole = FRAGMENTS.iter().fold(statement, |text, (name, stands)| text.replace(name, stands));
            let mut query = conn.prepare(&format!("EXPLAIN QUERY PLAN {whole}")).unwrap();
            // Unbound parameters are null, which the plan does not depend on.
            let plan = query.raw_query().mapped(|row| row.get::<_, String>(3)).collect::<Result<Vec<_>, _>>().unwrap();
            asked += 1;
            // What stands in a temporary table was found by the other steps.
            let is_walk = |step: &&String| {
                step.starts_with("SCAN") && !step.starts_with("SCAN past") || step.ends_with("(workspace=?)")
            };
            walks.extend(plan.iter().filter(is_walk).map(|step| format!("{}: {whole}: {step}", file.display())));
        }
    }
    assert!(walks.is_empty(), "{}", walks.join("\n"));
    assert!(asked > 90, "only {asked} statements were found");
    excused.sort_unstable();
    excused.dedup();
    assert_eq!(excused.len(), WALKS.len(), "an excuse that nothing needs: {excused:?}");
}
