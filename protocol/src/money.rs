//! Money: whole micro-RTC that can neither overflow nor go below zero.

use std::fmt;
use std::str::FromStr;

/// One RTC in micro-RTC (system constant, wire section 1).
pub const MICRO_PER_RTC: u64 = 1_000_000;

/// An amount of money in micro-RTC, from 0 to 2^63 - 1.
///
/// The upper bound is that of a signed 64-bit column, so every amount fits every store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Amount(u64);

/// Why a text or a sum is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// The text is not a decimal number.
    #[error("not a decimal number")]
    NotANumber,
    /// The text says NaN or infinity.
    #[error("not a finite number")]
    NotFinite,
    /// The number is below zero.
    #[error("below zero")]
    Negative,
    /// The number is above zero but below one micro-RTC.
    #[error("smaller than 0.000001 RTC")]
    TooSmall,
    /// The number has more than six decimals; amounts are never rounded.
    #[error("more than six decimals")]
    TooPrecise,
    /// The result is above 2^63 - 1 micro-RTC.
    #[error("more than 9223372036854.775807 RTC")]
    TooLarge,
    /// The result would be below zero.
    #[error("would fall below zero")]
    Underflow,
}

impl Amount {
    /// No money.
    pub const ZERO: Self = Self(0);
    /// The largest amount, 2^63 - 1 micro-RTC.
    pub const MAX: Self = Self(9_223_372_036_854_775_807);

    /// An amount of `micro` micro-RTC.
    pub const fn from_micro(micro: u64) -> Result<Self, AmountError> {
        if micro > Self::MAX.0 { Err(AmountError::TooLarge) } else { Ok(Self(micro)) }
    }

    /// An amount of `rtc` whole RTC.
    pub const fn from_rtc(rtc: u64) -> Result<Self, AmountError> {
        match rtc.checked_mul(MICRO_PER_RTC) {
            Some(micro) => Self::from_micro(micro),
            None => Err(AmountError::TooLarge),
        }
    }

    /// This amount in micro-RTC.
    pub const fn micro(self) -> u64 {
        self.0
    }

    /// Whether there is no money in it.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum of two amounts.
    pub fn plus(self, other: Self) -> Result<Self, AmountError> {
        self.0.checked_add(other.0).ok_or(AmountError::TooLarge).and_then(Self::from_micro)
    }

    /// What is left of this amount once `other` is taken away.
    pub fn minus(self, other: Self) -> Result<Self, AmountError> {
        self.0.checked_sub(other.0).map(Self).ok_or(AmountError::Underflow)
    }

    /// Splits into whole RTC and the micro-RTC beyond them.
    const fn parts(self) -> (u64, u64) {
        (self.0 / MICRO_PER_RTC, self.0 % MICRO_PER_RTC)
    }

    /// The text with the shortest fraction: `1`, `1.5`, `0.00001`.
    ///
    /// This is also how JavaScript prints the same number, for every amount below 10^15 micro-RTC.
    pub fn shortest_text(self) -> String {
        let mut text = String::new();
        self.write(&mut text, "");
        text
    }

    /// The text that always has a fraction and never an exponent: `1.0`, `1.5`, `0.00001`.
    pub fn fraction_text(self) -> String {
        let mut text = String::new();
        self.write(&mut text, ".0");
        text
    }

    /// The text of the same number as CPython's `repr(float)`: `1.0`, `1.5`, `1e-05`.
    ///
    /// Exact for amounts below 10^15 micro-RTC (more than a hundred times the supply), where the
    /// decimal text is the shortest one that identifies the float.
    pub fn python_text(self) -> String {
        let mut text = String::new();
        self.write_python(&mut text);
        text
    }

    /// Appends [`Amount::python_text`].
    pub fn write_python(self, out: &mut String) {
        let exponent = match self.0 {
            // repr() switches to an exponent below 1e-4, that is for 1 to 99 micro-RTC.
            1..=9 => "e-06",
            10..=99 => "e-05",
            _ => return self.write(out, ".0"),
        };
        let mut digits = itoa::Buffer::new();
        let (first, second) = digits.format(self.0).split_at(1);
        out.push_str(first);
        if !matches!(second, "" | "0") {
            out.push('.');
            out.push_str(second);
        }
        out.push_str(exponent);
    }

    /// Appends the shortest text, with this in place of a fraction where there is none.
    fn write(self, out: &mut String, no_fraction: &str) {
        let (whole, micro) = self.parts();
        let mut digits = itoa::Buffer::new();
        out.push_str(digits.format(whole));
        if micro == 0 {
            return out.push_str(no_fraction);
        }
        // The digit in front keeps leading zeros.
        let fraction = digits.format(MICRO_PER_RTC.saturating_add(micro)).as_bytes();
        let zeros = fraction.iter().rev().take_while(|digit| **digit == b'0').count();
        let shown = fraction.get(1..fraction.len().saturating_sub(zeros)).unwrap_or_default();
        out.push('.');
        out.extend(shown.iter().map(|digit| char::from(*digit)));
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.shortest_text())
    }
}

/// Longest text that is looked at; a legal amount needs at most 20 digits and an exponent.
const MAX_TEXT_BYTES: usize = 128;

impl FromStr for Amount {
    type Err = AmountError;

