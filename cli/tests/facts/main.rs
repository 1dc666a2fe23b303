//! The program `redvest` as its users run it: a real binary, real files, a real hub on loopback.

mod hub;
mod program;
mod story;
mod tools;
mod usage;
