//! Facts about the whole: phones, hub and line together, as people use them. One binary, so that it links once.

mod clocks;
mod office;
mod outcomes;
mod replicas;
mod reports;
mod review;
mod work;
