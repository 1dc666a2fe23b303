//! The law of RedVest: what a ticket is, what may happen to it, who may do it and which clock runs.
//!
//! This crate is pure. It has no IO, no clock and no randomness; whatever it needs it is given. The same code runs on
//! the phone and on the hub, which is why a phone can say offline what the hub will say later.
#![forbid(unsafe_code)]

pub mod id;
pub mod place;
pub mod terms;
pub mod time;

pub mod cbor;
pub mod codes;
pub mod digest;
pub mod envelope;
pub mod event;
pub mod key;
pub mod stamp;
pub mod wire;

pub mod decide;
pub mod fits;
pub mod fold;
pub mod may;
pub mod misfit;
pub mod ticket;
