//! Responsibilities (包联路段、点位): which members look after which road or point, in which grids.

use serde::{Deserialize, Serialize};

use super::agencies::unknown_grid;
use super::catalogue::MAX_NAME;
use super::codes::PointCode;
use super::fault::{Fault, Faults};
use super::grids::GridTree;
use crate::id::{GridCode, MemberId};

/// The duty roads and points of a workspace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Responsibilities {
    /// Roads and points, in the order of the screen.
    pub points: Vec<DutyPoint>,
}

/// Whether a duty is along a road or at a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DutyKind {
    /// 路段.
    Road,
    /// 点位.
    Point,
}

/// One road or point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DutyPoint {
    /// Its code, unique in the workspace.
    pub code: PointCode,
    /// What it is.
    pub kind: DutyKind,
    /// Chinese name.
    pub name: String,
    /// English name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name_en: String,
    /// Grids that it lies in; its members read the tickets there and may add evidence.
    pub grids: Vec<GridCode>,
    /// Members who look after it, under their pseudonyms.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<MemberId>,
}

impl Responsibilities {
    /// Everything that is wrong in the document by itself.
    pub fn check(&self) -> Vec<Fault> {
        let mut faults = Faults::default();
        faults.unique(self.points.iter().map(|one| &one.code), |index| format!("points[{index}].code"));
        for (index, point) in self.points.iter().enumerate() {
            faults.text(|| format!("points[{index}].name"), &point.name, MAX_NAME);
            if !point.name_en.is_empty() {
                faults.text(|| format!("points[{index}].name_en"), &point.name_en, MAX_NAME);
            }
            if point.grids.is_empty() {
                faults.error(
                    format!("points[{index}].grids"),
                    "grids_missing",
                    "请写明该路段或点位所在的网格。",
                    "Name the grids that this road or point lies in.",
                );
            }
        }
        faults.into_vec()
    }

    /// What does not fit the grids beside it.
    pub fn check_against(&self, grids: &GridTree) -> Vec<Fault> {
        let mut faults = Faults::default();
        for (index, point) in self.points.iter().enumerate() {
            for (item, grid) in point.grids.iter().enumerate().filter(|(_, grid)| grids.get(grid).is_none()) {
                faults.push(unknown_grid(format!("points[{index}].grids[{item}]"), grid));
            }
        }
        faults.into_vec()
    }

    /// The grids of a member's duty roads and points, ascending, each once.
    pub fn grids_of(&self, member: MemberId) -> Vec<GridCode> {
        let own = self.points.iter().filter(|point| point.members.contains(&member));
        let grids: std::collections::BTreeSet<_> = own.flat_map(|point| &point.grids).collect();
        grids.into_iter().cloned().collect()
    }
}
