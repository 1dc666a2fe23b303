//! What waits to be sent.

use redvest_domain::time::Timestamp;
use serde::Serialize;

use crate::store::{BlobRole, PhotosWaiting};

/// What waits on this phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Queue {
    /// Events that wait to be sent or answered.
    pub events_waiting: u64,
    /// Photos that wait to be sent, by role.
    pub photos: Vec<PhotosWaiting>,
    /// Files that failed and are tried again later, the next first, at most 50.
    pub postponed: Vec<PostponedRow>,
    /// Imported photos on no ticket and in no draft.
    pub unbound_photos: u64,
}

/// A file that could not be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PostponedRow {
    /// What it is.
    pub role: BlobRole,
    /// Its bytes, less those that the hub is known to have.
    pub bytes: u64,
    /// How often it failed.
    pub tries: u32,
    /// Why it last failed: a stable code.
    pub code: Option<String>,
    /// From when on it is tried again.
    pub next_at: Timestamp,
}
