//! Who may: roles and scopes over the stretch from what the author had seen until now.

use redvest_domain::event::{
    Accepted, Body, Commented, DocumentKind, DocumentPublished, EvidenceAdded, MemberSet, Passed, Subject,
};
use redvest_domain::id::Hash;
use redvest_domain::key::{Key, MemberRecord, Role};
use redvest_domain::terms::Holder;
use redvest_domain::time::{DAY_MS, MINUTE_MS};

use super::kit::{
    Hub, acting, dispatched, fates, for_grid, grid, member, new_id, office, record, rectified, supervisor, volunteer,
};

fn accepted() -> Body {
    Body::Accepted(Accepted {})
}

#[tokio::test]
async fn ticket_outside_scope_refused() {
    let hub = Hub::new().await;
    let ticket = hub.reported("T3").await;
    let mut stranger = hub.phone(8).await;
    let commits = vec![
        stranger.write(ticket, for_grid("k"), accepted()),
        stranger.write(ticket, volunteer(member(8)), Body::Commented(Commented {})),
        stranger.write(ticket, for_grid("g"), accepted()),
        stranger.write(ticket, volunteer(member(1)), Body::Commented(Commented {})),
    ];
    let expected = ["out_of_scope", "out_of_scope", "role_not_held", "wrong_author"];
    assert_eq!(fates(&hub.push(&stranger, commits).await), expected);
}

#[tokio::test]
async fn ticket_that_left_the_scope_after_base_is_still_in_it() {
    let hub = Hub::new().await;
    let ticket = hub.reported("T3").await;
    let mut agency = hub.phone(5).await;
    let mut office_phone = hub.phone(7).await;
    let to_agency = office_phone.write(ticket, office(), dispatched(Holder::Agency("cg".parse().unwrap())));
    hub.accept(&office_phone, vec![to_agency]).await;
    agency.base = hub.base().await;
    let for_agency = acting(Role::Agency, Key::Agency("cg".parse().unwrap()));
    let offline = agency.write(ticket, for_agency.clone(), accepted());
    let to_grid = office_phone.write(ticket, office(), dispatched(Holder::Grid(grid("g"))));
    hub.accept(&office_phone, vec![to_grid]).await;
    // The right was there when it was done; that it no longer fits is for the fold to say.
    assert_eq!(fates(&hub.push(&agency, vec![offline]).await), ["too_late:not_the_holder"]);
    agency.base = hub.base().await;
    let knowing = agency.write(ticket, for_agency, accepted());
    assert_eq!(fates(&hub.push(&agency, vec![knowing]).await), ["out_of_scope"]);
}

#[tokio::test]
async fn role_that_ended_within_grace_is_taken() {
    let hub = Hub::new().await;
    let (first, second) = (hub.reported("T3").await, hub.reported("T3").await);
    let mut phone = hub.phone(2).await;
    hub.store.set_members(vec![record(2, vec![])], vec![]).await.unwrap();
    phone.base = hub.base().await;
    let early = phone.write(first, for_grid("g"), accepted());
    hub.accept(&phone, vec![early]).await;
    let days = i64::from(hub.store.reference().policy().grace_days);
    hub.clock.advance(days * DAY_MS + MINUTE_MS);
    let late = phone.write(second, for_grid("g"), accepted());
    assert_eq!(fates(&hub.push(&phone, vec![late]).await), ["role_not_held"]);
}

#[tokio::test]
async fn role_held_since_base_is_taken_however_long_ago_it_ended() {
    let hub = Hub::new().await;
    let ticket = hub.reported("T3").await;
    let mut phone = hub.phone(2).await;
    let offline = phone.write(ticket, for_grid("g"), accepted());
    hub.store.set_members(vec![record(2, vec![])], vec![]).await.unwrap();
    hub.clock.advance(400 * DAY_MS);
    // Its base is older than the ticket, which the phone cannot have seen; but the right was held since then.
    hub.accept(&phone, vec![offline]).await;
}

#[tokio::test]
async fn a_device_that_showed_a_newer_base_gains_nothing_by_an_older_one() {
    let hub = Hub::new().await;
    let (first, second) = (hub.reported("T3").await, hub.reported("T3").await);
    let mut phone = hub.phone(2).await;
    let old = phone.base;
    let offline = phone.write(first, for_grid("g"), accepted());
    hub.store.set_members(vec![record(2, vec![])], vec![]).await.unwrap();
    hub.clock.advance(400 * DAY_MS);
    hub.accept(&phone, vec![offline]).await;
    phone.base = hub.base().await;
    let (_, report) = phone.report("T1", "g");
    phone.base = old;
    let claimed = phone.write(second, for_grid("g"), accepted());
    let again = phone.write(second, for_grid("g"), accepted());
    // It is remembered from push to push, too.
    assert_eq!(fates(&hub.push(&phone, vec![report, claimed]).await), ["accepted", "role_not_held"]);
    assert_eq!(fates(&hub.push(&phone, vec![again]).await), ["role_not_held"]);
}

