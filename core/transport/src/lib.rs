//! Drives a sync session over HTTP from Rust: for the command line, for tests and for embedders in Rust. On phones the
//! platform's own HTTP does this work.
//!
//! TLS only, plain HTTP to this machine alone. A hub with a certificate of its own is recognised by the fingerprint in
//! the enrolment code and by nothing else; any other is checked against public authorities.
#![forbid(unsafe_code)]

mod drive;
mod http;
mod pin;

pub use drive::{Drive, Error, enrol, evidence, rekey};
pub use http::Http;
