//! `redvest list` and `redvest search`: pages of tickets.

use std::collections::BTreeSet;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use redvest_client::Error;
use redvest_client::queries::{Cursor, Mine};
use redvest_client::store::Work;
use redvest_client::view::{TicketPage, TicketRow};
use redvest_domain::id::TicketId;
use redvest_domain::ticket::Stage;
use serde_json::json;

use super::Phone;
use crate::failure::{Failure, Input};

/// A stage, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StageName {
    /// Waiting for dispatch.
    Waiting,
    /// Waiting to be accepted.
    Dispatched,
    /// Being worked on.
    Accepted,
    /// Waiting for review.
    Rectified,
    /// Closed.
    Closed,
    /// Voided.
    Voided,
}

impl From<StageName> for Stage {
    fn from(name: StageName) -> Stage {
        match name {
            StageName::Waiting => Stage::Waiting,
            StageName::Dispatched => Stage::Dispatched,
            StageName::Accepted => Stage::Accepted,
            StageName::Rectified => Stage::Rectified,
            StageName::Closed => Stage::Closed,
            StageName::Voided => Stage::Voided,
        }
    }
}

/// How much to show.
#[derive(Debug, Args)]
pub(super) struct Extent {
    /// 最多几件 || At most so many
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,
    /// 从上一页给出的位置继续 || Go on where the page before ended
    #[arg(long, value_name = "CURSOR")]
    cursor: Option<Place>,
}

/// Where a page begins: so many rows behind the start of one of the client's own pages. As text `SKIP` or `SKIP@START`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    skip: usize,
    start: Option<Cursor>,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.start {
            Some(start) => write!(f, "{}@{start}", self.skip),
            None => write!(f, "{}", self.skip),
        }
    }
}

impl FromStr for Place {
    type Err = Input;
    fn from_str(text: &str) -> Result<Place, Input> {
        let bad = || {
            Input::new(
                "bad_cursor",
                format!("“{text}”不是续页位置；请原样使用上一页给出的内容。"),
                format!("\"{text}\" is no cursor; use the one that the page before gave."),
            )
        };
        let (skip, start) = text.split_once('@').map_or((text, None), |(skip, start)| (skip, Some(start)));
        Ok(Place {
            skip: skip.parse().map_err(|_| bad())?,
            start: start.map(str::parse).transpose().map_err(|_| bad())?,
        })
    }
}

/// Arguments of `redvest list`.
#[derive(Debug, Args)]
pub struct List {
    /// 只看这一阶段 || Only this stage
    #[arg(long)]
    stage: Option<StageName>,
    /// 我上报的 || What I reported
    #[arg(long, group = "which")]
    mine: bool,
    /// 轮到我办理的，按到期先后 || What I have to do, by what is due first
    #[arg(long, group = "which")]
    work: bool,
    /// 轮到我核查的 || What I have to review
    #[arg(long, group = "which")]
    review: bool,
    /// 本机的全部工单，新的在前（默认） || Everything held here, the newest first (the default)
    #[arg(long, group = "which")]
    all: bool,
    /// How much.
    #[command(flatten)]
    extent: Extent,
}

/// Arguments of `redvest review`.
#[derive(Debug, Args)]
pub struct Review {
    /// How much.
    #[command(flatten)]
    extent: Extent,
}

impl Review {
    pub(super) fn run(self, phone: &Phone) -> Result<(), Failure> {
        let Review { extent } = self;
        List { stage: None, mine: false, work: false, review: true, all: false, extent }.run(phone)
    }
}

impl List {
    pub(super) fn run(self, phone: &Phone) -> Result<(), Failure> {
        let stage = self.stage.map(Stage::from);
        let client = &phone.client;
        let keeps = |row: &TicketRow| stage.is_none_or(|stage| row.stage == stage);
        if self.mine {
            phone.pages(&self.extent, keeps, |after| client.mine(Mine::Reported, after))
        } else if self.work {
            phone.pages(&self.extent, keeps, |after| client.work_list(None, after))
        } else if self.review {
            phone.pages(&self.extent, keeps, |after| client.work_list(Some(Work::Review), after))
        } else {
            self.everything(phone, keeps)
        }
    }

    /// Every ticket here. Ids are made in the order of time, so the newest come first without looking at any.
    fn everything(&self, phone: &Phone, keeps: impl Fn(&TicketRow) -> bool) -> Result<(), Failure> {
        let tickets: BTreeSet<TicketId> = phone.client.log()?.into_iter().filter_map(|row| row.ticket).collect();
        let begin = self.extent.cursor.map_or(0, |cursor| cursor.skip);
        let (mut rows, mut next) = (Vec::new(), None);
        for (at, ticket) in tickets.into_iter().rev().enumerate().skip(begin) {
            if rows.len() >= self.extent.limit as usize {
                next = Some(Place { skip: at, start: None });
                break;
            }
            match phone.client.ticket(ticket) {
                Ok(detail) if keeps(&detail.row) => rows.push(detail.row),
                // One whose report was refused is no ticket.
                Ok(_) | Err(Error::UnknownTicket) => {}
                Err(error) => return Err(error.into()),
            }
        }
        phone.told(&rows, next)
    }
}

impl Phone {
    /// Prints as many rows as are asked for, from the client's pages.
    fn pages(
        &self,
        extent: &Extent,
        keeps: impl Fn(&TicketRow) -> bool,
        page: impl Fn(Option<Cursor>) -> Result<TicketPage, Error>,
    ) -> Result<(), Failure> {
        let mut place = extent.cursor.unwrap_or(Place { skip: 0, start: None });
        let mut rows: Vec<TicketRow> = Vec::new();
        loop {
            let found = page(place.start)?;
            let count = found.rows.len();
            for (at, row) in found.rows.into_iter().enumerate().skip(place.skip) {
                if rows.len() >= extent.limit as usize {
                    return self.told(&rows, Some(Place { skip: at, ..place }));
                }
                rows.extend(Some(row).filter(|row| keeps(row)));
            }
            match found.next {
                Some(next) if count > 0 => place = Place { skip: 0, start: Some(next) },
                _ => return self.told(&rows, None),
            }
        }
    }

    fn told(&self, rows: &[TicketRow], next: Option<Place>) -> Result<(), Failure> {
        self.rows(rows)?;
        let out = self.ctx.out;
        if rows.is_empty() {
            out.say("没有工单。", "No tickets.")?;
        }
        if let Some(next) = next {
            out.object(&json!({ "next": next.to_string() }))?;
            out.say(&format!("还有更多：--cursor {next}"), &format!("There is more: --cursor {next}"))?;
        }
        Ok(())
    }
}

/// Arguments of `redvest search`.
#[derive(Debug, Args)]
pub struct Search {
    /// 文字、编号、事项、网格或单位的名称 || Words, numbers, names of categories, grids or agencies
    #[arg(required = true)]
    text: Vec<String>,
    /// How much.
    #[command(flatten)]
    extent: Extent,
}

impl Search {
    pub(super) fn run(self, phone: &Phone) -> Result<(), Failure> {
        let text = self.text.join(" ");
        phone.pages(&self.extent, |_| true, |after| phone.client.search(&text, after))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_back_from_its_text() {
        for text in ["0", "12", "3@-5:0190a1b2-0000-7000-8000-000000000001"] {
            assert_eq!(text.parse::<Place>().unwrap().to_string(), text);
        }
        for text in ["", "-1", "x", "1@", "1@2", "1@x:y"] {
            assert_eq!(text.parse::<Place>().unwrap_err().code, "bad_cursor", "{text}");
        }
    }
}
