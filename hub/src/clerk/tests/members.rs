//! People: who is who, what they may do, who leaves.

use redvest_domain::key::{Key, Role};

use super::*;
use crate::clerk::{Language, preview_people};

fn one(text: &str) -> crate::clerk::Person {
    read_people(text.as_bytes()).unwrap().value.members.remove(0)
}

fn roles(person: &crate::clerk::Person) -> Vec<(Role, String)> {
    person.record.roles.iter().map(|one| (one.role, one.key.to_string())).collect()
}

#[test]
fn importing_the_same_file_again_gives_the_same_members() {
    let text = "姓名,手机,角色,网格,编号\n张三,13800000001,网格员,SQ01-01,7\n李四,13800000002,志愿者,,\n";
    let first = read_people(text.as_bytes()).unwrap().value;
    let existing: Vec<Known> = first.members.iter().map(|one| known_of(one.clone())).collect();
    let again = people_among(text.as_bytes(), &existing, true).unwrap().value;
    assert_eq!(again, first);
    assert_eq!(preview_people(&existing, &again).same, 2);
}

fn known_of(person: crate::clerk::Person) -> Known {
    Known { record: person.record, name: person.name, phone: person.phone, title: person.title }
}

#[test]
fn several_rows_of_one_person_become_one_member() {
    let text = "姓名,手机,角色,网格,单位,包联点位,职务\n\
        张三,13800000001,网格员,SQ01-01,,,\n\
        张三,138 0000 0001,经办人,,CG,SQ01,中队长\n\
        张三,13800000001,网格员,SQ01-01,,,\n";
    let parsed = read_people(text.as_bytes()).unwrap().value;
    let [person] = parsed.members.as_slice() else { panic!("one member") };
    assert_eq!(roles(person), [(Role::Grid, "grid:SQ01-01".into()), (Role::Agency, "agency:CG".into())]);
    assert_eq!(person.record.duty, ["SQ01".parse().unwrap()]);
    assert_eq!((person.title.as_deref(), person.rows.as_slice()), (Some("网格员、中队长"), [2, 3, 4].as_slice()));
}

#[test]
fn roles_go_to_the_keys_that_the_row_names() {
    let header = "姓名,手机,角色,网格,单位\n";
    let of = |row: &str| roles(&one(&format!("{header}{row}\n")));
    assert_eq!(of("甲,13800000001,志愿者,,"), []);
    assert_eq!(of("甲,13800000001,督查员,,"), [(Role::Supervisor, "workspace".into())]);
    assert_eq!(of("甲,13800000001,督查员,JD01,"), [(Role::Supervisor, "grid:JD01".into())]);
    assert_eq!(of("甲,13800000001,创文办,,"), [(Role::Office, "workspace".into())]);
    assert_eq!(
        of("甲,13800000001,\"网格长,督查员\",SQ01 JD01,"),
        [
            (Role::Grid, "grid:JD01".into()),
            (Role::Grid, "grid:SQ01".into()),
            (Role::Supervisor, "grid:JD01".into()),
            (Role::Supervisor, "grid:SQ01".into())
        ]
    );
}

#[test]
fn a_role_without_what_it_needs_is_refused() {
    let text = "姓名,手机,角色,网格,单位\n甲,13800000001,网格员,,\n乙,13800000002,经办人,,\n丙,13800000003,局长,,\n\
        丁,,志愿者,,\n,13800000004,,,\n";
    assert_eq!(
        codes(read_people(text.as_bytes())),
        [
            fault("grid_missing", 2, "网格"),
            fault("agency_missing", 3, "单位"),
            fault("unknown_role", 4, "角色"),
            fault("identity_missing", 5, ""),
            fault("cell_empty", 6, "姓名"),
            fault("cell_empty", 6, "角色"),
        ]
    );
}

