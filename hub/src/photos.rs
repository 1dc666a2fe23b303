//! Photos on the hub's disk: content-addressed files, and uploads on their way to become such files.
//!
//! Invariants: a file under its hash is whole, has that hash and is durable, folder entry included; nothing is answered
//! before that. An unfinished upload may end in bytes that a crash lost or garbled: its hash is checked when it is
//! complete, so such an upload fails and is sent again. All functions block; the API calls them off its threads.

mod files;
mod uploads;

pub use self::files::Files;
pub use self::uploads::{Finished, Upload, UploadError, UploadId, Uploads, Writing};
