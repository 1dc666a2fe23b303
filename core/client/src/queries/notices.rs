//! Notices: what the phone tells its user of its own accord, each thing once. Everything begins from the member's own
//! lists and the outbox, so what a phone holds of others' work costs nothing.

use redvest_domain::event::Body;
use redvest_domain::id::{CategoryCode, TicketId};
use redvest_domain::ticket::Stage;
use redvest_domain::time::Timestamp;

use super::about::Lang;
use super::news;
use super::rows::Screen;
use crate::store::lists::{WORKED, Work, of_member};
use crate::store::outbox::{Own, owns};
use crate::store::shown::card;
use crate::store::told::{self, Mark, OWN_UNTOLD};
use crate::store::{Card, members, meta};
use crate::view::{NewsRow, Notice, NoticeKind, Notices};
use crate::{Client, Error};

/// Most notices that one call gives.
const MOST: usize = 100;
/// Most tickets of one list that are looked through for one kind of notice; what is told makes place for the rest.
const LOOKED_THROUGH: i64 = 1_000;
/// No end of looking.
const ALL: i64 = -1;
/// Tickets this member worked on that are looked through for work that came back.
const WORKED_LAST: i64 = 100;

/// One thing to tell, before it is put into words.
struct Found {
    mark: Mark,
    at: Timestamp,
    own: Option<Own>,
}

impl Client {
    /// What this member should be told now and was not told yet, the newest first, at most 100. Giving it marks nothing:
    /// an app that is killed before [`Client::notices_told`] tells it again. Of a list with more than 1,000 tickets of a
    /// kind to tell of, those looked at are the ones due first, or overdue last, until they were told.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`], those of the database.
    pub fn notices(&self) -> Result<Notices, Error> {
        let (store, reference) = (self.store(), self.store().reference());
        store.draw();
        store.db.read(|connection| {
            let mut screen = Screen::new(store, connection, &reference)?;
            let mut found = find(&screen, LOOKED_THROUGH)?;
            found.sort_by_key(|one| (std::cmp::Reverse(one.at), one.mark));
            found.dedup_by_key(|one| one.mark);
            // Far fewer than 2^32 tickets fit a phone.
            let more = found.len().saturating_sub(MOST) as u32;
            found.truncate(MOST);
            let notices = found.iter().map(|one| notice(&mut screen, one)).collect::<Result<_, _>>()?;
            Ok(Notices { notices, more })
        })
    }

    /// Says that these notices, by their keys, were told: durable, and each is given no more while what it says holds. A
    /// text that is no key is passed over.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`], those of the database.
    pub fn notices_told(&self, keys: &[String]) -> Result<(), Error> {
        self.store().draw();
        self.store().db.write(|tx| {
            let record = members::own(tx, meta::identity(tx)?.member)?;
            keys.iter().filter_map(|key| Mark::of_key(key)).try_for_each(|mark| mark.tell(tx))?;
            told::forget_past(tx, &of_member(&record))
        })
    }

    /// Says that everything was told that [`Client::notices`] would give or count now, as after the first sync of a new
    /// phone, whose user wants no thousand notices.
    ///
    /// # Errors
    /// [`Error::NotEnrolled`], those of the database.
    pub fn all_notices_told(&self) -> Result<(), Error> {
        let (store, reference) = (self.store(), self.store().reference());
        store.draw();
        store
            .db
            .write(|tx| find(&Screen::new(store, tx, &reference)?, ALL)?.iter().try_for_each(|one| one.mark.tell(tx)))
    }
}

/// What was not told, of at most so many tickets for each list and kind.
fn find(screen: &Screen<'_>, most: i64) -> Result<Vec<Found>, Error> {
    let connection = screen.connection;
    let mut found = Vec::new();
    // How many were added.
    let mut add = |mark: Mark, at: Timestamp| -> Result<i64, Error> {
        let is_told = mark.is_told(connection)?;
        if !is_told {
            found.push(Found { mark, at, own: None });
        }
        Ok(i64::from(!is_told))
    };
    for (work, list) in of_member(&members::own(connection, screen.me)?) {
        let mut new = 0;
        told::new_on(connection, work, &list, |ticket| {
            let Some(card) = card(connection, ticket)? else { return Ok(false) };
            if work == Work::Rectify && came_back(&card) {
                new += add(Mark::of_ticket(NoticeKind::SentBack, ticket, card.round.into()), card.moved)?;
            } else if !is_own_report(screen, &card, work) {
                new += add(Mark::of_ticket(NoticeKind::NewForMe, ticket, work as i64), card.moved)?;
            }
            Ok(new == most)
        })?;
        if work != Work::Rectify {
            continue;
        }
        for (ticket, due) in told::overdue_on(connection, &list, screen.now, most)? {
            add(Mark::of_ticket(NoticeKind::Overdue, ticket, due), Timestamp(due))?;
        }
        for (ticket, due) in told::coming_on(connection, &list, screen.now, most)? {
            let soon = card(connection, ticket)?.and_then(|card| card.due_soon);
            if let Some(soon) = soon.filter(|soon| screen.now >= *soon) {
                add(Mark::of_ticket(NoticeKind::DueSoon, ticket, due), soon)?;
            }
        }
    }
    for ticket in told::last_on(connection, WORKED, WORKED_LAST)? {
        let Some(card) = card(connection, ticket)? else { continue };
        if card.round > 1 && card.stage.is_before_work() && !card.former && rectified_by_me(screen, ticket)? {
            add(Mark::of_ticket(NoticeKind::SentBack, ticket, card.round.into()), card.moved)?;
        }
    }
    for (kind, status) in [(NoticeKind::Refused, 3_i64), (NoticeKind::TooLate, 2)] {
        for own in owns(connection, OWN_UNTOLD, &[&status, &(kind as i64)])? {
            let mark = Mark { kind, subject: *own.id.as_bytes(), mark: 0 };
            found.push(Found { mark, at: own.at, own: Some(own) });
        }
    }
    Ok(found)
}

