use super::*;
use crate::event::PhotoVerdict;
use crate::testing::bodies::*;
use crate::testing::dice::Dice;
use crate::testing::*;
use crate::ticket::Stage;

fn may_write(who: &Person, story: &Story, body: Body) -> Result<(), Code> {
    let ticket = story.ticket();
    may(&standing(who, Some(&ticket)), &payload(story.id, who, minute(0), body))
}

/// The kinds with the letters of the roles that have them (LAW, events).
const ROLES: [(u16, &str); 29] = [
    (1, "VGASO"),
    (2, "VGASO"),
    (3, "GASO"),
    (4, "GAO"),
    (5, "GAO"),
    (6, "GAO"),
    (7, "VGASO"),
    (8, "H"),
    (9, "GSO"),
    (10, "GSO"),
    (11, "SO"),
    (12, "VGSO"),
    (13, "SO"),
    (14, "GASO"),
    (15, "GSO"),
    (16, "GSO"),
    (17, "GASO"),
    (18, "GSOH"),
    (19, "SO"),
    (20, "SOH"),
    (21, "VGSO"),
    (22, "VGSO"),
    (23, "H"),
    (24, "VGASO"),
    (25, "OH"),
    (26, "O"),
    (100, "H"),
    (101, "H"),
    (102, "H"),
];

#[test]
fn each_role_has_the_kinds_of_its_row() {
    let letters = [
        ('V', Role::Volunteer),
        ('G', Role::Grid),
        ('A', Role::Agency),
        ('S', Role::Supervisor),
        ('O', Role::Office),
        ('H', Role::Hub),
    ];
    for (kind, roles) in ROLES {
        let body = Dice(1).body(kind);
        for (letter, role) in letters {
            assert_eq!(role_has_kind(role, &body), roles.contains(letter), "{letter} {}", body.code());
        }
    }
    for (_, role) in letters {
        assert!(!role_has_kind(role, &Body::Unknown(60)));
    }
}

#[test]
fn the_office_has_every_kind_of_a_ticket_but_those_of_the_hub_alone() {
    for (kind, roles) in ROLES.into_iter().filter(|(kind, _)| *kind < 100) {
        assert_eq!(role_has_kind(Role::Office, &Dice(1).body(kind)), roles != "H", "{kind}");
    }
}

#[test]
fn nobody_acts_under_a_key_that_the_role_cannot_have() {
    let story = Story::begin(terms());
    let pretenders = [
        Person { member: grid_member().member, acting: volunteer().acting },
        Person::new(2, Role::Grid, Key::Workspace),
        Person::new(2, Role::Agency, Key::Grid(grid("g"))),
        Person::new(2, Role::Office, Key::Grid(grid("g"))),
        Person::new(2, Role::Supervisor, Key::Everybody),
    ];
    for who in pretenders {
        assert_eq!(may_write(&who, &story, commented()), Err(Code::WrongAuthor), "{:?}", who.acting);
    }
}

#[test]
fn a_role_that_was_not_held_gives_no_right() {
    let story = Story::begin(terms());
    let ticket = story.ticket();
    let who = grid_member();
    let lost = Standing { held: false, ..standing(&who, Some(&ticket)) };
    assert_eq!(may(&lost, &payload(story.id, &who, minute(0), accepted())), Err(Code::RoleNotHeld));
}

#[test]
fn a_ticket_out_of_scope_is_out_of_reach_but_never_the_own_report() {
    let story = Story::begin(terms());
    let ticket = story.ticket();
    let far = |who: &Person, body| {
        let standing = Standing { in_scope: false, ..standing(who, Some(&ticket)) };
        may(&standing, &payload(story.id, who, minute(0), body))
    };
    assert_eq!(far(&handler(), commented()), Err(Code::OutOfScope));
    assert_eq!(far(&volunteer(), commented()), Ok(()));
    // The same member acting for a grid reaches what that grid reaches.
    assert_eq!(far(&Person { member: volunteer().member, ..grid_member() }, commented()), Err(Code::OutOfScope));
}

#[test]
fn an_event_needs_its_ticket_and_a_report_does_not() {
    let who = volunteer();
    let write = |body| may(&standing(&who, None), &payload(event_id(1).into(), &who, minute(0), body));
    assert_eq!(write(commented()), Err(Code::ParentMissing));
    assert_eq!(write(Body::Reported(report())), Ok(()));
}

#[test]
fn a_kind_of_a_ticket_about_something_else_is_no_event() {
    let who = office();
    let mut odd = payload(event_id(1).into(), &who, minute(0), commented());
    odd.subject = Subject::Workspace;
    assert_eq!(may(&standing(&who, None), &odd), Err(Code::BadBytes));
}

