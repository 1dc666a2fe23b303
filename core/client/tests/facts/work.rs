//! A ticket's whole life, phone by phone.

use redvest_client::commands::{By, Contribute, Dispatch, Evidence, Judge, Rectify, Relocate, SendBack};
use redvest_client::{Client, Error};
use redvest_domain::codes::Code;
use redvest_domain::event::{Grant, Outcome, PhotoVerdict, VoidReason};
use redvest_domain::id::TicketId;
use redvest_domain::key::{Key, MemberRecord, Role};
use redvest_domain::place::{Fix, Position};
use redvest_domain::terms::Holder;
use redvest_domain::ticket::Stage;
use redvest_domain::time::DAY_MS;

use crate::world::{Hub, PIN, code, fix, grid_member, manager, office, record, volunteer};
use crate::{import, litter};

pub(crate) struct Street {
    pub(crate) hub: Hub,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) phones: Vec<(MemberRecord, Client)>,
}

impl Street {
    pub(crate) fn new() -> Street {
        let (hub, folder) = (Hub::new(), tempfile::tempdir().unwrap());
        let wy = record(6, &[(Role::Agency, Key::Agency(code("wy")))]);
        let supervisor = record(7, &[(Role::Supervisor, Key::Grid(code("s")))]);
        let phones = [volunteer(), grid_member(), manager(), wy, supervisor, office()].map(|record| {
            let (client, _) = hub.phone(&folder.path().join(record.member.to_string()), &record);
            hub.pull(&client, &record);
            (record, client)
        });
        Street { hub, folder, phones: phones.into() }
    }

    /// Everybody syncs; every phone then shows what the hub holds.
    pub(crate) fn sync(&mut self) {
        for (_, client) in &self.phones {
            self.hub.push(client);
        }
        for (record, client) in &self.phones {
            let effect = self.hub.pull(client, record);
            assert!(effect.differing.is_empty() && effect.gaps.is_empty());
            assert_eq!(client.home().unwrap().events_waiting, 0);
        }
    }

    pub(crate) fn phone(&self, number: usize) -> &Client {
        &self.phones[number].1
    }

    pub(crate) fn photo(&self, number: usize, seed: u64) -> redvest_domain::id::Hash {
        import(self.phone(number), self.folder.path(), seed)
    }

    fn stage(&self, ticket: TicketId) -> Stage {
        self.hub.state(ticket).stage
    }
}

const V: usize = 0;
const G: usize = 1;
const M: usize = 2;
const WY: usize = 3;
const S: usize = 4;
const O: usize = 5;

