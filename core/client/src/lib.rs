//! RedVest on a phone: everything that a field worker does, without a network.
//!
//! [`Client`] is the whole of it: commands decide, seal and keep what somebody did in one durable transaction; queries
//! give what one screen shows; [`sync`] brings the log here and the hub's together whenever there is a network. The
//! crate has no HTTP, no clock and no randomness of its own: [`env::Env`] gives time and random bytes, a transport
//! carries what a session asks for.
//!
//! Invariants: what a command returned is on the disk, with its photos; pending events are never rewritten; nothing
//! that a user made is deleted before the hub confirmed it or the user dismissed it.
#![forbid(unsafe_code)]

mod client;
pub mod commands;
mod enrolment;
pub mod env;
mod error;
mod photo;
pub mod queries;
pub mod store;
pub mod sync;
pub mod vault;
pub mod view;

pub use client::Client;
pub use error::Error;
pub use photo::ImportedPhoto;
pub use store::Store;