#[test]
fn one_telephone_of_two_people_is_refused() {
    let text = "姓名,手机,角色\n张三,13800000001,志愿者\n李四,13800000001,志愿者\n";
    assert_eq!(codes(read_people(text.as_bytes())), [fault("duplicate_phone", 3, "手机")]);
    let text = "姓名,手机,角色,编号\n张三,13800000001,志愿者,1\n李四,13800000001,志愿者,2\n";
    assert_eq!(codes(read_people(text.as_bytes())), [fault("duplicate_phone", 3, "手机")]);
    let text = "姓名,手机,角色,编号\n张三,13800000001,志愿者,1\n李四,13800000002,志愿者,1\n";
    assert_eq!(codes(read_people(text.as_bytes())), [fault("duplicate_number", 3, "编号")]);
}

#[test]
fn whoever_gets_a_number_later_stays_the_same_member() {
    let by_phone = one("姓名,手机,角色\n张三,13800000001,志愿者\n");
    let existing = [known_of(by_phone.clone())];
    let text = "姓名,手机,角色,编号\n张三,13800000001,志愿者,77\n";
    let with_number = people_among(text.as_bytes(), &existing, false).unwrap().value.members.remove(0);
    assert_eq!(with_number.record.member, by_phone.record.member);
    // And who was known by a number is found by the telephone in the directory.
    let by_number = one(text);
    assert_ne!(by_number.record.member, by_phone.record.member);
    let existing = [known_of(by_number.clone())];
    let text = "姓名,手机,角色\n张三,13800000001,志愿者\n";
    let without = people_among(text.as_bytes(), &existing, false).unwrap().value.members.remove(0);
    assert_eq!(without.record.member, by_number.record.member);
}

#[test]
fn nobody_leaves_unless_the_clerk_says_so() {
    let office = Acting { role: Role::Office, key: Key::Workspace };
    let hub = Acting { role: Role::Hub, key: Key::Workspace };
    let id = |byte| MemberId::from_bytes([byte; 16]);
    let existing = [
        known(id(1), "主任", None, vec![office]),
        known(id(2), "走了的人", None, vec![]),
        known(id(3), "", None, vec![hub]),
    ];
    let text = "姓名,手机,角色\n新人,13800000001,创文办\n";
    assert_eq!(people_among(text.as_bytes(), &existing, false).unwrap().value.leaving, []);
    let leaving = people_among(text.as_bytes(), &existing, true).unwrap().value;
    let left: Vec<MemberId> = leaving.leaving.iter().map(|record| record.member).collect();
    assert_eq!(left, [id(1), id(2)]);
    assert!(leaving.leaving.iter().all(|record| !record.active && record.roles.is_empty()));
    let preview = preview_people(&existing, &leaving).text(Language::Zh);
    assert_eq!(
        preview,
        "新增 1，改动 0，删除 2，问题 0\n+ 新人      创文办\n- 主任      离开；原有创文办\n- 走了的人  离开；原有志愿者\n"
    );
}

#[test]
fn the_last_member_of_the_office_does_not_leave_by_a_file() {
    let office = Acting { role: Role::Office, key: Key::Workspace };
    let existing = [known(MemberId::from_bytes([1; 16]), "主任", None, vec![office])];
    let text = "姓名,手机,角色\n新人,13800000001,志愿者\n";
    assert_eq!(codes(people_among(text.as_bytes(), &existing, true)), [fault("last_office", 0, "")]);
    assert!(people_among(text.as_bytes(), &existing, false).is_ok());
}

#[test]
fn a_preview_of_people_says_what_differs() {
    let text = "姓名,手机,角色,网格\n张三,13800000001,网格员,SQ01-01\n";
    let read = read_people(text.as_bytes()).unwrap().value;
    let mut before = known_of(read.members[0].clone());
    before.name = "张叁".into();
    before.title = None;
    before.record.roles = vec![Acting { role: Role::Grid, key: Key::Grid("SQ01".parse().unwrap()) }];
    let preview = preview_people(&[before], &read);
    assert_eq!(
        preview.changed[0].zh,
        "姓名由“张叁”改为“张三”，职务由“无”改为“网格员”，增加网格 SQ01-01，去掉网格 SQ01"
    );
}
