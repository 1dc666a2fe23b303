//! The kinds of act, one method each.

use redvest_domain::codes::Code;
use redvest_domain::event::*;
use redvest_domain::id::{CategoryCode, EventId, Hash, ReasonCode, TicketId};
use redvest_domain::terms::Holder;
use rusqlite::Connection;

use super::write::Part;
use super::{By, Contribute, Dispatch, Done, Evidence, Judge, Rectify, Relocate, Report, SendBack};
use crate::env::new_id;
use crate::store::meta;
use crate::store::shown::View;
use crate::{Client, Error};

/// # Errors
///
/// Every command gives the law's refusal with its code ([`Error::Law`]), `unknown_ticket` for a ticket that this phone
/// does not hold, `unknown_photo` for a photo that was not imported, `not_enrolled`, and those of the database; then
/// nothing was written. `by` says in whose name and with which words.
impl Client {
    /// 上报, in one commit with what was done about it on the spot.
    pub fn report(&self, request: Report, by: By) -> Result<Done, Error> {
        let ticket = TicketId::from(EventId(new_id(self.env())));
        self.transact(|ctx| {
            let photos = ctx.photos(ticket, request.pin, &request.photos)?;
            let reported = Body::Reported(Reported {
                category: request.category,
                pin: request.pin,
                fix: request.fix,
                grid: request.grid,
                photos,
                source: request.source,
                recurs: request.recurs,
                gate_reason: request.gate_reason.clone(),
                local_number: Some(next_local_number(ctx.tx, &ctx.identity.device.0)?),
            });
            let mut parts = vec![Part { body: reported, words: by.words, place: request.place }];
            if let Some(done) = request.on_the_spot {
                let body = Body::Rectified(Rectified {
                    outcome: done.outcome,
                    photos: ctx.photos(ticket, request.pin, &done.photos)?,
                    fix: request.fix,
                    gate_reason: request.gate_reason,
                });
                parts.push(Part::new(body, done.words));
            }
            ctx.used_up(request.draft)?;
            self.write(ctx, ticket, None, by.acting.as_ref(), parts)
        })
    }

    /// 处置
    pub fn rectify(&self, ticket: TicketId, request: Rectify, by: By) -> Result<Done, Error> {
        self.act(ticket, by, |ctx, view| {
            ctx.used_up(request.draft)?;
            Ok(Body::Rectified(Rectified {
                outcome: request.outcome,
                photos: ctx.photos(ticket, view.ticket.pin, &request.photos)?,
                fix: request.fix,
                gate_reason: request.gate_reason,
            }))
        })
    }

    /// 派遣, or 移交 by the lead holder where policy lets it.
    pub fn dispatch(&self, ticket: TicketId, request: Dispatch, by: By) -> Result<Done, Error> {
        let Dispatch { lead, cooperating, reason } = request;
        self.act(ticket, by, |_, _| Ok(Body::Dispatched(Dispatched { lead, cooperating, reason })))
    }

    /// 签收
    pub fn accept(&self, ticket: TicketId, by: By) -> Result<Done, Error> {
        self.act(ticket, by, |_, _| Ok(Body::Accepted(Accepted {})))
    }

    /// 退回
    pub fn return_ticket(&self, ticket: TicketId, reason: ReasonCode, by: By) -> Result<Done, Error> {
        self.act(ticket, by, |_, _| Ok(Body::Returned(Returned { reason })))
    }

    /// 协办
    pub fn contribute(&self, ticket: TicketId, request: Contribute, by: By) -> Result<Done, Error> {
        self.act(ticket, by, |ctx, view| {
            let photos = ctx.photos(ticket, view.ticket.pin, &request.photos)?;
            Ok(Body::Contributed(Contributed { done: request.done, photos }))
        })
    }

    /// 补充
    pub fn add_evidence(&self, ticket: TicketId, request: Evidence, by: By) -> Result<Done, Error> {
        self.act(ticket, by, |ctx, view| {
            let photos = ctx.photos(ticket, view.ticket.pin, &request.photos)?;
            Ok(Body::EvidenceAdded(EvidenceAdded { photos }))
        })
    }

    /// 留言
    pub fn comment(&self, ticket: TicketId, by: By) -> Result<Done, Error> {
        self.act(ticket, by, |_, _| Ok(Body::Commented(Commented {})))
    }

    /// 核查通过
    pub fn pass(&self, ticket: TicketId, request: Judge, by: By) -> Result<Done, Error> {
        self.act(ticket, by, |ctx, view| {
            let rectification = judged(view, request.rectification)?;
            let photos = ctx.photos(ticket, view.ticket.pin, &request.photos)?;
            Ok(Body::Passed(Passed { rectification, photos, fix: request.fix }))
        })
    }

    /// 返工
    pub fn send_back(&self, ticket: TicketId, request: SendBack, by: By) -> Result<Done, Error> {
        self.act(ticket, by, |ctx, view| {
            let SendBack { judge, reasons } = request;
            if reasons.is_empty() {
                return Err(Code::UnknownReason.into());
            }
            let rectification = judged(view, judge.rectification)?;
            let photos = ctx.photos(ticket, view.ticket.pin, &judge.photos)?;
            Ok(Body::SentBack(SentBack { rectification, reasons, photos, fix: judge.fix }))
        })
    }

