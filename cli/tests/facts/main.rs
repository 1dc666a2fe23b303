//! The program `redvest` as its users run it: a real binary, real files, a real hub on loopback.

#![allow(clippy::unwrap_used, reason = "the whole crate is tests, its helpers included")]

mod hub;
mod program;
mod served;
mod story;
mod tools;
mod usage;
