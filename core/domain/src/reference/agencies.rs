//! Agencies (责任单位) and what each leads: a category or a group, everywhere or below certain grids.

use serde::{Deserialize, Serialize};

use super::catalogue::{Catalogue, MAX_NAME};
use super::codes::GroupCode;
use super::fault::{Fault, Faults};
use super::grids::GridTree;
use crate::id::{AgencyCode, CategoryCode, GridCode};

/// The agencies of a workspace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agencies {
    /// Agencies, in the order of the screen.
    pub agencies: Vec<Agency>,
}

/// One agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agency {
    /// Its code, unique in the workspace and never used again.
    pub code: AgencyCode,
    /// Chinese name.
    pub name: String,
    /// English name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name_en: String,
    /// What it leads; an agency that leads nothing by itself is still dispatched to by hand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leads: Vec<Lead>,
}

/// What an agency leads, and where.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lead {
    /// Categories that it leads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<CategoryCode>,
    /// Groups whose categories it leads, unless an agency is named for the category itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupCode>,
    /// Grids whose subtrees it leads them in; none means everywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grids: Vec<GridCode>,
}

/// What a lead is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Topic {
    Category(CategoryCode),
    Group(GroupCode),
}

/// Looks up the agency for a category at a place. Built once for a published document.
#[derive(Debug, Clone, Default)]
pub struct LeadIndex {
    leads: std::collections::HashMap<Topic, Vec<(Option<GridCode>, AgencyCode)>>,
}

impl Agencies {
    /// Everything that is wrong in the document by itself.
    pub fn check(&self) -> Vec<Fault> {
        let mut faults = Faults::default();
        faults.unique(self.agencies.iter().map(|one| &one.code), |index| format!("agencies[{index}].code"));
        let mut named = std::collections::HashMap::new();
        for (index, agency) in self.agencies.iter().enumerate() {
            faults.text(|| format!("agencies[{index}].name"), &agency.name, MAX_NAME);
            if !agency.name_en.is_empty() {
                faults.text(|| format!("agencies[{index}].name_en"), &agency.name_en, MAX_NAME);
            }
            for (lead_index, lead) in agency.leads.iter().enumerate() {
                let at = format!("agencies[{index}].leads[{lead_index}]");
                if lead.categories.is_empty() && lead.groups.is_empty() {
                    faults.error(
                        &at,
                        "leads_nothing",
                        "此项未写明牵头的事项或分组，请补上或删除。",
                        "This names neither categories nor groups: add some or remove it.",
                    );
                }
                for (topic, grid) in lead.pairs() {
                    let before = named.insert((topic, grid), &agency.code);
                    if let Some(other) = before.filter(|other| *other != &agency.code) {
                        faults.error(
                            &at,
                            "two_leads",
                            format!("同一事项在同一范围已由 {other} 主办，只能有一个主办单位。"),
                            format!("{other} already leads the same there: name one lead only."),
                        );
                        break;
                    }
                }
            }
        }
        faults.into_vec()
    }

    /// What does not fit the catalogue and the grids beside it.
    pub fn check_against(&self, catalogue: &Catalogue, grids: &GridTree) -> Vec<Fault> {
        let mut faults = Faults::default();
        let categories: std::collections::HashSet<_> = catalogue.categories.iter().map(|one| &one.code).collect();
        let groups: std::collections::HashSet<_> = catalogue.groups.iter().map(|one| &one.code).collect();
        for (index, agency) in self.agencies.iter().enumerate() {
            for (lead_index, lead) in agency.leads.iter().enumerate() {
                let at = format!("agencies[{index}].leads[{lead_index}]");
                for (item, category) in lead.categories.iter().enumerate().filter(|(_, c)| !categories.contains(c)) {
                    faults.error(
                        format!("{at}.categories[{item}]"),
                        "unknown_category",
                        format!("事项目录中没有 {category}，请改正编码或先发布事项目录。"),
                        format!(
                            "The catalogue has no category {category}: correct it, or publish the catalogue first."
                        ),
                    );
                }
                for (item, group) in lead.groups.iter().enumerate().filter(|(_, g)| !groups.contains(g)) {
                    faults.error(
                        format!("{at}.groups[{item}]"),
                        "unknown_group",
                        format!("事项目录中没有分组 {group}，请改正编码或先发布事项目录。"),
                        format!("The catalogue has no group {group}: correct it, or publish the catalogue first."),
                    );
                }
                for (item, grid) in lead.grids.iter().enumerate().filter(|(_, g)| grids.get(g).is_none()) {
                    faults.push(unknown_grid(format!("{at}.grids[{item}]"), grid));
                }
            }
        }
        faults.into_vec()
    }
}

/// The fault of a document that names a grid which is not there.
pub(super) fn unknown_grid(path: String, grid: &GridCode) -> Fault {
    Fault::error(
        path,
        "unknown_grid",
        format!("没有编码为 {grid} 的网格，请改正编码或先发布网格。"),
        format!("There is no grid {grid}: correct it, or publish the grids first."),
    )
}

impl Lead {
    /// Each topic at each grid.
    fn pairs(&self) -> impl Iterator<Item = (Topic, Option<GridCode>)> + '_ {
        let categories = self.categories.iter().cloned().map(Topic::Category);
        let groups = self.groups.iter().cloned().map(Topic::Group);
        categories.chain(groups).flat_map(|topic| {
            let everywhere = self.grids.is_empty().then_some(None);
            let here = self.grids.iter().cloned().map(Some);
            everywhere.into_iter().chain(here).map(move |grid| (topic.clone(), grid))
        })
    }
}

impl LeadIndex {
    /// Indexes the leads of the agencies.
    pub fn new(agencies: &Agencies) -> LeadIndex {
        let mut index = LeadIndex::default();
        for agency in &agencies.agencies {
            for (topic, grid) in agency.leads.iter().flat_map(Lead::pairs) {
                index.leads.entry(topic).or_default().push((grid, agency.code.clone()));
            }
        }
        index
    }

    /// The agency for a category of this group at a place given by its path from root to grid. The most specific
    /// naming wins: the category before its group, then the deeper grid; of two that are equal, the smaller code.
    pub fn lead(&self, category: &CategoryCode, group: &GroupCode, path: &[GridCode]) -> Option<&AgencyCode> {
        [Topic::Category(category.clone()), Topic::Group(group.clone())].iter().find_map(|topic| {
            self.leads
                .get(topic)?
                .iter()
                .filter_map(|(grid, agency)| {
                    let depth = match grid {
                        None => 0,
                        Some(grid) => 1 + path.iter().position(|one| one == grid)?,
                    };
                    Some((depth, std::cmp::Reverse(agency)))
                })
                .max()
                .map(|(_, std::cmp::Reverse(agency))| agency)
        })
    }
}
