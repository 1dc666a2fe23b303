//! SYNC 8: clones, restored phones, lost phones and strangers.

use redvest_domain::id::MemberId;
use redvest_domain::ticket::Stage;
use redvest_domain::time::HOUR_MS;
use redvest_tests::device::{LITTER, saying};
use redvest_tests::{Proxy, World};
use redvest_transport::Error;

/// The code of an enrolment or re-keying that the hub, or the line, refused.
fn refused(done: Result<(), Error>) -> String {
    match done {
        Err(Error::Refused(failure)) => failure.code,
        other => panic!("{other:?}"),
    }
}

fn member(tag: &str) -> MemberId {
    World::someone(tag).member()
}

#[test]
fn a_clone_forks_its_chain_and_after_a_new_key_its_work_goes_on_under_the_same_ids() {
    let world = World::new();
    let (li, wang) = (world.enrol("li"), world.enrol("wang"));
    let before = li.report("WG01", LITTER);
    world.settle(&[&li, &wang]);
    li.close();
    let copy = world.clone_of(&li);
    li.reopen();
    let here = li.report("WG01", LITTER);
    li.sync();
    let there = copy.client().report(copy.report_in("WG01", LITTER), saying("另一部手机")).unwrap();
    copy.client().comment(before, saying("也是它写的")).unwrap();
    assert_eq!(copy.failed_sync(), "forked_chain");
    assert_eq!(copy.failed_sync(), "forked_chain", "nothing mends this by itself");
    assert_eq!(copy.client().home().unwrap().events_waiting, 2);
    copy.rekey().unwrap();
    let summary = copy.sync();
    assert_eq!((summary.accepted, summary.refused), (2, 0));
    let log = world.log();
    assert!(there.events.iter().all(|event| log.events.contains_key(event)));
    assert!(log.tickets.contains_key(&here) && log.tickets.contains_key(&there.ticket));
    // The re-keying ended the old key, on both phones; it works once.
    let unsent = li.report("WG01", LITTER);
    assert_eq!(li.failed_sync(), "device_revoked");
    assert_eq!(refused(li.rekey()), "device_revoked");
    li.restart();
    // The other phone needs an invitation, and keeps what it never sent.
    li.enrol(&world.invitation("li", None)).unwrap();
    li.sync();
    let log = world.converge(&[&li, &copy, &wang]);
    assert_eq!(log.tickets[&unsent].stage, Stage::Dispatched);
    assert_eq!(log.tickets.len(), 4);
}

#[test]
fn a_phone_restored_from_a_backup_gets_back_what_it_forgot() {
    let world = World::new();
    let (li, wang) = (world.enrol("li"), world.enrol("wang"));
    let first = li.report("WG01", LITTER);
    world.settle(&[&li, &wang]);
    li.close();
    let backup = world.clone_of(&li);
    li.reopen();
    let forgotten = li.report("WG01", LITTER);
    world.settle(&[&li]);
    li.close();
    // The phone is broken; its backup of yesterday is used again.
    let after = backup.report("WG01", LITTER);
    assert_eq!(backup.failed_sync(), "forked_chain");
    backup.rekey().unwrap();
    let log = world.converge(&[&backup, &wang]);
    assert_eq!(log.tickets.len(), 3);
    for ticket in [first, forgotten, after] {
        assert!(backup.holds(ticket) && backup.row(ticket).mine);
    }
}

#[test]
fn a_new_key_whose_answer_was_lost_can_be_had_again() {
    let world = World::plain();
    let line = Proxy::to(world.listening());
    let li = world.enrol_by("li", Some(&line));
    let ticket = li.report("WG01", LITTER);
    line.next([redvest_tests::Fault::SwallowReply(redvest_domain::wire::path::REKEY)]);
    assert_eq!(refused(li.rekey()), "connection_broke");
    li.restart();
    li.rekey().unwrap();
    let log = world.converge(&[&li]);
    assert_eq!(log.tickets[&ticket].seq, 1);
}

#[test]
fn an_enrolment_whose_answer_was_lost_can_be_had_again() {
    let world = World::plain();
    let line = Proxy::to(world.listening());
    let phone = world.phone("li");
    let invitation = world.invitation("li", Some(&line));
    line.next([redvest_tests::Fault::SwallowReply(redvest_domain::wire::path::ENROL)]);
    assert_eq!(refused(phone.enrol(&invitation)), "connection_broke");
    phone.restart();
    phone.enrol(&invitation).unwrap();
    world.converge(&[&phone]);
    assert_eq!(world.wait(world.store().devices(Some(member("li")))).unwrap().len(), 1);
}

