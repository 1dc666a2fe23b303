//! Geo.
