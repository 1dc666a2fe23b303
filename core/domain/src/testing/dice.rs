//! Dice: one number becomes one event, so that a list of numbers is a ticket's history and shorter lists are simpler
//! ones. Ids come from a small pool, so that events meet; instants and amounts are sometimes extreme.

use super::bodies::{fix, photo};
use super::{
    Person, Told, agency_holder, cooperating, event_id, grid, grid_holder, grid_member, handler, hub, manager, minute,
    office, other_grid_member, path, payload, supervisor, terms, volunteer,
};
use crate::event::*;
use crate::id::{EventId, Hash, MemberId, ReasonCode, TicketId};
use crate::key::MemberRecord;
use crate::place::Position;
use crate::stamp::Stamp;
use crate::terms::{Holder, Limits, ReviewPolicy, Terms};
use crate::time::{Clock, Limit, Timestamp};

/// A source of numbers that looks random and is not.
#[derive(Debug, Clone, Copy)]
pub struct Dice(pub u64);

impl Dice {
    /// The next number (splitmix64).
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `sides`.
    pub fn below(&mut self, sides: u64) -> u64 {
        self.roll() % sides
    }

    /// Whether one of so many rolls hits.
    pub fn one_in(&mut self, sides: u64) -> bool {
        self.below(sides) == 0
    }

