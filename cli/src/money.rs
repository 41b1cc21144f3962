//! Amounts in our JSON: exact text in RTC for people, an integer in micro-RTC for programs.

use protocol::money::Amount;
use serde::{Serialize, Serializer, ser::SerializeStruct as _};

/// An amount, written as `{"rtc": "12.5", "micro": 12500000}`. Never a float.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money(pub Amount);

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut pair = serializer.serialize_struct("Money", 2)?;
        pair.serialize_field("rtc", &self.0.to_string())?;
        pair.serialize_field("micro", &self.0.micro())?;
        pair.end()
    }
}

impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} RTC", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_exact() {
        let money = Money("8388608.000001".parse().unwrap());
        assert_eq!(
            serde_json::to_value(money).unwrap(),
            serde_json::json!({"rtc": "8388608.000001", "micro": 8_388_608_000_001_u64})
        );
        assert_eq!(money.to_string(), "8388608.000001 RTC");
    }
}