    /// 照片核查: a verdict on the photo with this original.
    pub fn review_photo(&self, ticket: TicketId, photo: Hash, verdict: PhotoVerdict, by: By) -> Result<Done, Error> {
        self.act(ticket, by, |_, view| {
            if !view.ticket.photos.iter().any(|known| known.original == photo) {
                return Err(Error::UnknownPhoto(photo));
            }
            Ok(Body::PhotoReviewed(PhotoReviewed { photo, verdict }))
        })
    }

    /// 作废
    pub fn void(&self, ticket: TicketId, reason: VoidReason, by: By) -> Result<Done, Error> {
        self.act(ticket, by, |_, _| Ok(Body::Voided(Voided { reason })))
    }

    /// 重开
    pub fn reopen(&self, ticket: TicketId, reason: ReasonCode, by: By) -> Result<Done, Error> {
        self.act(ticket, by, |_, _| Ok(Body::Reopened(Reopened { reason })))
    }

    /// 申请挂账或延期
    pub fn ask(&self, ticket: TicketId, wish: Grant, reason: ReasonCode, by: By) -> Result<Done, Error> {
        self.act(ticket, by, |_, _| Ok(Body::Asked(Asked { wish, reason })))
    }

    /// 同意挂账或延期: answers the open request of the same kind, or gives what nobody asked for.
    pub fn grant(&self, ticket: TicketId, grant: Grant, by: By) -> Result<Done, Error> {
        self.act(ticket, by, |_, view| {
            let same = |wish: &Grant| std::mem::discriminant(wish) == std::mem::discriminant(&grant);
            let ask = view.ticket.ask.as_ref().filter(|open| same(&open.wish)).map(|open| open.act.event);
            Ok(Body::Granted(Granted { ask, grant }))
        })
    }

    /// 不同意: answers the open request.
    pub fn deny(&self, ticket: TicketId, by: By) -> Result<Done, Error> {
        self.act(ticket, by, |_, view| {
            let open = view.ticket.ask.as_ref().ok_or(Error::Law(Code::NoOpenAsk))?;
            Ok(Body::Denied(Denied { ask: open.act.event }))
        })
    }

    /// 恢复: a suspension ends early.
    pub fn resume_clocks(&self, ticket: TicketId, by: By) -> Result<Done, Error> {
        self.act(ticket, by, |_, _| Ok(Body::Resumed(Resumed {})))
    }

    /// 催办
    pub fn remind(&self, ticket: TicketId, by: By) -> Result<Done, Error> {
        self.act(ticket, by, |_, _| Ok(Body::Reminded(Reminded { clock: None })))
    }

    /// 督办; `None` urges the lead holder.
    pub fn urge(&self, ticket: TicketId, whom: Option<Holder>, by: By) -> Result<Done, Error> {
        self.act(ticket, by, |_, _| Ok(Body::Urged(Urged { whom })))
    }

    /// 黄牌; `None` cards the lead holder.
    pub fn card(&self, ticket: TicketId, whom: Option<Holder>, by: By) -> Result<Done, Error> {
        self.act(ticket, by, |_, view| {
            let whom = whom.or_else(|| view.ticket.lead.clone()).ok_or(Error::Law(Code::StageForbids))?;
            Ok(Body::Carded(Carded { whom, clock: None }))
        })
    }

    /// 改类
    pub fn recategorise(&self, ticket: TicketId, category: CategoryCode, by: By) -> Result<Done, Error> {
        self.act(ticket, by, |_, _| Ok(Body::Recategorised(Recategorised { category })))
    }

    /// 改址
    pub fn relocate(&self, ticket: TicketId, request: Relocate, by: By) -> Result<Done, Error> {
        let Relocate { pin, grid, place } = request;
        self.act_at(ticket, by, place, |_, _| Ok(Body::Relocated(Relocated { pin, grid })))
    }

    /// 补录: admits refused work, named by the last event of its commit.
    pub fn admit(&self, ticket: TicketId, commit: EventId, by: By) -> Result<Done, Error> {
        self.act(ticket, by, |_, _| Ok(Body::Admitted(Admitted { commit })))
    }

    /// 清除: the private parts of these events go everywhere.
    pub fn erase(&self, ticket: TicketId, events: Vec<EventId>, by: By) -> Result<Done, Error> {
        self.act(ticket, by, |_, _| Ok(Body::Erased(Erased { events })))
    }
}

/// The rectification that a verdict is about: the one looked at, or the one shown.
fn judged(view: &View, looked_at: Option<EventId>) -> Result<EventId, Error> {
    let shown = view.ticket.rectification.as_ref().map(|rectification| rectification.act.event);
    looked_at.or(shown).ok_or(Error::Law(Code::StageForbids))
}

/// The next number of this device, such as `K7-12`: a letter and a digit from the device's id, then a count.
fn next_local_number(connection: &Connection, device: &uuid::Uuid) -> Result<String, Error> {
    /// Without those that are read as digits.
    const LETTERS: &[u8; 24] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
    let count = meta::get(connection, meta::name::LOCAL_NUMBER)?.unwrap_or(0_u64) + 1;
    meta::put(connection, meta::name::LOCAL_NUMBER, &count)?;
    let bytes = device.as_bytes();
    let letter = char::from(LETTERS[usize::from(bytes[15]) % LETTERS.len()]);
    // 1 is read as a letter, 0 as another.
    Ok(format!("{letter}{}-{count}", 2 + bytes[14] % 8))
}
