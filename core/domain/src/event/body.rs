//! The kinds of events with their own fields. Numbers are for ever: a kind is never renumbered or reused.

use minicbor::decode::{self, Decoder};
use minicbor::encode::{self, Encoder, Write};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::{MAX_COOPERATING, MAX_PHOTOS, Photo};
use crate::cbor::Fault;
use crate::id::{CategoryCode, EventId, GridCode, Hash, ReasonCode, TicketId};
use crate::key::MemberRecord;
use crate::place::{Fix, Position};
use crate::terms::Holder;
use crate::time::Timestamp;

macro_rules! bodies {
    ($($(#[$doc:meta])* $number:literal $code:literal $name:ident $zh:literal;)*) => {
        /// A kind of event with its fields.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Body {
            $($(#[$doc])* $name($name),)*
            /// A kind that this code does not know; its bytes are kept, nothing is done with it.
            Unknown(u16),
        }

        impl Body {
            /// The kind's number on the wire.
            pub fn number(&self) -> u16 {
                match self {
                    $(Body::$name(_) => $number,)*
                    Body::Unknown(number) => *number,
                }
            }

            /// The kind's name in JSON, in tables and in logs.
            pub fn code(&self) -> &'static str {
                match self {
                    $(Body::$name(_) => $code,)*
                    Body::Unknown(_) => "unknown",
                }
            }

            /// The kind's Chinese name on screens.
            pub fn zh(&self) -> &'static str {
                match self {
                    $(Body::$name(_) => $zh,)*
                    Body::Unknown(_) => "未知",
                }
            }

            pub(super) fn encode_fields<C, W: Write>(
                &self,
                e: &mut Encoder<W>,
                ctx: &mut C,
            ) -> Result<(), encode::Error<W::Error>> {
                match self {
                    $(Body::$name(fields) => fields.encode(e, ctx),)*
                    // Unknown kinds are never written by this code.
                    Body::Unknown(_) => e.map(0)?.ok(),
                }
            }

            pub(super) fn decode_fields<'b, C>(
                kind: u16,
                d: &mut Decoder<'b>,
                ctx: &mut C,
            ) -> Result<Body, decode::Error> {
                Ok(match kind {
                    $($number => Body::$name($name::decode(d, ctx)?),)*
                    _ => {
                        d.skip()?;
                        Body::Unknown(kind)
                    }
                })
            }
        }

        /// Code and Chinese name of a kind by its number.
        pub fn kind_names(number: u16) -> (&'static str, &'static str) {
            match number {
                $($number => ($code, $zh),)*
                _ => ("unknown", "未知"),
            }
        }
    };
}

bodies! {
    /// 上报: somebody saw a violation.
    1 "reported" Reported "上报";
    /// 处置: it was put right, or there was nothing to put right.
    2 "rectified" Rectified "处置";
    /// 派遣: given to a holder, or handed on by one (移交).
    3 "dispatched" Dispatched "派遣";
    /// 签收: the holder took it.
    4 "accepted" Accepted "签收";
    /// 退回: not the holder's.
    5 "returned" Returned "退回";
    /// 协办: what a cooperating holder did.
    6 "contributed" Contributed "协办";
    /// More photos or words.
    7 "evidence_added" EvidenceAdded "补充";
    /// 抽查: whether the hub drew this rectification for review.
    8 "drawn" Drawn "抽查";
    /// 核查通过: the rectification stands.
    9 "passed" Passed "通过";
    /// 返工: the rectification does not stand.
    10 "sent_back" SentBack "返工";
    /// A verdict on one photo.
    11 "photo_reviewed" PhotoReviewed "照片核查";
    /// 作废: there is no ticket here.
    12 "voided" Voided "作废";
    /// 重开: wrongly closed.
    13 "reopened" Reopened "重开";
    /// A holder asks for a suspension or an extension.
    14 "asked" Asked "申请";
    /// 挂账、延期: granted, asked or not.
    15 "granted" Granted "同意";
    /// An asked suspension or extension is refused.
    16 "denied" Denied "不同意";
    /// A suspension ends early.
    17 "resumed" Resumed "恢复";
    /// 催办: reminded.
    18 "reminded" Reminded "催办";
    /// 督办: urged.
    19 "urged" Urged "督办";
    /// 黄牌: a yellow card.
    20 "carded" Carded "黄牌";
    /// Another category.
    21 "recategorised" Recategorised "改类";
    /// Another place.
    22 "relocated" Relocated "改址";
    /// The hub moves a ticket to the successor of a removed grid or agency.
    23 "rehomed" Rehomed "归口";
    /// Words.
    24 "commented" Commented "留言";
    /// Private parts are dropped everywhere.
    25 "erased" Erased "清除";
    /// The office admits refused work.
    26 "admitted" Admitted "补录";
    /// A member's record is set.
    100 "member_set" MemberSet "人员";
    /// A reference document comes into force.
    101 "document_published" DocumentPublished "发布";
    /// The workspace's law version is set.
    102 "law_set" LawSet "规则";
}

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $index:literal $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
        #[cbor(map)]
        pub struct $name {
            $($(#[$field_doc])* #[n($index)] pub $field: $type,)*
        }
    )*};
}

