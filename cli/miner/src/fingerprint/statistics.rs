//! Mean, scatter and ratios of measured nanoseconds.
//!
//! The one place where integers become floats and back. Every result is finite, whatever comes in.

/// How many times a series of samples is taken.
const SERIES: u32 = 5;

/// Takes a series of samples several times and returns the one that scatters least: being
/// interrupted by other programs says nothing about the machine.
pub(super) fn quietest(mut series: impl FnMut() -> Vec<u64>) -> Vec<u64> {
    let mut best = series();
    for _ in 1..SERIES {
        let other = series();
        if stdev(&other) < stdev(&best) {
            best = other;
        }
    }
    best
}

/// The mean; 0 of nothing.
pub(super) fn mean(samples: &[u64]) -> f64 {
    ratio(samples.iter().map(|&sample| float(sample)).sum(), length(samples))
}

/// The standard deviation of a sample (over n - 1); 0 of fewer than two values.
pub(super) fn stdev(samples: &[u64]) -> f64 {
    variance(samples, length(samples) - 1.0).sqrt()
}

/// The variance of a whole population (over n); 0 of nothing.
pub(super) fn population_variance(samples: &[u64]) -> f64 {
    variance(samples, length(samples))
}

/// The standard deviation of the steps from each value to the next.
pub(super) fn step_stdev(samples: &[u64]) -> f64 {
    let steps: Vec<f64> = samples.windows(2).map(|pair| float(pair[1]) - float(pair[0])).collect();
    let count = float(steps.len() as u64);
    let mean = ratio(steps.iter().sum(), count);
    ratio(steps.iter().map(|step| (step - mean).powi(2)).sum(), count - 1.0).sqrt()
}

/// The quotient; 0 when the divisor is not above 0.
pub(super) fn ratio(dividend: f64, divisor: f64) -> f64 {
    if divisor > 0.0 { dividend / divisor } else { 0.0 }
}

/// A value rounded to a number of decimals.
pub(super) fn rounded(value: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    (value * scale).round() / scale
}

/// A value rounded to a whole number, 0 when it is negative.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float to integer cast saturates, and nanoseconds are never negative"
)]
pub(super) const fn whole(value: f64) -> u64 {
    value.round() as u64
}

/// Nanoseconds as a float. Exact up to 2^53 ns, more than a hundred days.
#[expect(clippy::cast_precision_loss, reason = "a measurement takes seconds, not months")]
pub(super) const fn float(nanos: u64) -> f64 {
    nanos as f64
}

fn length(samples: &[u64]) -> f64 {
    float(samples.len() as u64)
}

fn variance(samples: &[u64], divisor: f64) -> f64 {
    let mean = mean(samples);
    ratio(samples.iter().map(|&sample| (float(sample) - mean).powi(2)).sum(), divisor)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(left: f64, right: f64) -> bool {
        (left - right).abs() < 1e-9
    }

    #[test]
    fn textbook_values() {
        let samples = [2, 4, 4, 4, 5, 5, 7, 9];
        assert!(close(mean(&samples), 5.0));
        assert!(close(population_variance(&samples), 4.0));
        assert!(close(stdev(&samples), (32.0_f64 / 7.0).sqrt()));
        // Steps 2, 0, 0, 1, 0, 2, 2: mean 1, squares 1 1 1 0 1 1 1.
        assert!(close(step_stdev(&samples), 1.0));
    }

    #[test]
    fn nothing_and_one_value_give_zero() {
        for samples in [&[][..], &[7][..]] {
            assert!(close(stdev(samples), 0.0) && close(step_stdev(samples), 0.0));
        }
        assert!(close(mean(&[]), 0.0) && close(population_variance(&[]), 0.0));
        assert!(close(ratio(1.0, 0.0), 0.0));
    }

    #[test]
    fn the_quietest_series_is_kept() {
        let mut series =
            [vec![10, 90], vec![10, 12], vec![10, 50], vec![1, 9], vec![0, 7]].into_iter();
        assert_eq!(quietest(|| series.next().unwrap()), [10, 12]);
        assert!(series.next().is_none());
    }

    #[test]
    fn rounding() {
        assert!(close(rounded(0.012_345_67, 6), 0.012_346));
        assert_eq!((whole(2.5), whole(-3.0), whole(f64::NAN)), (3, 0, 0));
    }
}