#[tokio::test]
async fn member_who_left_is_told_so() {
    let hub = Hub::new().await;
    let mut phone = hub.phone(1).await;
    let gone = MemberRecord { active: false, ..record(1, vec![]) };
    hub.store.set_members(vec![gone], vec![]).await.unwrap();
    hub.clock.advance(400 * DAY_MS);
    phone.base = hub.base().await;
    let (_, report) = phone.report("T1", "g");
    assert_eq!(fates(&hub.push(&phone, vec![report]).await), ["member_inactive"]);
}

#[tokio::test]
async fn duty_grid_lets_a_volunteer_read_and_add_evidence_only() {
    let hub = Hub::new().await;
    let ticket = hub.reported("T3").await;
    let on_duty = MemberRecord { duty: vec![grid("g")], ..record(9, vec![]) };
    hub.store.set_members(vec![on_duty], vec![]).await.unwrap();
    let mut phone = hub.phone(9).await;
    let acting = volunteer(member(9));
    let commits = vec![
        phone.write(ticket, acting.clone(), Body::EvidenceAdded(EvidenceAdded { photos: vec![] })),
        phone.write(ticket, acting.clone(), rectified()),
    ];
    assert_eq!(fates(&hub.push(&phone, commits).await), ["accepted", "role_lacks_kind"]);
}

#[tokio::test]
async fn nobody_judges_the_own_work() {
    let hub = Hub::new().await;
    let both = record(2, vec![for_grid("g"), supervisor()]);
    hub.store.set_members(vec![both], vec![]).await.unwrap();
    let ticket = hub.reported("T3").await;
    let (mut phone, mut other) = (hub.phone(2).await, hub.phone(6).await);
    let work = phone.write(ticket, for_grid("g"), rectified());
    let rectification = super::kit::Phone::last_id(&work);
    let passed = || Body::Passed(Passed { rectification, photos: vec![], fix: None });
    let own = phone.write(ticket, supervisor(), passed());
    assert_eq!(fates(&hub.push(&phone, vec![work, own]).await), ["accepted", "four_eyes"]);
    let verdict = other.write(ticket, supervisor(), passed());
    hub.accept(&other, vec![verdict]).await;
}

#[tokio::test]
async fn devices_write_about_tickets_alone() {
    let hub = Hub::new().await;
    let mut phone = hub.phone(7).await;
    let record = record(1, vec![office()]);
    let published = DocumentPublished { kind: DocumentKind::Policy, hash: Hash::ZERO };
    let payloads = [
        phone.payload(Subject::Workspace, office(), Body::DocumentPublished(published)),
        phone.payload(Subject::Member(member(1)), office(), Body::MemberSet(MemberSet { record })),
    ];
    let commits = payloads.map(|payload| phone.seal(vec![(new_id(), payload)])).to_vec();
    assert_eq!(fates(&hub.push(&phone, commits).await), ["role_lacks_kind", "role_lacks_kind"]);
}

#[tokio::test]
async fn nothing_from_a_lost_device_is_taken() {
    let hub = Hub::new().await;
    let mut phone = hub.phone(1).await;
    let auth = hub.auth(&phone).await;
    let (_, report) = phone.report("T1", "g");
    hub.store.revoke(phone.device, true).await.unwrap();
    let denied = hub.store.authenticate(&phone.token).await.unwrap_err();
    assert_eq!(denied.problem().code, "device_lost");
    // Also what was on its way when it was reported.
    let push = redvest_domain::wire::Push { commits: vec![report], seen: None, sent: hub.store.now() };
    let denied = hub.store.push(&auth, push, hub.store.now()).await.unwrap_err();
    assert_eq!(denied.problem().code, "device_lost");
}

#[tokio::test]
async fn unknown_lead_is_refused() {
    let hub = Hub::new().await;
    let ticket = hub.reported("T3").await;
    let mut phone = hub.phone(7).await;
    let commits = vec![
        phone.write(ticket, office(), dispatched(Holder::Grid(grid("nowhere")))),
        phone.write(ticket, office(), dispatched(Holder::Agency("nobody".parse().unwrap()))),
    ];
    assert_eq!(fates(&hub.push(&phone, commits).await), ["unknown_grid", "unknown_agency"]);
}
