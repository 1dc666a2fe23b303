//! Agencies: a table with one row for each agency and area becomes the document.

use std::collections::HashMap;

use redvest_domain::id::AgencyCode;
use redvest_domain::reference::{Agencies, Agency, Fault, Lead, ReferenceSet};

use super::fault::{Faults, Place, RowFault};
use super::layout::{AGENCIES, agencies as column};
use super::table::{Table, read};
use super::{File, Parsed};

/// Reads agencies from a table, against the catalogue and the grids in force.
///
/// # Errors
/// Every fault of the file; nothing of it may then be used.
pub fn agencies(file: &File<'_>, reference: &ReferenceSet) -> Result<Parsed<Agencies>, Vec<RowFault>> {
    let mut faults = Faults::new(file.name);
    let table = read(file, &AGENCIES, &mut faults)?;
    let mut document = Agencies::default();
    // The row of each agency, and of each of its leads.
    let mut rows: Vec<(u32, Vec<u32>)> = Vec::new();
    let mut by_code: HashMap<AgencyCode, usize> = HashMap::new();
    for row in &table.rows {
        let code = table.words(row, column::CODE, true, &mut faults);
        let code = code.and_then(|text| table.code::<AgencyCode>(&text, row.number, column::CODE, &mut faults));
        let known = code.as_ref().and_then(|code| by_code.get(code).copied());
        let is_first = code.is_some() && known.is_none();
        let name = table.words(row, column::NAME, is_first, &mut faults);
        let name_en = table.words(row, column::NAME_EN, false, &mut faults);
        let lead = Lead {
            categories: table.codes(row, column::CATEGORIES, &mut faults),
            groups: table.codes(row, column::GROUPS, &mut faults),
            grids: table.codes(row, column::GRIDS, &mut faults),
        };
        let Some(code) = code else { continue };
        let at = known.unwrap_or_else(|| {
            by_code.insert(code.clone(), document.agencies.len());
            rows.push((row.number, Vec::new()));
            document.agencies.push(Agency {
                code,
                name: name.clone().unwrap_or_default(),
                name_en: name_en.clone().unwrap_or_default(),
                leads: Vec::new(),
            });
            document.agencies.len() - 1
        });
        let agency = &mut document.agencies[at];
        if name.is_some_and(|name| name != agency.name) {
            same_name(&table, row.number, rows[at].0, &mut faults);
        }
        if agency.name_en.is_empty() {
            agency.name_en = name_en.unwrap_or_default();
        }
        if lead != Lead::default() {
            agency.leads.push(lead);
            rows[at].1.push(row.number);
        }
    }
    // With a row left out, what the rest says of each other would mislead.
    if !faults.has_errors() {
        let found =
            document.check().into_iter().chain(document.check_against(reference.catalogue(), reference.grids()));
        for fault in found {
            let place = place(&table, &fault, &rows);
            faults.of_document(place, fault);
        }
    }
    Ok(Parsed { warnings: faults.finish()?, value: document, reading: table.reading })
}

/// The fault of a row that gives a code another name than the row before.
pub(super) fn same_name(table: &Table, row: u32, first: u32, faults: &mut Faults) {
    faults.error(
        table.at(row, column::NAME),
        "duplicate_code",
        format!("同一编码在第 {first} 行是另一个名称，请改正编码，或统一名称。"),
        format!("Row {first} gives this code another name: correct the code or the name."),
    );
}

fn place(table: &Table, fault: &Fault, rows: &[(u32, Vec<u32>)]) -> Place {
    let path = Path::of(&fault.path);
    let Some((first, leads)) = path.index("agencies").and_then(|index| rows.get(index)) else { return table.whole() };
    let row = path.index("leads").and_then(|index| leads.get(index)).unwrap_or(first);
    match path.last() {
        "categories" => table.at(*row, column::CATEGORIES),
        "groups" => table.at(*row, column::GROUPS),
        "grids" => table.at(*row, column::GRIDS),
        "name" => table.at(*row, column::NAME),
        "name_en" => table.at(*row, column::NAME_EN),
        "code" => table.at(*row, column::CODE),
        _ => table.at_row(*row),
    }
}

/// A field path of a document, such as `agencies[3].leads[1].groups[0]`, in its parts.
pub(super) struct Path<'a>(Vec<(&'a str, Option<usize>)>);

impl<'a> Path<'a> {
    pub(super) fn of(path: &'a str) -> Path<'a> {
        let part = |part: &'a str| match part.split_once('[') {
            Some((name, rest)) => (name, rest.split(']').next().and_then(|index| index.parse().ok())),
            None => (part, None),
        };
        Path(path.split('.').map(part).collect())
    }

    /// The index into a list of this name.
    pub(super) fn index(&self, list: &str) -> Option<usize> {
        self.0.iter().find(|(name, _)| *name == list)?.1
    }

    /// The name of the field itself.
    pub(super) fn last(&self) -> &'a str {
        self.0.last().map_or("", |(name, _)| name)
    }
}