#[test]
fn nobody_judges_a_round_that_holds_own_work_or_evidence() {
    let verdict = |story: &Story| passed(story.ticket().rectification.unwrap().act.event);
    let reviewer = manager();
    for act in [rectified(1), evidence(40)] {
        let mut story = Story::begin(terms());
        story.tell(&grid_member().acting_as(&grid_member()), rectified(3));
        let who = Person { member: reviewer.member, acting: grid_member().acting };
        story.tell(&who, act);
        assert_eq!(may_write(&reviewer, &story, verdict(&story)), Err(Code::FourEyes));
        let judged = story.ticket().rectification.unwrap().act.event;
        assert_eq!(may_write(&reviewer, &story, sent_back(judged)), Err(Code::FourEyes));
        // In the next round the same member may.
        story.tell(&supervisor(), sent_back(judged));
        story.tell(&other_grid_member(), rectified(4));
        assert_eq!(may_write(&reviewer, &story, verdict(&story)), Ok(()));
    }
}

#[test]
fn who_put_right_on_the_spot_does_not_judge_it_in_another_role() {
    let mut story = Story::begin(terms());
    let work = story.tell_along(&volunteer(), rectified(1));
    let same = Person { member: volunteer().member, acting: manager().acting };
    assert_eq!(may_write(&same, &story, passed(work)), Err(Code::FourEyes));
    assert_eq!(may_write(&manager(), &story, passed(work)), Ok(()));
}

#[test]
fn a_volunteer_changes_the_own_report_alone() {
    let other = Person::new(30, Role::Volunteer, Key::Member(MemberId::from_bytes([30; 16])));
    let story = Story::begin(terms());
    for body in [voided(), recategorised(), relocated(), rectified(1)] {
        assert_eq!(may_write(&other, &story, body.clone()), Err(Code::RoleLacksKind), "{}", body.code());
        assert_eq!(may_write(&volunteer(), &story, body), Ok(()));
    }
    for body in [commented(), evidence(40)] {
        assert_eq!(may_write(&other, &story, body), Ok(()));
    }
}

#[test]
fn a_supervisor_rectifies_the_own_report_alone() {
    let story = Story::begin(terms());
    assert_eq!(may_write(&supervisor(), &story, rectified(1)), Err(Code::RoleLacksKind));
    let own = Story::reported(&supervisor(), terms(), report());
    assert_eq!(may_write(&supervisor(), &own, rectified(1)), Ok(()));
}

#[test]
fn right_is_about_the_author_and_never_about_the_stage() {
    for stage in Stage::ALL {
        let story = Story::at(stage, terms());
        for (who, body) in [
            (grid_member(), accepted()),
            (handler(), returned()),
            (manager(), dispatched(agency_holder("cg"))),
            (supervisor(), photo_reviewed(1, PhotoVerdict::Fine)),
            (office(), reopened()),
        ] {
            assert_eq!(may_write(&who, &story, body), Ok(()), "{stage:?}");
        }
    }
}

#[test]
fn a_volunteer_reaches_what_is_subscribed_and_others_what_they_act_for() {
    let who = grid_member();
    let record =
        MemberRecord { member: who.member, active: true, roles: vec![who.acting.clone()], duty: vec![grid("n")] };
    let own = Acting { role: Role::Volunteer, key: Key::Member(who.member) };
    let reached = scope(&own, &record);
    for key in [Key::Member(who.member), Key::Grid(grid("n")), Key::Grid(grid("g")), Key::Everybody] {
        assert!(reached.contains(&key), "{key}");
    }
    assert_eq!(scope(&who.acting, &record), BTreeSet::from([Key::Grid(grid("g"))]));
}

#[test]
fn the_last_room_of_a_ticket_is_kept_for_what_moves_it_on() {
    let (comment, verdict) = (commented(), passed(event_id(2)));
    assert_eq!(room(899, 0, 500, &comment), Ok(()));
    assert_eq!(room(900, 0, 500, &comment), Err(Code::TicketFull));
    assert_eq!(room(900, 0, 500, &verdict), Ok(()));
    assert_eq!(room(1000, 0, 500, &verdict), Err(Code::TicketFull));
    let most = MAX_TICKET_BYTES - STAGE_RESERVE_BYTES;
    assert_eq!(room(5, most - 500, 500, &comment), Ok(()));
    assert_eq!(room(5, most - 500, 501, &comment), Err(Code::TicketFull));
    assert_eq!(room(5, MAX_TICKET_BYTES - 500, 500, &verdict), Ok(()));
    assert_eq!(room(5, MAX_TICKET_BYTES - 500, 501, &verdict), Err(Code::TicketFull));
    assert_eq!(room(5, u64::MAX, 1, &comment), Err(Code::TicketFull));
    assert_eq!(room(5, 0, MAX_EVENT_BYTES + 1, &verdict), Err(Code::EventTooLarge));
    for always in [drawn(event_id(2), false), erased(vec![event_id(1)])] {
        assert_eq!(room(1000, MAX_TICKET_BYTES, 500, &always), Ok(()));
    }
}
