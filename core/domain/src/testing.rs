//! Builders for tests: people with roles, events with sensible fields, and stories, which are tickets told event by
//! event as a hub would have stamped them. Only built for tests, behind the feature `testing`.
//!
//! One place serves all stories: district `d` › street `s` › community `c` › grid `g`, with the agencies `cg` (城管,
//! leads) and `wy` (物业, cooperates). Instants are minutes after 2026-11-23T08:00+08:00, a Monday.

pub mod bodies;
pub mod dice;
pub mod log;

use crate::event::{Base, Body, DeviceTime, Payload, Reported, Subject};
use crate::fold::{Fact, fold};
use crate::id::{AgencyCode, EventId, GridCode, MemberId, TicketId};
use crate::key::{Acting, Key, Role};
use crate::may::Standing;
use crate::misfit::Misfit;
use crate::stamp::Stamp;
use crate::terms::{Holder, Limits, PhotoRule, ReviewPolicy, Terms};
use crate::ticket::{Stage, Ticket};
use crate::time::{Clock, Limit, MINUTE_MS, Timestamp};

/// Monday 2026-11-23 08:00 at +08:00, when work begins: minute 0 of every story.
pub const MONDAY: Timestamp = Timestamp(1_795_392_000_000);

/// The instant so many minutes after [`MONDAY`].
pub fn minute(minutes: i64) -> Timestamp {
    MONDAY.plus_ms(minutes * MINUTE_MS)
}

/// Somebody with one role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The pseudonym.
    pub member: MemberId,
    /// The role and key that this person acts under.
    pub acting: Acting,
}

impl Person {
    /// A person whose member id is made of one byte.
    pub fn new(number: u8, role: Role, key: Key) -> Person {
        Person { member: MemberId::from_bytes([number; 16]), acting: Acting { role, key } }
    }

    /// The same member acting under another role.
    pub fn acting_as(&self, other: &Person) -> Person {
        Person { member: self.member, acting: other.acting.clone() }
    }
}

/// A grid's code.
pub fn grid(code: &str) -> GridCode {
    code.parse().expect("tests use valid codes")
}

/// A grid as holder.
pub fn grid_holder(code: &str) -> Holder {
    Holder::Grid(grid(code))
}

/// An agency as holder.
pub fn agency_holder(code: &str) -> Holder {
    Holder::Agency(code.parse::<AgencyCode>().expect("tests use valid codes"))
}

/// Somebody in the street: member 1.
pub fn volunteer() -> Person {
    let member = MemberId::from_bytes([1; 16]);
    Person { member, acting: Acting { role: Role::Volunteer, key: Key::Member(member) } }
}

/// A member of grid `g`, where the tickets lie.
pub fn grid_member() -> Person {
    Person::new(2, Role::Grid, Key::Grid(grid("g")))
}

/// Another member of grid `g`.
pub fn other_grid_member() -> Person {
    Person::new(3, Role::Grid, Key::Grid(grid("g")))
}

/// The manager of the community `c` above: a dispatcher, and a reviewer where grids review.
pub fn manager() -> Person {
    Person::new(4, Role::Grid, Key::Grid(grid("c")))
}

/// A handler of agency `cg`.
pub fn handler() -> Person {
    Person::new(5, Role::Agency, Key::from(&agency_holder("cg")))
}

/// A handler of agency `wy`, which cooperates.
pub fn cooperating() -> Person {
    Person::new(6, Role::Agency, Key::from(&agency_holder("wy")))
}

/// A supervisor of the street `s`.
pub fn supervisor() -> Person {
    Person::new(7, Role::Supervisor, Key::Grid(grid("s")))
}

/// Somebody of the campaign office.
pub fn office() -> Person {
    Person::new(8, Role::Office, Key::Workspace)
}

/// The hub itself.
pub fn hub() -> Person {
    Person::new(9, Role::Hub, Key::Workspace)
}

/// A limit of working hours, in minutes.
pub fn working_minutes(amount: u32) -> Option<Limit> {
    Some(Limit { clock: Clock::WorkingHours, amount })
}

/// Terms of a category that grid `g` handles and grids review, with agency `wy` cooperating; limits of working hours:
/// dispatch 60, accept 60, rectify 240, review 120 minutes; at least 30 to rework; reopening for 7 days.
pub fn terms() -> Terms {
    Terms {
        handler: Some(grid_holder("g")),
        cooperating: vec![agency_holder("wy")],
        limits: Limits {
            dispatch: working_minutes(60),
            accept: working_minutes(60),
            rectify: working_minutes(240),
            review: working_minutes(120),
        },
        review: ReviewPolicy::Grid,
        photos: PhotoRule { before: 1, after: 1 },
        accuracy_gate_cm: Some(5_000),
        hand_on: false,
        rework_floor: working_minutes(30),
        reopen_days: 7,
        calendar: "default".parse().expect("a valid code"),
        suspension_max_days: None,
    }
}

/// The same without a handler: a report waits for dispatch.
pub fn terms_without_handler() -> Terms {
    Terms { handler: None, cooperating: Vec::new(), ..terms() }
}

/// The grids from the root to grid `g`.
pub fn path() -> Vec<GridCode> {
    ["d", "s", "c", "g"].map(grid).to_vec()
}

/// One event of a story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The event's id.
    pub id: EventId,
    /// What happened.
    pub payload: Payload,
    /// What the hub stamped.
    pub stamp: Stamp,
}

impl Told {
    /// The event as the fold reads it.
    pub fn fact(&self) -> Fact<'_> {
        Fact { id: self.id, payload: &self.payload, stamp: &self.stamp }
    }
}

/// The id of the n-th event of the stories.
pub fn event_id(n: u64) -> EventId {
    EventId(uuid::Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0000 | u128::from(n)))
}

