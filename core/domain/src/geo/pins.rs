//! Which grids contain a pin, over all grids of a workspace.
//!
//! A pin belongs to the deepest grid that contains it; of several at that level, as on a border, to the one with the
//! smaller code. The index is a list of boxes in order of their western border: with the 3,000 grids of a district a
//! look-up scans part of 48 KB and tests a handful of polygons, so nothing cleverer is needed.

use crate::geo::{BoundingBox, Shape};
use crate::id::GridCode;
use crate::place::Position;

/// A grid with a polygon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    /// Its code.
    pub code: GridCode,
    /// How deep its level lies; 0 is the top.
    pub depth: u8,
    /// Its area.
    pub shape: Shape,
}

/// All grids of a workspace that have a polygon, ready for look-ups.
#[derive(Debug, Clone, Default)]
pub struct PinIndex {
    /// Ascending by western border, like `areas`.
    boxes: Vec<BoundingBox>,
    areas: Vec<Area>,
}

impl PinIndex {
    /// An index over these grids; those with an empty shape contain nothing.
    pub fn new(areas: impl IntoIterator<Item = Area>) -> PinIndex {
        let with_box = |area: Area| area.shape.bounding_box().map(|around| (around, area));
        let mut boxed: Vec<(BoundingBox, Area)> = areas.into_iter().filter_map(with_box).collect();
        boxed.sort_by_key(|(around, _)| around.west_e7);
        let (boxes, areas) = boxed.into_iter().unzip();
        PinIndex { boxes, areas }
    }

    /// The grids that contain the pin, borders included: deepest level first, smaller codes first within a level. So
    /// the first one is the grid of the pin, and who looks for one with an active member goes on from there.
    pub fn containing(&self, pin: Position) -> Vec<&GridCode> {
        let begun = self.boxes.partition_point(|around| around.west_e7 <= pin.lon_e7);
        let near = self.boxes[..begun].iter().zip(&self.areas).filter(|(around, _)| around.contains(pin));
        let mut found: Vec<&Area> = near.map(|(_, area)| area).filter(|area| area.shape.contains(pin)).collect();
        found.sort_unstable_by(|a, b| b.depth.cmp(&a.depth).then_with(|| a.code.cmp(&b.code)));
        found.into_iter().map(|area| &area.code).collect()
    }

    /// The grids that a circle of so many metres touches, with the depths of their levels: deepest level first, within a
    /// level the nearest first. Distances are taken on a plane, which is exact enough for a screen.
    pub fn touching(&self, centre: Position, radius_m: f64) -> Vec<(u8, &GridCode)> {
        let circle = BoundingBox::of_circle(centre, radius_m);
        let begun = self.boxes.partition_point(|around| around.west_e7 <= circle.east_e7);
        let met = self.boxes[..begun].iter().zip(&self.areas).filter(|(around, _)| around.meets(circle));
        let near = met.map(|(_, area)| (area.shape.distance_m(centre), area)).filter(|(metres, _)| *metres <= radius_m);
        let mut found: Vec<(f64, &Area)> = near.collect();
        found.sort_by(|(near, a), (far, b)| {
            b.depth.cmp(&a.depth).then_with(|| near.total_cmp(far)).then_with(|| a.code.cmp(&b.code))
        });
        found.into_iter().map(|(_, area)| (area.depth, &area.code)).collect()
    }

    /// The grid of the pin, if any contains it.
    pub fn grid_at(&self, pin: Position) -> Option<&GridCode> {
        self.containing(pin).first().copied()
    }
}
