//! What holds of each kind beyond its fields' types.

use super::{Body, MAX_COOPERATING, MAX_PHOTOS, Photo, Subject};
use crate::cbor::Fault;
use crate::place::{Fix, Position};

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

    /// Whether this kind can be about such a subject. Of an unknown kind nobody here knows.
    pub fn is_about(&self, subject: Subject) -> bool {
        match self {
            Body::MemberSet(fields) => subject == Subject::Member(fields.record.member),
            Body::DocumentPublished(_) | Body::LawSet(_) => subject == Subject::Workspace,
            Body::Unknown(_) => true,
            _ => matches!(subject, Subject::Ticket(_)),
        }
    }

    /// Whether it can move a ticket on or has to be possible always; such events may use the last of a ticket's room.
    pub fn moves_on(&self) -> bool {
        matches!(
            self,
            Body::Rectified(_)
                | Body::Dispatched(_)
                | Body::Accepted(_)
                | Body::Returned(_)
                | Body::Drawn(_)
                | Body::Passed(_)
                | Body::SentBack(_)
                | Body::Voided(_)
                | Body::Reopened(_)
                | Body::Rehomed(_)
                | Body::Erased(_)
                | Body::Admitted(_)
        )
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
