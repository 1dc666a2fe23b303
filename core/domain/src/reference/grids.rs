//! Grids (网格): a tree of areas of several levels. Levels, their names and their depth are data.
//!
//! Boundaries are WGS-84, as everything that is stored. A grid may have no boundary; it is then picked by hand.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::catalogue::MAX_NAME;
use super::codes::LevelCode;
use super::fault::{Fault, Faults};
use crate::geo::{Area, PinIndex, Shape};
use crate::id::GridCode;
use crate::place::Position;

/// The grids of a workspace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grids {
    /// Levels from the widest to the narrowest, such as 街道, 社区, 网格, 微网格.
    pub levels: Vec<Level>,
    /// Grids, in the order of the screen.
    pub grids: Vec<Grid>,
}

/// One level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// Its code.
    pub code: LevelCode,
    /// Chinese name.
    pub name: String,
    /// English name.
    pub name_en: String,
}

/// One grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grid {
    /// Its code, unique in the workspace and never used again.
    pub code: GridCode,
    /// Its name.
    pub name: String,
    /// Its level.
    pub level: LevelCode,
    /// The grid that it is part of, of a wider level; absent for a root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<GridCode>,
    /// Its area; absent where it has no boundary on the map.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shape: Option<Shape>,
}

/// The most levels, which is also the longest path.
pub(super) const MAX_LEVELS: usize = 16;
/// Pairs of a child's and its parent's vertices that one check compares; a district of 3,000 grids has some 30 million.
const MAX_COMPARED: usize = 300_000_000;
/// The most grids.
const MAX_GRIDS: usize = 100_000;

/// Grids indexed for look-up by code and by place. Built once for a published document.
#[derive(Debug, Clone)]
pub struct GridTree {
    document: Grids,
    links: Links,
    pins: PinIndex,
}

impl GridTree {
    /// Indexes grids. Any document can be indexed, also one with faults; what is unknown in it counts as absent.
    pub fn new(document: Grids) -> GridTree {
        let links = Links::new(&document);
        let areas = document.grids.iter().zip(&links.level_of).filter_map(|(grid, level)| {
            // At most MAX_LEVELS, which fits a byte.
            Some(Area { code: grid.code.clone(), depth: *level as u8, shape: grid.shape.clone()? })
        });
        GridTree { pins: PinIndex::new(areas), links, document }
    }

    /// The document.
    pub fn document(&self) -> &Grids {
        &self.document
    }

    /// A grid by its code.
    pub fn get(&self, code: &GridCode) -> Option<&Grid> {
        self.links.by_code.get(code).map(|at| &self.document.grids[*at])
    }

    /// The grids from the root down to this one; empty for a code that is not there.
    pub fn path(&self, code: &GridCode) -> Vec<GridCode> {
        let mut path = Vec::new();
        let mut next = self.links.by_code.get(code).copied();
        // A checked document has no longer path; in one with a cycle this ends it.
        while let Some(at) = next.filter(|_| path.len() < MAX_LEVELS) {
            path.push(self.document.grids[at].code.clone());
            next = self.links.parent_of[at];
        }
        path.reverse();
        path
    }

    /// The grids right below this one, or the roots, in the document's order.
    pub fn children<'a>(&'a self, parent: Option<&'a GridCode>) -> impl Iterator<Item = &'a Grid> {
        self.document.grids.iter().filter(move |grid| grid.parent.as_ref() == parent)
    }

    /// The deepest grid whose boundary contains the pin, borders included; of several at the same level the smaller
    /// code (LAW, names and numbers). `None` where there is none.
    pub fn deepest(&self, pin: Position) -> Option<&GridCode> {
        self.pins.grid_at(pin)
    }

    /// The grids whose boundaries a circle of so many metres touches, with the places of their levels in the document;
    /// see [`PinIndex::touching`].
    pub fn touching(&self, centre: Position, radius_m: f64) -> Vec<(u8, &Grid)> {
        let found = self.pins.touching(centre, radius_m).into_iter();
        found.filter_map(|(depth, code)| Some((depth, self.get(code)?))).collect()
    }

    /// The level of a grid, if the document has it.
    pub fn level(&self, grid: &Grid) -> Option<&Level> {
        self.document.levels.iter().find(|level| level.code == grid.level)
    }
}

impl Grids {
    /// Everything that is wrong in the grids by themselves.
    pub fn check(&self) -> Vec<Fault> {
        let mut faults = Faults::default();
        if self.levels.len() > MAX_LEVELS || self.grids.len() > MAX_GRIDS {
            faults.error(
                if self.levels.len() > MAX_LEVELS { "levels" } else { "grids" },
                "too_many_entries",
                format!("最多 {MAX_LEVELS} 个层级、{MAX_GRIDS} 个网格，请删减。"),
                format!("There can be {MAX_LEVELS} levels and {MAX_GRIDS} grids: remove some."),
            );
            return faults.into_vec();
        }
        faults.unique(self.levels.iter().map(|level| &level.code), |index| format!("levels[{index}].code"));
        for (index, level) in self.levels.iter().enumerate() {
            faults.text(|| format!("levels[{index}].name"), &level.name, MAX_NAME);
            faults.text(|| format!("levels[{index}].name_en"), &level.name_en, MAX_NAME);
        }
        faults.unique(self.grids.iter().map(|grid| &grid.code), |index| format!("grids[{index}].code"));
        let tree = Links::new(self);
        let in_cycle = tree.in_cycle();
        let mut budget = MAX_COMPARED;
        for (index, grid) in self.grids.iter().enumerate() {
            faults.text(|| format!("grids[{index}].name"), &grid.name, MAX_NAME);
            if tree.level_of[index] == MAX_LEVELS {
                faults.error(
                    format!("grids[{index}].level"),
                    "unknown_level",
                    format!("没有编码为 {} 的层级，请改正或先在 levels 中添加。", grid.level),
                    format!("There is no level {}: correct it, or add it to levels first.", grid.level),
                );
            }
            self.check_parent(index, grid, &tree, in_cycle[index], &mut faults);
            self.check_shape(index, grid, &tree, &mut budget, &mut faults);
        }
        faults.into_vec()
    }

