//! What the owners of schemas use in their tests.

use std::collections::BTreeMap;

use rusqlite::Connection;

use crate::error::Error;
use crate::{Schema, migrate};

/// Compares a database that started as `oldest_sql` (a dump of the oldest released form, whose `user_version` it sets
/// itself) and was upgraded with one made afresh. `Ok(None)` when every table, index, view and trigger is the same;
/// otherwise the first difference in words.
///
/// Errors: `migration_failed`, or `sqlite` when `oldest_sql` does not run.
pub fn upgraded_differs_from_fresh(schema: &Schema, oldest_sql: &str) -> Result<Option<String>, Error> {
    let mut upgraded = Connection::open_in_memory()?;
    upgraded.execute_batch(oldest_sql)?;
    let version: i64 = upgraded.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    migrate::apply(&mut upgraded, schema, version, schema.version())?;
    let (upgraded, fresh) = (objects(&upgraded)?, objects(&migrate::in_memory(schema, schema.version())?)?);
    let names = upgraded.keys().chain(fresh.keys());
    let different = names.into_iter().find(|name| upgraded.get(*name) != fresh.get(*name));
    Ok(different.map(|name| {
        let shown = |objects: &BTreeMap<String, String>| objects.get(name).cloned().unwrap_or("missing".into());
        format!("{name}: upgraded {}; fresh {}", shown(&upgraded), shown(&fresh))
    }))
}

/// Panics with the difference unless an upgraded database equals a fresh one; see [`upgraded_differs_from_fresh`].
pub fn upgraded_equals_fresh(schema: &Schema, oldest_sql: &str) {
    match upgraded_differs_from_fresh(schema, oldest_sql) {
        Ok(None) => {}
        Ok(Some(difference)) => panic!("{difference}"),
        Err(error) => panic!("{}: {error}: {error:?}", error.code()),
    }
}

/// Every object of a schema with its SQL, in a spelling where spaces, quotes and letter case do not matter.
fn objects(connection: &Connection) -> Result<BTreeMap<String, String>, Error> {
    let mut query = connection.prepare("SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_schema")?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, normalised(&row.get::<_, String>(1)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Renaming a table adds quotes, adding a column keeps odd spaces: neither changes what the SQL means. What stands in
/// single quotes is kept as it is.
fn normalised(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut literal = false;
    for c in sql.chars() {
        match c {
            '\'' => {
                literal = !literal;
                text.push(c);
            }
            _ if literal => text.push(c),
            '"' | '`' => {}
            _ if c.is_whitespace() => {
                if !text.ends_with(' ') {
                    text.push(' ');
                }
            }
            '(' | ')' | ',' => {
                text.truncate(text.trim_end_matches(' ').len());
                text.push(c);
                text.push(' ');
            }
            _ => text.push(c.to_ascii_lowercase()),
        }
    }
    text.trim_end().into()
}