/// Work that its holder has again: in a later round, without being dispatched anew.
fn came_back(card: &Card) -> bool {
    card.round > 1 && card.stage == Stage::Accepted
}

/// Nobody has to be told of a ticket that they just reported themselves.
fn is_own_report(screen: &Screen<'_>, card: &Card, work: Work) -> bool {
    let is_fresh = card.round == 1 && card.returned == 0;
    card.reporter == screen.me && is_fresh && matches!(work, Work::Rectify | Work::Dispatch)
}

fn rectified_by_me(screen: &Screen<'_>, ticket: TicketId) -> Result<bool, Error> {
    let mut query =
        screen.connection.prepare_cached("SELECT 1 FROM event WHERE ticket = ?1 AND member = ?2 AND kind = 2")?;
    Ok(query.exists((ticket.as_bytes(), screen.me.as_bytes()))?)
}

fn notice(screen: &mut Screen<'_>, found: &Found) -> Result<Notice, Error> {
    let Mark { kind, subject, mark } = found.mark;
    let news = found.own.as_ref().map(|own| news::row(screen, own)).transpose()?;
    let ticket = match &found.own {
        Some(own) => own.ticket,
        None => Some(TicketId::from_bytes(subject)),
    };
    let known = match ticket {
        Some(ticket) => card(screen.connection, ticket)?,
        None => None,
    };
    let category = known.as_ref().map(|card| card.category.clone()).or_else(|| reported(found.own.as_ref()?));
    let row = known.map(|card| screen.row(card)).transpose()?;
    let number = row.as_ref().map(|row| row.number.clone()).or_else(|| news.as_ref()?.number.clone());
    let sentence = |lang: Lang| {
        let category = category.as_ref().map(|code| match screen.reference.category(code) {
            Some(known) => lang.pick(&known.name, &known.name_en).clone(),
            None => code.to_string(),
        });
        let what = [number.clone(), category].into_iter().flatten().collect::<Vec<_>>().join(" ");
        words(kind, mark, &what, news.as_ref(), lang)
    };
    Ok(Notice {
        key: found.mark.key(),
        kind,
        ticket,
        event: found.own.as_ref().map(|own| own.id),
        zh: sentence(Lang::Zh),
        en: sentence(Lang::En),
        row,
        at: found.at,
    })
}

/// The category of a report that no list shows.
fn reported(own: &Own) -> Option<CategoryCode> {
    match &own.payload.body {
        Body::Reported(fields) => Some(fields.category.clone()),
        _ => None,
    }
}

fn words(kind: NoticeKind, mark: i64, what: &str, news: Option<&NewsRow>, lang: Lang) -> String {
    let (act, why) = match news {
        Some(news) => (lang.pick(&*news.kind_zh, &*news.kind_en), lang.pick(&*news.zh, &*news.en)),
        None => ("", ""),
    };
    match (kind, lang) {
        (NoticeKind::NewForMe, Lang::Zh) => format!("{what}{}。", waits(mark, lang)),
        (NoticeKind::NewForMe, Lang::En) => format!("{what} {}.", waits(mark, lang)),
        (NoticeKind::DueSoon, Lang::Zh) => format!("{what}即将到期。"),
        (NoticeKind::DueSoon, Lang::En) => format!("{what} is due soon."),
        (NoticeKind::Overdue, Lang::Zh) => format!("{what}已超期。"),
        (NoticeKind::Overdue, Lang::En) => format!("{what} is overdue."),
        (NoticeKind::SentBack, Lang::Zh) => format!("{what}被返工，请重新处置。"),
        (NoticeKind::SentBack, Lang::En) => format!("{what} came back and has to be put right again."),
        (NoticeKind::Refused, Lang::Zh) => format!("{what}的{act}被中心拒收：{why}"),
        (NoticeKind::Refused, Lang::En) => format!("{act} on {what} was refused by the hub: {why}"),
        (NoticeKind::TooLate, Lang::Zh) => format!("{what}的{act}来迟了：{why}"),
        (NoticeKind::TooLate, Lang::En) => format!("{act} on {what} came too late: {why}"),
    }
}

/// What a new ticket waits for, by the number of the work.
fn waits(work: i64, lang: Lang) -> &'static str {
    match Work::ALL.into_iter().find(|known| *known as i64 == work) {
        Some(Work::Assist) => lang.pick("待您协办", "waits for your part"),
        Some(Work::Dispatch) => lang.pick("待您派遣", "waits for you to dispatch it"),
        Some(Work::Review) => lang.pick("待您核查", "waits for your review"),
        Some(Work::Answer) => lang.pick("有申请待您答复", "has a request that waits for your answer"),
        Some(Work::Rectify) | None => lang.pick("待您处置", "waits for you to put it right"),
    }
}
