//! The stages of a ticket.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Where a ticket stands (LAW, stages). Suspension lies over it and is no stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Stage {
    /// 待派遣
    #[n(0)]
    Waiting,
    /// 待签收
    #[n(1)]
    Dispatched,
    /// 处置中
    #[n(2)]
    Accepted,
    /// 待核查
    #[n(3)]
    Rectified,
    /// 已结案
    #[n(4)]
    Closed,
    /// 已作废
    #[n(5)]
    Voided,
}

impl Stage {
    /// All stages in their order.
    pub const ALL: [Stage; 6] =
        [Stage::Waiting, Stage::Dispatched, Stage::Accepted, Stage::Rectified, Stage::Closed, Stage::Voided];

    /// Neither closed nor voided.
    pub fn is_open(self) -> bool {
        !matches!(self, Stage::Closed | Stage::Voided)
    }

    /// Waiting, dispatched or accepted: the work is still to be done.
    pub fn is_before_work(self) -> bool {
        matches!(self, Stage::Waiting | Stage::Dispatched | Stage::Accepted)
    }

    /// The name in JSON, stores and logs.
    pub fn code(self) -> &'static str {
        match self {
            Stage::Waiting => "waiting",
            Stage::Dispatched => "dispatched",
            Stage::Accepted => "accepted",
            Stage::Rectified => "rectified",
            Stage::Closed => "closed",
            Stage::Voided => "voided",
        }
    }

    /// The name on Chinese screens.
    pub fn zh(self) -> &'static str {
        match self {
            Stage::Waiting => "待派遣",
            Stage::Dispatched => "待签收",
            Stage::Accepted => "处置中",
            Stage::Rectified => "待核查",
            Stage::Closed => "已结案",
            Stage::Voided => "已作废",
        }
    }

    /// The name on English screens.
    pub fn en(self) -> &'static str {
        match self {
            Stage::Waiting => "to be dispatched",
            Stage::Dispatched => "to be accepted",
            Stage::Accepted => "in progress",
            Stage::Rectified => "to be reviewed",
            Stage::Closed => "closed",
            Stage::Voided => "voided",
        }
    }
}
