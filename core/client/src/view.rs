//! What screens get: flat rows with names, ready to be shown. Codes are stable; texts are for people.

mod act;
mod catalogue;
mod draft;
mod notice;
mod place;
mod queue;

use std::path::PathBuf;

use redvest_domain::event::{Grant, Outcome};
use redvest_domain::id::{CategoryCode, EventId, GridCode, Hash, TicketId};
use redvest_domain::key::Role;
use redvest_domain::place::Position;
use redvest_domain::ticket::{Shows, Stage};
use redvest_domain::time::{Limit, Timestamp};
use serde::Serialize;

pub use act::Act;
pub use catalogue::{CatalogueView, CategoryGroup, CategoryRow};
pub use draft::Draft;
pub use notice::{Notice, NoticeKind, Notices};
pub use place::{Border, GridName, GridRow, HolderRow, PlaceView};
pub use queue::{PostponedRow, Queue};

use crate::queries::Cursor;
use crate::store::lists::Work;
use crate::store::outbox::Status;
use crate::store::{BlobRole, PhotosWaiting};

/// How pressing a clock is, as far as a list says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pressing {
    /// Time enough, or no clock.
    OnTime,
    /// 即将到期
    DueSoon,
    /// 超期
    Overdue,
    /// 有派单无人接: dispatched, and past the limit not accepted.
    NobodyTookIt,
}

/// A ticket in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TicketRow {
    /// The ticket.
    pub ticket: TicketId,
    /// Where it stands.
    pub stage: Stage,
    /// The stage in Chinese.
    pub stage_zh: String,
    /// The stage in English.
    pub stage_en: String,
    /// This member lost it: read-only, with own events alone.
    pub former: bool,
    /// The hub's short number, or the phone's own while there is none.
    pub number: String,
    /// The phone's own number.
    pub local_number: Option<String>,
    /// Code of the category.
    pub category: CategoryCode,
    /// Name of the category.
    pub category_zh: String,
    /// Its name in English; the code of one that is not in the catalogue.
    pub category_en: String,
    /// Name of the reporter, or a pseudonym.
    pub reporter: String,
    /// Whether this member reported it.
    pub mine: bool,
    /// The deepest grid at the pin.
    pub grid: Option<GridCode>,
    /// Its name.
    pub grid_zh: Option<String>,
    /// Key of the lead, such as `agency:cg`.
    pub lead: Option<String>,
    /// Name of the lead.
    pub lead_zh: Option<String>,
    /// Its name in English, where it has one.
    pub lead_en: Option<String>,
    /// Where it is.
    pub pin: Option<Position>,
    /// Metres from the position asked for; only in lists of what is near.
    pub distance_m: Option<u32>,
    /// Words for the place.
    pub place: Option<String>,
    /// The beginning of what the reporter says.
    pub words: Option<String>,
    /// When it was reported.
    pub reported: Timestamp,
    /// When it last moved.
    pub moved: Timestamp,
    /// When the clock that runs out first does.
    pub due: Option<Timestamp>,
    /// How pressing that is now.
    pub pressing: Pressing,
    /// The clocks start when it is sent: nothing of it is at the hub yet.
    pub clock_starts_when_sent: bool,
    /// 挂账: until when every clock stands; `None` if they run now.
    pub suspended_until: Option<Timestamp>,
    /// Where the first photo's thumbnail lies, if it is here.
    pub thumbnail: Option<PathBuf>,
    /// Photos on it.
    pub photos: u32,
    /// The round of work.
    pub round: u16,
    /// 退回
    pub returned: u16,
    /// 推诿: returned three times or more.
    pub passed_around: bool,
    /// 催办
    pub reminded: u16,
    /// 督办
    pub urged: u16,
    /// 黄牌
    pub carded: u16,
    /// Somebody waits for an answer to a request for time.
    pub asks: bool,
    /// Own events that the hub's pages have not brought yet.
    pub pending: u32,
    /// Of these, those that will probably come too late.
    pub probably_late: u32,
    /// It follows a newer law: read-only until the app is updated.
    pub needs_update: bool,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TicketPage {
    /// The rows.
    pub rows: Vec<TicketRow>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Cursor>,
}

