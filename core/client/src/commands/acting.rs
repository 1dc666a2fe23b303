//! In whose name: the roles that a member could act under, and which refusal to show when none will do.

use redvest_domain::codes::Code;
use redvest_domain::key::{Acting, Key, MemberRecord, Role};

/// The roles to try, the most fitting first: the one that was chosen, or all that the member holds. A member acts as a
/// volunteer last, because every other role says more about why.
pub(super) fn candidates(record: &MemberRecord, chosen: Option<&Acting>) -> Vec<Acting> {
    if let Some(chosen) = chosen {
        return vec![chosen.clone()];
    }
    let mut roles = record.roles.clone();
    // Holders before those who act for everybody; within one role the order of the record.
    roles.sort_by_key(|acting| match acting.role {
        Role::Grid | Role::Agency => 0,
        Role::Supervisor => 1,
        Role::Office => 2,
        Role::Volunteer | Role::Hub => 3,
    });
    roles.push(Acting { role: Role::Volunteer, key: Key::Member(record.member) });
    roles
}

/// Of two refusals the one that says more: what is wrong with the ticket before what is wrong with the role.
pub(super) fn telling(one: Code, other: Code) -> Code {
    if weight(other) > weight(one) { other } else { one }
}

fn weight(code: Code) -> u8 {
    match code {
        Code::RoleLacksKind | Code::RoleNotHeld | Code::WrongAuthor => 0,
        Code::OutOfScope => 1,
        Code::NotDispatcher | Code::NotReviewer | Code::NotTheHolder | Code::NotCooperating => 2,
        _ => 3,
    }
}
