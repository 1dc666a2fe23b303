use super::*;
use crate::calendar::Calendar;
use crate::event::Grant;
use crate::terms::{Limits, Terms};
use crate::testing::bodies::*;
use crate::testing::*;
use crate::ticket::{Floor, Stage};
use crate::time::{Clock, HOUR_MS};

fn calendar() -> CalendarIndex {
    Calendar::built_in().index()
}

/// Reminds one working hour after, cards two after; due soon in the last quarter.
fn policy(_: ClockName) -> EscalationPolicy {
    let (remind_after, card_after) = (working_minutes(60), working_minutes(120));
    EscalationPolicy { remind_after, card_after, ..EscalationPolicy::default() }
}

fn timers(story: &Story) -> Vec<(i64, bool, ClockName)> {
    let timers = story.ticket().timers(&calendar(), policy);
    timers.iter().map(|timer| (timer.at.since(MONDAY) / 60_000, timer.card, timer.ran_out.clock)).collect()
}

fn write(story: &mut Story, card: bool, clock: ClockName) -> Timer {
    let timers = story.ticket().timers(&calendar(), policy);
    let timer = timers.into_iter().find(|timer| timer.card == card && timer.ran_out.clock == clock).unwrap();
    story.now = story.now.max(timer.at);
    let carried = Some(timer.ran_out.clone());
    let body = if card { carded(timer.ran_out.holder.clone().unwrap(), carried) } else { reminded(carried) };
    story.tell(&hub(), body);
    timer
}

#[test]
fn the_clock_that_runs_out_first_is_the_next() {
    let mut story = Story::begin(terms());
    assert_eq!(story.ticket().next_due(&calendar()), Some((ClockName::Accept, minute(60))));
    story.tell(&grid_member(), accepted());
    assert_eq!(story.ticket().next_due(&calendar()), Some((ClockName::Rectify, minute(240))));
    let steps = story.ticket().steps(ClockName::Rectify, &calendar(), &policy(ClockName::Rectify)).unwrap();
    assert_eq!((steps.due_soon_at, steps.remind_at), (Some(minute(180)), Some(minute(420))));
    story.wait_until(10);
    let work = story.tell(&grid_member(), rectified(1));
    assert_eq!(story.ticket().next_due(&calendar()), Some((ClockName::Review, minute(130))));
    story.tell(&manager(), passed(work));
    assert_eq!(story.ticket().next_due(&calendar()), None);
}

#[test]
fn a_wait_without_a_limit_never_runs_out() {
    let limits = Limits { dispatch: None, accept: None, rectify: None, review: None };
    let story = Story::at(Stage::Accepted, Terms { limits, ..terms() });
    let ticket = story.ticket();
    assert_eq!((ticket.next_due(&calendar()), ticket.due(ClockName::Rectify, &calendar())), (None, Some(Due::Never)));
    assert_eq!(ticket.was_in_time(ClockName::Accept, &calendar()), None);
    assert_eq!(ticket.remaining_ms(ClockName::Accept, minute(5), &calendar()), None);
    assert_eq!((timers(&story), ticket.urgency(minute(99_999), &calendar(), policy)), (vec![], Urgency::OnTime));
}

#[test]
fn a_floor_counts_only_where_it_ends_later() {
    let run = |limit, extra, floor: Option<(i64, u32)>| ClockRun {
        start: MONDAY,
        limit: working_minutes(limit),
        extra,
        pauses: vec![],
        floor: floor.map(|(from, amount)| Floor { from: minute(from), amount: working_minutes(amount).unwrap() }),
        holder: None,
        round: 1,
        cause: event_id(1),
    };
    let due = |run: &ClockRun| clock_due(run, &[], &calendar());
    assert_eq!(due(&run(100, 0, None)), Due::At(minute(100)));
    assert_eq!(due(&run(100, 20, None)), Due::At(minute(120)));
    assert_eq!(due(&run(100, 0, Some((90, 30)))), Due::At(minute(120)));
    assert_eq!(due(&run(100, 0, Some((40, 30)))), Due::At(minute(100)));
    let stopped = ClockRun { pauses: vec![Pause { from: minute(70), to: None }], ..run(100, 0, None) };
    assert_eq!(due(&stopped), Due::Paused { left_ms: HOUR_MS / 2 });
    let suspension = [Pause { from: minute(10), to: Some(minute(30)) }];
    assert_eq!(clock_due(&run(100, 0, None), &suspension, &calendar()), Due::At(minute(120)));
}

#[test]
fn a_clock_is_kept_when_it_stopped_before_its_due_instant() {
    for (done, kept) in [(59, true), (60, false), (75, false)] {
        let mut story = Story::begin(terms());
        assert_eq!(story.ticket().was_in_time(ClockName::Accept, &calendar()), None);
        story.wait_until(90);
        story.tell_late(&grid_member(), done, accepted());
        assert_eq!(story.ticket().was_in_time(ClockName::Accept, &calendar()), Some(kept), "done at {done}");
    }
    let mut early = Story::begin(terms());
    early.tell_late(&grid_member(), -60, accepted());
    assert_eq!(early.ticket().was_in_time(ClockName::Accept, &calendar()), Some(true));
}

