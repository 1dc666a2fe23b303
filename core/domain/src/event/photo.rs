//! Photos as an event binds them: by hash, never by bytes.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::id::Hash;
use crate::place::Position;
use crate::time::Timestamp;

/// A file of known content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Blob {
    /// SHA-256 of its bytes.
    #[n(0)]
    pub hash: Hash,
    /// Its length in bytes.
    #[n(1)]
    pub size: u64,
}

/// What is doubtful about a photo, found at import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum PhotoMark {
    /// No copy could be made: the bytes do not decode.
    #[n(0)]
    Undecodable,
    /// No copy could be made: the file ends early.
    #[n(1)]
    Truncated,
    /// No copy could be made: too many pixels.
    #[n(2)]
    TooLarge,
    /// No copy could be made: a format that is kept but not decoded here.
    #[n(3)]
    UnsupportedFormat,
    /// EXIF has no usable time.
    #[n(4)]
    NoTime,
    /// EXIF says that it was taken after it was imported.
    #[n(5)]
    TimeInFuture,
    /// EXIF holds values outside their range.
    #[n(6)]
    BadExif,
    /// Taken more than a day before it was imported.
    #[n(7)]
    Old,
    /// EXIF's position is far from the pin.
    #[n(8)]
    FarFromPin,
    /// The same content is already bound to another ticket on this device.
    #[n(9)]
    Reused,
}

/// A photo bound to an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Photo {
    /// The bytes as the camera wrote them.
    #[n(0)]
    pub original: Blob,
    /// Upright, stripped copy of 1,500 to 2,048 pixels for judging; `None` if none could be made.
    #[n(1)]
    pub review: Option<Blob>,
    /// Copy of 320 pixels for lists; `None` if none could be made.
    #[n(2)]
    pub thumbnail: Option<Blob>,
    /// When the camera says it was taken.
    #[n(3)]
    pub taken: Option<Timestamp>,
    /// Where the camera says it was taken.
    #[n(4)]
    pub position: Option<Position>,
    /// 64-bit difference hash of the upright picture.
    #[n(5)]
    pub dhash: Option<u64>,
    /// What is doubtful about it.
    #[n(6)]
    pub marks: Vec<PhotoMark>,
}

impl Photo {
    /// The files of this photo, smallest first: the order in which they are sent.
    pub fn blobs(&self) -> impl Iterator<Item = Blob> {
        [self.thumbnail, self.review, Some(self.original)].into_iter().flatten()
    }
}
