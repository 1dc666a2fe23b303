//! The map datums of China: GCJ-02, which maps sold there use, and BD-09, which Baidu adds to it. WGS-84 alone is
//! stored; these exist to draw a pin and to read a clerk's file.
//!
//! The formulas are the publicly known ones (the constants of the Krasovsky ellipsoid and the trigonometric series that
//! every open implementation shares); they have no official publication. Outside a box around China GCJ-02 is WGS-84.
//! The ways back search for the position that leads there, so that a pin drawn and read again does not move.

use std::f64::consts::PI;

use crate::place::Position;

/// A GCJ-02 position in degrees. Not rounded to 1e-7 degree, so that the way back is exact.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gcj02 {
    /// Latitude in degrees, north positive.
    pub lat: f64,
    /// Longitude in degrees, east positive.
    pub lon: f64,
}

/// A BD-09 position in degrees, as Baidu's maps show it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bd09 {
    /// Latitude in degrees, north positive.
    pub lat: f64,
    /// Longitude in degrees, east positive.
    pub lon: f64,
}

/// Semi-major axis in metres and squared eccentricity of the Krasovsky ellipsoid, which the series is scaled with.
const AXIS_M: f64 = 6_378_245.0;
const ECCENTRICITY_SQUARED: f64 = 0.006_693_421_622_965_943;

/// Steps of the searches; each is at least thirty times nearer than the one before, so five would do.
const STEPS: usize = 10;

impl Gcj02 {
    /// Where a WGS-84 position lies on a GCJ-02 map.
    pub fn from_wgs84(at: Position) -> Gcj02 {
        let (lat, lon) = shifted(at.lat(), at.lon());
        Gcj02 { lat, lon }
    }

    /// The WGS-84 position that lies here on a GCJ-02 map, to 1e-7 degree; `None` for what is not on Earth. Within
    /// about 1 km of the box around China, where both readings are possible, it is read as inside.
    pub fn to_wgs84(self) -> Option<Position> {
        let (lat, lon) = unshifted(self.lat, self.lon);
        Position::from_degrees(lat, lon)
    }
}

impl Bd09 {
    /// Where a WGS-84 position lies on a BD-09 map.
    pub fn from_wgs84(at: Position) -> Bd09 {
        let (lat, lon) = shifted(at.lat(), at.lon());
        let (lat, lon) = baidu(lat, lon);
        Bd09 { lat, lon }
    }

    /// The WGS-84 position that lies here on a BD-09 map, to 1e-7 degree; `None` for what is not on Earth.
    pub fn to_wgs84(self) -> Option<Position> {
        let (mut lat, mut lon) = (self.lat, self.lon);
        for _ in 0..STEPS {
            let (there_lat, there_lon) = baidu(lat, lon);
            (lat, lon) = (lat + self.lat - there_lat, lon + self.lon - there_lon);
        }
        Gcj02 { lat, lon }.to_wgs84()
    }
}

fn is_in_china_box(lat: f64, lon: f64) -> bool {
    (0.8293..=55.8271).contains(&lat) && (72.004..=137.8347).contains(&lon)
}

fn shifted(lat: f64, lon: f64) -> (f64, f64) {
    if !is_in_china_box(lat, lon) {
        return (lat, lon);
    }
    let (north, east) = shift(lat, lon);
    (lat + north, lon + east)
}

fn unshifted(gcj_lat: f64, gcj_lon: f64) -> (f64, f64) {
    let (mut lat, mut lon) = (gcj_lat, gcj_lon);
    // Far away there is no position inside the box to be found, and the series is made for China alone.
    if !(0.7..=56.0).contains(&lat) || !(71.9..=138.0).contains(&lon) {
        return (gcj_lat, gcj_lon);
    }
    for _ in 0..STEPS {
        let (north, east) = shift(lat, lon);
        (lat, lon) = (gcj_lat - north, gcj_lon - east);
    }
    if is_in_china_box(lat, lon) { (lat, lon) } else { (gcj_lat, gcj_lon) }
}

/// By how many degrees GCJ-02 lies north and east of WGS-84 here.
fn shift(lat: f64, lon: f64) -> (f64, f64) {
    let (x, y) = (lon - 105.0, lat - 35.0);
    let wave = |part: f64| (part * PI).sin();
    let common = 20.0 * wave(6.0 * x) + 20.0 * wave(2.0 * x);
    let north_waves = common + 20.0 * wave(y) + 40.0 * wave(y / 3.0) + 160.0 * wave(y / 12.0) + 320.0 * wave(y / 30.0);
    let east_waves = common + 20.0 * wave(x) + 40.0 * wave(x / 3.0) + 150.0 * wave(x / 12.0) + 300.0 * wave(x / 30.0);
    let root = x.abs().sqrt();
    let north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + north_waves * 2.0 / 3.0;
    let east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + east_waves * 2.0 / 3.0;
    // Metres to degrees by the radii of curvature along the meridian and across it.
    let sine = lat.to_radians().sin();
    let bend = 1.0 - ECCENTRICITY_SQUARED * sine * sine;
    let meridian_m = AXIS_M * (1.0 - ECCENTRICITY_SQUARED) / (bend * bend.sqrt());
    let across_m = AXIS_M / bend.sqrt() * lat.to_radians().cos();
    ((north_m / meridian_m).to_degrees(), (east_m / across_m).to_degrees())
}

/// GCJ-02 to BD-09, both in degrees.
fn baidu(lat: f64, lon: f64) -> (f64, f64) {
    let turns = PI * 3000.0 / 180.0;
    let radius = lat.hypot(lon) + 0.000_02 * (lat * turns).sin();
    let angle = lat.atan2(lon) + 0.000_003 * (lon * turns).cos();
    (radius * angle.sin() + 0.006, radius * angle.cos() + 0.0065)
}
