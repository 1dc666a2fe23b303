//! Setting a damaged database aside. Files are renamed, never copied and never deleted: a phone may have no room for a
//! copy, and what was not uploaded may exist nowhere else.
//!
//! The log must stay with its database. A move that was cut short is recognised by the folder name ending in `.moving`
//! and is finished by the next call; until then `Db::open` refuses a log without a database.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::lock::Ownership;
use crate::place::{self, Place};

/// Moves a database with its log into `quarantine/<name>-<stamp>/` beside it and returns the new path of the database.
/// `stamp` is the time in a form that can be part of a file name; if it was used before, a number is added.
///
/// Errors: `already_open` while any [`Db`](crate::Db) owns it; `no_folder`, `read_only`, `disk_full`, `disk_failed`.
pub fn quarantine(path: &Path, stamp: &str) -> Result<PathBuf, Error> {
    let place = Place::of(path)?;
    let _ownership = Ownership::take(&place)?;
    let quarantine = place.folder.join("quarantine");
    fs::create_dir_all(&quarantine)?;
    let moving = match unfinished(&quarantine, &place)? {
        Some(moving) => moving,
        None => {
            let moving = free_folder(&quarantine, &place, stamp);
            fs::create_dir(&moving)?;
            place::sync_folder(&quarantine)?;
            place::sync_folder(&place.folder)?;
            moving
        }
    };
    for suffix in ["", "-wal", "-shm"] {
        let from = place.companion(suffix);
        match from.file_name().map(|name| fs::rename(&from, moving.join(name))) {
            Some(Err(source)) if source.kind() != io::ErrorKind::NotFound => return Err(source.into()),
            _ => {}
        }
    }
    place::sync_folder(&moving)?;
    place::sync_folder(&place.folder)?;
    let kept = settle(&moving)?;
    place::sync_folder(&quarantine)?;
    tracing::warn!("a damaged database was set aside");
    Ok(kept.join(&place.name))
}

/// A move of this database that was cut short, if it can go on. One that lacks nothing is settled as it is, because
/// what now lies at the old path is a later database.
fn unfinished(quarantine: &Path, place: &Place) -> Result<Option<PathBuf>, Error> {
    let mut prefix = place.name.clone();
    prefix.push("-");
    for entry in fs::read_dir(quarantine)? {
        let folder = entry?.path();
        let name = folder.file_name().unwrap_or_default().as_encoded_bytes();
        if folder.extension().is_none_or(|extension| extension != "moving")
            || !name.starts_with(prefix.as_encoded_bytes())
        {
            continue;
        }
        let moved = folder.join(&place.name);
        if !moved.exists() || (place::length(&place.database)? == 0 && place::length(&place.wal())? > 0) {
            return Ok(Some(folder));
        }
        settle(&folder)?;
    }
    Ok(None)
}

fn settle(moving: &Path) -> Result<PathBuf, Error> {
    let kept = moving.with_extension("");
    fs::rename(moving, &kept)?;
    Ok(kept)
}

fn free_folder(quarantine: &Path, place: &Place, stamp: &str) -> PathBuf {
    let stamp: String = stamp.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    let named = |number: u64| {
        let mut name = place.name.clone();
        name.push(format!("-{stamp}"));
        if number > 1 {
            name.push(format!("-{number}"));
        }
        quarantine.join(name)
    };
    let taken = |kept: &Path| kept.exists();
    let kept = (1..).map(named).find(|kept| !taken(kept)).unwrap_or_else(|| named(u64::MAX));
    let mut moving = kept.into_os_string();
    moving.push(".moving");
    moving.into()
}