#[test]
fn a_ticket_goes_its_way_through_six_phones() {
    let mut street = Street::new();
    let photo = street.photo(V, 1);
    let ticket = street.phone(V).report(litter(vec![photo]), By::saying("垃圾")).unwrap().ticket;
    street.sync();
    street.phone(M).remind(ticket, By::default()).unwrap();
    let lead = Holder::Grid(code("g"));
    let request = Dispatch { lead, cooperating: vec![Holder::Agency(code("wy"))], reason: Some(code("joint")) };
    street.phone(M).dispatch(ticket, request, By::default()).unwrap();
    street.sync();
    let photos = vec![street.photo(WY, 2)];
    street.phone(WY).contribute(ticket, Contribute { done: true, photos }, By::saying("已配合")).unwrap();
    street.phone(G).accept(ticket, By::default()).unwrap();
    street.sync();
    let until = street.hub.now.plus_ms(DAY_MS);
    street.phone(G).ask(ticket, Grant::Suspension(until), code("season"), By::default()).unwrap();
    street.sync();
    let asked = street.phone(O).ticket(ticket).unwrap();
    assert!(asked.row.asks);
    assert_eq!(asked.wish, Some(Grant::Suspension(until)));
    street.phone(M).grant(ticket, Grant::Suspension(until), By::default()).unwrap();
    street.sync();
    assert_eq!(street.phone(G).ticket(ticket).unwrap().row.suspended_until, Some(until));
    street.phone(G).resume_clocks(ticket, By::default()).unwrap();
    street.sync();
    street.phone(G).ask(ticket, Grant::Extension(60), code("workload"), By::default()).unwrap();
    street.sync();
    street.phone(M).deny(ticket, By::saying("抓紧")).unwrap();
    street.phone(S).urge(ticket, None, By::saying("督办")).unwrap();
    street.phone(O).card(ticket, None, By::saying("黄牌")).unwrap();
    street.sync();
    let rectify = |photo| Rectify {
        outcome: Outcome::Rectified,
        photos: vec![photo],
        fix: Some(fix()),
        gate_reason: None,
        draft: None,
    };
    let after = street.photo(G, 3);
    street.phone(G).rectify(ticket, rectify(after), By::default()).unwrap();
    street.sync();
    assert_eq!(street.stage(ticket), Stage::Rectified);
    let own = street.phone(G).pass(ticket, Judge::default(), By::default()).unwrap_err();
    assert!(matches!(own, Error::Law(Code::FourEyes)), "{own}");
    let back = SendBack { reasons: vec![code("not_done")], ..SendBack::default() };
    street.phone(M).send_back(ticket, back, By::saying("还有")).unwrap();
    street.phone(S).review_photo(ticket, after, PhotoVerdict::Unclear, By::default()).unwrap();
    street.sync();
    assert_eq!(street.stage(ticket), Stage::Accepted);
    let again = street.photo(G, 4);
    // A ten-thousandth of a degree of latitude is 11 m.
    let farther = Fix { position: Position { lat_e7: PIN.lat_e7 + 9_000, ..PIN }, ..fix() };
    let done = Rectify { fix: Some(farther), ..rectify(again) };
    street.phone(G).rectify(ticket, done, By::default()).unwrap();
    street.sync();
    street.phone(M).pass(ticket, Judge::default(), By::default()).unwrap();
    street.sync();
    assert_eq!(street.stage(ticket), Stage::Closed);
    street.phone(O).reopen(ticket, code("wrongly_closed"), By::default()).unwrap();
    street.phone(V).comment(ticket, By::saying("又有了")).unwrap();
    let evidence = Evidence { photos: vec![street.photo(V, 5)] };
    street.phone(V).add_evidence(ticket, evidence, By::default()).unwrap();
    street.sync();
    assert_eq!(street.stage(ticket), Stage::Accepted);
    street.phone(M).recategorise(ticket, code("M06036"), By::default()).unwrap();
    let relocate = Relocate { pin: Some(PIN), grid: Some(code("g2")), place: Some("南门".to_owned()) };
    street.phone(M).relocate(ticket, relocate, By::default()).unwrap();
    street.sync();
    let row = street.phone(O).ticket(ticket).unwrap().row;
    assert_eq!((row.category_zh.as_str(), row.place.as_deref()), ("乱堆杂物", Some("南门")));
    assert_eq!((row.reminded, row.urged, row.carded, row.round), (1, 1, 1, 3));
    let detail = street.phone(O).ticket(ticket).unwrap();
    let (first, limit) = (detail.history[0].event, detail.rectify_limit);
    assert_eq!(limit, street.phone(O).store().reference().category(&code("M06010")).unwrap().limits.rectify);
    let asked = detail.history.iter().rfind(|row| row.kind == "asked").unwrap();
    assert_eq!(asked.about_zh.as_deref(), Some("延期 60 分钟工作时，工程量大"));
    assert_eq!(asked.about_en.as_deref(), Some("More time: 60 minutes of working time, There is much work to do"));
    let stood: Vec<_> = detail.history.iter().filter_map(|row| Some((row.kind.as_str(), row.distance_m?))).collect();
    assert_eq!(stood, [("reported", 0), ("rectified", 0), ("rectified", 100)]);
    street.phone(O).erase(ticket, vec![first], By::default()).unwrap();
    street.phone(O).void(ticket, VoidReason::NoViolation, By::default()).unwrap();
    street.sync();
    assert_eq!(street.stage(ticket), Stage::Voided);
    let detail = street.phone(V).ticket(ticket).unwrap();
    assert!(detail.history.iter().all(|row| row.late.is_none() && row.pending.is_none()));
    let told: Vec<_> = detail.history.iter().filter_map(|row| row.about_zh.as_deref()).collect();
    assert!(told.contains(&"主办：第一网格，协办：物业公司，需多部门联合处置"), "{told:?}");
    assert!(street.phone(O).admit(ticket, first, By::default()).is_ok());
}

#[test]
fn reasons_grids_and_agencies_that_nobody_published_are_refused() {
    let mut street = Street::new();
    let photo = street.photo(V, 1);
    let ticket = street.phone(V).report(litter(vec![photo]), By::default()).unwrap().ticket;
    street.sync();
    let refusal = |done: Result<redvest_client::commands::Done, Error>| match done.unwrap_err() {
        Error::Law(code) => code,
        other => panic!("{other}"),
    };
    let lead = |holder| Dispatch { lead: holder, cooperating: vec![], reason: None };
    let manager = street.phone(M);
    assert_eq!(refusal(manager.dispatch(ticket, lead(Holder::Grid(code("x"))), By::default())), Code::UnknownGrid);
    assert_eq!(refusal(manager.dispatch(ticket, lead(Holder::Agency(code("x"))), By::default())), Code::UnknownAgency);
    assert_eq!(refusal(street.phone(G).return_ticket(ticket, code("bored"), By::default())), Code::UnknownReason);
    assert_eq!(refusal(manager.recategorise(ticket, code("x"), By::default())), Code::UnknownCategory);
    assert_eq!(refusal(street.phone(V).accept(ticket, By::default())), Code::RoleLacksKind);
    let long = "字".repeat(6000);
    assert_eq!(refusal(street.phone(V).comment(ticket, By::saying(long))), Code::EventTooLarge);
    assert_eq!(street.phone(V).home().unwrap().events_waiting, 0);
}

#[test]
fn of_two_roles_the_one_in_whose_area_the_ticket_lies_is_taken() {
    let (folder, mut hub) = (tempfile::tempdir().unwrap(), Hub::new());
    let grids = ["g2", "g"].map(|grid| (Role::Grid, Key::Grid(code(grid))));
    let record = record(2, &grids);
    let mut reporter = crate::world::Person::new(volunteer());
    let (ticket, _) = hub.tell(&mut reporter, None, vec![crate::world::reported("M06010", 1)]);
    let (client, _) = hub.phone(folder.path(), &record);
    hub.pull(&client, &record);
    let by = By { acting: Some(record.roles[0].clone()), words: None };
    assert!(matches!(client.comment(ticket, by), Err(Error::Law(Code::OutOfScope))));
    assert_eq!(client.comment(ticket, By::default()).unwrap().acting, record.roles[1]);
}
