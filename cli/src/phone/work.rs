//! What holders do: accept, return, rectify, contribute, add, ask.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use redvest_client::commands;
use redvest_domain::event::{Grant, Outcome};
use redvest_domain::id::{ReasonCode, TicketId};

use super::Phone;
use super::arguments::{Author, Standing, import};
use crate::failure::{Failure, Input};
use crate::parse::{self, Amount};

/// Which ticket.
#[derive(Debug, Args)]
pub struct Ticket {
    /// 工单：编号、本机号或编号的开头 || The ticket: its number, the phone's own number, or the beginning of its id
    ticket: String,
}

impl Ticket {
    pub(super) fn id(&self, phone: &Phone) -> Result<TicketId, Failure> {
        phone.ticket(&self.ticket)
    }
}

/// Arguments of `redvest accept`.
#[derive(Debug, Args)]
pub struct Accept {
    /// Which ticket.
    #[command(flatten)]
    ticket: Ticket,
    /// In whose name.
    #[command(flatten)]
    author: Author,
}

impl Accept {
    pub(super) fn run(self, phone: &Phone) -> Result<(), Failure> {
        let done = phone.client.accept(self.ticket.id(phone)?, self.author.by(phone)?)?;
        phone.done(&done, "已签收", "Accepted")
    }
}

/// Arguments of `redvest return`.
#[derive(Debug, Args)]
pub struct Return {
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

impl Return {
    pub(super) fn run(self, phone: &Phone) -> Result<(), Failure> {
        let done = phone.client.return_ticket(self.ticket.id(phone)?, self.reason, self.author.by(phone)?)?;
        phone.done(&done, "已退回", "Returned")
    }
}

/// What a rectification came to, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum CameTo {
    /// Put right.
    Rectified,
    /// Somebody was persuaded.
    Persuaded,
    /// Nothing was found.
    NothingFound,
}

/// Arguments of `redvest rectify`.
#[derive(Debug, Args)]
pub struct Rectify {
    /// Which ticket.
    #[command(flatten)]
    ticket: Ticket,
    /// 结果：已整改、已劝导、未发现 || What it came to
    #[arg(long, default_value = "rectified")]
    outcome: CameTo,
    /// 整改后的照片，可写多次 || A photo of it put right; may be repeated
    #[arg(long = "photo", value_name = "FILE")]
    photos: Vec<PathBuf>,
    /// Where the author stands.
    #[command(flatten)]
    standing: Standing,
    /// In whose name.
    #[command(flatten)]
    author: Author,
}

impl Rectify {
    pub(super) fn run(self, phone: &Phone) -> Result<(), Failure> {
        let (ticket, by) = (self.ticket.id(phone)?, self.author.by(phone)?);
        let request = commands::Rectify {
            outcome: match self.outcome {
                CameTo::Rectified => Outcome::Rectified,
                CameTo::Persuaded => Outcome::Persuaded,
                CameTo::NothingFound => Outcome::NothingFound,
            },
            photos: import(phone, &self.photos)?,
            fix: self.standing.fix(),
            gate_reason: self.standing.gate_reason(),
            draft: None,
        };
        let done = phone.client.rectify(ticket, request, by)?;
        phone.done(&done, "已处置", "Rectified")
    }
}

/// Arguments of `redvest contribute`.
#[derive(Debug, Args)]
pub struct Contribute {
    /// Which ticket.
    #[command(flatten)]
    ticket: Ticket,
    /// 本方部分已完成 || Our part is done
    #[arg(long)]
    done: bool,
    /// 照片，可写多次 || A photo of it; may be repeated
    #[arg(long = "photo", value_name = "FILE")]
    photos: Vec<PathBuf>,
    /// In whose name.
    #[command(flatten)]
    author: Author,
}

impl Contribute {
    pub(super) fn run(self, phone: &Phone) -> Result<(), Failure> {
        let (ticket, by) = (self.ticket.id(phone)?, self.author.by(phone)?);
        let request = commands::Contribute { done: self.done, photos: import(phone, &self.photos)? };
        let done = phone.client.contribute(ticket, request, by)?;
        phone.done(&done, "已记下协办情况", "Contributed")
    }
}