    /// Reads a decimal number of RTC, exactly: `12`, `0.5`, `1e-05`. Never rounds.
    fn from_str(text: &str) -> Result<Self, AmountError> {
        let unsigned = match text.strip_prefix('-') {
            Some(rest) => {
                return Decimal::parse(rest).and_then(|decimal| {
                    if decimal.is_zero() { Ok(Self::ZERO) } else { Err(AmountError::Negative) }
                });
            }
            None => text.strip_prefix('+').unwrap_or(text),
        };
        Decimal::parse(unsigned)?.into_amount()
    }
}

/// A non-negative decimal number: `digits * 10^exponent`, no leading or trailing zeros.
struct Decimal<'a> {
    digits: Vec<&'a u8>,
    exponent: i64,
}

impl<'a> Decimal<'a> {
    fn parse(text: &'a str) -> Result<Self, AmountError> {
        if is_not_finite(text) {
            return Err(AmountError::NotFinite);
        }
        if text.len() > MAX_TEXT_BYTES {
            return Err(AmountError::NotANumber);
        }
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction)
        {
            return Err(AmountError::NotANumber);
        }
        let fraction_digits =
            i64::try_from(fraction.len()).map_err(|_too_long| AmountError::NotANumber)?;
        let mut digits: Vec<&u8> = whole
            .as_bytes()
            .iter()
            .chain(fraction.as_bytes())
            .skip_while(|digit| **digit == b'0')
            .collect();
        let mut exponent = exponent.saturating_sub(fraction_digits);
        while digits.last().is_some_and(|digit| **digit == b'0') {
            digits.pop();
            exponent = exponent.saturating_add(1);
        }
        Ok(Self { digits, exponent })
    }

    const fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    fn into_amount(self) -> Result<Amount, AmountError> {
        if self.is_zero() {
            return Ok(Amount::ZERO);
        }
        let zeros = self.exponent.saturating_add(6);
        if zeros < 0 {
            let length = i64::try_from(self.digits.len()).unwrap_or(i64::MAX);
            let below_one_micro = length.saturating_add(zeros) <= 0;
            return Err(if below_one_micro {
                AmountError::TooSmall
            } else {
                AmountError::TooPrecise
            });
        }
        let scale = u32::try_from(zeros)
            .ok()
            .and_then(|zeros| 10_u64.checked_pow(zeros))
            .ok_or(AmountError::TooLarge)?;
        self.digits
            .iter()
            .try_fold(0_u64, |sum, digit| {
                sum.checked_mul(10)?.checked_add(u64::from(digit.wrapping_sub(b'0')))
            })
            .and_then(|mantissa| mantissa.checked_mul(scale))
            .ok_or(AmountError::TooLarge)
            .and_then(Amount::from_micro)
    }
}

fn is_not_finite(text: &str) -> bool {
    ["nan", "inf", "infinity"].iter().any(|name| text.eq_ignore_ascii_case(name))
}

fn parse_exponent(text: &str) -> Result<i64, AmountError> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || digits.len() > 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(AmountError::NotANumber);
    }
    text.parse().map_err(|_not_an_integer| AmountError::NotANumber)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn micro(text: &str) -> Result<u64, AmountError> {
        text.parse::<Amount>().map(Amount::micro)
    }

    #[test]
    fn reads_decimal_text_exactly() {
        for (text, expected) in [
            ("0", 0),
            ("1", 1_000_000),
            ("+1.5", 1_500_000),
            ("0.000001", 1),
            ("1e-06", 1),
            ("1.9e-05", 19),
            ("1E2", 100_000_000),
            ("8388608", 8_388_608_000_000),
            ("0.10000000", 100_000),
            ("9223372036854.775807", 9_223_372_036_854_775_807),
            ("-0.0", 0),
            (".5", 500_000),
        ] {
            assert_eq!(micro(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_not_an_exact_amount() {
        use AmountError::*;
        for (text, expected) in [
            ("", NotANumber),
            (".", NotANumber),
            ("1.2.3", NotANumber),
            (" 1", NotANumber),
            ("1_000", NotANumber),
            ("0x10", NotANumber),
            ("1e", NotANumber),
            ("1e1234567", NotANumber),
            ("NaN", NotFinite),
            ("-Infinity", NotFinite),
            ("-1", Negative),
            ("1e-7", TooSmall),
            ("0.0000009", TooSmall),
            ("0.0000019", TooPrecise),
            ("1.0000005", TooPrecise),
            ("9223372036854.775808", TooLarge),
            ("1e309", TooLarge),
        ] {
            assert_eq!(micro(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn prints_like_python_and_javascript() {
        for (micro, python, shortest, fraction) in [
            (1, "1e-06", "0.000001", "0.000001"),
            (19, "1.9e-05", "0.000019", "0.000019"),
            (90, "9e-05", "0.00009", "0.00009"),
            (100, "0.0001", "0.0001", "0.0001"),
            (1_000_000, "1.0", "1", "1.0"),
            (1_500_000, "1.5", "1.5", "1.5"),
            (8_388_608_000_000, "8388608.0", "8388608", "8388608.0"),
            (0, "0.0", "0", "0.0"),
        ] {
            let amount = Amount(micro);
            assert_eq!(amount.python_text(), python);
            assert_eq!(amount.shortest_text(), shortest);
            assert_eq!(amount.fraction_text(), fraction);
        }
    }

    #[test]
    fn sums_refuse_to_leave_the_range() {
        assert_eq!(Amount::MAX.plus(Amount(1)), Err(AmountError::TooLarge));
        assert_eq!(Amount(1).minus(Amount(2)), Err(AmountError::Underflow));
        assert_eq!(Amount(3).minus(Amount(2)), Ok(Amount(1)));
    }
}
