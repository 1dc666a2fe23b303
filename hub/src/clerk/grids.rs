//! Grids: from a table, without boundaries, or from GeoJSON ([`super::geojson`]).

use redvest_domain::id::GridCode;
use redvest_domain::reference::{Grid, Grids, Level, LevelCode};

use super::agencies::Path;
use super::fault::{Faults, Place, RowFault};
use super::layout::{GRIDS, grids as column};
use super::levels::Levels;
use super::table::{narrow, read};
use super::wording::quoted;
use super::{File, Parsed};

/// What a file of grids is read against.
#[derive(Debug, Clone, Copy)]
pub struct GridSource<'a> {
    /// The levels from the widest to the narrowest; empty for those in force, or the usual ones (区县 to 微网格).
    pub levels: &'a [Level],
    /// The grids in force.
    pub in_force: &'a Grids,
    /// Whether a grid without a boundary in the file keeps the one that it has in force. A table has no boundaries, so
    /// without this it removes all.
    pub keep_boundaries: bool,
}

/// Reads grids from a table.
///
/// # Errors
/// Every fault of the file; nothing of it may then be used.
pub fn grids(file: &File<'_>, source: &GridSource<'_>) -> Result<Parsed<Grids>, Vec<RowFault>> {
    let mut faults = Faults::new(file.name);
    let table = read(file, &GRIDS, &mut faults)?;
    let levels = Levels::of(source.levels, source.in_force);
    let mut document = Grids::default();
    let mut rows = Vec::new();
    for row in &table.rows {
        let at = |column| table.at(row.number, column);
        let code = table.words(row, column::CODE, true, &mut faults);
        let name = table.words(row, column::NAME, true, &mut faults);
        let level = table.words(row, column::LEVEL, true, &mut faults);
        let code = code.and_then(|text| table.code::<GridCode>(&text, row.number, column::CODE, &mut faults));
        let level = level.and_then(|text| level_of(&levels, &text, at(column::LEVEL), &mut faults));
        let parent = Some(row.text(column::PARENT)).filter(|text| !text.is_empty());
        let parent = parent.and_then(|text| table.code::<GridCode>(text, row.number, column::PARENT, &mut faults));
        if let ((Some(code), Some(name)), Some(level)) = ((code, name), level) {
            document.grids.push(Grid { code, name, level, parent, shape: None });
            rows.push(row.number);
        }
    }
    let place = |index: Option<usize>, field: &str| match (index.and_then(|index| rows.get(index)), field) {
        (Some(row), "code") => table.at(*row, column::CODE),
        (Some(row), "name") => table.at(*row, column::NAME),
        (Some(row), "level") => table.at(*row, column::LEVEL),
        (Some(row), "parent") => table.at(*row, column::PARENT),
        (Some(row), _) => table.at_row(*row),
        (None, _) => table.whole(),
    };
    let value = finish(document, levels, source, &place, &mut faults);
    Ok(Parsed { warnings: faults.finish()?, value, reading: table.reading })
}

/// The level that a text names; a fault where it names none.
pub(super) fn level_of(levels: &Levels, text: &str, place: Place, faults: &mut Faults) -> Option<LevelCode> {
    let level = levels.find(&narrow(text)).map(|level| level.code.clone());
    if level.is_none() {
        let names = levels.names();
        faults.error(
            place,
            "unknown_level",
            format!("没有“{}”这个层级，请填：{names}。", quoted(text)),
            format!("There is no level {}: write one of {names}.", quoted(text)),
        );
    }
    level
}

/// Completes the document and checks it as a whole. `place` finds the grid's index and field in the file.
pub(super) fn finish(
    mut document: Grids,
    levels: Levels,
    source: &GridSource<'_>,
    place: &dyn Fn(Option<usize>, &str) -> Place,
    faults: &mut Faults,
) -> Grids {
    if source.keep_boundaries {
        let before: std::collections::HashMap<_, _> =
            source.in_force.grids.iter().map(|grid| (&grid.code, &grid.shape)).collect();
        for grid in document.grids.iter_mut().filter(|grid| grid.shape.is_none()) {
            grid.shape = before.get(&grid.code).and_then(|shape| (*shape).clone());
        }
    }
    document.levels = levels.used(&document);
    // Where a row was left out, its children would be said to have an unknown parent.
    let incomplete = faults.has_errors();
    for fault in document.check() {
        if incomplete && fault.code == "unknown_parent" {
            continue;
        }
        let path = Path::of(&fault.path);
        let place = place(path.index("grids"), fault.path.rsplit('.').next().unwrap_or_default());
        faults.of_document(place, fault);
    }
    document
}
