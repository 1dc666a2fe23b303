//! Laws that hold of everything: the fold, the encodings, and the bytes that other programs read.

mod codec;
mod folding;
mod samples;
mod snapshots;
mod vectors;
