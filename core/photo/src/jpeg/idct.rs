//! Inverse transforms to 8 x 8, 4 x 4, 2 x 2 and 1 x 1 samples. The smaller ones take only the lowest coefficients:
//! an N-point transform of an 8-point spectrum is the block scaled down. Coefficients come dequantized (divided by 8;
//! for 8 x 8 with the AAN factors), row by row.

/// The level shift, rounding and clamping of a sample.
#[inline(always)]
fn sample(value: f32) -> u8 {
    // The cast saturates and turns NaN into 0.
    (value + 128.5) as u8
}

/// Writes the `N` x `N` samples of a block to `to`, rows `stride` apart.
#[inline(always)]
pub(super) fn inverse<const N: usize>(block: &[f32; 128], to: &mut [u8], stride: usize) {
    match N {
        1 => to[0] = sample(block[0]),
        2 => two(block, to, stride),
        4 => four(block, to, stride),
        _ => eight(block, to, stride),
    }
}

/// A block of one value.
#[inline(always)]
pub(super) fn flat<const N: usize>(value: f32, to: &mut [u8], stride: usize) {
    for y in 0..N {
        to[y * stride..y * stride + N].fill(sample(value));
    }
}

#[inline(always)]
fn two(block: &[f32; 128], to: &mut [u8], stride: usize) {
    let (top, top_odd) = (block[0] + block[1], block[0] - block[1]);
    let (down, down_odd) = (block[2] + block[3], block[2] - block[3]);
    to[..2].copy_from_slice(&[sample(top + down), sample(top_odd + down_odd)]);
    to[stride..stride + 2].copy_from_slice(&[sample(top - down), sample(top_odd - down_odd)]);
}

#[inline(always)]
fn transposed<const N: usize>(rows: [[f32; N]; N]) -> [[f32; N]; N] {
    let mut out = [[0.0; N]; N];
    for (y, row) in rows.iter().enumerate() {
        for (x, value) in row.iter().enumerate() {
            out[x][y] = *value;
        }
    }
    out
}

#[inline(always)]
fn load<const N: usize>(block: &[f32; 128]) -> [[f32; N]; N] {
    let mut rows = [[0.0; N]; N];
    for (row, values) in rows.iter_mut().zip(block.as_chunks().0) {
        *row = *values;
    }
    rows
}

#[inline(always)]
fn store<const N: usize>(rows: &[[f32; N]; N], to: &mut [u8], stride: usize) {
    for (y, row) in rows.iter().enumerate() {
        to[y * stride..y * stride + N].copy_from_slice(&row.map(sample));
    }
}

#[inline(always)]
fn four(block: &[f32; 128], to: &mut [u8], stride: usize) {
    // √2·cos(π/8) and √2·sin(π/8).
    const WIDE: f32 = 1.306_563;
    const NARROW: f32 = 0.541_196_1;
    #[inline(always)]
    fn pass(r: [[f32; 4]; 4]) -> [[f32; 4]; 4] {
        let mut out = [[0.0; 4]; 4];
        for i in 0..4 {
            let (sum, difference) = (r[0][i] + r[2][i], r[0][i] - r[2][i]);
            let outer = WIDE * r[1][i] + NARROW * r[3][i];
            let inner = NARROW * r[1][i] - WIDE * r[3][i];
            out[0][i] = sum + outer;
            out[1][i] = difference + inner;
            out[2][i] = difference - inner;
            out[3][i] = sum - outer;
        }
        out
    }
    store(&transposed(pass(transposed(pass(load(block))))), to, stride);
}

/// The transform of Arai, Agui and Nakajima.
#[inline(always)]
fn eight(block: &[f32; 128], to: &mut [u8], stride: usize) {
    // √2; 2·cos(π/8); 2·(cos(π/8) − cos(3π/8)); 2·(cos(π/8) + cos(3π/8)).
    const SQRT_2: f32 = std::f32::consts::SQRT_2;
    const C2: f32 = 1.847_759;
    const C2_LESS_C6: f32 = 1.082_392_2;
    const C2_AND_C6: f32 = 2.613_126;
    #[inline(always)]
    #[allow(clippy::needless_range_loop, reason = "it runs across eight rows at once")]
    fn pass(r: &mut [[f32; 8]; 8]) {
        for i in 0..8 {
            let (even, even_less) = (r[0][i] + r[4][i], r[0][i] - r[4][i]);
            let pair = r[2][i] + r[6][i];
            let pair_less = (r[2][i] - r[6][i]) * SQRT_2 - pair;
            let (x0, x3) = (even + pair, even - pair);
            let (x1, x2) = (even_less + pair_less, even_less - pair_less);
            let (z13, z10) = (r[5][i] + r[3][i], r[5][i] - r[3][i]);
            let (z11, z12) = (r[1][i] + r[7][i], r[1][i] - r[7][i]);
            let y7 = z11 + z13;
            let z5 = (z10 + z12) * C2;
            let y6 = z5 - z10 * C2_AND_C6 - y7;
            let y5 = (z11 - z13) * SQRT_2 - y6;
            let y4 = z5 - z12 * C2_LESS_C6 - y5;
            (r[0][i], r[7][i]) = (x0 + y7, x0 - y7);
            (r[1][i], r[6][i]) = (x1 + y6, x1 - y6);
            (r[2][i], r[5][i]) = (x2 + y5, x2 - y5);
            (r[3][i], r[4][i]) = (x3 + y4, x3 - y4);
        }
    }
    let mut rows = load(block);
    pass(&mut rows);
    let mut rows = transposed(rows);
    pass(&mut rows);
    store(&transposed(rows), to, stride);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jpeg::tables::AAN;

    /// The definition, for an N-point transform in f64.
    fn slow(block: &[[f64; 8]; 8], n: usize) -> Vec<u8> {
        let basis = |k: usize, x: usize| {
            let scale = if k == 0 { 1.0 } else { std::f64::consts::SQRT_2 };
            scale * ((2 * x + 1) as f64 * k as f64 * std::f64::consts::PI / (2 * n) as f64).cos()
        };
        let mut out = Vec::new();
        for y in 0..n {
            for x in 0..n {
                let pairs = (0..n).flat_map(|v| (0..n).map(move |u| (v, u)));
                let sum: f64 = pairs.map(|(v, u)| block[v][u] / 8.0 * basis(v, y) * basis(u, x)).sum();
                out.push((sum + 128.5).clamp(0.0, 255.0) as u8);
            }
        }
        out
    }

    fn check<const N: usize>() {
        let mut seed = 7u64;
        for _ in 0..200 {
            let mut block = [[0f64; 8]; 8];
            let mut given = [0f32; 128];
            for v in 0..8 {
                for u in 0..8 {
                    seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    block[v][u] = ((seed >> 40) % 256) as f64 - 128.0;
                    if v < N && u < N {
                        let aan = if N == 8 { AAN[v] * AAN[u] } else { 1.0 };
                        given[v * N + u] = block[v][u] as f32 / 8.0 * aan;
                    }
                }
            }
            let mut fast = vec![0; N * N];
            inverse::<N>(&given, &mut fast, N);
            for (got, wanted) in fast.iter().zip(slow(&block, N)) {
                assert!(got.abs_diff(wanted) <= 1, "{N}: {got} for {wanted}");
            }
        }
    }

    #[test]
    fn every_size_agrees_with_the_definition() {
        check::<1>();
        check::<2>();
        check::<4>();
        check::<8>();
    }
}
