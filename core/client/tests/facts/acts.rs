//! What a ticket's screen offers is what the commands take, and nothing else.

use redvest_client::commands::{By, Contribute, Dispatch, Done, Evidence, Judge, Rectify, Relocate, SendBack};
use redvest_client::view::Act;
use redvest_client::{Client, Error};
use redvest_domain::event::{Grant, Outcome, PhotoVerdict, VoidReason};
use redvest_domain::id::{Hash, TicketId};
use redvest_domain::terms::Holder;

use crate::litter;
use crate::work::Street;
use crate::world::{PIN, code};

/// Numbers that differ and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

/// Does an act with everything that it needs.
fn perform(client: &Client, ticket: TicketId, act: Act, dice: &mut Dice) -> Result<Done, Error> {
    let (by, reasons) = (By::saying("办理"), client.reasons());
    let wy = || Holder::Agency(code("wy"));
    let any = [wy(), Holder::Grid(code("g")), Holder::Grid(code("g2")), Holder::Agency(code("cg"))];
    let grid = ["g", "g2", "c"][dice.roll(3)];
    match act {
        Act::Accept => client.accept(ticket, by),
        Act::Return => client.return_ticket(ticket, reasons.returned[0].code.clone(), by),
        Act::Rectify => {
            let gate_reason = Some(reasons.gate[0].code.clone());
            let outcome = Outcome::NothingFound;
            client.rectify(ticket, Rectify { outcome, photos: Vec::new(), fix: None, gate_reason, draft: None }, by)
        }
        Act::Contribute => client.contribute(ticket, Contribute::default(), by),
        Act::Dispatch => {
            let lead = any[dice.roll(4)].clone();
            let cooperating = if lead == wy() { Vec::new() } else { vec![wy()] };
            client.dispatch(ticket, Dispatch { lead, cooperating, reason: None }, by)
        }
        Act::AddEvidence => client.add_evidence(ticket, Evidence::default(), by),
        Act::Comment => client.comment(ticket, by),
        Act::Pass => client.pass(ticket, Judge::default(), by),
        Act::SendBack => {
            let reasons = vec![reasons.sent_back[0].code.clone()];
            client.send_back(ticket, SendBack { reasons, ..SendBack::default() }, by)
        }
        Act::ReviewPhoto => {
            let photo = client.ticket(ticket)?.photos.first().map_or(Hash::ZERO, |photo| photo.original);
            client.review_photo(ticket, photo, PhotoVerdict::Fine, by)
        }
        Act::Void => client.void(ticket, VoidReason::Mistake, by),
        Act::Reopen => client.reopen(ticket, reasons.reopened[0].code.clone(), by),
        Act::Ask if dice.roll(2) == 0 => {
            let until = client.env().now().plus_ms(86_400_000);
            client.ask(ticket, Grant::Suspension(until), reasons.suspended[0].code.clone(), by)
        }
        Act::Ask => client.ask(ticket, Grant::Extension(1), reasons.extended[0].code.clone(), by),
        Act::Grant => {
            let until = client.env().now().plus_ms(86_400_000);
            let grant = if dice.roll(2) == 0 { Grant::Suspension(until) } else { Grant::Extension(1) };
            client.grant(ticket, grant, by)
        }
        Act::Deny => client.deny(ticket, by),
        Act::ResumeClocks => client.resume_clocks(ticket, by),
        Act::Remind => client.remind(ticket, by),
        Act::Urge => client.urge(ticket, None, by),
        Act::Card => client.card(ticket, Some(wy()), by),
        Act::Recategorise => client.recategorise(ticket, code("M06010"), by),
        Act::Relocate => {
            let request = Relocate { pin: Some(PIN), grid: Some(code(grid)), place: None };
            client.relocate(ticket, request, by)
        }
    }
}

