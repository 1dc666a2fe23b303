//! The kinds of events with their own fields. Numbers are for ever: a kind is never renumbered or reused.

use minicbor::decode::{self, Decoder};
use minicbor::encode::{self, Encoder, Write};
use minicbor::{Decode, Encode};
use serde::Serialize;

use super::Photo;
use super::choices::{DocumentKind, Grant, Outcome, PhotoVerdict, RanOut, Source, VoidReason};
use crate::id::{CategoryCode, EventId, GridCode, Hash, ReasonCode, TicketId};
use crate::key::MemberRecord;
use crate::place::{Fix, Position};
use crate::terms::Holder;

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
