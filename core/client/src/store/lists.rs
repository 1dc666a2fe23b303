//! Lists: for whom a ticket is next, and what is told of how many. A ticket stands on one list for each audience; lists
//! of work are ordered by what expires next, the others by what moved last.

use redvest_domain::id::MemberId;
use redvest_domain::key::{Key, MemberRecord, Role};
use redvest_domain::terms::ReviewPolicy;
use redvest_domain::ticket::{Stage, Ticket};
use redvest_domain::time::Timestamp;
use rusqlite::{Connection, params};
use serde::Serialize;

use crate::Error;

/// Sorts behind everything that is due.
pub(crate) const NO_DUE: i64 = i64::MAX;

/// Tickets that this member reported.
pub(crate) const REPORTED: &str = "reported";
/// Tickets on which this member did something else.
pub(crate) const WORKED: &str = "worked";

/// What somebody is to do with a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// 签收、处置: accept it, put it right.
    Rectify,
    /// 协办: do one's part.
    Assist,
    /// 派遣: say who is to do it.
    Dispatch,
    /// 核查: judge what was done.
    Review,
    /// Answer a request for time.
    Answer,
}

impl Work {
    /// Every kind of work.
    pub const ALL: [Work; 5] = [Work::Rectify, Work::Assist, Work::Dispatch, Work::Review, Work::Answer];

    /// The name in JSON and on command lines.
    pub fn code(self) -> &'static str {
        match self {
            Work::Rectify => "rectify",
            Work::Assist => "assist",
            Work::Dispatch => "dispatch",
            Work::Review => "review",
            Work::Answer => "answer",
        }
    }
}

/// Reviewers are told apart by what they review: work that grids judge, and work that was drawn for supervisors.
const BY_GRIDS: &str = "review";
const BY_SUPERVISORS: &str = "check";

fn audience(list: &str, key: &Key) -> String {
    format!("{list}:{key}")
}

/// The lists that a ticket stands on, each with its place there.
pub(crate) fn of_ticket(ticket: &Ticket, me: MemberId, worked: bool, due: Option<Timestamp>) -> Vec<(String, i64)> {
    let due = due.map_or(NO_DUE, |due| due.0);
    let mut lists = Vec::new();
    if ticket.reporter() == me {
        lists.push((REPORTED.to_owned(), -ticket.moved.received.0));
    }
    if worked {
        lists.push((WORKED.to_owned(), -ticket.moved.received.0));
    }
    if let Some(key) = ticket.next_move() {
        let list = if ticket.stage == Stage::Waiting { Work::Dispatch } else { Work::Rectify };
        lists.push((audience(list.code(), &key), due));
    }
    if ticket.stage.is_before_work() {
        for holder in &ticket.cooperating {
            lists.push((audience(Work::Assist.code(), &Key::from(holder)), due));
        }
        if ticket.ask.is_some() {
            let key = ticket.waits_at.clone().unwrap_or(Key::Workspace);
            lists.push((audience(Work::Answer.code(), &key), due));
        }
    }
    // Nobody is asked to judge own work.
    if ticket.stage == Stage::Rectified && !ticket.authors.contains(&me) {
        reviewers(ticket, due, &mut lists);
    }
    lists.sort();
    lists.dedup_by(|one, other| one.0 == other.0);
    lists
}

fn reviewers(ticket: &Ticket, due: i64, lists: &mut Vec<(String, i64)>) {
    match ticket.terms.review {
        ReviewPolicy::None => {}
        ReviewPolicy::Grid => {
            for grid in &ticket.pin_path {
                lists.push((audience(BY_GRIDS, &Key::Grid(grid.clone())), due));
            }
            if ticket.pin_path.is_empty() {
                lists.push((audience(BY_SUPERVISORS, &Key::Workspace), due));
            }
        }
        // What is sampled waits for the hub's draw before it waits for a reviewer.
        ReviewPolicy::Sampled(_)
            if ticket.rectification.as_ref().is_none_or(|rectification| rectification.drawn != Some(true)) => {}
        ReviewPolicy::Sampled(_) | ReviewPolicy::Always => {
            lists.push((audience(BY_SUPERVISORS, &Key::Workspace), due));
            for grid in ticket.pin_path.iter().chain(&ticket.lead_path) {
                lists.push((audience(BY_SUPERVISORS, &Key::Grid(grid.clone())), due));
            }
        }
    }
}

/// The lists of work that a member's roles give, each with what is to be done.
pub(crate) fn of_member(record: &MemberRecord) -> Vec<(Work, String)> {
    let mut lists = Vec::new();
    let mut add = |work: Work, list: &str, key: &Key| lists.push((work, audience(list, key)));
    for acting in record.roles.iter().filter(|_| record.active) {
        let key = &acting.key;
        if matches!(acting.role, Role::Grid | Role::Agency) {
            add(Work::Rectify, Work::Rectify.code(), key);
            add(Work::Assist, Work::Assist.code(), key);
        }
        if acting.role != Role::Agency {
            add(Work::Dispatch, Work::Dispatch.code(), key);
            add(Work::Answer, Work::Answer.code(), key);
            add(Work::Review, if acting.role == Role::Grid { BY_GRIDS } else { BY_SUPERVISORS }, key);
        }
    }
    lists.sort();
    lists.dedup();
    lists
}

/// Moves a ticket from its old lists to the new ones and keeps the tallies.
pub(crate) fn write(
    connection: &Connection,
    ticket: [u8; 16],
    old: (&[(String, i64)], Option<Stage>),
    new: (&[(String, i64)], Option<Stage>),
) -> Result<(), Error> {
    if old == new {
        return Ok(());
    }
    for (list, sort) in old.0 {
        connection
            .prepare_cached("DELETE FROM listing WHERE audience = ?1 AND sort = ?2 AND ticket = ?3")?
            .execute(params![list, sort, ticket])?;
        tally(connection, list, old.1, -1)?;
    }
    for (list, sort) in new.0 {
        connection
            .prepare_cached("INSERT INTO listing (audience, sort, ticket, stage) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![list, sort, ticket, new.1.map(|stage| stage as i64)])?;
        tally(connection, list, new.1, 1)?;
    }
    Ok(())
}

fn tally(connection: &Connection, list: &str, stage: Option<Stage>, change: i64) -> Result<(), Error> {
    connection
        .prepare_cached(
            "INSERT INTO tally (audience, stage, tickets) VALUES (?1, ?2, ?3)
             ON CONFLICT (audience, stage) DO UPDATE SET tickets = tickets + excluded.tickets",
        )?
        .execute(params![list, stage.map(|stage| stage as i64), change])?;
    Ok(())
}

/// How many tickets stand on a list, by stage, those with none left out.
pub(crate) fn tallies(connection: &Connection, list: &str) -> Result<Vec<(Stage, u64)>, Error> {
    let mut query = connection
        .prepare_cached("SELECT stage, tickets FROM tally WHERE audience = ?1 AND tickets > 0 ORDER BY stage")?;
    let rows = query.query_map([list], |row| Ok((row.get::<_, usize>(0)?, row.get(1)?)))?;
    let rows: Vec<(usize, u64)> = rows.collect::<Result<_, _>>()?;
    Ok(rows.into_iter().filter_map(|(stage, tickets)| Some((*Stage::ALL.get(stage)?, tickets))).collect())
}