#[test]
fn a_revoked_token_is_dead_at_once_and_says_why() {
    let world = World::new();
    for (lost, code) in [(false, "device_revoked"), (true, "device_lost")] {
        let li = world.enrol("li");
        let device = li.client().store().identity().unwrap().unwrap().device;
        let ticket = li.report("WG01", LITTER);
        world.wait(world.store().revoke(device, lost)).unwrap();
        assert_eq!(li.failed_sync(), code);
        assert_eq!(refused(li.rekey()), code);
        assert!(li.client().home().unwrap().events_waiting > 0, "nothing unsent is lost by it");
        li.enrol(&world.invitation("li", None)).unwrap();
        li.sync();
        assert!(world.log().tickets.contains_key(&ticket));
        world.converge(&[&li]);
    }
}

#[test]
fn enrolment_codes_work_once_and_in_their_time() {
    let world = World::new();
    let first = world.invitation("li", None);
    let phone = world.enrol("wang");
    assert_eq!(
        phone.enrol(&world.invitation("li", None)).unwrap_err().to_string(),
        redvest_client::Error::OtherMember.to_string()
    );
    let (one, two) = (world.phone("one"), world.phone("two"));
    one.enrol(&first).unwrap();
    assert_eq!(refused(two.enrol(&first)), "code_used");
    let late = world.invitation("li", None);
    world.pass(HOUR_MS);
    assert_eq!(refused(two.enrol(&late)), "code_expired");
    let mut made_up = world.invitation("li", None);
    made_up.secret.0[3] ^= 1;
    assert_eq!(refused(two.enrol(&made_up)), "code_unknown");
    let left = redvest_domain::key::MemberRecord { active: false, ..World::someone("li").record() };
    let good = world.invitation("li", None);
    world.set_member(left);
    assert_eq!(refused(two.enrol(&good)), "member_inactive");
    assert!(two.client().store().identity().unwrap().is_none());
}

#[test]
fn a_hub_with_another_certificate_is_sent_nothing() {
    let (world, impostor) = (World::new(), World::new());
    let line = Proxy::to(world.listening());
    let li = world.enrol_by("li", Some(&line));
    li.report("WG01", LITTER);
    line.redirect(impostor.listening());
    assert_eq!(li.failed_sync(), "wrong_certificate");
    assert_eq!(refused(li.rekey()), "wrong_certificate");
    assert_eq!(impostor.log().tickets.len(), 0);
    line.redirect(world.listening());
    world.converge(&[&li]);
    // At enrolment the code's fingerprint decides, and the code is still good afterwards.
    let phone = world.phone("wang");
    let mut invitation = world.invitation("wang", None);
    let right = invitation.pin.replace(impostor.pin().unwrap());
    assert_eq!(refused(phone.enrol(&invitation)), "wrong_certificate");
    invitation.pin = right;
    phone.enrol(&invitation).unwrap();
    // Without a fingerprint a certificate of the hub's own is trusted by nobody.
    let stranger = world.phone("zhao");
    let unpinned = redvest_domain::invitation::Invitation { pin: None, ..world.invitation("zhao", None) };
    assert_eq!(refused(stranger.enrol(&unpinned)), "wrong_certificate");
}

#[test]
fn a_phone_finds_its_hub_again_after_any_break() {
    let mut world = World::new();
    let mut line = Proxy::to(world.listening());
    let li = world.enrol_by("li", Some(&line));
    let ticket = li.report("WG01", LITTER);
    line.tear();
    assert_eq!(li.failed_sync(), "unreachable");
    line.mend();
    line.next([redvest_tests::Fault::Reset]);
    assert_eq!(li.failed_sync(), "connection_broke");
    world.kill();
    assert_eq!(li.failed_sync(), "connection_broke");
    world.start();
    let log = world.converge(&[&li]);
    assert_eq!(log.tickets[&ticket].seq, 1);
    let sessions = li.client().sessions().unwrap();
    assert!(sessions.len() > 4, "what happened can be looked up");
}
