//! When people act at once: every order of every choice of up to five parallel events, against a second telling of the
//! law that knows nothing of the code.

use crate::event::Body;
use crate::id::EventId;
use crate::terms::{Holder, ReviewPolicy, Terms};
use crate::testing::bodies::*;
use crate::testing::*;
use crate::ticket::Stage;

/// A parallel event, as the second telling sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Move {
    Accept,
    Return,
    Rectify,
    DispatchAway,
    Pass(EventId),
    SendBack(EventId),
    Void,
    Reopen,
    Add,
}

/// The law told again: who holds it, where it stands, and what came first for each reason.
#[derive(Debug, Clone)]
struct Told {
    stage: Stage,
    held_by_g: bool,
    handed: EventId,
    taken: Option<EventId>,
    work: Option<EventId>,
    ended: Option<EventId>,
    moved: EventId,
    too_late: Vec<(EventId, EventId)>,
}

impl Told {
    fn of(story: &Story) -> Told {
        let ticket = story.ticket();
        Told {
            stage: ticket.stage,
            held_by_g: ticket.lead == Some(grid_holder("g")),
            handed: ticket.handed.event,
            taken: ticket.accepted.map(|act| act.event),
            work: ticket.rectification.map(|work| work.act.event),
            ended: ticket.ended.map(|act| act.event),
            moved: ticket.moved.event,
            too_late: vec![],
        }
    }

    /// What came first, or nothing if the move can be made.
    fn first(&self, step: Move) -> Option<EventId> {
        use Stage::*;
        let ended = matches!(self.stage, Closed | Voided).then_some(self.ended).flatten();
        let worked = (self.stage == Rectified).then_some(self.work).flatten();
        let not_held = (!self.held_by_g).then_some(self.handed);
        match step {
            Move::Add => None,
            Move::Reopen => match self.stage {
                Closed => None,
                Voided => self.ended,
                _ => Some(self.moved),
            },
            Move::Void => ended,
            Move::DispatchAway => ended.or(worked),
            Move::Return => ended.or(worked).or(not_held),
            Move::Accept => ended.or(worked).or(not_held).or((self.stage == Accepted).then_some(self.taken).flatten()),
            Move::Rectify => ended.or(not_held),
            Move::Pass(judged) | Move::SendBack(judged) => {
                let early = (self.stage != Rectified).then_some(self.moved);
                ended.or(early).or((self.work != Some(judged)).then_some(self.work).flatten())
            }
        }
    }

    fn tell(&mut self, id: EventId, step: Move) {
        if let Some(first) = self.first(step) {
            self.too_late.push((id, first));
            return;
        }
        if step == Move::Add {
            return;
        }
        self.moved = id;
        match step {
            Move::Accept => (self.stage, self.taken) = (Stage::Accepted, Some(id)),
            Move::Return => (self.stage, self.held_by_g, self.handed) = (Stage::Waiting, false, id),
            Move::DispatchAway => (self.stage, self.held_by_g, self.handed) = (Stage::Dispatched, false, id),
            Move::Rectify => (self.stage, self.work) = (Stage::Rectified, Some(id)),
            Move::Pass(_) => (self.stage, self.ended) = (Stage::Closed, Some(id)),
            Move::Void => (self.stage, self.ended) = (Stage::Voided, Some(id)),
            Move::SendBack(_) | Move::Reopen => self.stage = Stage::Accepted,
            Move::Add => {}
        }
    }
}

/// Parallel events that somebody could write from a stage.
fn pool(work: EventId) -> Vec<(Person, Body, Move)> {
    vec![
        (grid_member(), accepted(), Move::Accept),
        (other_grid_member(), accepted(), Move::Accept),
        (grid_member(), returned(), Move::Return),
        (other_grid_member(), rectified(2), Move::Rectify),
        (manager(), dispatched(agency_holder("cg")), Move::DispatchAway),
        (manager(), passed(work), Move::Pass(work)),
        (supervisor(), sent_back(work), Move::SendBack(work)),
        (office(), voided(), Move::Void),
        (office(), reopened(), Move::Reopen),
        (volunteer(), evidence(60), Move::Add),
        (supervisor(), urged(), Move::Add),
    ]
}

