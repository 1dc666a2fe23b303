//! Planes of samples. Pictures stay in YCbCr from decoder to encoder, so no colour is converted on the way of a JPEG.

use crate::shrink::shrink;

/// One channel of a picture: `width` x `height` samples, rows `stride` apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plane {
    pub(crate) data: Vec<u8>,
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) stride: usize,
}

impl Plane {
    /// A plane of one value, rows without gaps.
    pub(crate) fn filled(width: usize, height: usize, value: u8) -> Plane {
        Plane { data: vec![value; width.saturating_mul(height)], width, height, stride: width }
    }

    /// Row `y`, which must be below `height`.
    pub(crate) fn row(&self, y: usize) -> &[u8] {
        let start = y * self.stride;
        &self.data[start..start + self.width]
    }
}

/// A picture with 4:2:0 chroma: `cb` and `cr` have half the width and height of `y`, rounded up. Full-range YCbCr.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) y: Plane,
    pub(crate) cb: Plane,
    pub(crate) cr: Plane,
}

impl Picture {
    /// Puts planes of any chroma resolution together; without chroma the picture is grey.
    pub(crate) fn from_planes(y: Plane, chroma: Option<(Plane, Plane)>) -> Picture {
        let (width, height) = (y.width.div_ceil(2), y.height.div_ceil(2));
        let fit = |plane: Plane| {
            if (plane.width, plane.height) == (width, height) { plane } else { shrink(&plane, width, height) }
        };
        match chroma {
            Some((cb, cr)) => Picture { cb: fit(cb), cr: fit(cr), y },
            None => Picture { cb: Plane::filled(width, height, 128), cr: Plane::filled(width, height, 128), y },
        }
    }

    /// The longer side in pixels.
    pub(crate) fn long_edge(&self) -> usize {
        self.y.width.max(self.y.height)
    }

    /// This picture with a long edge of at most `edge` pixels; a smaller one is left as it is.
    pub(crate) fn within(self, edge: usize) -> Picture {
        if self.long_edge() <= edge { self } else { self.shrunk(edge) }
    }

    /// A new picture with a long edge of at most `edge` pixels.
    pub(crate) fn shrunk(&self, edge: usize) -> Picture {
        let (width, height) = size_within(self.y.width, self.y.height, edge);
        let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
        Picture {
            y: shrink(&self.y, width, height),
            cb: shrink(&self.cb, half_width, half_height),
            cr: shrink(&self.cr, half_width, half_height),
        }
    }
}

/// The size of a picture brought down to a long edge of `edge`, its shape kept as whole pixels allow; never larger.
pub(crate) fn size_within(width: usize, height: usize, edge: usize) -> (usize, usize) {
    let long = width.max(height).max(1);
    if long <= edge {
        return (width.max(1), height.max(1));
    }
    let side = |length: usize| ((length * edge + long / 2) / long).max(1);
    (side(width), side(height))
}
