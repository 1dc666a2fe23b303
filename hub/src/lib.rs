//! The hub: the one place where a workspace's events get their order.
//!
//! It takes commits of devices, checks the author's right ([`redvest_domain::may`]), numbers, stamps and signs what it
//! accepts, and hands every replica what it may see. Invariants: whatever an answer says is durable; numbers have no
//! gaps; nothing of state is kept that cannot be rebuilt from the log. The protocol is described in docs/protocol.md.
#![forbid(unsafe_code)]

pub mod accept;
pub mod api;
pub mod clerk;
pub mod clock;
pub mod config;
pub mod custody;
pub mod error;
pub mod keys;
pub mod lasting;
pub mod orders;
pub mod photos;
pub mod pull;
pub mod serve;
pub mod store;
pub mod timers;
pub mod tls;

pub use error::HubError;
