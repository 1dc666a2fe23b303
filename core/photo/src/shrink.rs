//! Area averaging: each new sample is the mean of the old samples under it, weighted by how much of them it covers.
//! Row by row, so that the source never has to be in memory as a whole. All weights are whole numbers: the same
//! picture gives the same bytes on every machine.

use crate::plane::Plane;

/// Brings rows of `width` samples, `height` of them, to another size.
pub(crate) struct Shrinker {
    width: usize,
    height: usize,
    new_width: usize,
    new_height: usize,
    /// Sums of the new row being filled; weights add up to `height`.
    sums: Vec<u32>,
    /// Source rows seen so far.
    seen: usize,
    out: Vec<u8>,
    rows_done: usize,
}

impl Shrinker {
    /// All four lengths must be 1 to 65,535: then 255 x 65,535 fits the sums.
    pub(crate) fn new(width: usize, height: usize, new_width: usize, new_height: usize) -> Shrinker {
        debug_assert!([width, height, new_width, new_height].iter().all(|n| (1..=65_535).contains(n)));
        Shrinker {
            width,
            height,
            new_width,
            new_height,
            sums: vec![0; width],
            seen: 0,
            out: Vec::with_capacity(new_width * new_height),
            rows_done: 0,
        }
    }

    /// Takes the next source row; rows beyond the announced height are ignored.
    pub(crate) fn push(&mut self, row: &[u8]) {
        if self.seen == self.height {
            return;
        }
        // Source row i covers [i * new_height, (i + 1) * new_height), new row j covers [j * height, (j + 1) * height).
        let (from, to) = (self.seen * self.new_height, (self.seen + 1) * self.new_height);
        self.seen += 1;
        while self.rows_done < self.new_height {
            let (start, end) = (self.rows_done * self.height, (self.rows_done + 1) * self.height);
            let weight = to.min(end).saturating_sub(from.max(start)) as u32;
            // The weights of a new row add up to at most 65,535, so the sums cannot wrap.
            for (sum, &sample) in self.sums.iter_mut().zip(row) {
                *sum = sum.wrapping_add(u32::from(sample).wrapping_mul(weight));
            }
            if end > to {
                break;
            }
            self.finish_row();
        }
    }

    fn finish_row(&mut self) {
        let scale = 1.0 / (self.width as f64 * self.height as f64);
        for x in 0..self.new_width {
            let (start, end) = (x * self.width, (x + 1) * self.width);
            let (first, last) = (start / self.new_width, (end - 1) / self.new_width);
            let mut total = 0u64;
            for (at, &sum) in self.sums.iter().enumerate().take(last + 1).skip(first) {
                let covered = ((at + 1) * self.new_width).min(end) - (at * self.new_width).max(start);
                total += u64::from(sum) * covered as u64;
            }
            self.out.push((total as f64 * scale + 0.5) as u8);
        }
        self.sums.fill(0);
        self.rows_done += 1;
    }

    /// The new plane. Rows that never came are grey.
    pub(crate) fn finish(mut self) -> Plane {
        self.out.resize(self.new_width * self.new_height, 128);
        Plane { data: self.out, width: self.new_width, height: self.new_height, stride: self.new_width }
    }
}

/// `plane` at another size.
pub(crate) fn shrink(plane: &Plane, new_width: usize, new_height: usize) -> Plane {
    let mut shrinker = Shrinker::new(plane.width, plane.height, new_width, new_height);
    for y in 0..plane.height {
        shrinker.push(plane.row(y));
    }
    shrinker.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(width: usize, height: usize) -> Plane {
        let data = (0..width * height).map(|i| ((i % width) * 7 + (i / width) * 3) as u8).collect();
        Plane { data, width, height, stride: width }
    }

    #[test]
    fn halving_is_the_mean_of_four() {
        let small = shrink(&ramp(8, 6), 4, 3);
        assert_eq!(small.data[0], ((7 + 3 + 10) as f64 / 4.0 + 0.5) as u8);
        assert_eq!((small.width, small.height), (4, 3));
    }

    #[test]
    fn same_size_changes_nothing() {
        let plane = ramp(17, 5);
        assert_eq!(shrink(&plane, 17, 5), plane);
    }

    #[test]
    fn flat_stays_flat_at_any_ratio_and_when_growing() {
        for (width, height) in [(1, 1), (3, 7), (31, 1), (64, 64)] {
            let flat = shrink(&Plane::filled(31, 17, 201), width, height);
            assert!(flat.data.iter().all(|&v| v == 201) && flat.data.len() == width * height);
        }
    }

    #[test]
    fn the_mean_of_the_whole_is_kept() {
        let plane = ramp(30, 20);
        let mean = plane.data.iter().map(|&v| u64::from(v)).sum::<u64>() as f64 / plane.data.len() as f64;
        assert!((f64::from(shrink(&plane, 1, 1).data[0]) - mean).abs() <= 0.51);
    }
}