/// How many tickets stand on a list in a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// What is to be done; `None` for what this member reported.
    pub work: Option<Work>,
    /// The stage.
    pub stage: Stage,
    /// The stage in Chinese.
    pub stage_zh: String,
    /// The stage in English.
    pub stage_en: String,
    /// How many.
    pub tickets: u64,
}

/// The first screen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Home {
    /// The workspace's name; `None` until enrolled.
    pub workspace: Option<String>,
    /// This member's name, or a pseudonym.
    pub member: Option<String>,
    /// Tickets on this member's lists.
    pub tallies: Vec<Tally>,
    /// Photos that wait to be sent, by role.
    pub photos: Vec<PhotosWaiting>,
    /// Imported photos that are on no ticket yet and in no draft.
    pub unbound_photos: u64,
    /// Events that wait to be sent or answered.
    pub events_waiting: u64,
    /// Refused events, not dismissed.
    pub refused: u64,
    /// Events that came too late, not dismissed.
    pub too_late: u64,
    /// When the last page came, in the hub's time.
    pub last_sync: Option<Timestamp>,
    /// The ticket on this member's lists of work that is due next.
    pub next_due: Option<Timestamp>,
    /// The ticket with that instant.
    pub next: Option<TicketRow>,
    /// The roles that this member holds, each once; a volunteer is everybody.
    pub roles: Vec<Role>,
    /// Whether this device's clock is more than five minutes off the hub's, as far as this boot knows.
    pub clock_doubtful: bool,
    /// Drafts kept.
    pub drafts: u32,
    /// The workspace follows a law that this program does not know: nothing more is written until it is updated.
    pub needs_update: bool,
}

/// A photo on a ticket or an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PhotoRow {
    /// SHA-256 of the original.
    pub original: Hash,
    /// The event that bound it.
    pub event: EventId,
    /// What it shows.
    pub shows: Shows,
    /// The round of work that it was taken in: with [`TicketRow::round`] it tells which are of now.
    pub round: u16,
    /// What a reviewer last said of it.
    pub verdict: Option<String>,
    /// When the camera says it was taken.
    pub taken: Option<Timestamp>,
    /// What is doubtful about it: stable codes.
    pub marks: Vec<String>,
    /// Where the original lies, if it is here.
    pub original_path: Option<PathBuf>,
    /// Where the copy for judging lies, if it is here.
    pub review_path: Option<PathBuf>,
    /// Where the copy for lists lies, if it is here.
    pub thumbnail_path: Option<PathBuf>,
    /// The smallest file that still waits to be sent.
    pub waits: Option<BlobRole>,
}

/// That an event came too late, or probably will.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LateRow {
    /// A stable code.
    pub code: String,
    /// What it means, in Chinese.
    pub zh: String,
    /// What it means, in English.
    pub en: String,
    /// What came first, in Chinese.
    pub winner_kind_zh: String,
    /// What came first, in English.
    pub winner_kind_en: String,
    /// Who did that.
    pub winner: String,
    /// When.
    pub winner_at: Timestamp,
}