/// What somebody writes about a ticket, at this instant by a device whose clock is right.
pub fn payload(ticket: TicketId, who: &Person, at: Timestamp, body: Body) -> Payload {
    Payload {
        subject: Subject::Ticket(ticket),
        acting: who.acting.clone(),
        base: Base { epoch: 1, low: 0 },
        time: DeviceTime { wall: at, monotonic_ms: 0, boot: 1, offset_ms: Some(0) },
        body,
    }
}

/// A ticket told event by event. Each event is received where [`Story::now`] stands, one minute after the one before.
#[derive(Debug, Clone)]
pub struct Story {
    /// The ticket.
    pub id: TicketId,
    /// Its events in the hub's order.
    pub events: Vec<Told>,
    /// When the next event is received.
    pub now: Timestamp,
    /// The number of the next event in the workspace.
    pub next: u64,
}

impl Story {
    /// A report by [`volunteer`] under these terms, received at minute 0.
    pub fn begin(terms: Terms) -> Story {
        Story::reported(&volunteer(), terms, bodies::report())
    }

    /// A report by somebody. It takes the place of [`path`] and a short number.
    pub fn reported(who: &Person, terms: Terms, report: Reported) -> Story {
        let mut story = Story { id: event_id(1).into(), events: Vec::new(), now: MONDAY, next: 1 };
        story.tell_with(who, Body::Reported(report), |stamp| {
            let lead_path = if matches!(terms.handler, Some(Holder::Grid(_))) { path() } else { Vec::new() };
            stamp.short_number = Some("20261123-0001".to_owned());
            stamp.pin_path = Some(path());
            stamp.lead_path = Some(lead_path);
            stamp.terms = Some(terms);
        });
        story
    }

    /// A story that has come to a stage by the usual way: handled by grid `g`, judged by [`manager`]. Waiting is
    /// reached by returning.
    pub fn at(stage: Stage, terms: Terms) -> Story {
        let mut story = Story::begin(terms);
        let told: &[(Person, Body)] = match stage {
            Stage::Dispatched => &[],
            Stage::Waiting => &[(grid_member(), bodies::returned())],
            Stage::Accepted => &[(grid_member(), bodies::accepted())],
            Stage::Rectified | Stage::Closed => {
                &[(grid_member(), bodies::accepted()), (grid_member(), bodies::rectified(1))]
            }
            Stage::Voided => &[(manager(), bodies::voided())],
        };
        for (who, body) in told {
            story.tell(who, body.clone());
        }
        if stage == Stage::Closed {
            let judged = story.last();
            story.tell(&manager(), bodies::passed(judged));
        }
        story
    }

    /// The next event, in a commit of its own, by somebody whose clock is right.
    pub fn tell(&mut self, who: &Person, body: Body) -> EventId {
        self.tell_with(who, body, |_| {})
    }

    /// The next event in the same commit as the one before.
    pub fn tell_along(&mut self, who: &Person, body: Body) -> EventId {
        let before = self.events.last().map(|told| (told.stamp.first, told.stamp.received));
        self.tell_with(who, body, |stamp| {
            if let Some((first, received)) = before {
                (stamp.first, stamp.received, stamp.corrected) = (first, received, received);
            }
        })
    }

    /// The next event, done at this minute and received now, because its author was offline.
    pub fn tell_late(&mut self, who: &Person, done: i64, body: Body) -> EventId {
        self.tell_with(who, body, |stamp| stamp.corrected = minute(done))
    }

    /// The next event with a stamp of its own.
    pub fn tell_with(&mut self, who: &Person, body: Body, stamped: impl FnOnce(&mut Stamp)) -> EventId {
        let id = event_id(self.next);
        let mut stamp = Stamp {
            epoch: 1,
            n: self.next,
            // Stories are short.
            seq: self.events.len() as u32 + 1,
            first: self.next,
            member: who.member,
            received: self.now,
            corrected: self.now,
            unsure: false,
            law: crate::event::LAW_VERSION,
            short_number: None,
            pin_path: None,
            lead_path: None,
            terms: None,
            admitted: false,
        };
        if let Body::Dispatched(fields) = &body {
            stamp.lead_path = Some(if matches!(fields.lead, Holder::Grid(_)) { path() } else { Vec::new() });
        }
        stamped(&mut stamp);
        let payload = payload(self.id, who, stamp.corrected, body);
        self.events.push(Told { id, payload, stamp });
        self.next += 1;
        self.now = self.now.plus_ms(MINUTE_MS);
        id
    }

    /// What somebody would write next, with the stamp that it would get; the story itself stays as it is.
    pub fn draft(&self, who: &Person, body: Body) -> Told {
        let mut story = self.clone();
        story.tell(who, body);
        story.events.pop().expect("an event was just told")
    }

    /// Lets time pass until this minute.
    pub fn wait_until(&mut self, minutes: i64) {
        self.now = minute(minutes);
    }

    /// The last event's id.
    pub fn last(&self) -> EventId {
        self.events.last().map_or(self.id.reported(), |told| told.id)
    }

    /// The state.
    pub fn ticket(&self) -> Ticket {
        fold(self.events.iter().map(Told::fact)).expect("a story begins with a report that has terms")
    }

    /// Why the last event did not fit, if it did not.
    pub fn misfit(&self) -> Option<Misfit> {
        let last = self.last();
        self.ticket().anomalies.iter().find(|anomaly| anomaly.act.event == last).map(|anomaly| anomaly.misfit)
    }
}

/// The standing of somebody who holds the role and reaches the ticket.
pub fn standing<'a>(who: &Person, ticket: Option<&'a Ticket>) -> Standing<'a> {
    Standing { author: who.member, held: true, in_scope: true, ticket }
}
