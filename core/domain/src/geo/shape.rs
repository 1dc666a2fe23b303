//! Rings, polygons with holes and multipolygons in 1e-7 degree, and whether a position lies in them.

use serde::{Deserialize, Serialize};

use crate::place::Position;

/// A closed line of positions; in a valid one the last equals the first. Written `[[lon_e7, lat_e7], …]`, the order of
/// GeoJSON in 1e-7 degree.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Vec<[i32; 2]>", into = "Vec<[i32; 2]>")]
pub struct Ring(pub Vec<Position>);

impl From<Vec<[i32; 2]>> for Ring {
    fn from(points: Vec<[i32; 2]>) -> Self {
        Self(points.into_iter().map(|[lon_e7, lat_e7]| Position { lat_e7, lon_e7 }).collect())
    }
}

impl From<Ring> for Vec<[i32; 2]> {
    fn from(ring: Ring) -> Self {
        ring.0.into_iter().map(|point| [point.lon_e7, point.lat_e7]).collect()
    }
}

/// Outer ring, then the holes: `[outer, hole, …]`, as in GeoJSON. The direction of rings does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Polygon(pub Vec<Ring>);

/// A multipolygon: the area of a grid, maybe in several pieces.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Shape(pub Vec<Polygon>);

/// A rectangle in latitude and longitude, its border included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoundingBox {
    /// Southern border, in 1e-7 degree.
    pub south_e7: i32,
    /// Western border, in 1e-7 degree.
    pub west_e7: i32,
    /// Northern border, in 1e-7 degree.
    pub north_e7: i32,
    /// Eastern border, in 1e-7 degree.
    pub east_e7: i32,
}

impl BoundingBox {
    /// The smallest box around the positions; `None` of none.
    pub fn around<'a>(positions: impl IntoIterator<Item = &'a Position>) -> Option<BoundingBox> {
        positions.into_iter().fold(None, |found: Option<BoundingBox>, at| {
            let point =
                BoundingBox { south_e7: at.lat_e7, west_e7: at.lon_e7, north_e7: at.lat_e7, east_e7: at.lon_e7 };
            Some(found.map_or(point, |found| found.joined(point)))
        })
    }

    /// The smallest box around both.
    pub fn joined(self, other: BoundingBox) -> BoundingBox {
        BoundingBox {
            south_e7: self.south_e7.min(other.south_e7),
            west_e7: self.west_e7.min(other.west_e7),
            north_e7: self.north_e7.max(other.north_e7),
            east_e7: self.east_e7.max(other.east_e7),
        }
    }

    /// Whether the two have a position in common, borders included.
    pub fn meets(&self, other: BoundingBox) -> bool {
        let lat = self.south_e7 <= other.north_e7 && other.south_e7 <= self.north_e7;
        lat && self.west_e7 <= other.east_e7 && other.west_e7 <= self.east_e7
    }

    /// Whether the position lies inside or on the border.
    pub fn contains(&self, at: Position) -> bool {
        (self.south_e7..=self.north_e7).contains(&at.lat_e7) && (self.west_e7..=self.east_e7).contains(&at.lon_e7)
    }
}

/// On which side of a ring a position lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Inside,
    Border,
    Outside,
}

/// Twice the signed area of the triangle a, b, c: positive when c lies to the left of a → b. The factors reach 33 bits,
/// so their product does not fit 64.
pub(super) fn turn(a: Position, b: Position, c: Position) -> i128 {
    let x = |to: Position, from: Position| i128::from(to.lon_e7) - i128::from(from.lon_e7);
    let y = |to: Position, from: Position| i128::from(to.lat_e7) - i128::from(from.lat_e7);
    x(b, a) * y(c, a) - y(b, a) * x(c, a)
}

/// Whether `at`, known to lie on the line through a and b, lies between them.
pub(super) fn is_between(a: Position, b: Position, at: Position) -> bool {
    (a.lon_e7.min(b.lon_e7)..=a.lon_e7.max(b.lon_e7)).contains(&at.lon_e7)
        && (a.lat_e7.min(b.lat_e7)..=a.lat_e7.max(b.lat_e7)).contains(&at.lat_e7)
}

impl Ring {
    /// The side on which a position lies, by the even-odd rule: a ray to the east crosses the ring an odd number of
    /// times from inside. A ring that crosses itself has an answer too.
    pub(super) fn side(&self, at: Position) -> Side {
        let mut inside = false;
        let Some(&(mut b)) = self.0.last() else { return Side::Outside };
        for &next in &self.0 {
            // The edges, the one from the last position back to the first included.
            let a = std::mem::replace(&mut b, next);
            // An edge owns its lower end and not its upper one, so a ray through a vertex is counted once.
            let straddles = (a.lat_e7 > at.lat_e7) != (b.lat_e7 > at.lat_e7);
            if straddles {
                let turned = turn(a, b, at);
                if turned == 0 {
                    return Side::Border;
                }
                if (turned > 0) == (b.lat_e7 > a.lat_e7) {
                    inside = !inside;
                }
            } else if a.lat_e7.max(b.lat_e7) == at.lat_e7 && is_between(a, b, at) && turn(a, b, at) == 0 {
                // The upper end of an edge, or a level edge.
                return Side::Border;
            }
        }
        if inside { Side::Inside } else { Side::Outside }
    }
}

impl Polygon {
    /// Whether the position lies in the outer ring and in no hole; the borders of both count as inside.
    pub fn contains(&self, at: Position) -> bool {
        let Some((outer, holes)) = self.0.split_first() else { return false };
        outer.side(at) != Side::Outside && holes.iter().all(|hole| hole.side(at) != Side::Inside)
    }
}

impl Shape {
    /// Whether the position lies in one of the polygons; borders count as inside.
    pub fn contains(&self, at: Position) -> bool {
        self.0.iter().any(|polygon| polygon.contains(at))
    }

    /// The smallest box around the outer rings; `None` of an empty shape.
    pub fn bounding_box(&self) -> Option<BoundingBox> {
        BoundingBox::around(self.0.iter().filter_map(|polygon| polygon.0.first()).flat_map(|ring| &ring.0))
    }
}