    fn check_parent(&self, index: usize, grid: &Grid, tree: &Links, in_cycle: bool, faults: &mut Faults) {
        let Some(code) = &grid.parent else { return };
        let path = format!("grids[{index}].parent");
        let Some(parent) = tree.parent_of[index] else {
            faults.error(
                path,
                "unknown_parent",
                format!("没有编码为 {code} 的网格可作上级，请改正或先添加该网格。"),
                format!("There is no grid {code} to be the parent: correct it, or add that grid first."),
            );
            return;
        };
        if in_cycle {
            faults.error(
                path,
                "parent_cycle",
                format!("网格 {} 沿上级关系又回到自身，请改正其中一个上级。", grid.code),
                format!("Going up from grid {} leads back to it: correct one of the parents.", grid.code),
            );
        } else if tree.level_of[parent] >= tree.level_of[index] && tree.level_of[parent] < MAX_LEVELS {
            faults.error(
                path,
                "wrong_level",
                format!("上级 {code} 的层级不高于 {}，请改正层级或上级。", grid.code),
                format!("Parent {code} is of no wider level than {}: correct the level or the parent.", grid.code),
            );
        }
    }

    fn check_shape(&self, index: usize, grid: &Grid, tree: &Links, budget: &mut usize, faults: &mut Faults) {
        let Some(shape) = &grid.shape else { return };
        let wrong = shape.check();
        for fault in &wrong {
            let mut path = format!("grids[{index}].shape[{}][{}]", fault.polygon, fault.ring);
            if let Some(vertex) = fault.vertex {
                path.push_str(&format!("[{vertex}]"));
            }
            faults.error(path, fault.code.as_str(), fault.code.zh(), fault.code.en());
        }
        let parent = tree.parent_of[index].map(|at| &self.grids[at]);
        let Some((parent, around)) = parent.and_then(|parent| Some((&parent.code, parent.shape.as_ref()?))) else {
            return;
        };
        // The time of the comparison is bounded: beyond the budget children are not looked at, which loses warnings.
        let cost = points(shape).saturating_mul(points(around));
        if !wrong.is_empty() || cost > *budget {
            return;
        }
        *budget -= cost;
        let mut outer = shape.0.iter().filter_map(|polygon| polygon.0.first()).flat_map(|ring| &ring.0);
        if outer.any(|vertex| !around.contains(*vertex)) {
            faults.push(Fault::warning(
                format!("grids[{index}].shape"),
                "outside_parent",
                format!("网格 {} 的边界超出上级 {parent}，请确认是否有误。", grid.code),
                format!("The boundary of grid {} leaves its parent {parent}: see whether this is meant.", grid.code),
            ));
        }
    }
}

/// Positions of a shape.
fn points(shape: &Shape) -> usize {
    shape.0.iter().flat_map(|polygon| &polygon.0).map(|ring| ring.0.len()).sum()
}

/// Levels and parents of grids as places in the lists.
#[derive(Debug, Clone)]
struct Links {
    by_code: HashMap<GridCode, usize>,
    /// [`MAX_LEVELS`] for a level that is not known.
    level_of: Vec<usize>,
    parent_of: Vec<Option<usize>>,
}

impl Links {
    fn new(document: &Grids) -> Links {
        // Of two with the same code, which a checked document does not have, the first counts.
        let by_code: HashMap<_, _> =
            document.grids.iter().enumerate().rev().map(|(at, grid)| (grid.code.clone(), at)).collect();
        let levels = &document.levels[..document.levels.len().min(MAX_LEVELS)];
        let level = |code| levels.iter().position(|level| &level.code == code).unwrap_or(MAX_LEVELS);
        Links {
            level_of: document.grids.iter().map(|grid| level(&grid.level)).collect(),
            parent_of: document.grids.iter().map(|grid| by_code.get(grid.parent.as_ref()?).copied()).collect(),
            by_code,
        }
    }

    /// For each grid, whether going up from it leads back to it.
    fn in_cycle(&self) -> Vec<bool> {
        let mut seen_from = vec![usize::MAX; self.parent_of.len()];
        let mut in_cycle = vec![false; self.parent_of.len()];
        for start in 0..self.parent_of.len() {
            let mut next = Some(start);
            // Each grid is walked over once, since a walk ends at a grid that it or an earlier one has seen.
            while let Some(at) = next.filter(|at| seen_from[*at] == usize::MAX) {
                seen_from[at] = start;
                next = self.parent_of[at];
            }
            let Some(first) = next.filter(|at| seen_from[*at] == start && !in_cycle[*at]) else { continue };
            let mut round = Some(first);
            while let Some(at) = round.filter(|at| !in_cycle[*at]) {
                in_cycle[at] = true;
                round = self.parent_of[at];
            }
        }
        in_cycle
    }
}
