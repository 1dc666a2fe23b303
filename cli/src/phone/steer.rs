//! What dispatchers and the office do: dispatch, answer requests, remind, urge, card, correct, void.

use clap::{Args, ValueEnum};
use redvest_client::commands::{self, By, Done};
use redvest_client::{Client, Error};
use redvest_domain::event::{self, VoidReason};
use redvest_domain::id::{CategoryCode, ReasonCode, TicketId};
use redvest_domain::terms::Holder;

use super::Phone;
use super::arguments::{Author, Place, Standing};
use super::work::{Ticket, extension};
use crate::failure::{Failure, Input};
use crate::parse::{self, Amount};

/// Arguments of `redvest dispatch`.
#[derive(Debug, Args)]
pub struct Dispatch {
    /// Which ticket.
    #[command(flatten)]
    ticket: Ticket,
    /// 主办：grid:编码 或 agency:编码 || Who leads: grid:CODE or agency:CODE
    #[arg(long, value_name = "HOLDER", value_parser = parse::holder)]
    to: Holder,
    /// 协办，可写多次 || Who cooperates; may be repeated
    #[arg(long = "with", value_name = "HOLDER", value_parser = parse::holder)]
    cooperating: Vec<Holder>,
    /// 原因编码，见 redvest names reasons || The reason, see `redvest names reasons`
    #[arg(long, value_name = "CODE", value_parser = parse::code::<ReasonCode>)]
    reason: Option<ReasonCode>,
    /// In whose name.
    #[command(flatten)]
    author: Author,
}

impl Dispatch {
    pub(super) fn run(self, phone: &Phone) -> Result<(), Failure> {
        let (ticket, by) = (self.ticket.id(phone)?, self.author.by(phone)?);
        let request = commands::Dispatch { lead: self.to, cooperating: self.cooperating, reason: self.reason };
        let done = phone.client.dispatch(ticket, request, by)?;
        phone.done(&done, "已派遣", "Dispatched")
    }
}

/// Arguments of `redvest grant`.
#[derive(Debug, Args)]
pub struct Grant {
    /// Which ticket.
    #[command(flatten)]
    ticket: Ticket,
    /// 同意挂账到何时 || Grant a suspension until when
    #[arg(long, value_name = "WHEN", required_unless_present = "amount", conflicts_with = "amount")]
    until: Option<String>,
    /// 同意延期多少：4h、30m 或 2d || Grant so much more time: 4h, 30m or 2d
    #[arg(long, value_parser = parse::amount)]
    amount: Option<Amount>,
    /// In whose name.
    #[command(flatten)]
    author: Author,
}

impl Grant {
    pub(super) fn run(self, phone: &Phone) -> Result<(), Failure> {
        let (ticket, by) = (self.ticket.id(phone)?, self.author.by(phone)?);
        let grant = match (self.until, self.amount) {
            (_, Some(amount)) => extension(phone, ticket, amount)?,
            (until, None) => {
                let until = parse::instant(&until.unwrap_or_default(), phone.offset_minutes())?;
                event::Grant::Suspension(until)
            }
        };
        let done = phone.client.grant(ticket, grant, by)?;
        phone.done(&done, "已同意", "Granted")
    }
}

/// Arguments of a command that only names a ticket.
#[derive(Debug, Args)]
pub struct Plain {
    /// Which ticket.
    #[command(flatten)]
    ticket: Ticket,
    /// In whose name.
    #[command(flatten)]
    author: Author,
}

impl Plain {
    pub(super) fn run(
        self,
        phone: &Phone,
        act: impl FnOnce(&Client, TicketId, By) -> Result<Done, Error>,
    ) -> Result<(), Failure> {
        let done = act(&phone.client, self.ticket.id(phone)?, self.author.by(phone)?)?;
        phone.done(&done, "已办", "Done")
    }
}

