//! The members that a workspace has already: who of them a file means, and who of them leaves.

use std::collections::{HashMap, HashSet};

use redvest_domain::id::MemberId;
use redvest_domain::key::{MemberRecord, Role};

use super::{PeopleContext, Person};
use crate::clerk::fault::Faults;
use crate::clerk::identity::phone;
use crate::clerk::table::Table;

/// A member that the workspace has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The record in force.
    pub record: MemberRecord,
    /// The name in the directory; empty where it was erased.
    pub name: String,
    /// The telephone number in the directory.
    pub phone: Option<String>,
    /// The title in the directory.
    pub title: Option<String>,
}

/// The active members by their telephone; a number that two of them have tells nobody apart.
pub(in super::super) fn phones_of(known: &[Known]) -> HashMap<String, MemberId> {
    let mut phones: HashMap<String, Option<MemberId>> = HashMap::new();
    for one in known.iter().filter(|one| one.record.active) {
        let Some(phone) = one.phone.as_deref().and_then(phone) else { continue };
        phones.entry(phone).and_modify(|member| *member = None).or_insert(Some(one.record.member));
    }
    phones.into_iter().filter_map(|(phone, member)| Some((phone, member?))).collect()
}

/// Those who are not in the file. The office never loses its last member by a file.
pub(super) fn leaving(
    context: &PeopleContext<'_>,
    members: &[Person],
    table: &Table,
    faults: &mut Faults,
) -> Vec<MemberRecord> {
    let holds = |record: &MemberRecord, role| record.active && record.roles.iter().any(|one| one.role == role);
    let coming: HashSet<MemberId> = members.iter().map(|person| person.record.member).collect();
    let others = || context.existing.iter().map(|one| &one.record).filter(|one| !coming.contains(&one.member));
    let had = context.existing.iter().any(|one| holds(&one.record, Role::Office));
    let stays = others().any(|record| !context.leaving && holds(record, Role::Office));
    let comes = members.iter().any(|person| holds(&person.record, Role::Office));
    if had && !stays && !comes {
        faults.error(
            table.whole(),
            "last_office",
            "导入后将没有创文办人员，无人能再管理人员；请在表中保留至少一名创文办人员。",
            "Nobody of the campaign office would be left to manage people: keep one in the table.",
        );
    }
    let left = others().filter(|record| context.leaving && record.active && !holds(record, Role::Hub));
    left.map(|record| MemberRecord { member: record.member, active: false, roles: Vec::new(), duty: Vec::new() })
        .collect()
}
