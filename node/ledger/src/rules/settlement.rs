//! How a pot is split: by weight, in whole micro-RTC, to the last one.

use protocol::money::Amount;
use protocol::multiplier::Multiplier;
use protocol::wallet_id::MinerId;

use crate::state::{EnrolmentRow, Miner, Rows};

/// A miner's claim to a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim<'a> {
    /// Who.
    pub miner: &'a MinerId,
    /// What it weighs.
    pub weight: Multiplier,
}

/// Splits `pot` by weight: `pot * w / sum(w)` rounded down, and what is left, one micro-RTC each,
/// to the largest remainders, ties by miner id (largest remainder method, Hamilton 1792).
///
/// The shares stand in the order of the claims. They sum to the pot exactly, unless nobody weighs
/// anything; then all are zero.
pub fn shares(pot: Amount, claims: &[Claim<'_>]) -> Vec<Amount> {
    let total: u128 = claims.iter().map(|claim| u128::from(claim.weight.millionths())).sum();
    if total == 0 {
        return vec![Amount::ZERO; claims.len()];
    }
    let pot_micro = u128::from(pot.micro());
    let mut floors = Vec::with_capacity(claims.len());
    let mut remainders = Vec::with_capacity(claims.len());
    for (index, claim) in claims.iter().enumerate() {
        // pot < 2^63 and weight < 2^30, so the product fits.
        let product = pot_micro.saturating_mul(u128::from(claim.weight.millionths()));
        floors.push(product.checked_div(total).unwrap_or(0));
        remainders.push((product.checked_rem(total).unwrap_or(0), index));
    }
    let paid: u128 = floors.iter().sum();
    // Fewer than one micro-RTC per claim is left, so the count fits.
    let left = usize::try_from(pot_micro.saturating_sub(paid)).unwrap_or(usize::MAX);
    for index in largest(remainders, claims, left) {
        if let Some(floor) = floors.get_mut(index) {
            *floor = floor.saturating_add(1);
        }
    }
    floors
        .into_iter()
        .map(|micro| {
            u64::try_from(micro)
                .ok()
                .and_then(|micro| Amount::from_micro(micro).ok())
                .unwrap_or(Amount::ZERO)
        })
        .collect()
}

/// The shares of an epoch's enrolments, in their order.
pub fn shares_of_rows(pot: Amount, rows: &[EnrolmentRow], miners: &Rows<Miner>) -> Vec<Amount> {
    let claims: Vec<Claim<'_>> = rows
        .iter()
        .filter_map(|row| Some(Claim { miner: &miners.get(row.miner)?.id, weight: row.weight }))
        .collect();
    shares(pot, &claims)
}

/// The indices of the `count` largest remainders.
fn largest(
    mut remainders: Vec<(u128, usize)>,
    claims: &[Claim<'_>],
    count: usize,
) -> impl Iterator<Item = usize> {
    let id_of = |index: usize| claims.get(index).map(|claim| claim.miner);
    if count > 0 && count < remainders.len() {
        remainders.select_nth_unstable_by(count, |(left, a), (right, b)| {
            right.cmp(left).then_with(|| id_of(*a).cmp(&id_of(*b)))
        });
    }
    remainders.truncate(count);
    remainders.into_iter().map(|(_, index)| index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn weight(millionths: u32) -> Multiplier {
        Multiplier::from_millionths(millionths).unwrap()
    }

    fn split(pot: u64, weights: &[(&MinerId, u32)]) -> Vec<u64> {
        let claims: Vec<Claim<'_>> = weights
            .iter()
            .map(|(miner, millionths)| Claim { miner, weight: weight(*millionths) })
            .collect();
        shares(Amount::from_micro(pot).unwrap(), &claims).into_iter().map(Amount::micro).collect()
    }

    #[test]
    fn agrees_with_the_existing_network() {
        // observed/settlement.txt, "standard": one G4 and three modern machines.
        let ids: Vec<MinerId> =
            ["m-g4", "m-x1", "m-x2", "m-x3"].iter().map(|id| MinerId::parse(id).unwrap()).collect();
        let weights =
            [(&ids[0], 2_500_000), (&ids[1], 800_000), (&ids[2], 800_000), (&ids[3], 800_000)];
        assert_eq!(split(1_500_000, &weights), [765_306, 244_898, 244_898, 244_898]);
    }

    #[test]
    fn ties_go_to_the_smaller_id() {
        let (a, b, c) = (
            MinerId::parse("a").unwrap(),
            MinerId::parse("b").unwrap(),
            MinerId::parse("c").unwrap(),
        );
        assert_eq!(split(10, &[(&c, 1), (&a, 1), (&b, 1)]), [3, 4, 3]);
        assert_eq!(split(11, &[(&c, 1), (&a, 1), (&b, 1)]), [3, 4, 4]);
    }

    #[test]
    fn nobody_who_weighs_nothing_is_paid() {
        let a = MinerId::parse("a").unwrap();
        let b = MinerId::parse("b").unwrap();
        assert_eq!(split(5, &[(&a, 0), (&b, 7)]), [0, 5]);
        assert_eq!(split(5, &[(&a, 0)]), [0]);
        assert_eq!(split(5, &[]), Vec::<u64>::new());
    }

    proptest! {
        #[test]
        fn shares_sum_to_the_pot_in_any_order(
            pot in 0_u64..10_000_000_000,
            weights in prop::collection::vec(0_u32..1_000_000_001, 1..400),
            seed in any::<u64>(),
        ) {
            let ids: Vec<MinerId> =
                (0..weights.len()).map(|n| MinerId::parse(&format!("m{n}")).unwrap()).collect();
            let claims: Vec<(&MinerId, u32)> = ids.iter().zip(weights.iter().copied()).collect();
            let split_once = split(pot, &claims);
            let total: u64 = split_once.iter().sum();
            let anybody = weights.iter().any(|weight| *weight > 0);
            prop_assert_eq!(total, if anybody { pot } else { 0 });

            let mut shuffled: Vec<usize> = (0..claims.len()).collect();
            shuffled.sort_by_key(|n| u64::try_from(*n).unwrap().wrapping_add(1).wrapping_mul(seed | 1));
            let reordered: Vec<(&MinerId, u32)> = shuffled.iter().map(|n| claims[*n]).collect();
            for (position, share) in split(pot, &reordered).into_iter().enumerate() {
                prop_assert_eq!(share, split_once[shuffled[position]]);
            }
            for (a, b) in (0..claims.len()).zip(1..claims.len()) {
                if weights[a] > weights[b] {
                    prop_assert!(split_once[a] >= split_once[b]);
                }
            }
        }
    }
}
