//! Facts about the whole: phones, hub and line together, as people use them. One binary, so that it links once.

mod reports;
mod review;
mod work;
