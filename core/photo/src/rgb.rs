//! From rows of RGB or grey to a picture, brought to its final size on the way: the full-size picture is never held
//! in planes. Full-range BT.601, as JFIF has it.

use crate::plane::Picture;
use crate::shrink::Shrinker;

/// Takes rows of `width` pixels, `height` of them, and makes a picture of the given new size from them.
pub(crate) struct Rows {
    planes: [Shrinker; 3],
    scratch: [Vec<u8>; 3],
}

impl Rows {
    /// All lengths 1 to 65,535.
    pub(crate) fn new(width: usize, height: usize, (new_width, new_height): (usize, usize)) -> Rows {
        let chroma = || Shrinker::new(width, height, new_width.div_ceil(2), new_height.div_ceil(2));
        Rows {
            planes: [Shrinker::new(width, height, new_width, new_height), chroma(), chroma()],
            scratch: [vec![0; width], vec![128; width], vec![128; width]],
        }
    }

    /// The next row of grey samples.
    pub(crate) fn push_grey(&mut self, grey: impl Iterator<Item = u8>) {
        self.scratch[0].iter_mut().zip(grey).for_each(|(to, from)| *to = from);
        self.push();
    }

    /// The next row of pixels.
    pub(crate) fn push_rgb(&mut self, pixels: impl Iterator<Item = [u8; 3]>) {
        let [y, cb, cr] = &mut self.scratch;
        for (((y, cb), cr), pixel) in y.iter_mut().zip(cb).zip(cr).zip(pixels) {
            [*y, *cb, *cr] = to_ycc(pixel);
        }
        self.push();
    }

    fn push(&mut self) {
        for (plane, row) in self.planes.iter_mut().zip(&self.scratch) {
            plane.push(row);
        }
    }

    /// The picture; rows that never came are grey.
    pub(crate) fn finish(self) -> Picture {
        let [y, cb, cr] = self.planes.map(Shrinker::finish);
        Picture { y, cb, cr }
    }
}

/// One pixel, in 16-bit fixed point.
pub(crate) fn to_ycc([r, g, b]: [u8; 3]) -> [u8; 3] {
    let (r, g, b) = (i32::from(r), i32::from(g), i32::from(b));
    let y = (19_595 * r + 38_470 * g + 7_471 * b + 32_768) >> 16;
    let cb = (-11_059 * r - 21_709 * g + 32_768 * b + (128 << 16) + 32_767) >> 16;
    let cr = (32_768 * r - 27_439 * g - 5_329 * b + (128 << 16) + 32_767) >> 16;
    [y, cb, cr].map(|v| v.clamp(0, 255) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn primaries_have_their_known_values() {
        assert_eq!(to_ycc([255, 255, 255]), [255, 128, 128]);
        assert_eq!(to_ycc([0, 0, 0]), [0, 128, 128]);
        assert_eq!(to_ycc([255, 0, 0]), [76, 85, 255]);
        assert_eq!(to_ycc([0, 0, 255]), [29, 255, 107]);
    }

    #[test]
    fn rows_become_a_picture_of_the_asked_size() {
        let mut rows = Rows::new(4, 4, (2, 2));
        for _ in 0..4 {
            rows.push_rgb([[255, 0, 0]; 4].into_iter());
        }
        let picture = rows.finish();
        assert_eq!((picture.y.data, picture.cb.data, picture.cr.data), (vec![76; 4], vec![85], vec![255]));
    }
}
