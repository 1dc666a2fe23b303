//! Facts about the phone's store, told against a hub in miniature.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

#[path = "../world/mod.rs"]
mod world;

mod acts;
mod choosing;
mod diagnostic;
mod disk;
mod drafts;
mod drawing;
mod enrolment;
mod finding;
mod killed;
mod law;
mod notices;
mod offline;
mod photos;
mod replica;
mod schema;
mod work;

use std::path::Path;

use redvest_client::Client;
use redvest_client::commands::Report;
use redvest_domain::id::Hash;
use redvest_photo::sample::{Scene, jpeg};
use world::{PIN, code, fix};

/// Imports a photo that nobody else has.
fn import(client: &Client, folder: &Path, seed: u64) -> Hash {
    let path = folder.join(format!("camera-{seed}.jpg"));
    std::fs::write(&path, jpeg(&Scene::new(seed))).unwrap();
    client.import_photo(&path).unwrap().hash
}

/// A report of litter in grid `g` with these photos.
fn litter(photos: Vec<Hash>) -> Report {
    Report { pin: Some(PIN), fix: Some(fix()), grid: Some(code("g")), photos, ..Report::new(code("M06010")) }
}
