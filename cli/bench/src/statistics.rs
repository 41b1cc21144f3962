//! Medians, percentiles and the one conversion that they need.

/// An integer as a float; what is counted here is far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "counters of a measurement are below 2^53")]
pub(crate) const fn float(count: u64) -> f64 {
    count as f64
}

/// A length as a float.
pub(crate) fn float_len(length: usize) -> f64 {
    float(u64::try_from(length).unwrap_or(u64::MAX))
}

/// The whole part of a float that is not negative; 0 for one that is.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "casts from floats saturate"
)]
pub(crate) const fn whole(value: f64) -> usize {
    value as usize
}

/// The middle value; the mean of the two middle ones when their number is even. 0 for none.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_unstable_by(f64::total_cmp);
    let (low, high) = (values.len().saturating_sub(1) / 2, values.len() / 2);
    match (values.get(low), values.get(high)) {
        (Some(low), Some(high)) => f64::midpoint(*low, *high),
        _ => 0.0,
    }
}

/// The value below which `share` (0 to 1) of a sorted list lies. 0 for an empty list.
pub(crate) fn percentile(sorted: &[u32], share: f64) -> u32 {
    let rank = whole((float_len(sorted.len()) * share).ceil()).saturating_sub(1);
    sorted.get(rank).or_else(|| sorted.last()).copied().unwrap_or(0)
}

/// The next number of the `SplitMix64` sequence: which wallet is paid need not be unguessable.
pub(crate) const fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
        close(median([3.0, 1.0, 2.0]), 2.0);
        close(median([4.0, 1.0, 2.0, 3.0]), 2.5);
        close(median([]), 0.0);
    }

    #[test]
    fn percentiles_are_values_of_the_list() {
        let list: Vec<u32> = (1..=100).collect();
        assert_eq!(percentile(&list, 0.5), 50);
        assert_eq!(percentile(&list, 0.99), 99);
        assert_eq!(percentile(&list, 1.0), 100);
        assert_eq!(percentile(&[7], 0.5), 7);
        assert_eq!(percentile(&[], 0.5), 0);
    }
}
