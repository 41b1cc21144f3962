//! The HTTP API as two parties see it: every path, every answer, every body that is sent.
//!
//! The node's router and the client name the same constants and structs, so they cannot drift
//! apart. Members of a struct stand in the order of their JSON names, so that writing one gives
//! the sorted keys of the existing network. Reading is lenient, because existing nodes answer less
//! (no `success`, no `amount_i64`, a bare array of miners): members that only some nodes send are
//! [`Option`]s, and unknown ones are ignored. What makes an answer recognisable is required, so
//! `{}` is no health answer.
//!
//! | module | what |
//! |---|---|
//! | [`path`] | every path, and how to fill one in |
//! | [`problem`] | the body of every refusal |
//! | [`health`], [`network`] | how the node is, what network it is on |
//! | [`wallet`], [`transfer`], [`owner`] | balances, history, transfers, claims and releases |
//! | [`attest`], [`miner`], [`rewards`] | challenges, attestations, miners, what an epoch paid |
//! | [`chain`], [`proof`] | blocks, and proofs that anyone can check |
//! | [`admin`] | what needs an admin key |
//!
//! Floats appear here and nowhere else: `*_rtc` members are for people. Whoever counts reads the
//! integer beside them, or takes the exact amount that the float was printed from.

pub mod admin;
pub mod attest;
pub mod chain;
pub mod health;
pub mod miner;
pub mod network;
pub mod owner;
pub mod path;
pub mod problem;
pub mod proof;
pub mod rewards;
pub mod transfer;
pub mod wallet;

use crate::money::Amount;
use crate::multiplier::Multiplier;

/// The float nearest to an amount, in RTC.
///
/// Exact in the sense that matters: [`amount_from_f64`] gives the amount back for everything
/// up to 10^15 micro-RTC (fifteen digits always survive a float), 119 times the supply.
pub fn rtc_f64(amount: Amount) -> f64 {
    // The decimal text of an amount is always a number, and reading one rounds to the nearest.
    amount.shortest_text().parse().unwrap_or_default()
}

/// The amount that a float of RTC stands for; `None` when it is none.
///
/// Reads the shortest decimal text that identifies the float, and refuses what has more than six
/// decimals there, is below zero or not finite.
pub fn amount_from_f64(rtc: f64) -> Option<Amount> {
    rtc.to_string().parse().ok()
}

/// The amount of a pair of members: the integer of micro-RTC if there is one, else the float.
fn amount_of_pair(micro: Option<i64>, rtc: f64) -> Option<Amount> {
    match micro {
        Some(micro) => Amount::from_micro(u64::try_from(micro).ok()?).ok(),
        None => amount_from_f64(rtc),
    }
}

/// An amount as the signed integer of the `*_i64` members.
pub fn micro_i64(amount: Amount) -> i64 {
    // An amount is at most 2^63 - 1.
    i64::try_from(amount.micro()).unwrap_or(i64::MAX)
}

/// The float nearest to a multiplier: 2.5 for 2,500,000 millionths.
pub fn multiplier_f64(multiplier: Multiplier) -> f64 {
    multiplier.to_string().parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn floats_are_the_nearest_ones() {
        for (micro, rtc) in [
            (0, 0.0),
            (1, 1e-6),
            (1_500_000, 1.5),
            (1_136_363, 1.136_363),
            (8_388_608_000_000, 8_388_608.0),
            (9_223_372_036_854_775_807, 9_223_372_036_854.775),
        ] {
            let amount = Amount::from_micro(micro).unwrap();
            assert_eq!(rtc_f64(amount).to_bits(), f64::to_bits(rtc), "{micro}");
        }
        let multiplier = Multiplier::from_millionths(2_500_000).unwrap();
        assert_eq!(multiplier_f64(multiplier).to_bits(), 2.5_f64.to_bits());
    }

    #[test]
    fn floats_that_are_no_amounts_are_refused() {
        for rtc in [-1.0, 1e-7, 0.000_001_5, f64::NAN, f64::INFINITY, 1e20] {
            assert_eq!(amount_from_f64(rtc), None, "{rtc}");
        }
        assert_eq!(amount_of_pair(Some(-1), 1.0), None);
        assert_eq!(amount_of_pair(Some(7), 1.0).map(Amount::micro), Some(7));
    }

    proptest! {
        #[test]
        fn amounts_survive_their_floats(micro in 0_u64..=1_000_000_000_000_000) {
            let amount = Amount::from_micro(micro).unwrap();
            prop_assert_eq!(amount_from_f64(rtc_f64(amount)), Some(amount));
        }
    }
}
