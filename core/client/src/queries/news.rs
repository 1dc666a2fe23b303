//! News of own work: what was refused, and what came too late. Both stay until they are dismissed.

use redvest_domain::codes::{Code, Explained};
use redvest_domain::event::kind_names;
use redvest_domain::id::EventId;
use redvest_domain::wire::Fate;

use super::rows::{Screen, kind_en};
use crate::store::outbox::{Own, owns};
use crate::store::shown::card;
use crate::view::{NewsRow, Winner};
use crate::{Client, Error};

impl Client {
    /// Own events that the hub refused, with their photos, the newest first.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`], those of the database.
    pub fn refused(&self) -> Result<Vec<NewsRow>, Error> {
        self.news("WHERE status = 3 ORDER BY ord DESC")
    }

    /// Own events that came too late, with what came first, the newest first.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`], those of the database.
    pub fn too_late(&self) -> Result<Vec<NewsRow>, Error> {
        self.news("WHERE status = 2 AND seen = 0 ORDER BY ord DESC")
    }

    /// Stops showing the news of an own event. Photos of refused work become unbound again and can go on another
    /// ticket.
    ///
    /// # Errors
    /// [`Error::UnknownEvent`] unless it was refused or came too late.
    pub fn dismiss(&self, event: EventId) -> Result<(), Error> {
        self.store().dismiss(event)
    }

    fn news(&self, which: &str) -> Result<Vec<NewsRow>, Error> {
        let (store, reference) = (self.store(), self.store().reference());
        store.draw();
        store.db.read(|connection| {
            let mut screen = Screen::new(store, connection, &reference)?;
            owns(connection, which, &[])?.iter().map(|own| row(&mut screen, own)).collect()
        })
    }
}

pub(super) fn row(screen: &mut Screen<'_>, own: &Own) -> Result<NewsRow, Error> {
    let known = match own.ticket {
        Some(ticket) => card(screen.connection, ticket)?,
        None => None,
    };
    let (mut winner, mut number) = (None, None);
    let (code, zh, en) = match &own.fate {
        Some(Fate::Refused(refused)) => (refused.code.clone(), refused.zh.clone(), refused.en.clone()),
        Some(Fate::TooLate(late)) => {
            number = late.accepted.short_number.clone();
            winner = Some(Winner {
                kind_zh: kind_names(late.winner_kind).1.to_owned(),
                kind_en: kind_en(late.winner_kind),
                name: screen.name(late.winner)?,
                at: late.winner_at,
            });
            match Code::from_code(&late.code) {
                Some(code) => (late.code.clone(), code.zh(), code.en()),
                None => (late.code.clone(), late.code.clone(), late.code.clone()),
            }
        }
        _ => Default::default(),
    };
    let known_round = known.as_ref().map_or(1, |card| card.round);
    let of_card = known.and_then(|card| card.short_number.or(card.local_number));
    let of_body = match &own.payload.body {
        redvest_domain::event::Body::Reported(fields) => fields.local_number.clone(),
        _ => None,
    };
    Ok(NewsRow {
        event: own.id,
        ticket: own.ticket,
        number: number.or(of_card).or(of_body),
        kind_zh: own.payload.body.zh().to_owned(),
        kind_en: kind_en(own.payload.body.number()),
        at: own.at,
        code,
        zh,
        en,
        winner,
        words: own.private.as_ref().and_then(|private| private.words.clone()),
        photos: screen.photos(own.id, own.payload.body.photos(), None, known_round)?,
    })
}
