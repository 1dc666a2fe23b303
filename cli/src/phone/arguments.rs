//! Arguments that several commands share.

use std::path::PathBuf;

use clap::Args;
use redvest_client::commands::By;
use redvest_domain::id::{GridCode, Hash, ReasonCode};
use redvest_domain::key::{Acting, Key, Role};
use redvest_domain::place::{Fix, FixSource, Position};

use super::Phone;
use crate::failure::{Failure, Input};
use crate::parse;

/// In whose name, and with which words.
#[derive(Debug, Args)]
pub struct Author {
    /// 说明文字 || What you say
    #[arg(long, value_name = "TEXT")]
    words: Option<String>,
    /// 以哪种身份：grid:编码、agency:编码、supervisor、supervisor:网格编码、office、volunteer；不写时自动选择 || In which role: grid:CODE, agency:CODE, supervisor, supervisor:GRID, office, volunteer; else the fitting one
    #[arg(long = "as", value_name = "ROLE")]
    role: Option<String>,
}

impl Author {
    /// As the client takes it.
    pub(super) fn by(&self, phone: &Phone) -> Result<By, Failure> {
        let acting = self.role.as_deref().map(|text| self::acting(phone, text)).transpose()?;
        Ok(By { acting, words: self.words.clone() })
    }
}

fn acting(phone: &Phone, text: &str) -> Result<Acting, Failure> {
    let identity = phone.client.store().identity()?.ok_or(redvest_client::Error::NotEnrolled)?;
    let (role, rest) = text.split_once(':').map_or((text, None), |(role, rest)| (role, Some(rest)));
    let acting = match (role, rest) {
        ("grid", Some(code)) => Acting { role: Role::Grid, key: Key::Grid(parse::code(code)?) },
        ("agency", Some(code)) => Acting { role: Role::Agency, key: Key::Agency(parse::code(code)?) },
        ("supervisor", None) => Acting { role: Role::Supervisor, key: Key::Workspace },
        ("supervisor", Some(code)) => Acting { role: Role::Supervisor, key: Key::Grid(parse::code(code)?) },
        ("office", None) => Acting { role: Role::Office, key: Key::Workspace },
        ("volunteer", None) => Acting { role: Role::Volunteer, key: Key::Member(identity.member) },
        _ => {
            return Err(Input::new(
                "bad_role",
                format!("身份“{text}”看不懂；请写 grid:编码、agency:编码、supervisor、office 或 volunteer。"),
                format!("The role \"{text}\" is not understood; write grid:CODE, agency:CODE, supervisor, office or volunteer."),
            )
            .into());
        }
    };
    Ok(acting)
}

/// Where somebody stood.
#[derive(Debug, Args)]
pub(super) struct Standing {
    /// 所在位置 纬度,经度（WGS-84） || Where you are: LATITUDE,LONGITUDE (WGS-84)
    #[arg(long, value_name = "LAT,LON", value_parser = parse::position, allow_hyphen_values = true)]
    at: Option<Position>,
    /// 定位精度（米） || Accuracy of the position in metres
    #[arg(long, value_name = "METRES", value_parser = parse::metres, requires = "at")]
    accuracy: Option<u32>,
    /// 精度不够时的原因编码，见 redvest names reasons || Why the accuracy is not met; see `redvest names reasons`
    #[arg(long, value_name = "CODE", value_parser = parse::code::<ReasonCode>)]
    gate_reason: Option<ReasonCode>,
}

impl Standing {
    /// The position.
    pub(super) fn position(&self) -> Option<Position> {
        self.at
    }

    /// The position with what is known of its quality. One without accuracy was put there by hand.
    pub(super) fn fix(&self) -> Option<Fix> {
        let source = if self.accuracy.is_some() { FixSource::Fused } else { FixSource::Hand };
        self.at.map(|position| Fix { position, accuracy_cm: self.accuracy, source, age_ms: 0, mock: false })
    }

    /// Why the gate is passed all the same.
    pub(super) fn gate_reason(&self) -> Option<ReasonCode> {
        self.gate_reason.clone()
    }
}

/// Where a ticket is.
#[derive(Debug, Args)]
pub(super) struct Place {
    /// 网格编码（没有定位，或定位不准时手选） || The grid, picked by hand without a position or against a bad one
    #[arg(long, value_name = "CODE", value_parser = parse::code::<GridCode>)]
    pub(super) grid: Option<GridCode>,
    /// 位置说明，如“北门对面” || Words for the place
    #[arg(long, value_name = "TEXT")]
    pub(super) place: Option<String>,
}

/// Imports photos; each is safe on this device before the next one is looked at.
pub(super) fn import(phone: &Phone, files: &[PathBuf]) -> Result<Vec<Hash>, Failure> {
    let import = |file: &PathBuf| match phone.client.import_photo(file) {
        Ok(photo) => Ok(photo.hash),
        Err(redvest_client::Error::Photo(refused)) => Err(Failure::Failed(Input::new(
            refused.code(),
            format!("{}：{}", file.display(), refused.zh()),
            format!("{}: {}", file.display(), refused),
        ))),
        Err(error) => Err(error.into()),
    };
    files.iter().map(import).collect()
}
