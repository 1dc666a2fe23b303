//! Places: what is known of a spot while somebody reports there, and grids to pick by hand.

use std::collections::HashSet;

use redvest_domain::decide::meets_gate;
use redvest_domain::geo::Gcj02;
use redvest_domain::id::{CategoryCode, GridCode};
use redvest_domain::place::{Fix, Position};
use redvest_domain::reference::{Grid, GridTree, Handler, ReferenceSet};
use rusqlite::Connection;

use super::catalogue::RECENT;
use super::near::LARGEST_M;
use super::rows::{Screen, metres};
use crate::commands::staffed;
use crate::store::members;
use crate::view::{Border, GridName, GridRow, PlaceView};
use crate::{Client, Error};

/// Most boundaries that one call gives.
const MOST_BORDERS: usize = 64;
/// Most grids that a text finds.
const MOST_FOUND: usize = 200;

impl Client {
    /// What is known of a place: its grid, boundaries and open tickets within so many metres (at most 5,000), and what
    /// the law would make of a report of this category here. Cheap enough to ask with every new position.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`], those of the database.
    pub fn place(
        &self,
        pin: Option<Position>,
        fix: Option<Fix>,
        category: Option<CategoryCode>,
        radius_m: u32,
    ) -> Result<PlaceView, Error> {
        let (store, reference) = (self.store(), self.store().reference());
        let grids = reference.grids();
        let path = reference.place(pin, None);
        let gate_cm = category.as_ref().and_then(|code| reference.category(code)?.accuracy_gate_cm);
        let handler = match &category {
            Some(category) => store.db.read(|connection| {
                let screen = Screen::new(store, connection, &reference)?;
                handler(&screen, connection, &reference, category, path.last())
            })?,
            None => None,
        };
        let nearby = match pin {
            Some(pin) => self.nearby(pin, radius_m)?,
            None => Vec::new(),
        };
        let shown = pin.map(Gcj02::from_wgs84);
        Ok(PlaceView {
            grid: path.last().cloned(),
            grid_path: path.iter().filter_map(|code| grids.get(code)).map(|grid| grid_name(grids, grid)).collect(),
            borders: pin.map_or_else(Vec::new, |pin| borders(grids, pin, radius_m)),
            gate_m: gate_cm.map(metres),
            gate_met: meets_gate(gate_cm, fix.as_ref()),
            handler_en: handler.as_ref().and_then(|(_, en)| en.clone()),
            handler_zh: handler.map(|(zh, _)| zh),
            nearby,
            shown_lat: shown.map(|shown| shown.lat),
            shown_lon: shown.map(|shown| shown.lon),
        })
    }

    /// Grids to pick: those right below `parent`, or the roots. With a text, those at any depth below whose name has it,
    /// or whose code begins with it, at most 200.
    pub fn grids(&self, parent: Option<&GridCode>, text: Option<&str>) -> Vec<GridRow> {
        let reference = self.store().reference();
        let grids = reference.grids();
        let text = text.map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty());
        let rows = Rows::new(grids);
        let Some(text) = text else { return grids.children(parent).map(|grid| rows.row(grid)).collect() };
        let is_below =
            |grid: &Grid| parent.is_none_or(|parent| *parent != grid.code && grids.path(&grid.code).contains(parent));
        let is_meant = |grid: &Grid| {
            grid.name.to_lowercase().contains(&text) || grid.code.as_str().to_lowercase().starts_with(&text)
        };
        let found = grids.document().grids.iter().filter(|grid| is_meant(grid) && is_below(grid));
        found.take(MOST_FOUND).map(|grid| rows.row(grid)).collect()
    }

    /// The grids of this member's last reports, picked by hand or found by their pins: the newest first, each once, at
    /// most 8. None before this device is enrolled.
    ///
    /// # Errors
    /// Those of the database.
    pub fn recent_grids(&self) -> Result<Vec<GridRow>, Error> {
        let reference = self.store().reference();
        let grids = reference.grids();
        let rows = Rows::new(grids);
        let mut seen = HashSet::new();
        let used = self.last_reports()?.into_iter().filter_map(|card| card.grid);
        let known = used.filter_map(|code| grids.get(&code)).filter(|grid| seen.insert(&grid.code));
        Ok(known.take(RECENT).map(|grid| rows.row(grid)).collect())
    }
}

/// The names of who would get a ticket of this category here. Which grids are staffed is known at the office alone, so elsewhere only
/// an agency can be named.
fn handler(
    screen: &Screen<'_>,
    connection: &Connection,
    reference: &ReferenceSet,
    category: &CategoryCode,
    grid: Option<&GridCode>,
) -> Result<Option<(String, Option<String>)>, Error> {
    let staffed = staffed(connection, &members::own(connection, screen.me)?)?;
    let by_grids = reference.category(category).is_some_and(|category| category.handler == Handler::Grid);
    if staffed.is_none() && by_grids {
        return Ok(None);
    }
    let is_staffed = |grid: &GridCode| staffed.as_ref().is_some_and(|staffed| staffed.contains(grid));
    let terms = reference.terms(category, grid, &is_staffed).ok();
    Ok(terms.and_then(|terms| terms.handler).map(|holder| (screen.holder_zh(&holder), screen.holder_en(&holder))))
}

/// Boundaries that the circle touches, of the deepest level there and of the one above.
fn borders(grids: &GridTree, pin: Position, radius_m: u32) -> Vec<Border> {
    let touched = grids.touching(pin, f64::from(radius_m.min(LARGEST_M)));
    let mut depths: Vec<u8> = touched.iter().map(|(depth, _)| *depth).collect();
    depths.dedup();
    depths.truncate(2);
    let kept = touched.into_iter().filter(|(depth, _)| depths.contains(depth)).map(|(_, grid)| grid);
    let drawn = kept.take(MOST_BORDERS).filter_map(|grid| {
        let shape = grid.shape.as_ref()?;
        let rings = shape.0.iter().flat_map(|polygon| &polygon.0).map(|ring| ring.0.clone());
        Some(Border { grid: grid.code.clone(), name: grid.name.clone(), rings: rings.collect() })
    });
    drawn.collect()
}

/// A grid with the name of its level; a level that the document does not have is shown by its code.
pub(super) fn grid_name(grids: &GridTree, grid: &Grid) -> GridName {
    let level = grids.level(grid);
    GridName {
        code: grid.code.clone(),
        name: grid.name.clone(),
        level_zh: level.map_or_else(|| grid.level.to_string(), |level| level.name.clone()),
        level_en: level.map_or_else(|| grid.level.to_string(), |level| level.name_en.clone()),
    }
}

/// What rows of grids need.
struct Rows<'a> {
    grids: &'a GridTree,
    parents: HashSet<&'a GridCode>,
}

impl<'a> Rows<'a> {
    fn new(grids: &'a GridTree) -> Rows<'a> {
        Rows { grids, parents: grids.document().grids.iter().filter_map(|grid| grid.parent.as_ref()).collect() }
    }

    fn row(&self, grid: &Grid) -> GridRow {
        let GridName { code, name, level_zh, level_en } = grid_name(self.grids, grid);
        let path = self.grids.path(&code);
        let above = path.iter().filter(|above| **above != code).filter_map(|above| self.grids.get(above));
        GridRow {
            has_children: self.parents.contains(&code),
            has_shape: grid.shape.is_some(),
            path: above.map(|grid| grid.name.as_str()).collect::<Vec<_>>().join(" / "),
            code,
            name,
            level_zh,
            level_en,
        }
    }
}
