//! One act from request to disk.

use std::collections::BTreeSet;

use redvest_domain::codes::Code;
use redvest_domain::decide::decide;
use redvest_domain::event::{
    Base, Body, DeviceTime, LAW_VERSION, MAX_PHOTOS, Payload, Photo, PhotoMark, Private, Subject,
};
use redvest_domain::fold::{Fact, step};
use redvest_domain::geo::distance_m;
use redvest_domain::id::{Bytes, EventId, GridCode, Hash, TicketId};
use redvest_domain::key::{Acting, MemberRecord};
use redvest_domain::may::{Standing, scope};
use redvest_domain::place::Position;
use redvest_domain::reference::ReferenceSet;
use redvest_domain::stamp::PROVISIONAL;
use redvest_domain::ticket::Ticket;
use rusqlite::Connection;

use super::acting::{candidates, telling};
use super::stamping::{Press, staffed};
use super::{By, Done};
use crate::env::new_id;
use crate::queries::rows::Screen;
use crate::store::shown::{Desk, View, view};
use crate::store::{Draft, Identity, Store, append, drafts, members, meta, photos};
use crate::{Client, Error};

/// A photo taken farther from the pin than this is marked, in metres: more than a position fix is usually wrong by.
const FAR_M: f64 = 500.0;

/// Everything that one act is decided on, within its transaction.
pub(super) struct Ctx<'a> {
    pub(super) store: &'a Store,
    pub(super) tx: &'a Connection,
    pub(super) reference: &'a ReferenceSet,
    pub(super) identity: Identity,
    pub(super) record: MemberRecord,
    time: DeviceTime,
    base: Base,
    law: u16,
}

/// One event to be written: its fields and its private texts.
pub(super) struct Part {
    pub(super) body: Body,
    pub(super) words: Option<String>,
    pub(super) place: Option<String>,
}

impl Part {
    pub(super) fn new(body: Body, words: Option<String>) -> Part {
        Part { body, words, place: None }
    }
}

impl Client {
    /// Writes one act on a ticket that this phone shows.
    pub(super) fn act(
        &self,
        ticket: TicketId,
        by: By,
        body: impl FnOnce(&Ctx<'_>, &View) -> Result<Body, Error>,
    ) -> Result<Done, Error> {
        self.act_at(ticket, by, None, body)
    }

    /// The same, with words for the place.
    pub(super) fn act_at(
        &self,
        ticket: TicketId,
        by: By,
        place: Option<String>,
        body: impl FnOnce(&Ctx<'_>, &View) -> Result<Body, Error>,
    ) -> Result<Done, Error> {
        self.transact(|ctx| {
            let view = view(ctx.tx, ticket)?.ok_or(Error::UnknownTicket)?;
            let part = Part { body: body(ctx, &view)?, words: by.words, place };
            self.write(ctx, ticket, Some(&view.ticket), by.acting.as_ref(), vec![part])
        })
    }

    pub(super) fn transact(&self, work: impl FnOnce(&Ctx<'_>) -> Result<Done, Error>) -> Result<Done, Error> {
        let store = self.store();
        let reference = store.reference();
        store.db.write(|tx| {
            let ctx = Ctx::new(store, tx, &reference)?;
            work(&ctx)
        })
    }

    /// Decides, seals and keeps; what lists show of it is drawn when they are read. `parts` become one commit.
    pub(super) fn write(
        &self,
        ctx: &Ctx<'_>,
        ticket: TicketId,
        state: Option<&Ticket>,
        chosen: Option<&Acting>,
        parts: Vec<Part>,
    ) -> Result<Done, Error> {
        let key = self.signing_key(ctx.identity.device)?;
        let ids: Vec<EventId> = (0..parts.len())
            .map(|place| match (place, state) {
                (0, None) => ticket.reported(),
                _ => EventId(new_id(self.env())),
            })
            .collect();
        let privates: Vec<Option<Private>> = parts.iter().map(|part| self.private(part)).collect();
        let bodies: Vec<Body> = parts.into_iter().map(|part| part.body).collect();
        if bodies.iter().any(|body| body.photos().len() > MAX_PHOTOS) {
            return Err(Code::EventTooLarge.into());
        }
        let press = ctx.press()?;
        // The outbox counts from 1 and never reaches 2^62.
        let first = PROVISIONAL + append::next_ord(ctx.tx)?.unsigned_abs();
        let mut refusal = None;
        for acting in candidates(&ctx.record, chosen) {
            match ctx.decided(&press, first, (ticket, state), &acting, &ids, &bodies) {
                Ok(mut drafts) => {
                    for (draft, private) in drafts.iter_mut().zip(privates) {
                        draft.private = private;
                    }
                    append::append(ctx.tx, &ctx.identity, &key, &drafts)?;
                    ctx.store.put_off();
                    let card = Desk::new(ctx.tx, ctx.reference)?.drawn(ctx.tx, ticket)?.ok_or(Error::UnknownTicket)?;
                    let row = Screen::new(ctx.store, ctx.tx, ctx.reference)?.row(card)?;
                    return Ok(Done { ticket, events: ids, acting, row });
                }
                Err(code) => refusal = Some(refusal.map_or(code, |before| telling(before, code))),
            }
        }
        Err(refusal.unwrap_or(Code::RoleNotHeld).into())
    }

    /// Free text with a salt of its own; nothing where nothing is said.
    fn private(&self, part: &Part) -> Option<Private> {
        let said = |text: &Option<String>| text.as_ref().map(|text| text.trim().to_owned()).filter(|t| !t.is_empty());
        let private = Private { salt: Bytes::default(), words: said(&part.words), place: said(&part.place) };
        (!private.is_empty()).then(|| {
            let mut salt = vec![0; 16];
            self.env().random(&mut salt);
            Private { salt: Bytes(salt), ..private }
        })
    }
}

impl<'a> Ctx<'a> {
    pub(super) fn new(store: &'a Store, tx: &'a Connection, reference: &'a ReferenceSet) -> Result<Ctx<'a>, Error> {
        let identity = meta::identity(tx)?;
        let law = meta::law(tx)?;
        // What it would mean under a law that this program does not know, nobody here can say.
        if law > LAW_VERSION {
            return Err(Code::NewerLaw.into());
        }
        let record = members::own(tx, identity.member)?;
        Ok(Ctx { store, tx, reference, record, time: store.device_time(tx)?, base: meta::base(tx)?, law, identity })
    }

    fn press(&self) -> Result<Press<'_>, Error> {
        Ok(self.press_with(staffed(self.tx, &self.record)?))
    }

    /// Stamps, if these grids are staffed.
    pub(super) fn press_with(&self, staffed: Option<BTreeSet<GridCode>>) -> Press<'_> {
        Press {
            reference: self.reference,
            member: self.identity.member,
            time: self.time,
            epoch: self.base.epoch,
            law: self.law,
            staffed,
        }
    }

    pub(super) fn payload(&self, ticket: TicketId, acting: &Acting, body: &Body) -> Payload {
        Payload {
            subject: Subject::Ticket(ticket),
            acting: acting.clone(),
            base: self.base,
            time: self.time,
            body: body.clone(),
        }
    }

    pub(super) fn standing<'t>(&self, acting: &Acting, ticket: Option<&'t Ticket>) -> Standing<'t> {
        Standing {
            author: self.identity.member,
            held: self.record.holds(acting),
            in_scope: ticket.is_some_and(|ticket| !scope(acting, &self.record).is_disjoint(&ticket.keys())),
            ticket,
        }
    }

