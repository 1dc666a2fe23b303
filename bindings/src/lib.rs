//! RedVest for Kotlin and Swift: the phone's core ([`redvest_client`]) over uniffi, and nothing more.
//!
//! [`Device`] is the whole of it: what a user does, what a screen shows, and a [`SyncSession`] that the app drives with the
//! platform's own HTTP. Plain data crosses as it is in the core, mirrored in `mirrors`; photos cross as paths; ids as
//! text; instants as milliseconds since 1970 in UTC.
//!
//! Invariants: no rule of RedVest's is decided here. No panic crosses: it becomes [`RedVestError::Internal`] and the store
//! stays usable. Every call may come from any thread and may wait for the disk, so none belongs on a screen's thread.

// uniffi's macros write the C functions that foreign code calls.
#![allow(unsafe_code, reason = "uniffi writes the foreign functions")]

mod actions;
mod clock;
mod device;
mod error;
mod listener;
mod mirrors;
mod queries;
mod sync;
mod vault;

pub use clock::BootClock;
pub use device::{Account, Device};
pub use error::RedVestError;
pub use listener::ChangeListener;
pub use mirrors::ImportedPhoto;
pub use queries::distance_m;
pub use sync::{HttpBody, HttpHeader, HttpReply, HttpRequest, SyncProgress, SyncSession, SyncStep, net_failure};
pub use vault::{KeyVault, VaultError, file_vault};

uniffi::setup_scaffolding!();
