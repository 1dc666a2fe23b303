//! What a user does: each call is one durable commit, or an error and nothing written.

use redvest_client::commands::{By, Contribute, Dispatch, Done, Evidence, Judge, Rectify, Relocate, Report, SendBack};
use redvest_domain::event::{Grant, PhotoVerdict, VoidReason};
use redvest_domain::id::{CategoryCode, EventId, Hash, ReasonCode, TicketId};
use redvest_domain::terms::Holder;

use crate::mirrors::ImportedPhoto;
use crate::{Device, RedVestError};

/// Every action gives the law's refusal with its code, `unknown_ticket`, `unknown_photo` for a photo that was not imported,
/// `not_enrolled`, and those of the disk. `by` says in whose name and with which words.
#[uniffi::export]
impl Device {
    /// Takes a photo into the data folder and makes its copies; the file stays as it is. When this returns the photo is
    /// safe, also before it is on any ticket; the same content again gives the same photo. Takes about as long as
    /// decoding does.
    pub fn import_photo(&self, path: String) -> Result<ImportedPhoto, RedVestError> {
        Ok(self.ask(|client| client.import_photo(path.as_ref()))?.into())
    }

    /// Throws away a photo that is on no ticket.
    pub fn discard_photo(&self, original: Hash) -> Result<(), RedVestError> {
        self.ask(|client| client.discard_photo(original))
    }

    /// 上报, in one commit with what was done about it on the spot.
    pub fn report(&self, request: Report, by: By) -> Result<Done, RedVestError> {
        self.ask(|client| client.report(request, by))
    }

    /// 处置.
    pub fn rectify(&self, ticket: TicketId, request: Rectify, by: By) -> Result<Done, RedVestError> {
        self.ask(|client| client.rectify(ticket, request, by))
    }

    /// 派遣, or 移交 by the lead holder where policy lets it.
    pub fn dispatch(&self, ticket: TicketId, request: Dispatch, by: By) -> Result<Done, RedVestError> {
        self.ask(|client| client.dispatch(ticket, request, by))
    }

    /// 签收.
    pub fn accept(&self, ticket: TicketId, by: By) -> Result<Done, RedVestError> {
        self.ask(|client| client.accept(ticket, by))
    }

    /// 退回.
    pub fn return_ticket(&self, ticket: TicketId, reason: ReasonCode, by: By) -> Result<Done, RedVestError> {
        self.ask(|client| client.return_ticket(ticket, reason, by))
    }

    /// 协办.
    pub fn contribute(&self, ticket: TicketId, request: Contribute, by: By) -> Result<Done, RedVestError> {
        self.ask(|client| client.contribute(ticket, request, by))
    }

    /// 补充.
    pub fn add_evidence(&self, ticket: TicketId, request: Evidence, by: By) -> Result<Done, RedVestError> {
        self.ask(|client| client.add_evidence(ticket, request, by))
    }

    /// 留言: the words of `by`.
    pub fn comment(&self, ticket: TicketId, by: By) -> Result<Done, RedVestError> {
        self.ask(|client| client.comment(ticket, by))
    }

    /// 核查通过.
    pub fn pass(&self, ticket: TicketId, request: Judge, by: By) -> Result<Done, RedVestError> {
        self.ask(|client| client.pass(ticket, request, by))
    }

    /// 返工.
    pub fn send_back(&self, ticket: TicketId, request: SendBack, by: By) -> Result<Done, RedVestError> {
        self.ask(|client| client.send_back(ticket, request, by))
    }

    /// 照片核查: a verdict on the photo with this original.
    pub fn review_photo(
        &self,
        ticket: TicketId,
        photo: Hash,
        verdict: PhotoVerdict,
        by: By,
    ) -> Result<Done, RedVestError> {
        self.ask(|client| client.review_photo(ticket, photo, verdict, by))
    }

    /// 作废.
    pub fn void(&self, ticket: TicketId, reason: VoidReason, by: By) -> Result<Done, RedVestError> {
        self.ask(|client| client.void(ticket, reason, by))
    }

    /// 重开.
    pub fn reopen(&self, ticket: TicketId, reason: ReasonCode, by: By) -> Result<Done, RedVestError> {
        self.ask(|client| client.reopen(ticket, reason, by))
    }

    /// 申请挂账或延期.
    pub fn ask_time(&self, ticket: TicketId, wish: Grant, reason: ReasonCode, by: By) -> Result<Done, RedVestError> {
        self.ask(|client| client.ask(ticket, wish, reason, by))
    }

    /// 同意挂账或延期.
    pub fn grant(&self, ticket: TicketId, grant: Grant, by: By) -> Result<Done, RedVestError> {
        self.ask(|client| client.grant(ticket, grant, by))
    }

    /// 不同意: answers the open request.
    pub fn deny(&self, ticket: TicketId, by: By) -> Result<Done, RedVestError> {
        self.ask(|client| client.deny(ticket, by))
    }

    /// 恢复: a suspension ends early.
    pub fn resume_clocks(&self, ticket: TicketId, by: By) -> Result<Done, RedVestError> {
        self.ask(|client| client.resume_clocks(ticket, by))
    }

    /// 催办.
    pub fn remind(&self, ticket: TicketId, by: By) -> Result<Done, RedVestError> {
        self.ask(|client| client.remind(ticket, by))
    }

    /// 督办; nobody named urges the lead holder.
    pub fn urge(&self, ticket: TicketId, whom: Option<Holder>, by: By) -> Result<Done, RedVestError> {
        self.ask(|client| client.urge(ticket, whom, by))
    }

    /// 黄牌; nobody named cards the lead holder.
    pub fn card(&self, ticket: TicketId, whom: Option<Holder>, by: By) -> Result<Done, RedVestError> {
        self.ask(|client| client.card(ticket, whom, by))
    }

    /// 改类.
    pub fn recategorise(&self, ticket: TicketId, category: CategoryCode, by: By) -> Result<Done, RedVestError> {
        self.ask(|client| client.recategorise(ticket, category, by))
    }

    /// 改址.
    pub fn relocate(&self, ticket: TicketId, request: Relocate, by: By) -> Result<Done, RedVestError> {
        self.ask(|client| client.relocate(ticket, request, by))
    }

    /// 补录: admits refused work, named by the last event of its commit.
    pub fn admit(&self, ticket: TicketId, commit: EventId, by: By) -> Result<Done, RedVestError> {
        self.ask(|client| client.admit(ticket, commit, by))
    }

    /// 清除: the private parts of these events go everywhere.
    pub fn erase(&self, ticket: TicketId, events: Vec<EventId>, by: By) -> Result<Done, RedVestError> {
        self.ask(|client| client.erase(ticket, events, by))
    }

    /// Stops showing the news of an own event that was refused or came too late.
    pub fn dismiss(&self, event: EventId) -> Result<(), RedVestError> {
        self.ask(|client| client.dismiss(event))
    }
}
