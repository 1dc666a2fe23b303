//! Photos: what a file is ([`inspect`]), when and where its camera says it was taken ([`ExifFacts`]), and the two
//! small copies that travel ahead of it ([`copies`]). The phone makes the copies at import; the hub compares them with
//! the original when that arrives ([`Likeness`]).
//!
//! Invariants: no input panics, none takes more memory than [`Limits`] allow, and nothing is judged by a file's name.
//! What cannot be decoded is still a photo: the caller keeps its bytes and marks the ticket with [`NoCopies::code`].
//! Copies are upright and carry no metadata at all.
#![forbid(unsafe_code)]

mod copies;
mod facts;
mod jpeg;
mod likeness;
mod metadata;
mod orient;
mod plane;
mod png;
mod rgb;
pub mod sample;
mod shrink;
mod sniff;

pub use copies::{Copies, Limits, NoCopies, REVIEW_EDGE, THUMBNAIL_EDGE, copies, copies_from};
pub use facts::{Facts, Refused, inspect, inspect_file};
pub use likeness::{ALIKE_WITHIN, Likeness, distance};
pub use metadata::{ExifFacts, ExifFault, LocalTime};
pub use sniff::Kind;

#[cfg(test)]
mod tests;
