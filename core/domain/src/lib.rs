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
pub mod evidence;
pub mod invitation;
pub mod key;
pub mod stamp;
pub mod wire;

pub mod decide;
pub mod fits;
pub mod fold;
pub mod may;
pub mod misfit;
pub mod ticket;

pub mod calendar;
pub mod clocks;
pub mod due;
pub mod escalate;
pub mod geo;
pub mod reference;

#[cfg(test)]
mod laws;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
