//! How far a shape is from a position, for screens. On a plane that touches the Earth at the position: over the few
//! kilometres of a screen it differs from the sphere by less than a border is wide.

use super::EARTH_RADIUS_M;
use super::shape::{BoundingBox, Ring, Shape};
use crate::place::Position;

impl BoundingBox {
    /// A box that holds the circle of so many metres; wider than that near the poles.
    pub fn of_circle(centre: Position, radius_m: f64) -> BoundingBox {
        let high = (radius_m / EARTH_RADIUS_M).to_degrees() * 1e7 + 1.0;
        let wide = high / centre.lat().to_radians().cos().max(0.01);
        // Casts of floats saturate, and a border beyond the last degree holds nothing more.
        let reach = |from: i32, by: f64| (f64::from(from) + by) as i32;
        BoundingBox {
            south_e7: reach(centre.lat_e7, -high),
            west_e7: reach(centre.lon_e7, -wide),
            north_e7: reach(centre.lat_e7, high),
            east_e7: reach(centre.lon_e7, wide),
        }
    }
}

impl Shape {
    /// Metres from a position to the nearest part of this shape; 0 inside and on the border, infinite for an empty one.
    pub fn distance_m(&self, at: Position) -> f64 {
        if self.contains(at) {
            return 0.0;
        }
        let rings = self.0.iter().flat_map(|polygon| &polygon.0);
        rings.map(|ring| ring.distance_m(at)).fold(f64::INFINITY, f64::min)
    }
}

impl Ring {
    fn distance_m(&self, at: Position) -> f64 {
        let metres = 1e-7_f64.to_radians() * EARTH_RADIUS_M;
        let across = metres * at.lat().to_radians().cos();
        let plane = |point: &Position| {
            let (lat, lon) =
                (f64::from(point.lat_e7) - f64::from(at.lat_e7), f64::from(point.lon_e7) - f64::from(at.lon_e7));
            (lon * across, lat * metres)
        };
        let Some(mut from) = self.0.last().map(plane) else { return f64::INFINITY };
        let mut nearest = f64::INFINITY;
        for to in self.0.iter().map(plane) {
            nearest = nearest.min(from_origin(from, to));
            from = to;
        }
        nearest
    }
}

/// The distance of the line from a to b from the origin.
fn from_origin((ax, ay): (f64, f64), (bx, by): (f64, f64)) -> f64 {
    let (x, y) = (bx - ax, by - ay);
    let length = x * x + y * y;
    let along = if length > 0.0 { (-(ax * x + ay * y) / length).clamp(0.0, 1.0) } else { 0.0 };
    (ax + along * x).hypot(ay + along * y)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::{Area, PinIndex, Polygon, distance_m};

    fn square(south: i32, west: i32, side: i32) -> Shape {
        let corner = |lat: i32, lon: i32| Position { lat_e7: south + lat * side, lon_e7: west + lon * side };
        let ring = [corner(0, 0), corner(0, 1), corner(1, 1), corner(1, 0), corner(0, 0)];
        Shape(vec![Polygon(vec![Ring(ring.to_vec())])])
    }

    #[test]
    fn a_shape_is_as_far_as_its_nearest_border() {
        let at = Position { lat_e7: 320_600_000, lon_e7: 1_187_900_000 };
        let shape = square(320_550_000, 1_187_950_000, 100_000);
        let nearest = Position { lat_e7: 320_600_000, lon_e7: 1_187_950_000 };
        assert!((shape.distance_m(at) - distance_m(at, nearest)).abs() < 0.1);
        assert_eq!(shape.distance_m(nearest), 0.0, "on the border");
        let north = Position { lat_e7: 320_700_000, lon_e7: 1_187_900_000 };
        let corner = Position { lat_e7: 320_650_000, lon_e7: 1_187_950_000 };
        assert!((shape.distance_m(north) - distance_m(north, corner)).abs() < 0.5, "a corner is nearest");
        assert_eq!(Shape::default().distance_m(at), f64::INFINITY);
    }

    #[test]
    fn a_circle_touches_what_it_reaches_and_the_deepest_comes_first() {
        let at = Position { lat_e7: 320_600_000, lon_e7: 1_187_900_000 };
        let area = |code: &str, depth, shape| Area { code: code.parse().unwrap(), depth, shape };
        let index = PinIndex::new([
            area("far", 1, square(320_550_000, 1_187_950_000, 100_000)),
            area("round", 0, square(320_000_000, 1_187_000_000, 1_000_000)),
            area("here", 1, square(320_599_000, 1_187_899_000, 2_000)),
            area("gone", 1, square(300_000_000, 1_187_000_000, 1_000)),
        ]);
        let codes = |radius| index.touching(at, radius).iter().map(|(_, code)| code.as_str()).collect::<Vec<_>>();
        assert_eq!(codes(100.0), ["here", "round"]);
        assert_eq!(codes(500.0), ["here", "far", "round"]);
    }
}