/// Arguments of `redvest urge` and `redvest card`.
#[derive(Debug, Args)]
pub struct Whom {
    /// Which ticket.
    #[command(flatten)]
    ticket: Ticket,
    /// 对谁：grid:编码 或 agency:编码；不写时为主办 || Whom: grid:CODE or agency:CODE; else the lead
    #[arg(long, value_name = "HOLDER", value_parser = parse::holder)]
    whom: Option<Holder>,
    /// In whose name.
    #[command(flatten)]
    author: Author,
}

impl Whom {
    pub(super) fn run(
        self,
        phone: &Phone,
        act: impl FnOnce(&Client, TicketId, Option<Holder>, By) -> Result<Done, Error>,
    ) -> Result<(), Failure> {
        let (ticket, by) = (self.ticket.id(phone)?, self.author.by(phone)?);
        let done = act(&phone.client, ticket, self.whom, by)?;
        phone.done(&done, "已办", "Done")
    }
}

/// Arguments of `redvest recategorise`.
#[derive(Debug, Args)]
pub struct Recategorise {
    /// Which ticket.
    #[command(flatten)]
    ticket: Ticket,
    /// 新的事项编码，见 redvest names categories || The new category, see `redvest names categories`
    #[arg(value_name = "CODE", value_parser = parse::code::<CategoryCode>)]
    category: CategoryCode,
    /// In whose name.
    #[command(flatten)]
    author: Author,
}

impl Recategorise {
    pub(super) fn run(self, phone: &Phone) -> Result<(), Failure> {
        let done = phone.client.recategorise(self.ticket.id(phone)?, self.category, self.author.by(phone)?)?;
        phone.done(&done, "已改类", "Recategorised")
    }
}

/// Arguments of `redvest relocate`.
#[derive(Debug, Args)]
pub struct Relocate {
    /// Which ticket.
    #[command(flatten)]
    ticket: Ticket,
    /// The new pin.
    #[command(flatten)]
    standing: Standing,
    /// The new grid.
    #[command(flatten)]
    place: Place,
    /// In whose name.
    #[command(flatten)]
    author: Author,
}

impl Relocate {
    pub(super) fn run(self, phone: &Phone) -> Result<(), Failure> {
        let (ticket, by) = (self.ticket.id(phone)?, self.author.by(phone)?);
        let request =
            commands::Relocate { pin: self.standing.position(), grid: self.place.grid, place: self.place.place };
        let done = phone.client.relocate(ticket, request, by)?;
        phone.done(&done, "已改址", "Relocated")
    }
}

/// Why a ticket is void, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Why {
    /// It is no violation.
    NoViolation,
    /// It was made by mistake.
    Mistake,
}

/// Arguments of `redvest void`.
#[derive(Debug, Args)]
pub struct Void {
    /// Which ticket.
    #[command(flatten)]
    ticket: Ticket,
    /// 原因：不属违规、误报 || Why
    #[arg(long, required_unless_present = "duplicate_of", conflicts_with = "duplicate_of")]
    reason: Option<Why>,
    /// 与哪件工单重复 || The ticket that it repeats
    #[arg(long, value_name = "TICKET")]
    duplicate_of: Option<String>,
    /// In whose name.
    #[command(flatten)]
    author: Author,
}

impl Void {
    pub(super) fn run(self, phone: &Phone) -> Result<(), Failure> {
        let (ticket, by) = (self.ticket.id(phone)?, self.author.by(phone)?);
        let reason = match (self.reason, self.duplicate_of) {
            (_, Some(other)) => VoidReason::Duplicate(phone.ticket(&other)?),
            (Some(Why::NoViolation), None) => VoidReason::NoViolation,
            (Some(Why::Mistake) | None, None) => VoidReason::Mistake,
        };
        if reason == VoidReason::Duplicate(ticket) {
            return Err(Input::new("same_ticket", "工单不能与自身重复。", "A ticket does not repeat itself.").into());
        }
        let done = phone.client.void(ticket, reason, by)?;
        phone.done(&done, "已作废", "Voided")
    }
}