#[test]
fn what_is_left_falls_and_stands() {
    let mut story = Story::begin(terms());
    let left = |story: &Story, at| story.ticket().remaining_ms(ClockName::Rectify, minute(at), &calendar());
    assert_eq!(left(&story, 60), Some(3 * HOUR_MS));
    assert_eq!(left(&story, 390), Some(-HOUR_MS / 2));
    story.wait_until(30);
    story.tell(&manager(), granted(None, Grant::Suspension(minute(90))));
    assert_eq!((left(&story, 60), left(&story, 90)), (left(&story, 30), left(&story, 30)));
}

#[test]
fn urgency_is_that_of_the_most_pressing_clock() {
    let mut story = Story::begin(terms());
    let urgency = |story: &Story, at| story.ticket().urgency(minute(at), &calendar(), policy);
    assert_eq!(urgency(&story, 0), Urgency::OnTime);
    assert_eq!(urgency(&story, 45), Urgency::DueSoon);
    assert_eq!(urgency(&story, 60), Urgency::NobodyTookIt);
    story.tell(&grid_member(), accepted());
    assert_eq!(urgency(&story, 60), Urgency::OnTime);
    assert_eq!(urgency(&story, 180), Urgency::DueSoon);
    assert_eq!(urgency(&story, 240), Urgency::Overdue);
    assert_eq!(urgency(&story, 420), Urgency::Remind);
    assert_eq!(urgency(&story, 480), Urgency::Card);
    story.tell(&manager(), voided());
    assert_eq!(urgency(&story, 480), Urgency::OnTime);
}

#[test]
fn timers_come_in_order_and_not_twice() {
    let mut story = Story::begin(terms());
    let all = [
        (120, false, ClockName::Accept),
        (180, true, ClockName::Accept),
        (420, false, ClockName::Rectify),
        (480, true, ClockName::Rectify),
    ];
    assert_eq!(timers(&story), all);
    let timer = write(&mut story, false, ClockName::Accept);
    assert_eq!((timer.ran_out.due, timer.ran_out.cause, timer.ran_out.round), (minute(60), event_id(1), 1));
    assert_eq!(timer.ran_out.holder, Some(grid_holder("g")));
    assert_eq!(timers(&story), all[1..]);
    write(&mut story, true, ClockName::Accept);
    assert_eq!(timers(&story), all[2..]);
    assert_eq!((story.ticket().counts.reminded, story.ticket().counts.carded), (1, 1));
}

#[test]
fn a_clock_that_was_moved_is_reminded_of_again_and_one_that_was_not_is_not() {
    let mut story = Story::at(Stage::Accepted, terms());
    write(&mut story, false, ClockName::Rectify);
    // Standing after it was due moves nothing, whatever the cause is now.
    story.tell(&manager(), granted(None, Grant::Suspension(minute(500))));
    assert_eq!(timers(&story), [(559, true, ClockName::Rectify)]);
    story.wait_until(510);
    story.tell(&manager(), granted(None, Grant::Extension(300)));
    let moved = timers(&story);
    assert_eq!(moved.iter().map(|timer| timer.1).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn work_sent_back_is_reminded_of_in_its_own_round() {
    let mut story = Story::at(Stage::Accepted, terms());
    write(&mut story, false, ClockName::Rectify);
    let work = story.tell(&grid_member(), rectified(1));
    let verdict = story.tell(&manager(), sent_back(work));
    let timer = write(&mut story, false, ClockName::Rectify);
    assert_eq!((timer.ran_out.round, timer.ran_out.cause), (2, verdict));
    assert_eq!(story.ticket().counts.reminded, 2);
}

#[test]
fn a_clock_against_nobody_leads_to_no_card() {
    let story = Story::begin(terms_without_handler());
    assert_eq!(timers(&story), [(120, false, ClockName::Dispatch)]);
    let story = Story::at(Stage::Rectified, terms());
    assert!(timers(&story).iter().all(|timer| !timer.1));
}

#[test]
fn natural_days_are_extended_by_days() {
    let limits = Limits { rectify: Some(Limit { clock: Clock::NaturalDays, amount: 1 }), ..terms().limits };
    let mut story = Story::begin(Terms { limits, ..terms() });
    story.tell(&manager(), granted(None, Grant::Extension(2)));
    // Monday and three days more end on Thursday at 24:00.
    let due = story.ticket().due(ClockName::Rectify, &calendar());
    assert_eq!(due, Some(Due::At(minute(16 * 60 + 3 * 24 * 60))));
}
