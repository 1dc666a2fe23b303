//! Levels of grids as clerks name them.

use redvest_domain::reference::{Grids, Level};

/// Levels for a workspace that has none yet, with other words for each.
const USUAL: [(&str, &str, &str, &[&str]); 5] = [
    ("district", "区县", "District", &["区", "县", "市", "区级"]),
    ("street", "街道", "Street", &["乡镇", "镇", "乡", "街道办", "街道级", "subdistrict", "town"]),
    ("community", "社区", "Community", &["村", "社区（村）", "社区/村", "社区级", "village"]),
    ("grid", "网格", "Grid", &["网格级", "基础网格"]),
    ("microgrid", "微网格", "Micro-grid", &["微网格级", "楼栋", "micro-grid", "micro"]),
];

/// The levels that grids of a file can have.
pub(super) struct Levels {
    levels: Vec<Level>,
    is_usual: bool,
}

impl Levels {
    /// Those that are given, else those in force, else the usual ones.
    pub(super) fn of(given: &[Level], in_force: &Grids) -> Levels {
        let levels = if given.is_empty() { &in_force.levels } else { given };
        if !levels.is_empty() {
            return Levels { levels: levels.to_vec(), is_usual: false };
        }
        let level = |(code, name, name_en, _): &(&str, &str, &str, &[&str])| {
            let code = code.parse().expect("the codes above are of plain letters");
            Level { code, name: (*name).to_owned(), name_en: (*name_en).to_owned() }
        };
        Levels { levels: USUAL.iter().map(level).collect(), is_usual: true }
    }

    /// The level of this code or name.
    pub(super) fn find(&self, text: &str) -> Option<&Level> {
        let text = text.trim().to_lowercase();
        let named = |level: &&Level| {
            [level.code.as_str(), &level.name, &level.name_en].iter().any(|name| name.to_lowercase() == text)
        };
        self.levels.iter().find(named).or_else(|| {
            let (code, ..) = USUAL.iter().find(|(code, .., words)| *code == text || words.contains(&text.as_str()))?;
            self.levels.iter().find(|level| level.code.as_str() == *code)
        })
    }

    /// The names, for a fault.
    pub(super) fn names(&self) -> String {
        self.levels.iter().map(|level| level.name.as_str()).collect::<Vec<_>>().join("、")
    }

    /// The levels of the document; of the usual ones only those that are used.
    pub(super) fn used(self, document: &Grids) -> Vec<Level> {
        let is_used = |level: &Level| document.grids.iter().any(|grid| grid.level == level.code);
        let keep = |level: &Level| !self.is_usual || is_used(level);
        self.levels.iter().filter(|level| keep(level)).cloned().collect()
    }
}
