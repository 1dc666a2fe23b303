//! The pull against the plain truth, its cost, and what it refuses.

mod cost;
mod device;
mod hub;
mod refusals;
mod worlds;
