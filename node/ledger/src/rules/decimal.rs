//! Decimal numbers as miners write them, compared without floating point.
//!
//! Every node must judge alike, so measurements are never turned into floats: they become whole
//! billionths. Digits beyond the ninth decimal are cut off, except that what is not zero stays at
//! least one billionth away from it.

/// Most digits that a mantissa may have; CPython prints at most 17.
const MAX_DIGITS: usize = 64;
/// Decimals that are kept.
const SCALE: i32 = 9;

/// A decimal number in billionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Decimal(i128);

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self(0);

    /// A number of billionths.
    pub const fn from_billionths(billionths: i128) -> Self {
        Self(billionths)
    }

    /// Reads a number of JSON's grammar; `None` when it does not fit.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = [whole, fraction].concat();
        let digits = digits.trim_start_matches('0');
        if digits.len() > MAX_DIGITS || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let decimals = i32::try_from(fraction.len()).ok()?;
        let exponent: i32 = exponent.parse().ok()?;
        let shift = exponent.checked_sub(decimals)?.checked_add(SCALE)?;
        let magnitude = scaled(digits, shift)?;
        Some(Self(if negative { magnitude.checked_neg()? } else { magnitude }))
    }

    /// Whether this is above zero and below `limit`.
    pub fn is_positive_below(self, limit: Self) -> bool {
        self > Self::ZERO && self < limit
    }
}

/// `digits` * 10^`shift`, where cutting digits off never makes zero of something.
fn scaled(digits: &str, shift: i32) -> Option<i128> {
    if digits.is_empty() {
        return Some(0);
    }
    if shift >= 0 {
        let factor = 10_i128.checked_pow(shift.unsigned_abs())?;
        return digits.parse::<i128>().ok()?.checked_mul(factor);
    }
    let cut = usize::try_from(shift.unsigned_abs()).ok()?;
    let kept = digits.len().checked_sub(cut).and_then(|kept| digits.get(..kept)).unwrap_or("");
    let value: i128 = if kept.is_empty() { 0 } else { kept.parse().ok()? };
    Some(value.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn billionths(text: &str) -> Option<i128> {
        Decimal::parse(text).map(|decimal| decimal.0)
    }

    #[test]
    fn reads_what_clients_print() {
        for (text, expected) in [
            ("0", 0),
            ("-0.0", 0),
            ("0e999999", 0),
            ("1", 1_000_000_000),
            ("0.05", 50_000_000),
            ("5e-05", 50_000),
            ("9.9e-5", 99_000),
            ("1E2", 100_000_000_000),
            ("-1.5", -1_500_000_000),
            ("0.04999999999999999", 49_999_999),
            ("1e-10", 1),
            ("1e-300", 1),
            ("-1e-300", -1),
            ("123456789012345678901", 123_456_789_012_345_678_901_000_000_000),
        ] {
            assert_eq!(billionths(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn refuses_what_does_not_fit() {
        for text in ["1e300", "1e99999999999", &"9".repeat(65), "NaN", "Infinity", "0x1"] {
            assert_eq!(billionths(text), None, "{text}");
        }
    }

    #[test]
    fn orders_like_numbers() {
        let limit = Decimal::from_billionths(100_000);
        assert!(Decimal::parse("0.000099").unwrap().is_positive_below(limit));
        assert!(!Decimal::parse("0.0001").unwrap().is_positive_below(limit));
        assert!(!Decimal::parse("0").unwrap().is_positive_below(limit));
        assert!(Decimal::parse("-1").unwrap() < Decimal::ZERO);
    }
}
