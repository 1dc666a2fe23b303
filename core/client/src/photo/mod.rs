//! Photos on the phone: imported durably, copied, kept until the hub has them.

pub(crate) mod files;
pub(crate) mod import;

pub use import::ImportedPhoto;