    /// One of these.
    pub fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize].clone()
    }

    /// A value, or none.
    pub fn maybe<T>(&mut self, value: impl FnOnce(&mut Dice) -> T) -> Option<T> {
        (!self.one_in(3)).then(|| value(self))
    }

    /// An instant of the story's week; one in sixteen is anything at all.
    pub fn instant(&mut self) -> Timestamp {
        if self.one_in(16) { Timestamp(self.roll() as i64) } else { minute(self.below(10_000) as i64 - 500) }
    }

    /// One of the first events of a story.
    pub fn event(&mut self) -> EventId {
        event_id(1 + self.below(20))
    }

    /// A holder.
    pub fn holder(&mut self) -> Holder {
        self.pick(&[grid_holder("g"), grid_holder("c"), grid_holder("n"), agency_holder("cg"), agency_holder("wy")])
    }

    /// Somebody of the cast.
    pub fn person(&mut self) -> Person {
        self.pick(&[
            volunteer(),
            grid_member(),
            other_grid_member(),
            manager(),
            handler(),
            cooperating(),
            supervisor(),
            office(),
            hub(),
        ])
    }

    fn reason(&mut self) -> ReasonCode {
        self.pick(&["one", "two"]).parse().expect("a valid code")
    }

    fn photos(&mut self) -> Vec<Photo> {
        (0..self.below(3)).map(|_| photo(self.roll() as u8)).collect()
    }

    fn position(&mut self) -> Position {
        Position { lat_e7: (self.roll() as i32) % 900_000_000, lon_e7: (self.roll() as i32) % 1_800_000_000 }
    }

    fn amount(&mut self) -> u32 {
        if self.one_in(16) { self.roll() as u32 } else { self.below(500) as u32 }
    }

    fn grant(&mut self) -> Grant {
        if self.one_in(2) { Grant::Suspension(self.instant()) } else { Grant::Extension(self.amount()) }
    }

    fn limit(&mut self) -> Limit {
        let clock = self.pick(&[Clock::UrgentHours, Clock::WorkingHours, Clock::WorkingDays, Clock::NaturalDays]);
        Limit { clock, amount: self.amount() }
    }

    fn ran_out(&mut self) -> RanOut {
        RanOut {
            clock: self.pick(&ClockName::ALL),
            round: self.below(4) as u16,
            holder: self.maybe(Dice::holder),
            due: self.instant(),
            cause: self.event(),
        }
    }

    /// Terms of some category.
    pub fn terms(&mut self) -> Terms {
        let reviews =
            [ReviewPolicy::None, ReviewPolicy::Grid, ReviewPolicy::Sampled(self.roll() as u8), ReviewPolicy::Always];
        Terms {
            handler: self.maybe(Dice::holder),
            limits: Limits {
                dispatch: self.maybe(Dice::limit),
                accept: self.maybe(Dice::limit),
                rectify: self.maybe(Dice::limit),
                review: self.maybe(Dice::limit),
            },
            review: self.pick(&reviews),
            hand_on: self.one_in(2),
            rework_floor: self.maybe(Dice::limit),
            reopen_days: self.roll() as u16,
            suspension_max_days: self.maybe(|dice| dice.below(8) as u16),
            ..terms()
        }
    }

    /// Fields of a report.
    pub fn report(&mut self) -> Reported {
        Reported {
            category: self.pick(&["litter", "stall"]).parse().expect("a valid code"),
            pin: self.maybe(Dice::position),
            fix: self.maybe(|_| fix()),
            grid: self.maybe(|_| grid("g")),
            photos: self.photos(),
            source: self.pick(&[Source::Patrol, Source::SpotCheck, Source::Citizen, Source::Assigned]),
            recurs: self.maybe(|dice| dice.event().into()),
            gate_reason: self.maybe(Dice::reason),
            local_number: self.maybe(|_| "K7-12".to_owned()),
        }
    }

    /// An event of this kind; kinds that do not exist are unknown ones.
    pub fn body(&mut self, kind: u16) -> Body {
        match kind {
            1 => Body::Reported(self.report()),
            2 => Body::Rectified(Rectified {
                outcome: self.pick(&[Outcome::Rectified, Outcome::Persuaded, Outcome::NothingFound]),
                photos: self.photos(),
                fix: self.maybe(|_| fix()),
                gate_reason: self.maybe(Dice::reason),
            }),
            3 => Body::Dispatched(Dispatched {
                lead: self.holder(),
                cooperating: (0..self.below(3)).map(|_| self.holder()).collect(),
                reason: self.maybe(Dice::reason),
            }),
            4 => Body::Accepted(Accepted {}),
            5 => Body::Returned(Returned { reason: self.reason() }),
            6 => Body::Contributed(Contributed { done: self.one_in(2), photos: self.photos() }),
            7 => Body::EvidenceAdded(EvidenceAdded { photos: self.photos() }),
            8 => Body::Drawn(Drawn { rectification: self.event(), chosen: self.one_in(2) }),
            9 => {
                Body::Passed(Passed { rectification: self.event(), photos: self.photos(), fix: self.maybe(|_| fix()) })
            }
            10 => Body::SentBack(SentBack {
                rectification: self.event(),
                reasons: vec![self.reason()],
                photos: self.photos(),
                fix: self.maybe(|_| fix()),
            }),
            11 => Body::PhotoReviewed(PhotoReviewed {
                photo: photo(self.roll() as u8).original.hash,
                verdict: self.pick(&[PhotoVerdict::Fine, PhotoVerdict::Unclear, PhotoVerdict::Private]),
            }),
            12 => {
                let other = TicketId::from(self.event());
                let reason = self.pick(&[VoidReason::NoViolation, VoidReason::Duplicate(other), VoidReason::Mistake]);
                Body::Voided(Voided { reason })
            }
            13 => Body::Reopened(Reopened { reason: self.reason() }),
            14 => Body::Asked(Asked { wish: self.grant(), reason: self.reason() }),
            15 => Body::Granted(Granted { ask: self.maybe(Dice::event), grant: self.grant() }),
            16 => Body::Denied(Denied { ask: self.event() }),
            17 => Body::Resumed(Resumed {}),
            18 => Body::Reminded(Reminded { clock: self.maybe(Dice::ran_out) }),
            19 => Body::Urged(Urged { whom: self.maybe(Dice::holder) }),
            20 => Body::Carded(Carded { whom: self.holder(), clock: self.maybe(Dice::ran_out) }),
            21 => Body::Recategorised(Recategorised { category: "stall".parse().expect("a valid code") }),
            22 => Body::Relocated(Relocated { pin: self.maybe(Dice::position), grid: self.maybe(|_| grid("n")) }),
            23 => Body::Rehomed(Rehomed { from: self.holder(), to: self.holder() }),
            24 => Body::Commented(Commented {}),
            25 => Body::Erased(Erased { events: vec![self.event()] }),
            26 => Body::Admitted(Admitted { commit: self.event() }),
            100 => Body::MemberSet(MemberSet { record: self.record() }),
            101 => Body::DocumentPublished(DocumentPublished {
                kind: self.pick(&[DocumentKind::Catalogue, DocumentKind::Calendar, DocumentKind::Policy]),
                hash: Hash::of(&[&self.roll().to_be_bytes()]),
            }),
            102 => Body::LawSet(LawSet { version: self.roll() as u16 }),
            unknown => Body::Unknown(unknown),
        }
    }

    fn record(&mut self) -> MemberRecord {
        let person = self.person();
        let member: MemberId = person.member;
        MemberRecord { member, active: self.one_in(2), roles: vec![person.acting], duty: vec![grid("g")] }
    }

    /// An event of a ticket with any stamp. The first is a report that a fold can begin with.
    pub fn told(&mut self, ticket: TicketId, place: u64) -> Told {
        let first = place == 0;
        let kind = if first { 1 } else { self.pick(&[2, 3, 4, 5, 2, 3, 4, 9, 10, 13, 15, 0, 1]) };
        // Half of the events are of a kind that moves a ticket, the rest of any.
        let kind = if kind == 0 || (!first && self.one_in(2)) { 1 + self.below(27) as u16 } else { kind };
        let kind = if !first && self.one_in(64) { 60 } else { kind };
        let body = self.body(kind);
        let who = self.person();
        let at = self.instant();
        let stamp = Stamp {
            epoch: 1,
            n: place + 1,
            seq: place as u32 + 1,
            first: if self.one_in(8) { 1 } else { place + 1 },
            member: who.member,
            received: at,
            corrected: self.instant(),
            unsure: self.one_in(4),
            law: if self.one_in(100) { LAW_VERSION + 1 } else { LAW_VERSION },
            short_number: self.maybe(|_| "20261123-0001".to_owned()),
            pin_path: if first { Some(path()) } else { self.maybe(|_| path()) },
            lead_path: self.maybe(|_| path()),
            terms: if first || self.one_in(2) { Some(self.terms()) } else { None },
            admitted: self.one_in(9),
        };
        Told { id: event_id(place + 1), payload: payload(ticket, &who, at, body), stamp }
    }
}

/// The history that these numbers make.
pub fn history(numbers: &[u64]) -> Vec<Told> {
    let ticket = event_id(1).into();
    (0..).zip(numbers).map(|(place, number)| Dice(*number).told(ticket, place)).collect()
}
