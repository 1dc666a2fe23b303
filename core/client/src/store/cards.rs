//! Cards: what lists need of a ticket, kept ready. Codes and ids only; names are put in when a screen is drawn.

use minicbor::{Decode, Encode};
use redvest_domain::event::ClockName;
use redvest_domain::id::{CategoryCode, GridCode, Hash, MemberId, TicketId};
use redvest_domain::place::Position;
use redvest_domain::terms::Holder;
use redvest_domain::ticket::{Stage, Ticket};
use redvest_domain::time::Timestamp;

use super::reckon::NextDue;

/// A ticket as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Card {
    /// The ticket.
    #[n(0)]
    pub ticket: TicketId,
    /// Where it stands; a former holder sees where it stood last.
    #[n(1)]
    pub stage: Stage,
    /// This member lost it: read-only, with own events alone.
    #[n(2)]
    pub former: bool,
    /// What kind of violation.
    #[n(3)]
    pub category: CategoryCode,
    /// The hub's number.
    #[n(4)]
    pub short_number: Option<String>,
    /// The reporter's own number.
    #[n(5)]
    pub local_number: Option<String>,
    /// Who reported it.
    #[n(6)]
    pub reporter: MemberId,
    /// The deepest grid at the pin.
    #[n(7)]
    pub grid: Option<GridCode>,
    /// Who leads.
    #[n(8)]
    pub lead: Option<Holder>,
    /// Where it is.
    #[n(9)]
    pub pin: Option<Position>,
    /// Words for the place.
    #[n(10)]
    pub place: Option<String>,
    /// The beginning of what the reporter says.
    #[n(11)]
    pub words: Option<String>,
    /// When it was reported.
    #[n(12)]
    pub reported: Timestamp,
    /// When it last moved.
    #[n(13)]
    pub moved: Timestamp,
    /// When the clock that runs out first does.
    #[n(14)]
    pub due: Option<Timestamp>,
    /// From when it is due soon.
    #[n(15)]
    pub due_soon: Option<Timestamp>,
    /// Which clock.
    #[n(16)]
    pub clock: Option<ClockName>,
    /// Until when every clock stands.
    #[n(17)]
    pub suspended_until: Option<Timestamp>,
    /// SHA-256 of the first photo's thumbnail.
    #[n(18)]
    pub thumbnail: Option<Hash>,
    /// Photos on it.
    #[n(19)]
    pub photos: u32,
    /// The round of work.
    #[n(20)]
    pub round: u16,
    /// 退回; three and more are shown as passed around.
    #[n(21)]
    pub returned: u16,
    /// 催办
    #[n(22)]
    pub reminded: u16,
    /// 督办
    #[n(23)]
    pub urged: u16,
    /// 黄牌
    #[n(24)]
    pub carded: u16,
    /// Own events that no page brought yet.
    #[n(25)]
    pub pending: u32,
    /// Pending events that will probably come too late.
    #[n(26)]
    pub probably_late: u32,
    /// Nothing of it is at the hub yet, so its clocks start when it is sent.
    #[n(27)]
    pub unsent: bool,
    /// It follows a newer law: read-only until the app is updated.
    #[n(28)]
    pub needs_update: bool,
    /// Somebody waits for an answer to a request for time.
    #[n(29)]
    pub asks: bool,
}

/// Characters of the report's words that a list shows.
const WORDS: usize = 60;

impl Card {
    /// The card of a ticket's shown state.
    pub(crate) fn of(ticket: &Ticket, next: Option<NextDue>, place: Option<&str>, words: Option<&str>) -> Card {
        let suspended = ticket.suspensions.last().map(|pause| pause.to.unwrap_or(Timestamp::MAX));
        Card {
            ticket: ticket.id,
            stage: ticket.stage,
            former: false,
            category: ticket.category.clone(),
            short_number: ticket.short_number.clone(),
            local_number: ticket.local_number.clone(),
            reporter: ticket.reporter(),
            grid: ticket.pin_path.last().cloned(),
            lead: ticket.lead.clone(),
            pin: ticket.pin,
            place: place.map(shortened),
            words: words.map(shortened),
            reported: ticket.reported.corrected,
            moved: ticket.moved.received,
            due: next.map(|next| next.due),
            due_soon: next.and_then(|next| next.soon),
            clock: next.map(|next| next.clock),
            suspended_until: suspended.filter(|_| ticket.stage.is_before_work()),
            thumbnail: ticket.photos.iter().find_map(|photo| photo.thumbnail),
            // Far fewer than 2^32 photos fit a ticket.
            photos: ticket.photos.len() as u32,
            round: ticket.round,
            returned: ticket.counts.returned,
            reminded: ticket.counts.reminded,
            urged: ticket.counts.urged,
            carded: ticket.counts.carded,
            pending: 0,
            probably_late: 0,
            unsent: false,
            needs_update: ticket.needs_update,
            asks: ticket.ask.is_some(),
        }
    }

    /// What a former holder still sees: numbers and category, not the place, the photos or anybody's words.
    pub(crate) fn former(self) -> Card {
        Card {
            former: true,
            pin: None,
            place: None,
            words: None,
            due: None,
            due_soon: None,
            clock: None,
            suspended_until: None,
            thumbnail: None,
            photos: 0,
            asks: false,
            pending: 0,
            probably_late: 0,
            ..self
        }
    }
}

fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(WORDS).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
