//! Facts about the clerk's files.

mod documents;
mod hostile;
mod maps;
mod members;
mod tables;

use redvest_domain::id::{Hash, MemberId, WorkspaceId};
use redvest_domain::key::{Acting, MemberRecord};
use redvest_domain::reference::{Agencies, Agency, Document, Grid, Grids, Level, ReferenceSet};

use super::people::{Known, People, PeopleContext, people};
use super::{File, Identity, Parsed, Place, RowFault};

fn secret(message: &[u8]) -> [u8; 32] {
    Hash::of(&[b"secret", message]).0
}

fn identity() -> Identity<'static> {
    Identity::new(WorkspaceId::from_bytes([1; 16]), &secret)
}

fn level(code: &str, name: &str) -> Level {
    Level { code: code.parse().unwrap(), name: name.to_owned(), name_en: code.to_owned() }
}

fn grid(code: &str, name: &str, level: &str, parent: Option<&str>) -> Grid {
    let parent = parent.map(|code| code.parse().unwrap());
    Grid { code: code.parse().unwrap(), name: name.to_owned(), level: level.parse().unwrap(), parent, shape: None }
}

/// Street JD01 › community SQ01 › grid SQ01-01, as in the templates.
fn in_force() -> Grids {
    Grids {
        levels: vec![level("street", "街道"), level("community", "社区"), level("grid", "网格")],
        grids: vec![
            grid("JD01", "东门街道", "street", None),
            grid("SQ01", "东门社区", "community", Some("JD01")),
            grid("SQ01-01", "第一网格", "grid", Some("SQ01")),
        ],
    }
}

fn reference() -> ReferenceSet {
    let agency =
        Agency { code: "CG".parse().unwrap(), name: "城管局".into(), name_en: String::new(), leads: vec![] };
    ReferenceSet::built_in()
        .with(Document::Grids(in_force()))
        .with(Document::Agencies(Agencies { agencies: vec![agency] }))
}

fn file<'a>(name: &'a str, bytes: &'a [u8]) -> File<'a> {
    File { name, bytes }
}

/// People of a file, where nobody is known yet.
fn read_people(bytes: &[u8]) -> Result<Parsed<People>, Vec<RowFault>> {
    people_among(bytes, &[], false)
}

fn people_among(bytes: &[u8], existing: &[Known], leaving: bool) -> Result<Parsed<People>, Vec<RowFault>> {
    let reference = reference();
    let context = PeopleContext { identity: &identity(), reference: &reference, existing, leaving };
    people(&file("people.csv", bytes), &context)
}

/// The codes of faults with row and column.
fn codes<T: std::fmt::Debug>(result: Result<Parsed<T>, Vec<RowFault>>) -> Vec<(&'static str, u32, String)> {
    let of = |fault: RowFault| match fault.place {
        Place::Cell { row, column, .. } => (fault.code, row.unwrap_or(0), column.unwrap_or_default()),
        _ => (fault.code, 0, String::new()),
    };
    result.unwrap_err().into_iter().map(of).collect()
}

fn fault(code: &'static str, row: u32, column: &str) -> (&'static str, u32, String) {
    (code, row, column.to_owned())
}

fn known(member: MemberId, name: &str, phone: Option<&str>, roles: Vec<Acting>) -> Known {
    let record = MemberRecord { member, active: true, roles, duty: vec![] };
    Known { record, name: name.to_owned(), phone: phone.map(str::to_owned), title: None }
}

/// A workbook with one sheet of these rows.
fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(*cells) {
            sheet.write_string(row, column, *cell).unwrap();
        }
    }
    workbook.save_to_buffer().unwrap()
}