/// Calls `check` with every order of every choice of one to five of `0..len`.
fn orders(len: usize, taken: &mut Vec<usize>, check: &mut impl FnMut(&[usize])) {
    for next in 0..len {
        if taken.contains(&next) {
            continue;
        }
        taken.push(next);
        check(taken);
        if taken.len() < 5 {
            orders(len, taken, check);
        }
        taken.pop();
    }
}

#[test]
fn every_order_of_parallel_events_has_its_winners_and_tells_the_losers() {
    let mut orders_told = 0_u32;
    for stage in [Stage::Waiting, Stage::Dispatched, Stage::Accepted, Stage::Rectified, Stage::Closed] {
        let base = Story::at(stage, terms());
        let before = base.ticket();
        let pool = pool(before.rectification.as_ref().map_or(event_id(99), |work| work.act.event));
        let drafts: Vec<_> = pool.iter().map(|(who, body, _)| base.draft(who, body.clone())).collect();
        orders(pool.len(), &mut Vec::new(), &mut |order| {
            orders_told += 1;
            let mut ticket = before.clone();
            let mut told = Told::of(&base);
            for (place, index) in order.iter().enumerate() {
                let mut event = drafts[*index].clone();
                event.id = event_id(100 + *index as u64);
                event.stamp.seq = before.seq + 1 + place as u32;
                event.stamp.n = base.next + place as u64;
                event.stamp.first = event.stamp.n;
                ticket.apply(&event.fact());
                told.tell(event.id, pool[*index].2);
            }
            let too_late: Vec<_> = ticket.anomalies.iter().map(|late| (late.act.event, late.winner.event)).collect();
            assert_eq!(too_late, told.too_late, "from {stage:?} in the order {order:?}");
            assert_eq!(ticket.stage, told.stage, "from {stage:?} in the order {order:?}");
            // Nothing is dropped: every event is numbered, every photo kept.
            assert_eq!(ticket.seq as usize, before.seq as usize + order.len());
            let photos = order.iter().map(|index| drafts[*index].payload.body.photos().len()).sum::<usize>();
            assert_eq!(ticket.photos.len(), before.photos.len() + photos);
        });
    }
    // 11 + 11·10 + 11·10·9 + … orders from each of the five stages.
    assert_eq!(orders_told, 5 * (11 + 110 + 990 + 7_920 + 55_440));
}

#[test]
fn of_several_verdicts_on_the_same_work_exactly_one_counts() {
    let base = Story::at(Stage::Rectified, terms());
    let work = base.last();
    let verdicts = [(manager(), passed(work)), (supervisor(), sent_back(work)), (office(), passed(work))];
    for first in 0..3 {
        let mut story = base.clone();
        let order = [first, (first + 1) % 3, (first + 2) % 3];
        let ids: Vec<EventId> = order.iter().map(|at| story.tell(&verdicts[*at].0, verdicts[*at].1.clone())).collect();
        let anomalies = story.ticket().anomalies;
        assert_eq!(anomalies.iter().map(|late| late.act.event).collect::<Vec<_>>(), ids[1..]);
        assert!(anomalies.iter().all(|late| late.winner.event == ids[0]));
    }
}

#[test]
fn of_two_holders_named_at_once_the_later_leads_and_the_earlier_is_told() {
    let lead = |holder: Holder| dispatched(holder);
    let mut story = Story::begin(Terms { review: ReviewPolicy::Always, ..terms_without_handler() });
    story.tell(&manager(), lead(agency_holder("cg")));
    let second = story.tell(&supervisor(), lead(grid_holder("g")));
    story.tell(&handler(), accepted());
    let ticket = story.ticket();
    assert_eq!((ticket.lead, ticket.anomalies[0].winner.event), (Some(grid_holder("g")), second));
}
