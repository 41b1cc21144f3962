//! Multipliers: what hardware weighs, in whole millionths.

use std::fmt;

use crate::money::{Amount, AmountError};

/// An antiquity multiplier in millionths: 2.5x is 2,500,000. Zero means that nothing is earned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Multiplier(u32);

impl Multiplier {
    /// Weighs nothing.
    pub const ZERO: Self = Self(0);
    /// The base weight, 1.0x.
    pub const ONE: Self = Self(1_000_000);
    /// The largest multiplier that a table may name, 1,000x.
    pub const MAX: Self = Self(1_000_000_000);

    /// A multiplier of `millionths`, at most [`Multiplier::MAX`].
    pub const fn from_millionths(millionths: u32) -> Option<Self> {
        if millionths > Self::MAX.0 { None } else { Some(Self(millionths)) }
    }

    /// This multiplier in millionths.
    pub const fn millionths(self) -> u32 {
        self.0
    }

    /// Whether it weighs nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl fmt::Display for Multiplier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Millionths of a multiplier print like micro-RTC of an amount.
        let text: Result<String, AmountError> =
            Amount::from_micro(u64::from(self.0)).map(Amount::fraction_text);
        f.pad(&text.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_as_a_decimal() {
        assert_eq!(Multiplier(2_500_000).to_string(), "2.5");
        assert_eq!(Multiplier(500).to_string(), "0.0005");
        assert_eq!(Multiplier::ZERO.to_string(), "0.0");
    }

    #[test]
    fn has_an_upper_bound() {
        assert_eq!(Multiplier::from_millionths(1_000_000_001), None);
    }
}
