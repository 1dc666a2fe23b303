//! From cards to rows: codes become names, instants become how pressing they are.

use redvest_domain::codes::Explained;
use redvest_domain::event::{ClockName, Photo, kind_names};
use redvest_domain::id::{EventId, Hash, MemberId};
use redvest_domain::key::Key;
use redvest_domain::reference::ReferenceSet;
use redvest_domain::terms::Holder;
use redvest_domain::ticket::{Anomaly, Shows, Ticket};
use redvest_domain::time::Timestamp;
use rusqlite::Connection;
use serde::Serialize;
use serde_json::Value;

use super::about::Lang;
use crate::Error;
use crate::store::names::NameBook;
use crate::store::{BlobRole, Card, Store, meta, photos};
use crate::view::{LateRow, PhotoRow, Pressing, TicketRow};

/// What one screen needs to draw rows.
pub(crate) struct Screen<'a> {
    pub(crate) store: &'a Store,
    pub(crate) connection: &'a Connection,
    pub(crate) reference: &'a ReferenceSet,
    pub(crate) me: MemberId,
    /// The device's best idea of the hub's time.
    pub(crate) now: Timestamp,
    names: NameBook,
}

impl<'a> Screen<'a> {
    pub(crate) fn new(
        store: &'a Store,
        connection: &'a Connection,
        reference: &'a ReferenceSet,
    ) -> Result<Screen<'a>, Error> {
        let me = meta::identity(connection)?.member;
        let now = store.device_time(connection)?.estimate();
        Ok(Screen { store, connection, reference, me, now, names: NameBook::default() })
    }

    pub(crate) fn name(&mut self, member: MemberId) -> Result<String, Error> {
        self.names.get(self.connection, member)
    }

    pub(crate) fn holder_zh(&self, holder: &Holder) -> String {
        let name = match holder {
            Holder::Grid(code) => self.reference.grids().get(code).map(|grid| grid.name.clone()),
            Holder::Agency(code) => {
                let agencies = &self.reference.agencies().agencies;
                agencies.iter().find(|agency| agency.code == *code).map(|agency| agency.name.clone())
            }
        };
        name.unwrap_or_else(|| match holder {
            Holder::Grid(code) => code.to_string(),
            Holder::Agency(code) => code.to_string(),
        })
    }

    /// A holder's name in a language, else its Chinese one.
    pub(crate) fn holder(&self, holder: &Holder, lang: Lang) -> String {
        let english = if lang == Lang::En { self.holder_en(holder) } else { None };
        english.unwrap_or_else(|| self.holder_zh(holder))
    }

    /// An agency's name in English, if it has one; grids have none.
    pub(crate) fn holder_en(&self, holder: &Holder) -> Option<String> {
        let Holder::Agency(code) = holder else { return None };
        let agency = self.reference.agencies().agencies.iter().find(|agency| agency.code == *code)?;
        Some(agency.name_en.clone()).filter(|name| !name.is_empty())
    }

    pub(crate) fn row(&mut self, card: Card) -> Result<TicketRow, Error> {
        let local = card.local_number.clone();
        let number = card.short_number.or(card.local_number).unwrap_or_else(|| short_id(card.ticket.reported()));
        let category = self.reference.category(&card.category);
        let thumbnail = match card.thumbnail {
            Some(hash) => photos::held_path(self.connection, self.store.folder(), hash)?,
            None => None,
        };
        let grid = card.grid.as_ref().and_then(|code| self.reference.grids().get(code));
        let suspended_until = card.suspended_until.filter(|until| self.now < *until);
        Ok(TicketRow {
            ticket: card.ticket,
            stage: card.stage,
            stage_zh: card.stage.zh().to_owned(),
            stage_en: card.stage.en().to_owned(),
            former: card.former,
            number,
            local_number: local,
            category_zh: category.map_or_else(|| card.category.to_string(), |category| category.name.clone()),
            category_en: category.map_or_else(|| card.category.to_string(), |category| category.name_en.clone()),
            category: card.category,
            reporter: self.name(card.reporter)?,
            mine: card.reporter == self.me,
            grid_zh: grid.map(|grid| grid.name.clone()),
            grid: card.grid,
            lead_zh: card.lead.as_ref().map(|lead| self.holder_zh(lead)),
            lead_en: card.lead.as_ref().and_then(|lead| self.holder_en(lead)),
            lead: card.lead.as_ref().map(|lead| Key::from(lead).to_string()),
            pin: card.pin,
            distance_m: None,
            place: card.place,
            words: card.words,
            reported: card.reported,
            moved: card.moved,
            pressing: pressing(self.now, card.due, card.due_soon, card.clock),
            due: card.due,
            clock_starts_when_sent: card.unsent,
            suspended_until,
            thumbnail,
            photos: card.photos,
            round: card.round,
            returned: card.returned,
            passed_around: card.returned >= 3,
            reminded: card.reminded,
            urged: card.urged,
            carded: card.carded,
            asks: card.asks,
            pending: card.pending,
            probably_late: card.probably_late,
            needs_update: card.needs_update,
        })
    }

    /// The photos that an event binds, with where their files lie.
    pub(crate) fn photos(
        &self,
        event: EventId,
        bound: &[Photo],
        ticket: Option<&Ticket>,
        round: u16,
    ) -> Result<Vec<PhotoRow>, Error> {
        bound.iter().map(|photo| self.photo(event, photo, ticket, round)).collect()
    }

    fn photo(&self, event: EventId, photo: &Photo, ticket: Option<&Ticket>, round: u16) -> Result<PhotoRow, Error> {
        let path = |hash: Option<Hash>| match hash {
            Some(hash) => photos::held_path(self.connection, self.store.folder(), hash),
            None => Ok(None),
        };
        let of_ticket = ticket.and_then(|ticket| {
            ticket.photos.iter().find(|known| known.event == event && known.original == photo.original.hash)
        });
        let mut waits: Option<BlobRole> = None;
        for (role, blob) in photos::blobs(photo) {
            let mut query = self.connection.prepare_cached("SELECT 1 FROM upload WHERE hash = ?1")?;
            if waits.is_none() && query.exists([blob.hash.0])? {
                waits = Some(role);
            }
        }
        Ok(PhotoRow {
            original: photo.original.hash,
            event,
            shows: of_ticket.map_or(Shows::Evidence, |known| known.shows),
            round,
            verdict: of_ticket.and_then(|known| known.verdict).map(|verdict| code(&verdict)),
            taken: photo.taken,
            marks: photo.marks.iter().map(code).collect(),
            original_path: path(Some(photo.original.hash))?,
            review_path: path(photo.review.map(|blob| blob.hash))?,
            thumbnail_path: path(photo.thumbnail.map(|blob| blob.hash))?,
            waits,
        })
    }

    pub(crate) fn late(&mut self, anomaly: &Anomaly) -> Result<LateRow, Error> {
        let code = anomaly.misfit.code();
        Ok(LateRow {
            code: code.as_str().to_owned(),
            zh: code.zh(),
            en: code.en(),
            winner_kind_zh: kind_names(anomaly.winner.kind).1.to_owned(),
            winner_kind_en: kind_en(anomaly.winner.kind),
            winner: self.name(anomaly.winner.member)?,
            winner_at: anomaly.winner.corrected,
        })
    }
}

/// A kind of event in English: its code in words.
pub(crate) fn kind_en(kind: u16) -> String {
    let mut words = kind_names(kind).0.replace('_', " ");
    words[..1].make_ascii_uppercase();
    words
}

/// Centimetres as metres, rounded up.
pub(crate) fn metres(cm: u32) -> u32 {
    cm.div_ceil(100)
}

fn pressing(now: Timestamp, due: Option<Timestamp>, soon: Option<Timestamp>, clock: Option<ClockName>) -> Pressing {
    match (due, soon) {
        (Some(due), _) if now >= due && clock == Some(ClockName::Accept) => Pressing::NobodyTookIt,
        (Some(due), _) if now >= due => Pressing::Overdue,
        (_, Some(soon)) if now >= soon => Pressing::DueSoon,
        _ => Pressing::OnTime,
    }
}

/// What stands for a number where there is none.
fn short_id(event: EventId) -> String {
    let text = event.0.simple().to_string();
    text[text.len() - 6..].to_owned()
}

/// The stable code of a value, as serde writes it.
pub(crate) fn code(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(text)) => text,
        Ok(Value::Object(fields)) => fields.keys().next().cloned().unwrap_or_default(),
        _ => String::new(),
    }
}
