//! What reviewers do: pass, send back, reopen, judge photos.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use redvest_client::commands;
use redvest_domain::event::PhotoVerdict;
use redvest_domain::id::ReasonCode;

use super::Phone;
use super::arguments::{Author, Standing, import};
use super::refer;
use super::work::Ticket;
use crate::failure::Failure;
use crate::parse;

/// What a verdict is made of.
#[derive(Debug, Args)]
pub(super) struct Judgement {
    /// 现场核查的照片，可写多次 || A photo of a visit; may be repeated
    #[arg(long = "photo", value_name = "FILE")]
    photos: Vec<PathBuf>,
    /// Where the reviewer stands.
    #[command(flatten)]
    standing: Standing,
}

impl Judgement {
    fn judge(&self, phone: &Phone) -> Result<commands::Judge, Failure> {
        Ok(commands::Judge { rectification: None, photos: import(phone, &self.photos)?, fix: self.standing.fix() })
    }
}

/// Arguments of `redvest pass`.
#[derive(Debug, Args)]
pub struct Pass {
    /// Which ticket.
    #[command(flatten)]
    ticket: Ticket,
    /// What was seen.
    #[command(flatten)]
    judgement: Judgement,
    /// In whose name.
    #[command(flatten)]
    author: Author,
}

impl Pass {
    pub(super) fn run(self, phone: &Phone) -> Result<(), Failure> {
        let (ticket, by) = (self.ticket.id(phone)?, self.author.by(phone)?);
        let done = phone.client.pass(ticket, self.judgement.judge(phone)?, by)?;
        phone.done(&done, "核查通过", "Passed")
    }
}

/// Arguments of `redvest send-back`.
#[derive(Debug, Args)]
pub struct SendBack {
    /// Which ticket.
    #[command(flatten)]
    ticket: Ticket,
    /// 原因编码，可写多次，见 redvest names reasons || A reason, see `redvest names reasons`; may be repeated
    #[arg(long = "reason", value_name = "CODE", required = true, value_parser = parse::code::<ReasonCode>)]
    reasons: Vec<ReasonCode>,
    /// What was seen.
    #[command(flatten)]
    judgement: Judgement,
    /// In whose name.
    #[command(flatten)]
    author: Author,
}

impl SendBack {
    pub(super) fn run(self, phone: &Phone) -> Result<(), Failure> {
        let (ticket, by) = (self.ticket.id(phone)?, self.author.by(phone)?);
        let request = commands::SendBack { judge: self.judgement.judge(phone)?, reasons: self.reasons };
        let done = phone.client.send_back(ticket, request, by)?;
        phone.done(&done, "已返工", "Sent back")
    }
}

/// Arguments of `redvest reopen`.
#[derive(Debug, Args)]
pub struct Reopen {
    /// Which ticket.
    #[command(flatten)]
    ticket: Ticket,
    /// 原因编码，见 redvest names reasons || The reason, see `redvest names reasons`
    #[arg(long, value_name = "CODE", value_parser = parse::code::<ReasonCode>)]
    reason: ReasonCode,
    /// In whose name.
    #[command(flatten)]
    author: Author,
}

impl Reopen {
    pub(super) fn run(self, phone: &Phone) -> Result<(), Failure> {
        let done = phone.client.reopen(self.ticket.id(phone)?, self.reason, self.author.by(phone)?)?;
        phone.done(&done, "已重开", "Reopened")
    }
}

/// What is said of a photo, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Verdict {
    /// Nothing wrong.
    Fine,
    /// Not clear enough to judge.
    Unclear,
    /// Not the place of the ticket.
    OtherPlace,
    /// Used before.
    Reused,
    /// Arranged for the camera.
    Staged,
    /// Shows what must not be shown.
    Private,
}

/// Arguments of `redvest review-photo`.
#[derive(Debug, Args)]
pub struct ReviewPhoto {
    /// Which ticket.
    #[command(flatten)]
    ticket: Ticket,
    /// 照片：redvest photos 中的序号，或哈希的开头 || The photo: its place in `redvest photos`, or the beginning of its hash
    photo: String,
    /// 评判：合格、不清晰、非同一地点、重复使用、摆拍、涉隐私 || What is said of it
    #[arg(long)]
    verdict: Verdict,
    /// In whose name.
    #[command(flatten)]
    author: Author,
}

impl ReviewPhoto {
    pub(super) fn run(self, phone: &Phone) -> Result<(), Failure> {
        let (ticket, by) = (self.ticket.id(phone)?, self.author.by(phone)?);
        let photo = refer::photo(&phone.client.ticket(ticket)?, &self.photo)?;
        let verdict = match self.verdict {
            Verdict::Fine => PhotoVerdict::Fine,
            Verdict::Unclear => PhotoVerdict::Unclear,
            Verdict::OtherPlace => PhotoVerdict::OtherPlace,
            Verdict::Reused => PhotoVerdict::Reused,
            Verdict::Staged => PhotoVerdict::Staged,
            Verdict::Private => PhotoVerdict::Private,
        };
        let done = phone.client.review_photo(ticket, photo, verdict, by)?;
        phone.done(&done, "已评判", "Judged")
    }
}
