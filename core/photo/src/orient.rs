//! Turning a picture upright. EXIF orientation 1 to 8 says how the stored rows and columns lie in the scene.

use crate::plane::{Picture, Plane};

const TILE: usize = 16;

/// `picture` as it is to be seen, given the EXIF orientation that it was stored with; other values change nothing.
pub(crate) fn upright(picture: Picture, orientation: u8) -> Picture {
    if !(2..=8).contains(&orientation) {
        return picture;
    }
    let Picture { y, cb, cr } = picture;
    Picture { y: turn(y, orientation), cb: turn(cb, orientation), cr: turn(cr, orientation) }
}

/// The orientation that undoes `orientation`.
pub(crate) fn inverse(orientation: u8) -> u8 {
    match orientation {
        6 => 8,
        8 => 6,
        other => other,
    }
}

fn turn(plane: Plane, orientation: u8) -> Plane {
    // 5 to 8 swap the axes; what remains is a mirror left to right, top to bottom, or both.
    let mut plane = if orientation >= 5 { transpose(&plane) } else { compact(plane) };
    match orientation {
        2 | 6 => plane.data.chunks_exact_mut(plane.width).for_each(<[u8]>::reverse),
        3 | 7 => plane.data.reverse(),
        4 | 8 => flip_rows(&mut plane),
        _ => {}
    }
    plane
}

fn compact(plane: Plane) -> Plane {
    if plane.stride == plane.width && plane.data.len() == plane.width * plane.height {
        return plane;
    }
    let data = (0..plane.height).flat_map(|y| plane.row(y).iter().copied()).collect();
    Plane { data, stride: plane.width, ..plane }
}

fn flip_rows(plane: &mut Plane) {
    let (width, height) = (plane.width, plane.height);
    for y in 0..height / 2 {
        let (top, bottom) = plane.data.split_at_mut((height - 1 - y) * width);
        top[y * width..(y + 1) * width].swap_with_slice(&mut bottom[..width]);
    }
}

/// In tiles, so that both sides stay in the cache.
fn transpose(plane: &Plane) -> Plane {
    let mut out = Plane::filled(plane.height, plane.width, 0);
    for y0 in (0..plane.height).step_by(TILE) {
        for x0 in (0..plane.width).step_by(TILE) {
            for y in y0..(y0 + TILE).min(plane.height) {
                let row = &plane.row(y)[x0..(x0 + TILE).min(plane.width)];
                for (x, &sample) in (x0..).zip(row) {
                    out.data[x * out.stride + y] = sample;
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1 2 3 / 4 5 6, with a stride that leaves a gap.
    fn stored() -> Plane {
        Plane { data: vec![1, 2, 3, 0, 4, 5, 6, 0], width: 3, height: 2, stride: 4 }
    }

    #[test]
    fn each_orientation_reads_as_the_standard_says() {
        let expected: [(u8, &[u8]); 7] = [
            (2, &[3, 2, 1, 6, 5, 4]),
            (3, &[6, 5, 4, 3, 2, 1]),
            (4, &[4, 5, 6, 1, 2, 3]),
            (5, &[1, 4, 2, 5, 3, 6]),
            (6, &[4, 1, 5, 2, 6, 3]),
            (7, &[6, 3, 5, 2, 4, 1]),
            (8, &[3, 6, 2, 5, 1, 4]),
        ];
        for (orientation, data) in expected {
            assert_eq!(turn(stored(), orientation).data, data, "orientation {orientation}");
        }
    }

    #[test]
    fn the_inverse_undoes_each_orientation_on_odd_sizes() {
        let data: Vec<u8> = (0..37 * 21).map(|i| (i % 251) as u8).collect();
        let plane = Plane { data, width: 37, height: 21, stride: 37 };
        for orientation in 2..=8 {
            assert_eq!(turn(turn(plane.clone(), orientation), inverse(orientation)), plane, "{orientation}");
        }
    }
}
