//! People: who belongs to the campaign, with which roles, for which grids and agencies.
//!
//! A person may stand in several rows, one for each role. Importing a file again updates the same members; whoever is
//! missing in it leaves only when the clerk says so, because a file is often only a part of the people.

mod known;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use redvest_domain::id::{AgencyCode, GridCode, MemberId};
use redvest_domain::key::{Acting, Key, MemberRecord, Role};
use redvest_domain::reference::{GridTree, ReferenceSet};

pub use self::known::Known;
use self::known::leaving;
pub(super) use self::known::phones_of;
use super::fault::{Faults, RowFault};
use super::identity::{Identity, phone};
use super::layout::{PEOPLE, people as column};
use super::table::{Row, Table, narrow, read};
use super::wording::quoted;
use super::{File, Parsed};

/// What a file of people is read against.
pub struct PeopleContext<'a> {
    /// Makes the members' pseudonyms.
    pub identity: &'a Identity<'a>,
    /// The documents in force: grids, agencies and duty points that the file names.
    pub reference: &'a ReferenceSet,
    /// The members that the workspace has, active or not.
    pub existing: &'a [Known],
    /// Whether active members who are not in the file leave.
    pub leaving: bool,
}

/// A person of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The record for the log, under the pseudonym.
    pub record: MemberRecord,
    /// The name, for the directory outside the log.
    pub name: String,
    /// The telephone number.
    pub phone: Option<String>,
    /// Title, such as 网格长.
    pub title: Option<String>,
    /// The person's number in the workspace's own books.
    pub number: Option<String>,
    /// The rows of the file that say so.
    pub rows: Vec<u32>,
}

/// What a file of people says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct People {
    /// The people in the order of the file.
    pub members: Vec<Person>,
    /// Records of those who leave; empty unless asked for.
    pub leaving: Vec<MemberRecord>,
}

/// Roles and duty grids of one member together: a record has to fit into one event.
const MAX_ROLES: usize = 500;

/// Words for roles. 网格员 and 网格长 have the same role; which grid makes the difference.
const ROLES: [(&[&str], Role); 5] = [
    (&["志愿者", "文明劝导员", "劝导员", "volunteer"], Role::Volunteer),
    (&["网格员", "网格长", "网格", "grid", "gridmember", "gridmanager", "grid_member", "grid_manager"], Role::Grid),
    (&["经办人", "责任单位经办人", "单位经办人", "责任单位", "agency", "handler"], Role::Agency),
    (&["督查员", "督导员", "督查", "supervisor"], Role::Supervisor),
    (&["创文办", "创卫办", "创城办", "创建办", "office"], Role::Office),
];

/// Reads people from a table.
///
/// # Errors
/// Every fault of the file; nothing of it may then be used.
pub fn people(file: &File<'_>, context: &PeopleContext<'_>) -> Result<Parsed<People>, Vec<RowFault>> {
    let mut faults = Faults::new(file.name);
    let table = read(file, &PEOPLE, &mut faults)?;
    if !table.has(column::PHONE) && !table.has(column::NUMBER) {
        faults.error(
            table.whole(),
            "column_missing",
            "表头中没有“手机”列也没有“编号”列，请至少补上一列。",
            "The header has neither a column phone nor id: add one of them.",
        );
        return Err(faults.finish().err().unwrap_or_default());
    }
    let mut gathered = Gathered {
        context,
        table: &table,
        known: context.existing.iter().map(|one| one.record.member).collect(),
        known_phones: phones_of(context.existing),
        members: Vec::new(),
        by_id: HashMap::new(),
    };
    for row in &table.rows {
        gathered.take(row, &mut faults);
    }
    let members = gathered.finish(&mut faults);
    let leaving = leaving(context, &members, &table, &mut faults);
    let warnings = faults.finish()?;
    Ok(Parsed { value: People { members, leaving }, warnings, reading: table.reading })
}

