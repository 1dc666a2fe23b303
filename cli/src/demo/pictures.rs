//! The demo's photos: the user's own, or drawn ones with EXIF.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{Datelike, Timelike};
use redvest_domain::place::Position;
use redvest_domain::time::Timestamp;
use redvest_photo::LocalTime;
use redvest_photo::sample::{Scene, jpeg};

use crate::failure::{Failure, Input};

/// Minutes from UTC of the drawn photos' local time.
const CHINA: i16 = 480;

/// A source of photos.
pub(super) struct Pictures {
    own: Vec<PathBuf>,
    folder: PathBuf,
    now: Timestamp,
    made: u32,
}

impl Pictures {
    /// Photos from `own`, or drawn into `folder`.
    pub(super) fn new(own: Option<&Path>, folder: PathBuf, now: Timestamp) -> Result<Pictures, Failure> {
        fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
        let mut files = Vec::new();
        if let Some(own) = own {
            for entry in fs::read_dir(own).map_err(Failure::file(own))? {
                let path = entry?.path();
                if path.is_file() && redvest_photo::inspect_file(&path).is_ok() {
                    files.push(path);
                }
            }
            files.sort();
            if files.is_empty() {
                let (zh, en) = ("该目录中没有照片。", "There is no photo in that folder.");
                return Err(Input::new("no_photos", zh, en).into());
            }
        }
        Ok(Pictures { own: files, folder, now, made: 0 })
    }

    /// The next photo: of a place, before or after it was put right, so many pixels wide.
    pub(super) fn take(&mut self, at: Position, after: bool, width: u16) -> Result<PathBuf, Failure> {
        self.made += 1;
        if !self.own.is_empty() {
            return Ok(self.own[(self.made as usize - 1) % self.own.len()].clone());
        }
        let local = self.now.plus_ms(i64::from(CHINA) * 60_000).to_utc();
        // Each part fits: months, days, hours and so on of a date that exists.
        let part = |value: u32| u8::try_from(value).unwrap_or(1);
        let date = (u16::try_from(local.year()).unwrap_or(2026), part(local.month()), part(local.day()));
        let time = (part(local.hour()), part(local.minute()), part(local.second()));
        let scene = Scene {
            width: width.into(),
            height: (width / 4 * 3).into(),
            after,
            taken: LocalTime::new(date, time, Some(CHINA)),
            position_e7: Some((at.lat_e7, at.lon_e7)),
            ..Scene::new(u64::from(self.made))
        };
        let path = self.folder.join(format!("{:03}.jpg", self.made));
        fs::write(&path, jpeg(&scene)).map_err(Failure::file(&path))?;
        Ok(path)
    }
}
