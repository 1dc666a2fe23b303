//! Facts about the whole: phones, hub and line together, as people use them. One binary, so that it links once.

#![allow(clippy::unwrap_used, reason = "the whole crate is tests, its helpers included")]

mod adversity;
mod another_client;
mod clocks;
mod custody;
mod desk;
mod epochs;
mod input;
mod office;
mod outcomes;
mod photos;
mod protocol;
mod replicas;
mod reports;
mod restore;
mod review;
mod weather;
mod work;
