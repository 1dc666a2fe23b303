//! A ticket's own screen: where it stands, what happened, its photos and its clocks.

use redvest_domain::envelope::Envelope;
use redvest_domain::event::{Body, Payload, Private};
use redvest_domain::geo::distance_m;
use redvest_domain::id::{EventId, TicketId};
use redvest_domain::place::Fix;
use redvest_domain::stamp::Stamp;
use redvest_domain::ticket::Ticket;

use super::about::{Lang, about};
use super::rows::{Screen, code, kind_en, metres};
use crate::commands::acts;
use crate::store::outbox::{self, Status};
use crate::store::replica;
use crate::store::shown::{card, view};
use crate::view::{ClockRow, HistoryRow, PhotoRow, TicketDetail};
use crate::{Client, Error};

/// One event, from the replica or the outbox.
struct Told {
    id: EventId,
    payload: Payload,
    stamp: Stamp,
    private: Option<Private>,
    erased: bool,
    pending: Option<Status>,
}

impl Client {
    /// Everything that is known of a ticket.
    ///
    /// # Errors
    /// [`Error::UnknownTicket`], [`Error::NotEnrolled`], those of the database.
    pub fn ticket(&self, ticket: TicketId) -> Result<TicketDetail, Error> {
        let (store, reference) = (self.store(), self.store().reference());
        store.draw();
        store.db.read(|connection| {
            let mut screen = Screen::new(store, connection, &reference)?;
            let card = card(connection, ticket)?.ok_or(Error::UnknownTicket)?;
            let view = view(connection, ticket)?;
            let state = view.as_ref().map(|view| &view.ticket);
            let told = told(&screen, ticket)?;
            let mut photos = Vec::new();
            let mut history = Vec::with_capacity(told.len());
            let mut round = 1;
            for event in &told {
                let bound: Vec<PhotoRow> = screen.photos(event.id, event.payload.body.photos(), state, round)?;
                photos.extend(bound);
                let row = row(&mut screen, event, state)?;
                round += u16::from(begins_round(event) && row.late.is_none());
                history.push(row);
            }
            let terms = state.map(|state| &state.terms);
            let category = reference.category(&card.category);
            Ok(TicketDetail {
                cooperating_zh: state.map_or_else(Vec::new, |state| {
                    state.cooperating.iter().map(|holder| screen.holder_zh(holder)).collect()
                }),
                rectification: state.and_then(|state| state.rectification.as_ref()).map(|done| done.act.event),
                ask: state.and_then(|state| state.ask.as_ref()).map(|ask| ask.act.event),
                wish: state.and_then(|state| state.ask.as_ref()).map(|ask| ask.wish),
                recurs: state.and_then(|state| state.recurs),
                clocks: state.map_or_else(Vec::new, |state| clocks(&screen, state)),
                marks: state.map_or_else(Vec::new, marks),
                acts: match state {
                    Some(state) => acts(store, connection, &reference, state)?,
                    None => Vec::new(),
                },
                photos_before: terms.map_or(0, |terms| terms.photos.before.into()),
                photos_after: terms.map_or(0, |terms| terms.photos.after.into()),
                accuracy_gate_m: terms.and_then(|terms| terms.accuracy_gate_cm).map(metres),
                rectify_limit: terms.and_then(|terms| terms.limits.rectify),
                hand_on: terms.is_some_and(|terms| terms.hand_on),
                usual_outcome: category.map(|category| category.outcome),
                row: screen.row(card)?,
                history,
                photos,
            })
        })
    }
}

