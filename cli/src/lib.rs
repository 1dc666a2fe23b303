//! The command line of RedVest: a phone at a desk, the hub's commands, and tools that need neither.
//!
//! Results go to standard output, everything else to standard error. A command that says that something is done says so
//! after it is on the disk. The binary `redvest` is [`main`]; `docs/cli.md` describes commands, exit codes and JSON.
#![forbid(unsafe_code)]

pub mod demo;
pub mod failure;
pub mod help;
pub mod hub;
pub mod lang;
pub mod now;
pub mod out;
pub mod parse;

mod cli;
mod due;
mod phone;
mod usage;
mod verify;

pub use cli::{Cli, command, main};
