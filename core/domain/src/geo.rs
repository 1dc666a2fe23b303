//! Places: which grid a pin lies in, how far two positions are apart, and the map datums of China.
//!
//! Whether a point lies in a polygon is computed with integers alone, so every replica answers alike, also on a
//! border, which counts as inside. Polygons are flat in latitude and longitude and do not reach over the antimeridian.
//! Distances and map datums use floating point and serve display and warnings; no fold and no right depends on them.

use crate::place::Position;

mod datum;
mod near;
mod pins;
mod shape;
mod validity;

pub use datum::{Bd09, Gcj02};
pub use pins::{Area, PinIndex};
pub use shape::{BoundingBox, Polygon, Ring, Shape};
pub use validity::{MAX_POINTS, ShapeFault, ShapeFaultCode};

/// Mean radius of the Earth in metres (IUGG, R1 = (2a + b) / 3 of GRS 80).
const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// Great-circle distance in metres by the haversine formula (R. W. Sinnott, "Virtues of the Haversine", Sky and
/// Telescope 68/2, 1984) on a sphere of the mean radius 6,371,008.8 m; the ellipsoid differs by at most 0.6 %.
pub fn distance_m(one: Position, other: Position) -> f64 {
    let (lat_one, lat_other) = (one.lat().to_radians(), other.lat().to_radians());
    let half_lat = ((lat_other - lat_one) / 2.0).sin();
    let half_lon = ((other.lon() - one.lon()).to_radians() / 2.0).sin();
    let h = half_lat * half_lat + lat_one.cos() * lat_other.cos() * half_lon * half_lon;
    // Rounding can carry antipodes a little above 1.
    2.0 * EARTH_RADIUS_M * h.min(1.0).sqrt().asin()
}

#[cfg(test)]
mod tests;
