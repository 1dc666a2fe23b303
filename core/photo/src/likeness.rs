//! Does a copy show its original? A 64-bit difference hash of the upright luma: does each cell of a 9 x 8 grid get
//! brighter to the right? Scaling and recompression move few bits; another scene moves about 32.

use std::io::Cursor;

use crate::copies::{Limits, NoCopies, decode};
use crate::plane::Plane;
use crate::shrink::shrink;

/// Copies of the same photo lie within this many bits of its hash; blank walls may too, so it only ever raises doubt.
pub const ALIKE_WITHIN: u32 = 10;

/// Long edge at which copies are decoded for comparison: far above the grid, far below the cost of a full decode.
const COMPARE_EDGE: usize = 96;

/// Hash of an upright luma plane; the top left cell is the highest bit.
pub(crate) fn dhash(luma: &Plane) -> u64 {
    let grid = shrink(luma, 9, 8);
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
