//! What screens show: one call a screen, flat rows, nothing waits for a network.

use redvest_client::queries::{Cursor, Health, Mine};
use redvest_client::store::{KeyDigest, SessionRow, Work};
use redvest_client::view::{
    CatalogueView, Draft, GridRow, HolderRow, Home, NewsRow, Notices, PlaceView, Queue, TicketDetail, TicketPage,
    TicketRow,
};
use redvest_domain::id::{CategoryCode, EventId, GridCode, TicketId};
use redvest_domain::place::{Fix, Position};
use redvest_domain::reference::Reasons;

use crate::mirrors::ImportedPhoto;
use crate::{Device, RedVestError};

/// Metres from one position to another, as a fix moves: what a screen says beside a photo that shows where to stand.
#[uniffi::export]
pub fn distance_m(one: Position, other: Position) -> u32 {
    // Half the Earth's circumference in metres fits.
    redvest_domain::geo::distance_m(one, other).round() as u32
}

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

    /// Categories to choose from, all or those that a text of two characters or pinyin initials finds.
    pub fn catalogue(&self, text: Option<String>) -> Result<CatalogueView, RedVestError> {
        self.ask(|client| client.catalogue(text.as_deref()))
    }

    /// What is known of a place while somebody reports there: its grid, the borders around it, whether the fix is exact
    /// enough for the category, and what is open near by.
    pub fn place(
        &self,
        pin: Option<Position>,
        fix: Option<Fix>,
        category: Option<CategoryCode>,
        radius_m: u32,
    ) -> Result<PlaceView, RedVestError> {
        self.ask(|client| client.place(pin, fix, category, radius_m))
    }

    /// Grids right below one, or the roots; with a text, those that it finds.
    pub fn grids(&self, parent: Option<GridCode>, text: Option<String>) -> Result<Vec<GridRow>, RedVestError> {
        self.ask(|client| Ok(client.grids(parent.as_ref(), text.as_deref())))
    }

    /// Grids that this member used last, at most 8.
    pub fn recent_grids(&self) -> Result<Vec<GridRow>, RedVestError> {
        self.ask(|client| client.recent_grids())
    }

    /// Whom a dispatcher may choose for a ticket.
    pub fn holders(&self, ticket: TicketId) -> Result<Vec<HolderRow>, RedVestError> {
        self.ask(|client| client.holders(ticket))
    }

    /// The reasons to choose from, by what is done.
    pub fn reasons(&self) -> Result<Reasons, RedVestError> {
        self.ask(|client| Ok(client.reasons()))
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

    /// What the phone should tell its user and has not told yet.
    pub fn notices(&self) -> Result<Notices, RedVestError> {
        self.ask(|client| client.notices())
    }

    /// Marks notices as told, by their keys.
    pub fn notices_told(&self, keys: Vec<String>) -> Result<(), RedVestError> {
        self.ask(|client| client.notices_told(&keys))
    }

    /// Marks as told whatever there is to tell now, as after the first sync of a new phone.
    pub fn all_notices_told(&self) -> Result<(), RedVestError> {
        self.ask(|client| client.all_notices_told())
    }

    /// What waits to be sent, and what failed.
    pub fn queue(&self) -> Result<Queue, RedVestError> {
        self.ask(|client| client.queue())
    }

    /// The last 20 syncs, the newest first.
    pub fn sessions(&self) -> Result<Vec<SessionRow>, RedVestError> {
        self.ask(|client| client.sessions())
    }

    /// Reads everything and says what is wrong; takes as long as reading every file does.
    pub fn doctor(&self) -> Result<Health, RedVestError> {
        self.ask(|client| client.doctor())
    }

    /// A report for whoever looks after the program, as JSON, without personal data.
    pub fn diagnostic(&self) -> Result<String, RedVestError> {
        self.ask(|client| client.diagnostic())
    }

    /// The digest of each key with the number of its tickets, to be compared with the hub's.
    pub fn digest(&self) -> Result<Vec<KeyDigest>, RedVestError> {
        self.ask(|client| client.digest())
    }
}