#[test]
fn every_act_offered_is_taken_and_every_other_is_refused_by_the_law() {
    let mut street = Street::new();
    let mut dice = Dice(20_261_123);
    let mut taken = std::collections::BTreeMap::<Act, u32>::new();
    for story in 0..14 {
        let photo = street.photo(0, 100 + story);
        let ticket = street.phone(0).report(litter(vec![photo]), By::default()).unwrap().ticket;
        street.sync();
        for _ in 0..24 {
            let mut open = Vec::new();
            for (at, (_, client)) in street.phones.iter().enumerate() {
                let Ok(detail) = client.ticket(ticket) else { continue };
                for act in Act::ALL.into_iter().filter(|act| !detail.acts.contains(act)) {
                    match perform(client, ticket, act, &mut dice) {
                        Err(Error::Law(_)) => {}
                        // What this member lost is read, and no more.
                        Err(Error::UnknownTicket) if detail.row.former => {}
                        other => panic!("{act:?} at {at} on {:?}: {other:?}", detail.row.stage),
                    }
                }
                // Tickets that are voided at once would hide what comes later.
                open.extend(detail.acts.into_iter().filter(|act| *act != Act::Void).map(|act| (at, act)));
                open.extend((story % 5 == 0 && at == 5).then_some((at, Act::Void)));
            }
            let moves_on =
                |act: &Act| !matches!(act, Act::Comment | Act::AddEvidence | Act::Urge | Act::ReviewPhoto | Act::Card);
            if dice.roll(4) > 0 && open.iter().any(|(_, act)| moves_on(act)) {
                open.retain(|(_, act)| moves_on(act));
            }
            let (at, act) = open[dice.roll(open.len())];
            let is_offered = street.phone(at).ticket(ticket).unwrap().acts.contains(&act);
            match perform(street.phone(at), ticket, act, &mut dice) {
                Ok(_) => *taken.entry(act).or_default() += 1,
                Err(error) => assert!(!is_offered, "{act:?} at {at}: {error}"),
            }
            if dice.roll(3) > 0 {
                street.sync();
            }
        }
        street.sync();
    }
    let missing: Vec<Act> = Act::ALL.into_iter().filter(|act| !taken.contains_key(act)).collect();
    assert!(missing.is_empty(), "the story never came to {missing:?}: {taken:?}");
}

#[test]
fn a_screen_knows_the_photos_and_the_gate_that_its_terms_ask_for() {
    let mut street = Street::new();
    let photo = street.photo(0, 1);
    let ticket = street.phone(0).report(litter(vec![photo]), By::default()).unwrap().ticket;
    street.sync();
    let detail = street.phone(1).ticket(ticket).unwrap();
    let terms = street.hub.state(ticket).terms.clone();
    assert_eq!((detail.photos_before, detail.photos_after), (terms.photos.before.into(), terms.photos.after.into()));
    assert_eq!(detail.accuracy_gate_m, terms.accuracy_gate_cm.map(|cm| cm.div_ceil(100)));
    assert_eq!((detail.hand_on, detail.usual_outcome), (terms.hand_on, Some(Outcome::Rectified)));
    assert_eq!((detail.photos[0].round, detail.row.round), (1, 1));
    assert!(detail.acts.contains(&Act::Accept) && !detail.acts.contains(&Act::Pass), "{:?}", detail.acts);
    assert_eq!((detail.row.stage_en.as_str(), detail.history[0].kind_en.as_str()), ("to be accepted", "Reported"));

    let after = street.photo(1, 2);
    let done = |photo| Rectify {
        outcome: Outcome::Rectified,
        photos: vec![photo],
        fix: Some(crate::world::fix()),
        gate_reason: None,
        draft: None,
    };
    street.phone(1).rectify(ticket, done(after), By::default()).unwrap();
    street.sync();
    let reasons = vec![code("not_done")];
    street.phone(2).send_back(ticket, SendBack { reasons, ..SendBack::default() }, By::default()).unwrap();
    street.sync();
    let again = street.photo(1, 3);
    street.phone(1).rectify(ticket, done(again), By::default()).unwrap();
    let detail = street.phone(1).ticket(ticket).unwrap();
    let rounds: Vec<(Hash, u16)> = detail.photos.iter().map(|photo| (photo.original, photo.round)).collect();
    assert_eq!(rounds, [(photo, 1), (after, 1), (again, 2)]);
    assert_eq!(detail.row.round, 2);
    assert_eq!(detail.history[2].about_en.as_deref().map(|about| about.is_ascii()), Some(true));
}
