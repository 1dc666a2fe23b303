//! Sample photos for demonstrations and tests: a drawn street, the same for the same seed on every machine, with EXIF
//! as a phone writes it. With `after` the litter is gone and the light a little different.

use crate::jpeg;
use crate::metadata::LocalTime;
use crate::orient::{inverse, upright};
use crate::rgb::Rows;

mod block;
mod street;

/// What to draw and what its EXIF is to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scene {
    /// The same seed is the same place.
    pub seed: u64,
    /// Width of the upright picture in pixels, held to 16 to 12,000.
    pub width: u32,
    /// Height of the upright picture in pixels, held to 16 to 12,000.
    pub height: u32,
    /// Whether the litter has been cleared away.
    pub after: bool,
    /// When the camera says it was taken; `None` leaves the time out.
    pub taken: Option<LocalTime>,
    /// Latitude and longitude in 1e-7 degree; `None` leaves the position out.
    pub position_e7: Option<(i32, i32)>,
    /// EXIF orientation 1 to 8: the pixels are stored turned, so that viewers show the picture upright.
    pub orientation: u16,
}

impl Scene {
    /// A picture of 640 x 480 with litter, stored upright, without time and position.
    pub fn new(seed: u64) -> Scene {
        let (taken, position_e7) = (None, None);
        Scene { seed, width: 640, height: 480, after: false, taken, position_e7, orientation: 1 }
    }
}

/// Draws a scene and writes it as a JPEG of quality 90 with EXIF.
pub fn jpeg(scene: &Scene) -> Vec<u8> {
    let (width, height) = (scene.width.clamp(16, 12_000) as usize, scene.height.clamp(16, 12_000) as usize);
    let street = street::Street::new(scene.seed, scene.after);
    let mut rows = Rows::new(width, height, (width, height));
    let mut shapes = Vec::new();
    for y in 0..height {
        street.touching(y, height, &mut shapes);
        rows.push_rgb((0..width).map(|x| street.pixel(x, y, width, height, &shapes)));
    }
    let stored = upright(rows.finish(), inverse(scene.orientation.min(255) as u8));
    jpeg::encode(&stored, 90, Some(&block::tiff(scene)))
}
