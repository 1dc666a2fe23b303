//! The world that tests of the whole live in: a real hub, real phones, and a bad network between them.
//!
//! Nothing is simulated but people, time and the weather on the line: the hub listens on a socket, phones keep their
//! data in folders and sync over TLS. Clocks stand until a test moves them, so no test sleeps.
#![forbid(unsafe_code)]

pub mod check;
pub mod device;
pub mod proxy;
pub mod raw;
pub mod world;

#[path = "../../cli/src/demo/district.rs"]
pub mod district;

pub use check::Log;
pub use device::Device;
pub use proxy::{Fault, Proxy};
pub use raw::{Answer, Forger};
pub use world::World;
