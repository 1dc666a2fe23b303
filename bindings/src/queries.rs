//! What screens show: one call a screen, flat rows, nothing waits for a network.

use redvest_client::queries::{Cursor, Health, Mine};
use redvest_client::store::{KeyDigest, SessionRow, Work};
use redvest_client::view::{Draft, Home, NewsRow, TicketDetail, TicketPage, TicketRow};
use redvest_domain::id::{EventId, TicketId};
use redvest_domain::place::Position;

use crate::mirrors::ImportedPhoto;
use crate::{Device, RedVestError};

/// Pages have 50 rows; the next begins at the page's `next`. Before the enrolment all but `home`, the catalogue, grids,
/// photos and drafts give `not_enrolled`.
#[uniffi::export]
impl Device {
    /// The first screen.
    pub fn home(&self) -> Result<Home, RedVestError> {
        self.ask(|client| client.home())
    }

    /// Tickets with which this member has the next move, by what expires next; `work` picks one kind.
    pub fn work_list(&self, work: Option<Work>, after: Option<Cursor>) -> Result<TicketPage, RedVestError> {
        self.ask(|client| client.work_list(work, after))
    }

    /// Tickets of this member, the last moved first.
    pub fn mine(&self, which: Mine, after: Option<Cursor>) -> Result<TicketPage, RedVestError> {
        self.ask(|client| client.mine(which, after))
    }

    /// Tickets that a text finds: Chinese words, numbers, pinyin initials of categories, names of grids and agencies.
    pub fn search(&self, text: String, after: Option<Cursor>) -> Result<TicketPage, RedVestError> {
        self.ask(|client| client.search(&text, after))
    }

    /// Open tickets within so many metres, at most 5,000, the nearest first, at most 200.
    pub fn nearby(&self, position: Position, radius_m: u32) -> Result<Vec<TicketRow>, RedVestError> {
        self.ask(|client| client.nearby(position, radius_m))
    }

    /// A ticket's own screen: where it stands, its clocks, what happened, its photos, and what this member could do to it.
    pub fn ticket(&self, ticket: TicketId) -> Result<TicketDetail, RedVestError> {
        self.ask(|client| client.ticket(ticket))
    }

    /// Own events that the hub refused, the newest first; they stay until they are dismissed.
    pub fn refused(&self) -> Result<Vec<NewsRow>, RedVestError> {
        self.ask(|client| client.refused())
    }

    /// Own events that came too late, with what came first; they stay until they are dismissed.
    pub fn too_late(&self) -> Result<Vec<NewsRow>, RedVestError> {
        self.ask(|client| client.too_late())
    }

    /// Imported photos that are on no ticket yet, the oldest first.
    pub fn unbound_photos(&self) -> Result<Vec<ImportedPhoto>, RedVestError> {
        let photos = self.ask(|client| client.unbound_photos())?;
        Ok(photos.into_iter().map(Into::into).collect())
    }

    /// An empty draft of a report; with its `ticket` set it is one of that ticket's rectification. Kept once it is saved.
    pub fn new_draft(&self) -> Result<Draft, RedVestError> {
        self.ask(|client| Ok(client.new_draft()))
    }

    /// Keeps a draft durably, in place of the one with its id.
    pub fn save_draft(&self, draft: Draft) -> Result<(), RedVestError> {
        self.ask(|client| client.save_draft(&draft))
    }

    /// Drafts that were neither reported nor discarded, the last changed first.
    pub fn drafts(&self) -> Result<Vec<Draft>, RedVestError> {
        self.ask(|client| client.drafts())
    }

    /// Throws a draft away; its photos stay as unbound ones.
    pub fn discard_draft(&self, draft: EventId) -> Result<(), RedVestError> {
        self.ask(|client| client.discard_draft(draft))
    }

    /// The last 20 syncs, the newest first.
    pub fn sessions(&self) -> Result<Vec<SessionRow>, RedVestError> {
        self.ask(|client| client.sessions())
    }

    /// Reads everything and says what is wrong; takes as long as reading every file does.
    pub fn doctor(&self) -> Result<Health, RedVestError> {
        self.ask(|client| client.doctor())
    }

    /// The digest of each key with the number of its tickets, to be compared with the hub's.
    pub fn digest(&self) -> Result<Vec<KeyDigest>, RedVestError> {
        self.ask(|client| client.digest())
    }
}
