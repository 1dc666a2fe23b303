//! Events with sensible fields.

use super::{agency_holder, grid};
use crate::event::*;
use crate::id::{EventId, Hash};
use crate::place::{Fix, FixSource, Position};
use crate::terms::Holder;
use crate::time::Timestamp;

/// A spot in grid `g`.
pub const PIN: Position = Position { lat_e7: 320_603_000, lon_e7: 1_187_969_000 };

/// A good fix at [`PIN`].
pub fn fix() -> Fix {
    Fix { position: PIN, accuracy_cm: Some(800), source: FixSource::Fused, age_ms: 900, mock: false }
}

/// A photo with its copies; the same number gives the same photo.
pub fn photo(number: u8) -> Photo {
    let blob = |role: u8, size| Blob { hash: Hash([number, role].repeat(16).try_into().expect("32 bytes")), size };
    Photo {
        original: blob(0, 3_000_000),
        review: Some(blob(1, 300_000)),
        thumbnail: Some(blob(2, 20_000)),
        taken: Some(Timestamp(1_795_391_990_000)),
        position: Some(PIN),
        dhash: Some(0x0123_4567_89ab_cdef),
        marks: Vec::new(),
    }
}

/// Fields of a report with one photo and a good fix.
pub fn report() -> Reported {
    Reported {
        category: "litter".parse().expect("a valid code"),
        pin: Some(PIN),
        fix: Some(fix()),
        grid: None,
        photos: vec![photo(1)],
        source: Source::Patrol,
        recurs: None,
        gate_reason: None,
        local_number: Some("K7-12".to_owned()),
    }
}

/// 处置 with this photo.
pub fn rectified(number: u8) -> Body {
    let photos = vec![photo(100 + number)];
    Body::Rectified(Rectified { outcome: Outcome::Rectified, photos, fix: Some(fix()), gate_reason: None })
}

/// 劝导, without a photo.
pub fn persuaded() -> Body {
    let fields = Rectified { outcome: Outcome::Persuaded, photos: vec![], fix: Some(fix()), gate_reason: None };
    Body::Rectified(fields)
}

/// 派遣 to a lead, with agency `wy` cooperating.
pub fn dispatched(lead: Holder) -> Body {
    Body::Dispatched(Dispatched { lead, cooperating: vec![agency_holder("wy")], reason: None })
}

/// 签收
pub fn accepted() -> Body {
    Body::Accepted(Accepted {})
}

/// 退回
pub fn returned() -> Body {
    Body::Returned(Returned { reason: "not_ours".parse().expect("a valid code") })
}

/// 协办, with this photo.
pub fn contributed(number: u8) -> Body {
    Body::Contributed(Contributed { done: true, photos: vec![photo(number)] })
}

/// More evidence: this photo.
pub fn evidence(number: u8) -> Body {
    Body::EvidenceAdded(EvidenceAdded { photos: vec![photo(number)] })
}

/// 抽查
pub fn drawn(rectification: EventId, chosen: bool) -> Body {
    Body::Drawn(Drawn { rectification, chosen })
}

/// 核查通过
pub fn passed(rectification: EventId) -> Body {
    Body::Passed(Passed { rectification, photos: vec![], fix: None })
}

/// 返工
pub fn sent_back(rectification: EventId) -> Body {
    let reasons = vec!["still_there".parse().expect("a valid code")];
    Body::SentBack(SentBack { rectification, reasons, photos: vec![], fix: None })
}

/// A verdict on the photo with this number.
pub fn photo_reviewed(number: u8, verdict: PhotoVerdict) -> Body {
    Body::PhotoReviewed(PhotoReviewed { photo: photo(number).original.hash, verdict })
}

/// 作废: a mistake.
pub fn voided() -> Body {
    Body::Voided(Voided { reason: VoidReason::Mistake })
}

/// 重开
pub fn reopened() -> Body {
    Body::Reopened(Reopened { reason: "wrongly_closed".parse().expect("a valid code") })
}

/// Asks for 挂账 until an instant, or for 延期.
pub fn asked(wish: Grant) -> Body {
    Body::Asked(Asked { wish, reason: "weather".parse().expect("a valid code") })
}

/// Grants.
pub fn granted(ask: Option<EventId>, grant: Grant) -> Body {
    Body::Granted(Granted { ask, grant })
}

/// Refuses an ask.
pub fn denied(ask: EventId) -> Body {
    Body::Denied(Denied { ask })
}

/// Ends a suspension.
pub fn resumed() -> Body {
    Body::Resumed(Resumed {})
}

/// 催办 by a person, or by the hub for a clock.
pub fn reminded(clock: Option<RanOut>) -> Body {
    Body::Reminded(Reminded { clock })
}

/// 督办 of the lead.
pub fn urged() -> Body {
    Body::Urged(Urged { whom: None })
}

/// 黄牌 by a person, or by the hub for a clock.
pub fn carded(whom: Holder, clock: Option<RanOut>) -> Body {
    Body::Carded(Carded { whom, clock })
}

/// Another category.
pub fn recategorised() -> Body {
    Body::Recategorised(Recategorised { category: "stall".parse().expect("a valid code") })
}

/// Another pin, in grid `g2`.
pub fn relocated() -> Body {
    let pin = Position { lat_e7: PIN.lat_e7 + 9_000, ..PIN };
    Body::Relocated(Relocated { pin: Some(pin), grid: Some(grid("g2")) })
}

/// 归口: from one holder to its successor.
pub fn rehomed(from: Holder, to: Holder) -> Body {
    Body::Rehomed(Rehomed { from, to })
}

/// Words, which are in the private part.
pub fn commented() -> Body {
    Body::Commented(Commented {})
}

/// Private parts of these events go.
pub fn erased(events: Vec<EventId>) -> Body {
    Body::Erased(Erased { events })
}

/// Refused work is admitted.
pub fn admitted(commit: EventId) -> Body {
    Body::Admitted(Admitted { commit })
}
