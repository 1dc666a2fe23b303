//! Places, grids and holders as screens show them.

use redvest_domain::id::GridCode;
use redvest_domain::place::Position;
use serde::Serialize;

use super::TicketRow;

/// What is known of a place while somebody reports there.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlaceView {
    /// The deepest grid at the pin; `None` where no boundary holds it.
    pub grid: Option<GridCode>,
    /// Grids from the root down to that one.
    pub grid_path: Vec<GridName>,
    /// Boundaries that touch the circle, at most 64: those of the deepest level that has any there, and of the level above.
    pub borders: Vec<Border>,
    /// Worst accuracy of a fix that needs no reason for this category, in metres, rounded up; `None` accepts any.
    pub gate_m: Option<u32>,
    /// Whether the fix meets that.
    pub gate_met: bool,
    /// Name of whoever would get a ticket of this category here; `None` if nobody would, or if this phone cannot know.
    pub handler_zh: Option<String>,
    /// Its name in English, where it has one.
    pub handler_en: Option<String>,
    /// Open tickets within the circle, the nearest first.
    pub nearby: Vec<TicketRow>,
    /// Latitude of the pin on a GCJ-02 map, in degrees.
    pub shown_lat: Option<f64>,
    /// Longitude of the pin on a GCJ-02 map, in degrees.
    pub shown_lon: Option<f64>,
}

/// A grid with the name of its level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GridName {
    /// Its code.
    pub code: GridCode,
    /// Its name.
    pub name: String,
    /// Its level in Chinese.
    pub level_zh: String,
    /// Its level in English.
    pub level_en: String,
}

/// A grid's boundary, to be drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Border {
    /// The grid.
    pub grid: GridCode,
    /// Its name.
    pub name: String,
    /// Closed rings of all its pieces, holes included: filled by the even-odd rule.
    pub rings: Vec<Vec<Position>>,
}

/// A grid to pick.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GridRow {
    /// Its code.
    pub code: GridCode,
    /// Its name.
    pub name: String,
    /// Its level in Chinese.
    pub level_zh: String,
    /// Its level in English.
    pub level_en: String,
    /// Whether there are grids below it.
    pub has_children: bool,
    /// Whether it has a boundary on the map.
    pub has_shape: bool,
    /// Names of the grids above it from the root down, such as `青石街道 / 临河社区`; empty for a root.
    pub path: String,
}

/// Somebody whom a dispatcher may choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HolderRow {
    /// Its key, such as `agency:cg`.
    pub key: String,
    /// Its name.
    pub zh: String,
    /// Its name in English, where it has one.
    pub en: Option<String>,
    /// A grid's level in Chinese; `None` for an agency.
    pub level_zh: Option<String>,
    /// A grid's level in English; `None` for an agency.
    pub level_en: Option<String>,
    /// Whether it leads the ticket now.
    pub leads: bool,
    /// Whether it cooperates on the ticket now.
    pub cooperates: bool,
}
