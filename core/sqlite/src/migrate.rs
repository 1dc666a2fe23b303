//! Numbered migrations. `PRAGMA user_version` counts those applied; each commits together with its number, so that a
//! failed one leaves the version before it whole.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use crate::Schema;
use crate::error::{Damage, Error};

/// Refuses a database that is not ours to touch. Only reads.
pub(crate) fn recognise(connection: &Connection, schema: &Schema, file: &std::path::Path) -> Result<i64, Error> {
    let application_id: i32 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    // Reads and parses the whole schema, so that a destroyed one is noticed here and not in the middle of a screen.
    let objects: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let fresh = application_id == 0 && version == 0 && objects == 0;
    if application_id != schema.application_id && !fresh {
        return Err(Error::ForeignFile { file: file.into() });
    }
    if version < 0 {
        return Err(Error::Corrupt(Damage::Header));
    }
    if version > schema.version() {
        return Err(Error::SchemaNewer { found: version, known: schema.version() });
    }
    Ok(version)
}

/// Applies the migrations after `from` up to and including `to`.
pub(crate) fn apply(connection: &mut Connection, schema: &Schema, from: i64, to: i64) -> Result<(), Error> {
    if from >= to {
        return Ok(());
    }
    // Rebuilding a table drops the old one, which must not cascade. The pragma does nothing inside a transaction.
    connection.execute_batch("PRAGMA foreign_keys = OFF")?;
    let outcome = (1..).zip(schema.migrations).filter(|(number, _)| (from + 1..=to).contains(number)).try_for_each(
        |(number, sql)| {
            tracing::info!(database = schema.name, number, "applying a migration");
            apply_one(connection, schema, number, sql)
        },
    );
    connection.execute_batch("PRAGMA foreign_keys = ON")?;
    outcome
}

fn apply_one(connection: &mut Connection, schema: &Schema, number: i64, sql: &str) -> Result<(), Error> {
    let mut attempt = || -> Result<Option<String>, rusqlite::Error> {
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute_batch(sql)?;
        let dangling = tx.query_row("PRAGMA foreign_key_check", [], |row| row.get::<_, String>(0)).optional()?;
        if dangling.is_some() {
            return Ok(dangling);
        }
        tx.pragma_update(None, "application_id", schema.application_id)?;
        tx.pragma_update(None, "user_version", number)?;
        tx.commit()?;
        Ok(None)
    };
    match attempt() {
        Ok(None) => Ok(()),
        Ok(Some(table)) => Err(Error::MigrationBreaksReferences { number, table }),
        // A full disk is a full disk, also in the middle of a migration.
        Err(source) => Err(match Error::from(source) {
            Error::Sqlite(source) => Error::MigrationFailed { number, source },
            other => other,
        }),
    }
}

/// An empty database in memory as it is after the first `version` migrations.
pub(crate) fn in_memory(schema: &Schema, version: i64) -> Result<Connection, Error> {
    let mut connection = Connection::open_in_memory()?;
    apply(&mut connection, schema, 0, version)?;
    Ok(connection)
}
