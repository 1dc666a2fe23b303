//! Responsibilities (包联路段、点位): a table with one row for each road or point becomes the document.

use std::collections::{HashMap, HashSet};

use redvest_domain::id::{GridCode, MemberId};
use redvest_domain::reference::{DutyKind, DutyPoint, PointCode, ReferenceSet, Responsibilities};

use super::agencies::{Path, same_name};
use super::fault::{Faults, RowFault};
use super::identity::{Identity, phone};
use super::layout::{DUTIES, duties as column};
use super::people::{Known, phones_of, unknown_grid};
use super::table::{Row, Table, read};
use super::wording::quoted;
use super::{File, Parsed};

/// Reads duty roads and points from a table, against the grids in force and the members that are known.
///
/// # Errors
/// Every fault of the file; nothing of it may then be used.
pub fn responsibilities(
    file: &File<'_>,
    reference: &ReferenceSet,
    identity: &Identity<'_>,
    members: &[Known],
) -> Result<Parsed<Responsibilities>, Vec<RowFault>> {
    let mut faults = Faults::new(file.name);
    let table = read(file, &DUTIES, &mut faults)?;
    let members = Members {
        active: members.iter().filter(|one| one.record.active).map(|one| one.record.member).collect(),
        phones: phones_of(members),
    };
    let mut document = Responsibilities::default();
    let mut rows: Vec<u32> = Vec::new();
    let mut by_code: HashMap<PointCode, usize> = HashMap::new();
    for row in &table.rows {
        let code = table.words(row, column::CODE, true, &mut faults);
        let code = code.and_then(|text| table.code::<PointCode>(&text, row.number, column::CODE, &mut faults));
        let known = code.as_ref().and_then(|code| by_code.get(code).copied());
        let name = table.words(row, column::NAME, code.is_some() && known.is_none(), &mut faults);
        let name_en = table.words(row, column::NAME_EN, false, &mut faults).unwrap_or_default();
        let kind = kind(&table, row, &mut faults);
        let grids = grids(&table, row, reference, &mut faults);
        let people = people(&table, row, identity, &members, &mut faults);
        let Some(code) = code else { continue };
        let at = known.unwrap_or_else(|| {
            by_code.insert(code.clone(), document.points.len());
            rows.push(row.number);
            let name = name.clone().unwrap_or_default();
            let kind = kind.unwrap_or(DutyKind::Point);
            document.points.push(DutyPoint { code, kind, name, name_en, grids: Vec::new(), members: Vec::new() });
            document.points.len() - 1
        });
        let point = &mut document.points[at];
        if name.is_some_and(|name| name != point.name) {
            same_name(&table, row.number, rows[at], &mut faults);
        }
        add(&mut point.grids, grids);
        add(&mut point.members, people);
    }
    if !faults.has_errors() {
        for fault in document.check() {
            let path = Path::of(&fault.path);
            let row = path.index("points").and_then(|index| rows.get(index).copied());
            let place = match (row, path.last()) {
                (Some(row), "grids") => table.at(row, column::GRIDS),
                (Some(row), _) => table.at_row(row),
                (None, _) => table.whole(),
            };
            faults.of_document(place, fault);
        }
    }
    Ok(Parsed { warnings: faults.finish()?, value: document, reading: table.reading })
}

/// The members that a duty can be given to.
struct Members {
    active: HashSet<MemberId>,
    phones: HashMap<String, MemberId>,
}

/// Adds what is not there yet, in the order of the file.
fn add<T: PartialEq>(list: &mut Vec<T>, more: Vec<T>) {
    for item in more {
        if !list.contains(&item) {
            list.push(item);
        }
    }
}

fn kind(table: &Table, row: &Row, faults: &mut Faults) -> Option<DutyKind> {
    match row.text(column::KIND).to_lowercase().as_str() {
        "" => None,
        "路段" | "道路" | "road" => Some(DutyKind::Road),
        "点位" | "点" | "point" => Some(DutyKind::Point),
        other => {
            faults.error(
                table.at(row.number, column::KIND),
                "unknown_kind",
                format!("没有“{}”这种类型，请填路段或点位。", quoted(other)),
                format!("There is no kind {}: write road or point.", quoted(other)),
            );
            None
        }
    }
}

fn grids(table: &Table, row: &Row, reference: &ReferenceSet, faults: &mut Faults) -> Vec<GridCode> {
    let codes: Vec<GridCode> = table.codes(row, column::GRIDS, faults);
    for code in codes.iter().filter(|code| reference.grids().get(code).is_none()) {
        unknown_grid(table, row, column::GRIDS, code, reference.grids(), faults);
    }
    codes
}

fn people(table: &Table, row: &Row, identity: &Identity<'_>, members: &Members, faults: &mut Faults) -> Vec<MemberId> {
    let mut found = Vec::new();
    for item in row.items(column::MEMBERS) {
        let by_phone = phone(&item).and_then(|phone| members.phones.get(&phone).copied());
        let by_id = item.parse::<MemberId>().ok();
        let candidates = [Some(identity.by_number(&item)), by_phone, by_id];
        match candidates.into_iter().flatten().find(|member| members.active.contains(member)) {
            Some(member) => found.push(member),
            None => faults.error(
                table.at(row.number, column::MEMBERS),
                "unknown_member",
                format!("“{}”不是现有人员的编号或手机号，请先导入人员或改正。", quoted(&item)),
                format!("{} is no id or phone of an active member: import or correct it.", quoted(&item)),
            ),
        }
    }
    found
}
