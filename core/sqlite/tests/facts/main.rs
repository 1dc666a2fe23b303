//! What this crate promises, as facts.

#![allow(clippy::unwrap_used, reason = "clippy knows the facts as tests, but not the functions that they share")]

mod checkpoints;
mod disk;
mod killed;
mod migrating;
mod opening;
mod quarantine;
mod suspending;
mod transactions;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use redvest_sqlite::rusqlite::params;
use redvest_sqlite::{Db, Error, Options, Schema};

/// A schema of one migration.
const NOTES: Schema = Schema {
    name: "notes",
    application_id: 0x4e4f_5445,
    migrations: &["CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT"],
};

/// Without a thread, so that nothing happens by itself.
fn quiet() -> Options {
    Options { checkpoint: None, ..Options::default() }
}

fn path_in(folder: &Path) -> PathBuf {
    folder.join("store.db")
}

fn open(folder: &Path) -> Result<Db, Error> {
    Db::open(&path_in(folder), &NOTES, &quiet())
}

fn add(db: &Db, text: &str) -> Result<(), Error> {
    db.write(|tx| {
        tx.prepare_cached("INSERT INTO note (text) VALUES (?1)")?.execute(params![text])?;
        Ok(())
    })
}

fn texts(db: &Db) -> Result<Vec<String>, Error> {
    db.read(|connection| {
        let mut query = connection.prepare_cached("SELECT text FROM note ORDER BY id")?;
        Ok(query.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
    })
}

/// Runs one fact again as a process of its own, which finds its folder in this variable.
fn itself(fact: &str, variable: &str, folder: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", fact, "--nocapture"])
        .env(variable, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn refusal<T>(outcome: Result<T, Error>) -> Error {
    match outcome {
        Ok(_) => panic!("this must be refused"),
        Err(error) => error,
    }
}
