//! What the store promises, as facts. Devices here are real ones: they seal commits with keys of their own and are
//! enrolled with a code.

mod chains;
mod custody;
mod epochs;
mod erasing;
mod killed;
mod kit;
mod law;
mod office;
mod order;
mod people;
mod plans;
mod publishing;
mod pulls;
mod rights;