/// Arguments of `redvest evidence`.
#[derive(Debug, Args)]
pub struct Evidence {
    /// Which ticket.
    #[command(flatten)]
    ticket: Ticket,
    /// 照片，可写多次 || A photo; may be repeated
    #[arg(long = "photo", value_name = "FILE")]
    photos: Vec<PathBuf>,
    /// In whose name.
    #[command(flatten)]
    author: Author,
}

impl Evidence {
    pub(super) fn run(self, phone: &Phone) -> Result<(), Failure> {
        let (ticket, by) = (self.ticket.id(phone)?, self.author.by(phone)?);
        if self.photos.is_empty() && by.words.is_none() {
            return Err(Input::new(
                "nothing_to_add",
                "没有可补充的内容；请写 --photo 或 --words。",
                "There is nothing to add; give --photo or --words.",
            )
            .into());
        }
        let request = commands::Evidence { photos: import(phone, &self.photos)? };
        let done = phone.client.add_evidence(ticket, request, by)?;
        phone.done(&done, "已补充", "Added")
    }
}

/// Arguments of `redvest comment`.
#[derive(Debug, Args)]
pub struct Comment {
    /// Which ticket.
    #[command(flatten)]
    ticket: Ticket,
    /// 留言内容 || The words
    #[arg(value_name = "TEXT")]
    text: String,
}

impl Comment {
    pub(super) fn run(self, phone: &Phone) -> Result<(), Failure> {
        let by = commands::By::saying(self.text);
        let done = phone.client.comment(self.ticket.id(phone)?, by)?;
        phone.done(&done, "已留言", "Commented")
    }
}

/// What is asked for.
#[derive(Debug, Subcommand)]
pub enum Ask {
    /// 申请挂账：时钟停到某一时刻 || Ask that the clocks stand until an instant
    Suspension {
        /// Which ticket.
        #[command(flatten)]
        ticket: Ticket,
        /// 停到何时 || Until when
        #[arg(long, value_name = "WHEN")]
        until: String,
        /// 原因编码，见 redvest names reasons || The reason, see `redvest names reasons`
        #[arg(long, value_name = "CODE", value_parser = parse::code::<ReasonCode>)]
        reason: ReasonCode,
        /// In whose name.
        #[command(flatten)]
        author: Author,
    },
    /// 申请延期：处置时限加长 || Ask for more time to rectify
    Extension {
        /// Which ticket.
        #[command(flatten)]
        ticket: Ticket,
        /// 加多少：4h、30m 或 2d，按处置时限的单位 || How much more: 4h, 30m or 2d, in the unit of the limit
        #[arg(long, value_parser = parse::amount)]
        amount: Amount,
        /// 原因编码，见 redvest names reasons || The reason, see `redvest names reasons`
        #[arg(long, value_name = "CODE", value_parser = parse::code::<ReasonCode>)]
        reason: ReasonCode,
        /// In whose name.
        #[command(flatten)]
        author: Author,
    },
}

impl Ask {
    pub(super) fn run(self, phone: &Phone) -> Result<(), Failure> {
        let (ticket, wish, reason, author) = match self {
            Ask::Suspension { ticket, until, reason, author } => {
                let until = parse::instant(&until, phone.offset_minutes())?;
                (ticket.id(phone)?, Grant::Suspension(until), reason, author)
            }
            Ask::Extension { ticket, amount, reason, author } => {
                let ticket = ticket.id(phone)?;
                (ticket, extension(phone, ticket, amount)?, reason, author)
            }
        };
        let done = phone.client.ask(ticket, wish, reason, author.by(phone)?)?;
        phone.done(&done, "已申请", "Asked")
    }
}

/// An extension in the unit of the ticket's limit to rectify.
pub(super) fn extension(phone: &Phone, ticket: TicketId, amount: Amount) -> Result<Grant, Failure> {
    let limit = phone.client.ticket(ticket)?.rectify_limit.ok_or_else(|| {
        Failure::Failed(Input::new(
            "no_limit",
            "该任务没有处置时限，不需要延期。",
            "This ticket has no limit to rectify, so there is nothing to extend.",
        ))
    })?;
    Ok(Grant::Extension(amount.on(limit.clock)?.amount))
}