/// One event of a ticket's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HistoryRow {
    /// The event.
    pub event: EventId,
    /// Its kind.
    pub kind: String,
    /// Its kind in Chinese.
    pub kind_zh: String,
    /// Its kind in English.
    pub kind_en: String,
    /// Its author, or a pseudonym.
    pub author: String,
    /// Whether this member wrote it.
    pub mine: bool,
    /// When the hub received it; the phone's estimate while it is pending.
    pub received: Timestamp,
    /// When it happened, as far as the hub believes it.
    pub happened: Timestamp,
    /// Whether that had to be taken on trust.
    pub unsure: bool,
    /// What it says beyond its kind, in Chinese.
    pub about_zh: Option<String>,
    /// The same in English.
    pub about_en: Option<String>,
    /// What its author says.
    pub words: Option<String>,
    /// Words for the place.
    pub place: Option<String>,
    /// Metres from where its author stood to the ticket's pin, as far as both are known: the fix of a report, of a
    /// rectification or of a visit.
    pub distance_m: Option<u32>,
    /// Its words were erased.
    pub erased: bool,
    /// Photos that it bound.
    pub photos: u32,
    /// `None` once a page brought it, else what is known of it.
    pub pending: Option<Status>,
    /// It came too late, or probably will.
    pub late: Option<LateRow>,
}

/// One clock of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClockRow {
    /// `dispatch`, `accept`, `rectify` or `review`.
    pub clock: redvest_domain::event::ClockName,
    /// When it is due; `None` while it stands or without a limit.
    pub due: Option<Timestamp>,
    /// What is left on the clock in ms, negative when overdue.
    pub remaining_ms: Option<i64>,
    /// Whether it runs.
    pub running: bool,
    /// For one that was stopped: whether that was in time.
    pub in_time: Option<bool>,
}

/// A ticket's own screen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TicketDetail {
    /// Its row.
    pub row: TicketRow,
    /// Names of who cooperates.
    pub cooperating_zh: Vec<String>,
    /// The rectification to be judged or judged last.
    pub rectification: Option<EventId>,
    /// The request for time that waits for an answer.
    pub ask: Option<EventId>,
    /// What that request wishes for.
    pub wish: Option<Grant>,
    /// The earlier ticket that it repeats.
    pub recurs: Option<TicketId>,
    /// Its clocks.
    pub clocks: Vec<ClockRow>,
    /// What is doubtful or unmet: stable codes.
    pub marks: Vec<String>,
    /// What happened, in the order of the hub, pending events last.
    pub history: Vec<HistoryRow>,
    /// Its photos.
    pub photos: Vec<PhotoRow>,
    /// What this member could do to it now, photos and accuracy apart; none for a ticket that this member lost.
    pub acts: Vec<Act>,
    /// Photos that its report needed.
    pub photos_before: u32,
    /// Photos that its rectification needs.
    pub photos_after: u32,
    /// Worst accuracy of a fix that needs no reason, in metres, rounded up; `None` accepts any.
    pub accuracy_gate_m: Option<u32>,
    /// The limit to put it right, in whose unit an extension is asked for and granted; `None` has nothing to extend.
    pub rectify_limit: Option<Limit>,
    /// Whether a lead holder may hand it on by itself.
    pub hand_on: bool,
    /// How its category usually ends; `None` for one that is not in the catalogue.
    pub usual_outcome: Option<Outcome>,
}

/// An own event that was refused or came too late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewsRow {
    /// The event: what dismissing names.
    pub event: EventId,
    /// Its ticket.
    pub ticket: Option<TicketId>,
    /// The ticket's number, as far as it is known here.
    pub number: Option<String>,
    /// Its kind in Chinese.
    pub kind_zh: String,
    /// Its kind in English.
    pub kind_en: String,
    /// When it was written, by this device's clock.
    pub at: Timestamp,
    /// A stable code.
    pub code: String,
    /// Why and what to do, in Chinese.
    pub zh: String,
    /// Why and what to do, in English.
    pub en: String,
    /// What came first, for one that came too late.
    pub winner: Option<Winner>,
    /// What this member said.
    pub words: Option<String>,
    /// Photos of the event; they stay until it is dismissed.
    pub photos: Vec<PhotoRow>,
}

/// What came before an own event that was too late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Winner {
    /// Its kind in Chinese.
    pub kind_zh: String,
    /// Its kind in English.
    pub kind_en: String,
    /// Who did it.
    pub name: String,
    /// When.
    pub at: Timestamp,
}