    /// The drafts of a commit under a role, or why the law refuses them.
    fn decided(
        &self,
        press: &Press<'_>,
        first: u64,
        (ticket, state): (TicketId, Option<&Ticket>),
        acting: &Acting,
        ids: &[EventId],
        bodies: &[Body],
    ) -> Result<Vec<Draft>, Code> {
        let mut state = state.cloned();
        let mut drafts = Vec::with_capacity(bodies.len());
        for (n, (id, body)) in (first..).zip(ids.iter().zip(bodies)) {
            let stamp = press.stamp(state.as_ref(), body, n, first)?;
            let payload = self.payload(ticket, acting, body);
            let fact = Fact { id: *id, payload: &payload, stamp: &stamp };
            decide(&self.standing(acting, state.as_ref()), &fact)?;
            step(&mut state, &fact);
            drafts.push(Draft { id: *id, payload, private: None, stamp });
        }
        Ok(drafts)
    }

    /// Takes away the draft that an act came from; what is refused after this takes it back.
    pub(super) fn used_up(&self, draft: Option<EventId>) -> Result<(), Error> {
        draft.map_or(Ok(()), |draft| drafts::delete(self.tx, draft))
    }

    /// Imported photos as an event on this ticket binds them, marked where the ticket makes them doubtful.
    pub(super) fn photos(
        &self,
        ticket: TicketId,
        pin: Option<Position>,
        originals: &[Hash],
    ) -> Result<Vec<Photo>, Error> {
        let mut bound = Vec::with_capacity(originals.len());
        for original in originals {
            let imported = photos::get(self.tx, *original)?.ok_or(Error::UnknownPhoto(*original))?;
            let mut photo = imported.facts;
            if let (Some(pin), Some(taken)) = (pin, photo.position)
                && distance_m(pin, taken) > FAR_M
            {
                photo.marks.push(PhotoMark::FarFromPin);
            }
            if photos::is_bound_elsewhere(self.tx, *original, ticket)? {
                photo.marks.push(PhotoMark::Reused);
            }
            bound.push(photo);
        }
        Ok(bound)
    }
}