macro_rules! choices {
    ($($(#[$doc:meta])* $name:ident { $($(#[$choice_doc:meta])* $index:literal $choice:ident,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
        #[serde(rename_all = "snake_case")]
        #[cbor(index_only)]
        pub enum $name {
            $($(#[$choice_doc])* #[n($index)] $choice,)*
        }
    )*};
}

choices! {
    /// How a ticket came to be.
    Source {
        /// On a duty shift.
        0 Patrol,
        /// During a spot check.
        1 SpotCheck,
        /// A citizen told somebody.
        2 Citizen,
        /// Handed down from above.
        3 Assigned,
    }
    /// What a rectification came to.
    Outcome {
        /// 已整改: put right.
        0 Rectified,
        /// 劝导: somebody was persuaded; no after photo is needed.
        1 Persuaded,
        /// 未发现: nothing was found.
        2 NothingFound,
    }
    /// What a reviewer says of one photo.
    PhotoVerdict {
        /// Nothing wrong.
        0 Fine,
        /// Not clear enough to judge.
        1 Unclear,
        /// Not the place of the ticket.
        2 OtherPlace,
        /// Used before.
        3 Reused,
        /// Arranged for the camera.
        4 Staged,
        /// Shows what must not be shown.
        5 Private,
    }
    /// What a holder asks for.
    AskKind {
        /// 挂账: the clocks stand until an instant.
        0 Suspension,
        /// 延期: more time to rectify.
        1 Extension,
    }
}

/// Why a ticket is void.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
pub enum VoidReason {
    /// It is no violation.
    #[n(0)]
    NoViolation,
    /// It is the same as an earlier ticket.
    #[n(1)]
    Duplicate(#[n(0)] TicketId),
    /// It was made by mistake.
    #[n(2)]
    Mistake,
}

/// What is granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    /// Every clock stands until this instant.
    #[n(0)]
    Suspension(#[n(0)] Timestamp),
    /// This much more to rectify, on the clock of the rectify limit and in its unit (minutes or days).
    #[n(1)]
    Extension(#[n(0)] u32),
}

choices! {
    /// The clocks of a ticket.
    ClockName {
        /// Waiting for dispatch.
        0 Dispatch,
        /// Dispatched, waiting to be accepted.
        1 Accept,
        /// To be rectified.
        2 Rectify,
        /// Rectified, waiting to be judged.
        3 Review,
    }
    /// The kinds of reference documents.
    DocumentKind {
        /// Categories with their rules.
        0 Catalogue,
        /// Grids and their levels.
        1 Grids,
        /// Agencies and what they lead.
        2 Agencies,
        /// A working calendar.
        3 Calendar,
        /// The workspace's own rules.
        4 Policy,
        /// 包联路段、点位.
        5 Responsibilities,
    }
}

/// Why the hub reminded or carded: the clock that ran out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct RanOut {
    /// Which clock.
    #[n(0)]
    pub clock: ClockName,
    /// The round it ran in.
    #[n(1)]
    pub round: u16,
    /// Against whom it ran.
    #[n(2)]
    pub holder: Option<Holder>,
    /// The instant at which it was due.
    #[n(3)]
    pub due: Timestamp,
    /// The event that last started or moved the clock.
    #[n(4)]
    pub cause: EventId,
}

fields! {
    /// Fields of `reported`.
    Reported {
        /// What kind of violation.
        0 category: CategoryCode,
        /// Where it is; may differ from where the reporter stood. `None` needs `grid`.
        1 pin: Option<Position>,
        /// The reporter's own measured position.
        2 fix: Option<Fix>,
        /// The grid, if picked by hand.
        3 grid: Option<GridCode>,
        /// Photos that show it.
        4 photos: Vec<Photo>,
        /// How it came to be.
        5 source: Source,
        /// 反弹: the earlier ticket that this one repeats.
        6 recurs: Option<TicketId>,
        /// Why the accuracy gate was passed without meeting it.
        7 gate_reason: Option<ReasonCode>,
        /// A short name that the device gave, such as `K7-12`.
        8 local_number: Option<String>,
    }
    /// Fields of `rectified`.
    Rectified {
        /// What it came to.
        0 outcome: Outcome,
        /// Photos that show it put right.
        1 photos: Vec<Photo>,
        /// Where the author stood.
        2 fix: Option<Fix>,
        /// Why the accuracy gate was passed without meeting it.
        3 gate_reason: Option<ReasonCode>,
    }
    /// Fields of `dispatched`.
    Dispatched {
        /// Who leads (主办).
        0 lead: Holder,
        /// Who cooperates (协办).
        1 cooperating: Vec<Holder>,
        /// Why.
        2 reason: Option<ReasonCode>,
    }
    /// Fields of `accepted`.
    Accepted {}
    /// Fields of `returned`.
    Returned {
        /// Why it is not the holder's.
        0 reason: ReasonCode,
    }
    /// Fields of `contributed`.
    Contributed {
        /// Whether the part is done.
        0 done: bool,
        /// Photos of it.
        1 photos: Vec<Photo>,
    }
    /// Fields of `evidence_added`.
    EvidenceAdded {
        /// The photos.
        0 photos: Vec<Photo>,
    }
    /// Fields of `drawn`.
    Drawn {
        /// The rectification that was drawn or not.
        0 rectification: EventId,
        /// Whether a supervisor has to judge it.
        1 chosen: bool,
    }
    /// Fields of `passed`.
    Passed {
        /// The rectification judged.
        0 rectification: EventId,
        /// Photos of a visit.
        1 photos: Vec<Photo>,
        /// Where the reviewer stood, if on site.
        2 fix: Option<Fix>,
    }
    /// Fields of `sent_back`.
    SentBack {
        /// The rectification judged.
        0 rectification: EventId,
        /// Why, at least one.
        1 reasons: Vec<ReasonCode>,
        /// Photos of a visit.
        2 photos: Vec<Photo>,
        /// Where the reviewer stood, if on site.
        3 fix: Option<Fix>,
    }
    /// Fields of `photo_reviewed`.
    PhotoReviewed {
        /// SHA-256 of the original.
        0 photo: Hash,
        /// What is said of it.
        1 verdict: PhotoVerdict,
    }
    /// Fields of `voided`.
    Voided {
        /// Why.
        0 reason: VoidReason,
    }
    /// Fields of `reopened`.
    Reopened {
        /// Why.
        0 reason: ReasonCode,
    }
    /// Fields of `asked`.
    Asked {
        /// What is asked for.
        0 wish: Grant,
        /// Why.
        1 reason: ReasonCode,
    }
    /// Fields of `granted`.
    Granted {
        /// The `asked` event that is answered; `None` when nobody asked.
        0 ask: Option<EventId>,
        /// What is granted; may be less than what was asked.
        1 grant: Grant,
    }
    /// Fields of `denied`.
    Denied {
        /// The `asked` event that is answered.
        0 ask: EventId,
    }
    /// Fields of `resumed`.
    Resumed {}
    /// Fields of `reminded`.
    Reminded {
        /// The clock that ran out, when the hub reminds; `None` from a person.
        0 clock: Option<RanOut>,
    }
    /// Fields of `urged`.
    Urged {
        /// Whom; `None` means the lead holder.
        0 whom: Option<Holder>,
    }
    /// Fields of `carded`.
    Carded {
        /// Whom.
        0 whom: Holder,
        /// The clock that ran out, when the hub cards; `None` from a person.
        1 clock: Option<RanOut>,
    }
    /// Fields of `recategorised`.
    Recategorised {
        /// The new category.
        0 category: CategoryCode,
    }
    /// Fields of `relocated`.
    Relocated {
        /// The new pin.
        0 pin: Option<Position>,
        /// The new grid, if picked by hand.
        1 grid: Option<GridCode>,
    }
    /// Fields of `rehomed`.
    Rehomed {
        /// The grid or agency that is gone.
        0 from: Holder,
        /// Its successor.
        1 to: Holder,
    }
    /// Fields of `commented`; the words are in the private part.
    Commented {}
    /// Fields of `erased`.
    Erased {
        /// Events of this ticket whose private parts go.
        0 events: Vec<EventId>,
    }
    /// Fields of `admitted`.
    Admitted {
        /// The last event of the refused commit.
        0 commit: EventId,
    }
    /// Fields of `member_set`.
    MemberSet {
        /// The whole record, replacing the one before.
        0 record: MemberRecord,
    }
    /// Fields of `document_published`.
    DocumentPublished {
        /// What it is.
        0 kind: DocumentKind,
        /// SHA-256 of its bytes.
        1 hash: Hash,
    }
    /// Fields of `law_set`.
    LawSet {
        /// The version now in force.
        0 version: u16,
    }
}

impl Body {
    /// The photos that the event binds.
    pub fn photos(&self) -> &[Photo] {
        match self {
            Body::Reported(fields) => &fields.photos,
            Body::Rectified(fields) => &fields.photos,
            Body::Contributed(fields) => &fields.photos,
            Body::EvidenceAdded(fields) => &fields.photos,
            Body::Passed(fields) => &fields.photos,
            Body::SentBack(fields) => &fields.photos,
            _ => &[],
        }
    }

    /// Checks what the types cannot: list lengths and ranges.
    pub(super) fn check(&self) -> Result<(), Fault> {
        let ensure = |ok: bool| if ok { Ok(()) } else { Err(Fault::OutOfRange) };
        let on_earth = |position: &Option<Position>| position.is_none_or(Position::is_on_earth);
        let fix_ok = |fix: &Option<Fix>| fix.is_none_or(|fix| fix.position.is_on_earth());
        ensure(self.photos().len() <= MAX_PHOTOS)?;
        ensure(self.photos().iter().all(|photo| on_earth(&photo.position) && photo.marks.len() <= 16))?;
        match self {
            Body::Reported(fields) => {
                let number_ok = fields.local_number.as_ref().is_none_or(|number| number.len() <= 32);
                ensure(on_earth(&fields.pin) && fix_ok(&fields.fix) && number_ok)
            }
            Body::Rectified(fields) => ensure(fix_ok(&fields.fix)),
            Body::Passed(fields) => ensure(fix_ok(&fields.fix)),
            Body::SentBack(fields) => ensure(fix_ok(&fields.fix) && (1..=16).contains(&fields.reasons.len())),
            Body::Dispatched(fields) => ensure(fields.cooperating.len() <= MAX_COOPERATING),
            Body::Relocated(fields) => ensure(on_earth(&fields.pin)),
            Body::Erased(fields) => ensure((1..=1000).contains(&fields.events.len())),
            Body::MemberSet(fields) => ensure(fields.record.roles.len() <= 256 && fields.record.duty.len() <= 256),
            _ => Ok(()),
        }
    }
}
