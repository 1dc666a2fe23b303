//! Bringing the log of this device and the hub's together, without doing any network itself.
//!
//! A [`Session`] says what to send; whoever drives it (Kotlin, Swift, or Rust in the crate redvest-transport) sends it
//! with the platform's own HTTP, TLS, cancellation and background transfer, and feeds the reply back. No transaction is
//! open while a reply is awaited, and a session may be dropped at any moment: the next one goes on from the database.
//! The protocol is described in docs/protocol.md.

mod backoff;
mod enrol;
mod evidence;
mod message;
mod photos;
mod pull;
mod push;
mod relay;
mod session;

pub use self::backoff::{Backoff, retry_at};
pub use self::enrol::{enrol_reply, enrol_request, rekey_reply, rekey_request};
pub use self::evidence::{evidence_reply, evidence_request};
pub use self::message::{Body, NetFailure, Reply, ReplyBody, Request, Target};
pub use self::session::{Failure, Phase, Session, SessionOptions, Step, Summary};
