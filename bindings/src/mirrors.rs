//! How the core's plain data crosses. Records and enums are mirrored by the build script out of the core's own source;
//! ids and instants are texts and numbers.

use std::path::PathBuf;

use redvest_client::ImportedPhoto as Imported;
use redvest_client::commands::*;
use redvest_client::queries::*;
use redvest_client::store::*;
use redvest_client::sync::*;
use redvest_client::view::*;
use redvest_domain::event::{ClockName, Grant, Outcome, PhotoMark, PhotoVerdict, Source, VoidReason};
use redvest_domain::id::{
    AgencyCode, CategoryCode, DeviceId, EventId, GridCode, Hash, MemberId, ReasonCode, TicketId, WorkspaceId,
};
use redvest_domain::key::{Acting, Key, Role};
use redvest_domain::place::{Fix, FixSource, Position};
use redvest_domain::reference::{Handler, Reason, Reasons};
use redvest_domain::terms::Holder;
use redvest_domain::ticket::{Shows, Stage};
use redvest_domain::time::{Clock, Limit, Timestamp};

use crate::RedVestError;

/// Types that are texts to the other side, as they write and read themselves.
macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident,)*) => {$(
        uniffi::custom_type!($(#[$doc])* $name, String, {
            remote,
            lower: |value| value.to_string(),
            try_lift: |text| text.parse().map_err(|_| RedVestError::bad_text(&text).into()),
        });
    )*};
}

texts! {
    /// A ticket: a UUID.
    TicketId,
    /// An event: a UUID.
    EventId,
    /// A member: a UUID.
    MemberId,
    /// A device: a UUID.
    DeviceId,
    /// A workspace: a UUID.
    WorkspaceId,
    /// A SHA-256 in 64 hexadecimal digits.
    Hash,
    /// A grid's code.
    GridCode,
    /// An agency's code.
    AgencyCode,
    /// A category's code.
    CategoryCode,
    /// A reason's code.
    ReasonCode,
    /// A key, such as `grid:G1`, `agency:cg`, `member:UUID` or `workspace`.
    Key,
    /// Where a page begins; only for passing back.
    Cursor,
}

uniffi::custom_type!(
    /// An instant in milliseconds since 1970-01-01T00:00:00Z.
    Timestamp, i64, {
    remote,
    lower: |at| at.0,
    try_lift: |ms| Ok(Timestamp(ms)),
});

uniffi::custom_type!(
    /// A file's path.
    PathBuf, String, {
    remote,
    lower: |path| path.to_string_lossy().into_owned(),
    try_lift: |path| Ok(PathBuf::from(path)),
});

include!(concat!(env!("OUT_DIR"), "/mirrors.rs"));

// These come out of a macro of the domain's, which the build script does not read.

/// How a ticket came to be.
#[uniffi::remote(Enum)]
pub enum Source {
    /// On a duty shift.
    Patrol,
    /// During a spot check.
    SpotCheck,
    /// A citizen told somebody.
    Citizen,
    /// Handed down from above.
    Assigned,
}

/// What a rectification came to.
#[uniffi::remote(Enum)]
pub enum Outcome {
    /// 已整改: put right.
    Rectified,
    /// 劝导: somebody was persuaded; no after photo is needed.
    Persuaded,
    /// 未发现: nothing was found.
    NothingFound,
}

/// What a reviewer says of one photo.
#[uniffi::remote(Enum)]
pub enum PhotoVerdict {
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

/// The clocks of a ticket.
#[uniffi::remote(Enum)]
pub enum ClockName {
    /// Waiting for dispatch.
    Dispatch,
    /// Dispatched, waiting to be accepted.
    Accept,
    /// To be rectified.
    Rectify,
    /// Rectified, waiting to be judged.
    Review,
}

/// A photo that is safe on this device.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ImportedPhoto {
    /// SHA-256 of the original: what a report names it by.
    pub hash: Hash,
    /// Bytes of the original.
    pub size: u64,
    /// Its media type by content.
    pub kind: String,
    /// Width in pixels as stored, if the header says so.
    pub width: Option<u32>,
    /// Height in pixels as stored, if the header says so.
    pub height: Option<u32>,
    /// When it was imported.
    pub imported: Timestamp,
    /// When the camera says it was taken.
    pub taken: Option<Timestamp>,
    /// Where the camera says it was taken.
    pub position: Option<Position>,
    /// What is doubtful about it.
    pub marks: Vec<PhotoMark>,
    /// Where the original lies.
    pub original: PathBuf,
    /// Where the copy for judging lies, if one could be made.
    pub review: Option<PathBuf>,
    /// Where the copy for lists lies, if one could be made.
    pub thumbnail: Option<PathBuf>,
}

impl From<Imported> for ImportedPhoto {
    fn from(photo: Imported) -> Self {
        ImportedPhoto {
            marks: photo.facts.marks,
            hash: photo.hash,
            size: photo.size,
            kind: photo.kind,
            width: photo.width,
            height: photo.height,
            imported: photo.imported,
            taken: photo.facts.taken,
            position: photo.facts.position,
            original: photo.original,
            review: photo.review,
            thumbnail: photo.thumbnail,
        }
    }
}