/// The replica's events in the hub's order, then own ones that no page brought.
fn told(screen: &Screen<'_>, ticket: TicketId) -> Result<Vec<Told>, Error> {
    let mut all = Vec::new();
    for stamped in replica::events(screen.connection, ticket)? {
        let envelope = Envelope::from_bytes(&stamped.envelope).map_err(Error::Stored)?;
        all.push(Told {
            id: envelope.id,
            payload: Payload::from_bytes(&stamped.payload).map_err(Error::Stored)?,
            stamp: Stamp::from_bytes(&stamped.stamp).map_err(Error::Stored)?,
            erased: stamped.private.is_none() && envelope.private.is_some(),
            // A private part of a later version is kept and not shown.
            private: stamped.private.and_then(|private| Private::from_bytes(&private).ok()),
            pending: None,
        });
    }
    for own in outbox::of_ticket(screen.connection, ticket)? {
        if own.status == Status::Dismissed || own.arrived && all.iter().any(|told| told.id == own.id) {
            continue;
        }
        let (id, payload, stamp, private) = (own.id, own.payload, own.stamp, own.private);
        all.push(Told { id, payload, stamp, private, erased: false, pending: Some(own.status) });
    }
    Ok(all)
}

/// Whether this event, if it came in time, began another round of work.
fn begins_round(told: &Told) -> bool {
    let begins = matches!(told.payload.body, Body::SentBack(_) | Body::Reopened(_));
    begins && told.pending != Some(Status::Refused)
}

fn row(screen: &mut Screen<'_>, told: &Told, state: Option<&Ticket>) -> Result<HistoryRow, Error> {
    let anomaly = state.and_then(|state| state.anomalies.iter().find(|anomaly| anomaly.act.event == told.id));
    let late = match anomaly {
        Some(anomaly) => Some(screen.late(anomaly)?),
        None => None,
    };
    let body = &told.payload.body;
    let private = told.private.as_ref();
    let limit = state.and_then(|state| state.terms.limits.rectify);
    let stood = fix(body).map(|fix| fix.position).zip(state.and_then(|state| state.pin));
    Ok(HistoryRow {
        event: told.id,
        kind: body.code().to_owned(),
        kind_zh: body.zh().to_owned(),
        kind_en: kind_en(body.number()),
        author: screen.name(told.stamp.member)?,
        mine: told.stamp.member == screen.me,
        received: told.stamp.received,
        happened: told.stamp.corrected,
        unsure: told.stamp.unsure,
        about_zh: about(screen, body, limit, Lang::Zh),
        about_en: about(screen, body, limit, Lang::En),
        words: private.and_then(|private| private.words.clone()),
        place: private.and_then(|private| private.place.clone()),
        // Half the Earth's circumference in metres fits.
        distance_m: stood.map(|(stood, pin)| distance_m(stood, pin).round() as u32),
        erased: told.erased,
        // At most 20.
        photos: body.photos().len() as u32,
        pending: told.pending,
        late,
    })
}

/// Where an event's author stood.
fn fix(body: &Body) -> Option<&Fix> {
    match body {
        Body::Reported(fields) => fields.fix.as_ref(),
        Body::Rectified(fields) => fields.fix.as_ref(),
        Body::Passed(fields) => fields.fix.as_ref(),
        Body::SentBack(fields) => fields.fix.as_ref(),
        _ => None,
    }
}

fn clocks(screen: &Screen<'_>, ticket: &Ticket) -> Vec<ClockRow> {
    let Some(calendar) = screen.reference.clock(&ticket.terms.calendar) else { return Vec::new() };
    let rows = ticket.clocks.started().map(|(clock, run)| ClockRow {
        clock,
        due: ticket.due(clock, calendar).and_then(|due| due.at()),
        remaining_ms: ticket.remaining_ms(clock, screen.now, calendar),
        running: ticket.stage.is_open() && run.is_running() && !ticket.is_suspended(screen.now),
        in_time: ticket.was_in_time(clock, calendar),
    });
    rows.collect()
}

fn marks(ticket: &Ticket) -> Vec<String> {
    let mut marks: Vec<String> = ticket.marks.iter().map(|(mark, _)| code(mark)).collect();
    marks.sort();
    marks.dedup();
    marks
}
