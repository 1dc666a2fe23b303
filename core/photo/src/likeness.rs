//! Does a copy show its original? A 64-bit difference hash of the upright luma: does each cell of a 9 x 8 grid get
//! brighter to the right? Scaling and recompression move few bits; another scene moves about 32.

use std::io::{Cursor, Read, Seek};

use crate::copies::{Limits, NoCopies, decode};
use crate::orient::upright;
use crate::plane::Plane;
use crate::shrink::shrink;

/// Copies of the same photo lie within this many bits of its hash; blank walls may too, so it only ever raises doubt.
pub const ALIKE_WITHIN: u32 = 10;

/// Long edge at which copies are decoded for comparison: far above the grid, far below the cost of a full decode.
const COMPARE_EDGE: usize = 96;

/// Grids whose cells differ by no more than this on average, of 255, show the same: in fog, in the dark or on a bare wall
/// each bit of the hash is chance.
const SAME_GREY: u64 = 3;

/// Hash of an upright luma plane; the top left cell is the highest bit.
pub(crate) fn dhash(luma: &Plane) -> u64 {
    of_grid(&shrink(luma, 9, 8))
}

fn of_grid(grid: &Plane) -> u64 {
    let mut hash = 0;
    for y in 0..grid.height {
        for pair in grid.row(y).windows(2) {
            hash = hash << 1 | u64::from(pair[0] < pair[1]);
        }
    }
    hash
}

/// Decodes a copy and counts the bits, 0 to 64, in which its hash differs from the original's
/// ([`crate::Copies::dhash`]). At most [`ALIKE_WITHIN`] means that the copy may well show the same picture.
///
/// # Errors
/// The copy is no picture that can be decoded within the limits.
pub fn distance(original_dhash: u64, copy: &[u8], limits: &Limits) -> Result<u32, NoCopies> {
    let (picture, _) = decode(Cursor::new(copy), limits, COMPARE_EDGE, usize::MAX)?;
    Ok((dhash(&picture.y) ^ original_dhash).count_ones())
}

/// What is left of a picture to tell whether another one shows the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Likeness {
    grid: Plane,
}

impl Likeness {
    /// Decodes the picture that `photo` reads, from its start, at the smallest scale that serves.
    ///
    /// # Errors
    /// It is no picture that can be decoded within the limits, or cannot be read.
    pub fn of<R: Read + Seek>(photo: R, limits: &Limits) -> Result<Likeness, NoCopies> {
        let (picture, orientation) = decode(photo, limits, COMPARE_EDGE, usize::MAX)?;
        Ok(Likeness { grid: shrink(&upright(picture, orientation).y, 9, 8) })
    }

    /// Whether the other may well show the same picture: the hashes lie within [`ALIKE_WITHIN`] bits, or there is next to
    /// nothing to see that differs.
    pub fn is_like(&self, other: &Likeness) -> bool {
        let bits = (of_grid(&self.grid) ^ of_grid(&other.grid)).count_ones();
        let cells = (0..self.grid.height).flat_map(|y| self.grid.row(y).iter().zip(other.grid.row(y)));
        let apart: u64 = cells.map(|(one, two)| u64::from(one.abs_diff(*two))).sum();
        bits <= ALIKE_WITHIN || apart <= SAME_GREY * 9 * 8
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::copies_from;
    use crate::jpeg::encode;
    use crate::plane::Picture;
    use crate::sample::{Scene, jpeg};

    fn of(photo: &[u8]) -> Likeness {
        Likeness::of(Cursor::new(photo), &Limits::default()).unwrap()
    }

    #[test]
    fn copies_are_like_their_original_at_every_size_and_orientation_and_other_scenes_are_not() {
        let mut reviews: Vec<Likeness> = Vec::new();
        let sizes = [(300, 400, 1), (640, 480, 3), (1600, 1200, 6), (2500, 1100, 8), (4032, 3024, 5)];
        for (seed, (width, height, orientation)) in sizes.into_iter().enumerate() {
            let original = jpeg(&Scene { width, height, orientation, ..Scene::new(seed as u64) });
            let copies = copies_from(Cursor::new(&original), &Limits::default()).unwrap();
            let original = of(&original);
            assert!(original.is_like(&of(&copies.review)) && original.is_like(&of(&copies.thumbnail)), "seed {seed}");
            assert!(reviews.iter().all(|other| !original.is_like(other)), "seed {seed}");
            reviews.push(of(&copies.review));
        }
    }

    #[test]
    fn what_shows_next_to_nothing_raises_no_doubt() {
        // Stripes a shade apart, one under each cell of the grid, so that every bit of the hash turns over.
        let dark = |first: usize| {
            let mut plane = Plane::filled(900, 640, 20);
            for (at, pixel) in plane.data.iter_mut().enumerate() {
                *pixel += 2 * ((at % 900 / 100 + first) % 2) as u8;
            }
            encode(&Picture::from_planes(plane, None), 95, None)
        };
        let (original, other) = (of(&dark(0)), of(&dark(1)));
        assert!((of_grid(&original.grid) ^ of_grid(&other.grid)).count_ones() > ALIKE_WITHIN);
        assert!(original.is_like(&other));
        let street = of(&jpeg(&Scene::new(3)));
        assert!(!street.is_like(&original));
    }
}
