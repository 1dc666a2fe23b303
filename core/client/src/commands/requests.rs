//! What a caller says of an action: plain data, photos by the hash of their imported originals.

use redvest_domain::event::{Outcome, Source};
use redvest_domain::id::{CategoryCode, EventId, GridCode, Hash, ReasonCode, TicketId};
use redvest_domain::place::{Fix, Position};
use redvest_domain::terms::Holder;

/// 上报
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What kind of violation.
    pub category: CategoryCode,
    /// Where it is; without it `grid` has to be picked.
    pub pin: Option<Position>,
    /// The reporter's own measured position.
    pub fix: Option<Fix>,
    /// The grid, if picked by hand.
    pub grid: Option<GridCode>,
    /// Photos that show it.
    pub photos: Vec<Hash>,
    /// How it came to be.
    pub source: Source,
    /// 反弹: the earlier ticket that this one repeats.
    pub recurs: Option<TicketId>,
    /// Why the accuracy gate is passed without meeting it.
    pub gate_reason: Option<ReasonCode>,
    /// Words for the place.
    pub place: Option<String>,
    /// 立行立改: it was put right at once.
    pub on_the_spot: Option<OnTheSpot>,
    /// The draft that this came from: it goes in the same transaction, and stays if the report is refused.
    pub draft: Option<EventId>,
}

impl Report {
    /// A report on patrol with a category and nothing else yet.
    pub fn new(category: CategoryCode) -> Report {
        Report {
            category,
            pin: None,
            fix: None,
            grid: None,
            photos: Vec::new(),
            source: Source::Patrol,
            recurs: None,
            gate_reason: None,
            place: None,
            on_the_spot: None,
            draft: None,
        }
    }
}

/// What was done about a violation right when it was reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnTheSpot {
    /// Put right, or somebody was persuaded.
    pub outcome: Outcome,
    /// Photos that show it put right.
    pub photos: Vec<Hash>,
    /// Words.
    pub words: Option<String>,
}

/// 处置
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rectify {
    /// What it came to.
    pub outcome: Outcome,
    /// Photos that show it put right.
    pub photos: Vec<Hash>,
    /// Where the author stood.
    pub fix: Option<Fix>,
    /// Why the accuracy gate is passed without meeting it.
    pub gate_reason: Option<ReasonCode>,
    /// The draft that this came from: it goes in the same transaction, and stays if this is refused.
    pub draft: Option<EventId>,
}

/// 派遣、移交
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispatch {
    /// Who leads.
    pub lead: Holder,
    /// Who cooperates.
    pub cooperating: Vec<Holder>,
    /// Why.
    pub reason: Option<ReasonCode>,
}

/// 协办
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contribute {
    /// Whether the part is done.
    pub done: bool,
    /// Photos of it.
    pub photos: Vec<Hash>,
}

/// 补充
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The photos.
    pub photos: Vec<Hash>,
}

/// 核查通过
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judge {
    /// The rectification that was looked at; `None` is the one that this phone shows.
    pub rectification: Option<EventId>,
    /// Photos of a visit.
    pub photos: Vec<Hash>,
    /// Where the reviewer stood, if on site.
    pub fix: Option<Fix>,
}

/// 返工
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SendBack {
    /// What was judged, and how.
    pub judge: Judge,
    /// Why, at least one.
    pub reasons: Vec<ReasonCode>,
}

/// 改址
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Relocate {
    /// The new pin.
    pub pin: Option<Position>,
    /// The new grid, if picked by hand.
    pub grid: Option<GridCode>,
    /// New words for the place.
    pub place: Option<String>,
}