struct Gathered<'a> {
    context: &'a PeopleContext<'a>,
    table: &'a Table,
    known: HashSet<MemberId>,
    known_phones: HashMap<String, MemberId>,
    members: Vec<Person>,
    by_id: HashMap<MemberId, usize>,
}

impl Gathered<'_> {
    fn take(&mut self, row: &Row, faults: &mut Faults) {
        let name = self.table.words(row, column::NAME, true, faults);
        let title = self.table.words(row, column::TITLE, false, faults);
        let phone = self.phone(row, faults);
        let number = self.table.words(row, column::NUMBER, false, faults).map(|text| narrow(&text));
        let (roles, called) = self.roles(row, faults);
        let duty = self.duty(row, faults);
        if phone.is_none() && number.is_none() {
            if row.is_empty(column::PHONE) && row.is_empty(column::NUMBER) {
                faults.error(
                    self.table.at_row(row.number),
                    "identity_missing",
                    "手机和编号至少填一项，否则下次导入认不出是同一人。",
                    "Give a phone or an id: without one the next import cannot tell who this is.",
                );
            }
            return;
        }
        let Some((name, member)) = name.zip(self.member(phone.as_deref(), number.as_deref())) else { return };
        let title = title.or(called);
        let Some(at) = self.by_id.get(&member).copied() else {
            self.by_id.insert(member, self.members.len());
            let record = MemberRecord { member, active: true, roles: Vec::new(), duty };
            let mut person = Person { record, name, phone, title, number, rows: vec![row.number] };
            add_roles(&mut person, roles);
            self.members.push(person);
            return;
        };
        let table = self.table;
        let known = &mut self.members[at];
        let first = known.rows[0];
        let mut conflict = |column: usize, code, zh: String, en: String| {
            faults.error(table.at(row.number, column), code, zh, en);
        };
        if known.name != name {
            // Two people with one telephone, or one number given twice.
            let (column, code) = if number.is_some() && known.number.is_some() {
                (column::NUMBER, "duplicate_number")
            } else {
                (column::PHONE, "duplicate_phone")
            };
            conflict(
                column,
                code,
                format!("与第 {first} 行相同，但姓名不同；一人一号，请改正。"),
                format!("This is the same as in row {first}, where the name is another: correct one of them."),
            );
        } else if phone.is_some() && known.phone.is_some() && known.phone != phone {
            conflict(
                column::PHONE,
                "phone_conflict",
                format!("同一人在第 {first} 行是另一个手机号，请统一。"),
                format!("Row {first} gives the same person another phone: write the same in both."),
            );
        }
        known.phone = known.phone.take().or(phone);
        known.number = known.number.take().or(number);
        known.rows.push(row.number);
        if let Some(title) =
            title.filter(|title| !known.title.iter().any(|all| all.split('、').any(|one| one == title)))
        {
            known.title = Some(known.title.take().map_or(title.clone(), |all| format!("{all}、{title}")));
        }
        known.record.duty.extend(duty);
        add_roles(known, roles);
    }

    fn phone(&self, row: &Row, faults: &mut Faults) -> Option<String> {
        let text = row.text(column::PHONE);
        let found = phone(text);
        if found.is_none() && !text.is_empty() {
            faults.error(
                self.table.at(row.number, column::PHONE),
                "bad_phone",
                "不是有效的电话号码，请填 11 位手机号；一格只填一个号码。",
                "This is no telephone number: write one of 11 digits, one in a cell.",
            );
        }
        found
    }

    /// The person's pseudonym: from the number where there is one, else from the telephone. Whoever the workspace knows
    /// by only one of them stays the same member.
    fn member(&self, phone: Option<&str>, number: Option<&str>) -> Option<MemberId> {
        let identity = self.context.identity;
        let by_number = number.map(|number| identity.by_number(number));
        let by_phone = phone.map(|phone| identity.by_phone(phone));
        let is_known = |member: &MemberId| self.by_id.contains_key(member) || self.known.contains(member);
        let listed = phone.filter(|_| number.is_none()).and_then(|phone| self.known_phones.get(phone).copied());
        let known = [by_number, by_phone].into_iter().flatten().find(is_known);
        known.or(listed).or(by_number).or(by_phone)
    }

    /// The roles of a row, and what the person is called by the role where that is a title.
    fn roles(&self, row: &Row, faults: &mut Faults) -> (Vec<Acting>, Option<String>) {
        let table = self.table;
        let mut wanted = BTreeSet::new();
        let mut called = None;
        for word in row.items(column::ROLES) {
            let lower = word.to_lowercase();
            match ROLES.iter().find(|(words, _)| words.contains(&lower.as_str())) {
                Some((_, role)) => {
                    wanted.insert(*role);
                    if ["网格员", "网格长"].contains(&lower.as_str()) {
                        called = Some(word);
                    }
                }
                None => faults.error(
                    table.at(row.number, column::ROLES),
                    "unknown_role",
                    format!("没有“{}”这个角色，请填志愿者、网格员、网格长、经办人、督查员或创文办。", quoted(&word)),
                    format!("There is no role {}: see the notes of the template for those there are.", quoted(&word)),
                ),
            }
        }
        if row.is_empty(column::ROLES) {
            let (zh, en) = ("此格必填，请填写角色。", "This cell is required: write a role.");
            faults.error(table.at(row.number, column::ROLES), "cell_empty", zh, en);
            return (Vec::new(), None);
        }
        let grids = self.grids(row, faults);
        let agencies = self.agencies(row, faults);
        let needs = |cell: usize, code, zh: &str, en: &str, faults: &mut Faults| {
            if row.is_empty(cell) {
                faults.error(table.at(row.number, cell), code, zh, en);
            }
        };
        let mut roles = Vec::new();
        for role in &wanted {
            match role {
                Role::Grid => {
                    let (zh, en) = ("网格员、网格长须填网格编码。", "A grid member needs the code of a grid.");
                    needs(column::GRIDS, "grid_missing", zh, en, faults);
                    roles.extend(grids.iter().cloned().map(|grid| Acting { role: *role, key: Key::Grid(grid) }));
                }
                Role::Agency => {
                    let (zh, en) = ("经办人须填责任单位编码。", "A handler needs the code of an agency.");
                    needs(column::AGENCY, "agency_missing", zh, en, faults);
                    roles.extend(agencies.iter().cloned().map(|one| Acting { role: *role, key: Key::Agency(one) }));
                }
                Role::Supervisor if row.is_empty(column::GRIDS) => {
                    roles.push(Acting { role: *role, key: Key::Workspace });
                }
                Role::Supervisor => {
                    roles.extend(grids.iter().cloned().map(|grid| Acting { role: *role, key: Key::Grid(grid) }));
                }
                Role::Office => roles.push(Acting { role: *role, key: Key::Workspace }),
                Role::Volunteer | Role::Hub => {}
            }
        }
        let unused =
            [(column::GRIDS, [Role::Grid, Role::Supervisor].as_slice()), (column::AGENCY, [Role::Agency].as_slice())];
        for (cell, users) in unused {
            if !row.text(cell).is_empty() && !users.iter().any(|role| wanted.contains(role)) {
                faults.warning(
                    table.at(row.number, cell),
                    "cell_unused",
                    "所填角色用不到此格，未采用；请确认角色是否填对。",
                    "None of the roles uses this cell: see whether the role is right.",
                );
            }
        }
        (roles, called)
    }

    fn grids(&self, row: &Row, faults: &mut Faults) -> Vec<GridCode> {
        let tree = self.context.reference.grids();
        let codes: Vec<GridCode> = self.table.codes(row, column::GRIDS, faults);
        let mut known = Vec::new();
        for code in codes {
            if tree.get(&code).is_some() {
                known.push(code);
            } else {
                unknown_grid(self.table, row, column::GRIDS, &code, tree, faults);
            }
        }
        known
    }

    fn agencies(&self, row: &Row, faults: &mut Faults) -> Vec<AgencyCode> {
        let agencies = &self.context.reference.agencies().agencies;
        let codes: Vec<AgencyCode> = self.table.codes(row, column::AGENCY, faults);
        let mut known = Vec::new();
        for code in codes {
            if agencies.iter().any(|agency| agency.code == code) {
                known.push(code);
                continue;
            }
            let named = agencies.iter().find(|agency| agency.name == code.as_str());
            let (zh, en) = hint(named.map(|agency| agency.code.as_str()));
            faults.error(
                self.table.at(row.number, column::AGENCY),
                "unknown_agency",
                format!("没有编码为 {code} 的责任单位，{}。", zh.unwrap_or("请改正编码或先发布责任单位".into())),
                format!("There is no agency {code}: {}.", en.unwrap_or("correct it, or publish the agencies".into())),
            );
        }
        known
    }

    /// The grids of a member's duty points: codes of grids, or of duty roads and points.
    fn duty(&self, row: &Row, faults: &mut Faults) -> Vec<GridCode> {
        let tree = self.context.reference.grids();
        let points = &self.context.reference.responsibilities().points;
        let codes: Vec<GridCode> = self.table.codes(row, column::DUTY, faults);
        let mut grids = Vec::new();
        for code in codes {
            if tree.get(&code).is_some() {
                grids.push(code);
            } else if let Some(point) = points.iter().find(|point| point.code.as_str() == code.as_str()) {
                grids.extend(point.grids.iter().cloned());
            } else {
                unknown_grid(self.table, row, column::DUTY, &code, tree, faults);
            }
        }
        grids
    }

    /// Puts roles in order and looks for one telephone of two people, which only shows when all rows are read.
    fn finish(self, faults: &mut Faults) -> Vec<Person> {
        let Gathered { table, mut members, .. } = self;
        let mut phones: BTreeMap<String, u32> = BTreeMap::new();
        for person in &mut members {
            person.record.roles.sort();
            person.record.roles.dedup();
            person.record.duty.sort();
            person.record.duty.dedup();
            let row = person.rows[0];
            if person.record.roles.len() + person.record.duty.len() > MAX_ROLES {
                faults.error(
                    table.at_row(row),
                    "too_many_roles",
                    format!("一人的角色、网格与包联点位合计不能超过 {MAX_ROLES} 个，请改填上级网格。"),
                    format!("One person has at most {MAX_ROLES} roles, grids and duties: give a grid above."),
                );
            }
            let Some(phone) = &person.phone else { continue };
            if let Some(first) = phones.insert(phone.clone(), row) {
                faults.error(
                    table.at(row, column::PHONE),
                    "duplicate_phone",
                    format!("与第 {first} 行手机号相同但编号不同；一人一号，请改正。"),
                    format!("Row {first} has the same phone under another id: correct one of them."),
                );
            }
        }
        members
    }
}

fn add_roles(person: &mut Person, roles: Vec<Acting>) {
    person.record.roles.extend(roles);
}

/// A sentence that names the code of something whose name was written instead.
fn hint(code: Option<&str>) -> (Option<String>, Option<String>) {
    (
        code.map(|code| format!("这是名称，请改填编码 {code}")),
        code.map(|code| format!("this is a name, write the code {code}")),
    )
}

pub(super) fn unknown_grid(
    table: &Table,
    row: &Row,
    column: usize,
    code: &GridCode,
    tree: &GridTree,
    faults: &mut Faults,
) {
    let named = tree.document().grids.iter().find(|grid| grid.name == code.as_str());
    let (zh, en) = hint(named.map(|grid| grid.code.as_str()));
    faults.error(
        table.at(row.number, column),
        "unknown_grid",
        format!("没有编码为 {code} 的网格，{}。", zh.unwrap_or("请改正编码或先发布网格".into())),
        format!("There is no grid {code}: {}.", en.unwrap_or("correct it, or publish the grids first".into())),
    );
}
