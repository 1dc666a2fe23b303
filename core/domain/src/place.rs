//! Positions as measured. WGS-84 alone is stored and sent; GCJ-02 exists for display ([`crate::geo`]).

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// A WGS-84 position in 1e-7 degree (about 1 cm).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Position {
    /// Latitude, north positive, in 1e-7 degree.
    #[n(0)]
    pub lat_e7: i32,
    /// Longitude, east positive, in 1e-7 degree.
    #[n(1)]
    pub lon_e7: i32,
}

impl Position {
    /// A position from degrees; `None` outside ±90 and ±180 or for NaN.
    pub fn from_degrees(lat: f64, lon: f64) -> Option<Position> {
        let fits = (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon);
        // In range, so the rounded value fits an i32.
        fits.then(|| Position { lat_e7: (lat * 1e7).round() as i32, lon_e7: (lon * 1e7).round() as i32 })
    }

    /// Latitude in degrees.
    pub fn lat(self) -> f64 {
        f64::from(self.lat_e7) / 1e7
    }

    /// Longitude in degrees.
    pub fn lon(self) -> f64 {
        f64::from(self.lon_e7) / 1e7
    }

    /// Whether latitude and longitude lie within ±90 and ±180 degrees; wire data is checked with this.
    pub fn is_on_earth(self) -> bool {
        self.lat_e7.unsigned_abs() <= 900_000_000 && self.lon_e7.unsigned_abs() <= 1_800_000_000
    }
}

/// Where a fix came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum FixSource {
    /// A satellite receiver.
    #[n(0)]
    Satellite,
    /// Wi-Fi and mobile masts.
    #[n(1)]
    Network,
    /// The operating system's mixture.
    #[n(2)]
    Fused,
    /// Put on the map by hand.
    #[n(3)]
    Hand,
    /// Read from a photo's EXIF.
    #[n(4)]
    Exif,
}

/// A position with what is known of its quality. Time and truth of it are doubted, never assumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Fix {
    /// The position.
    #[n(0)]
    pub position: Position,
    /// Radius of 68 % confidence in cm, if the source gave one.
    #[n(1)]
    pub accuracy_cm: Option<u32>,
    /// What measured it.
    #[n(2)]
    pub source: FixSource,
    /// Age of the measurement when it was used, in ms.
    #[n(3)]
    pub age_ms: u32,
    /// Whether the operating system said that the position was mocked.
    #[n(4)]
    pub mock: bool,
}
