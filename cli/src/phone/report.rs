//! `redvest report`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use redvest_client::commands::{self, OnTheSpot};
use redvest_domain::event::{Outcome, Source};
use redvest_domain::id::CategoryCode;

use super::Phone;
use super::arguments::{Author, Place, Standing, import};
use crate::failure::Failure;
use crate::parse;

/// How a ticket came to be, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum From {
    /// On a duty shift.
    Patrol,
    /// During a spot check.
    SpotCheck,
    /// A citizen told somebody.
    Citizen,
    /// Handed down from above.
    Assigned,
}

/// Arguments of `redvest report`.
#[derive(Debug, Args)]
pub struct Report {
    /// 事项编码，见 redvest names categories || The category, see `redvest names categories`
    #[arg(long, value_name = "CODE", value_parser = parse::code::<CategoryCode>)]
    category: CategoryCode,
    /// 照片文件，可写多次 || A photo that shows it; may be repeated
    #[arg(long = "photo", value_name = "FILE")]
    photos: Vec<PathBuf>,
    /// Where the reporter is.
    #[command(flatten)]
    standing: Standing,
    /// Where it is.
    #[command(flatten)]
    place: Place,
    /// 当场整改 || It was put right on the spot
    #[arg(long, conflicts_with = "persuaded")]
    fixed: bool,
    /// 当场劝导 || Somebody was persuaded on the spot
    #[arg(long)]
    persuaded: bool,
    /// 整改后的照片，可写多次 || A photo of it put right; may be repeated
    #[arg(long = "after", value_name = "FILE")]
    after: Vec<PathBuf>,
    /// 反弹：重复出现的是哪件工单 || The earlier ticket that it repeats
    #[arg(long, value_name = "TICKET")]
    recurs: Option<String>,
    /// 来源：巡查、抽查、群众反映、上级交办 || How it came to be
    #[arg(long, default_value = "patrol")]
    source: From,
    /// In whose name.
    #[command(flatten)]
    author: Author,
}

impl Report {
    pub(super) fn run(self, phone: &Phone) -> Result<(), Failure> {
        if !self.after.is_empty() && !self.fixed && !self.persuaded {
            return Err(crate::failure::Input::new(
                "after_without_fixed",
                "有整改后的照片时，请同时写明 --fixed 或 --persuaded。",
                "Photos of it put right go with --fixed or --persuaded.",
            )
            .into());
        }
        let by = self.author.by(phone)?;
        let recurs = self.recurs.as_deref().map(|text| phone.ticket(text)).transpose()?;
        let photos = import(phone, &self.photos)?;
        let on_the_spot = match (self.fixed, self.persuaded) {
            (false, false) => None,
            (_, persuaded) => {
                let outcome = if persuaded { Outcome::Persuaded } else { Outcome::Rectified };
                Some(OnTheSpot { outcome, photos: import(phone, &self.after)?, words: None })
            }
        };
        let request = commands::Report {
            pin: self.standing.position(),
            fix: self.standing.fix(),
            grid: self.place.grid,
            photos,
            source: match self.source {
                From::Patrol => Source::Patrol,
                From::SpotCheck => Source::SpotCheck,
                From::Citizen => Source::Citizen,
                From::Assigned => Source::Assigned,
            },
            recurs,
            gate_reason: self.standing.gate_reason(),
            place: self.place.place,
            on_the_spot,
            ..commands::Report::new(self.category)
        };
        let done = phone.client.report(request, by)?;
        phone.done(&done, "已上报", "Reported")
    }
}
