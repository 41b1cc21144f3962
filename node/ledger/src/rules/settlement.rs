//! How a pot is split: by weight, in whole micro-RTC, to the last one.

use protocol::money::Amount;
use protocol::multiplier::Multiplier;
use protocol::wallet_id::MinerId;

use crate::state::{EnrolmentRow, Miner, Rows};

/// Splits `pot` by weight: `pot * w / sum(w)` rounded down, and what is left, one micro-RTC each,
/// to the largest remainders, ties by miner id (largest remainder method, Hamilton 1792).
///
/// The shares stand in the order of the weights; `id_of` names whose the weight at a place is. They
/// sum to the pot exactly, unless nobody weighs anything; then all are zero.
pub fn shares<'m>(
    pot: Amount,
    weights: impl Iterator<Item = Multiplier> + Clone,
    id_of: impl Fn(u32) -> Option<&'m MinerId>,
) -> Vec<Amount> {
    // A weight is below 2^30 and there are fewer than 2^32, so the sum fits.
    let total = weights.clone().map(micro_weight).fold(0, u64::saturating_add);
    let count = weights.clone().count();
    let pot_micro = pot.micro();
    let mut floors = Vec::with_capacity(count);
    let mut remainders = Vec::with_capacity(count);
    let mut left = if total == 0 { 0 } else { pot_micro };
    for (index, weight) in (0_u32..).zip(weights) {
        let (floor, remainder) = divide(pot_micro, micro_weight(weight), total);
        floors.push(Amount::from_micro(floor).unwrap_or_default());
        remainders.push((remainder, index));
        left = left.saturating_sub(floor);
    }
    // Fewer than one micro-RTC per weight is left, so the count fits.
    let left = usize::try_from(left).unwrap_or(usize::MAX);
    for index in largest(remainders, id_of, left) {
        if let Some(floor) = usize::try_from(index).ok().and_then(|index| floors.get_mut(index)) {
            *floor = floor.plus(ONE).unwrap_or(*floor);
        }
    }
    floors
}

const ONE: Amount = match Amount::from_micro(1) {
    Ok(one) => one,
    Err(_) => Amount::ZERO,
};

fn micro_weight(weight: Multiplier) -> u64 {
    u64::from(weight.millionths())
}

/// `pot * weight / total`, rounded down, and the remainder; nothing when nobody weighs anything.
fn divide(pot: u64, weight: u64, total: u64) -> (u64, u64) {
    // pot < 2^63 and weight < 2^30, so the product fits; the quotient is at most the pot.
    let product = u128::from(pot).saturating_mul(u128::from(weight));
    let floor = product.checked_div(u128::from(total)).unwrap_or(0);
    let floor = u64::try_from(floor).unwrap_or(u64::MAX);
    let covered = u128::from(floor).saturating_mul(u128::from(total));
    let remainder = if total == 0 { 0 } else { product.saturating_sub(covered) };
    (floor, u64::try_from(remainder).unwrap_or(u64::MAX))
}

/// The shares of an epoch's enrolments, in their order.
pub fn shares_of_rows(pot: Amount, rows: &Rows<EnrolmentRow>, miners: &Rows<Miner>) -> Vec<Amount> {
    let id_of = |index: u32| Some(&miners.get(rows.get(index)?.miner)?.id);
    shares(pot, rows.iter().map(|row| row.weight), id_of)
}

/// The places of the `count` largest remainders, ties by miner id.
///
/// Where all weigh the same there are as many ties as miners. So ids are looked at among ties alone,
/// and compared by how they begin, which stands beside the place: the ids lie all over memory.
fn largest<'m>(
    mut remainders: Vec<(u64, u32)>,
    id_of: impl Fn(u32) -> Option<&'m MinerId>,
    count: usize,
) -> Vec<u32> {
    let place_of = |(_, place): &(u64, u32)| *place;
    let Some(last) = count.checked_sub(1) else { return Vec::new() };
    if count >= remainders.len() {
        return remainders.iter().map(place_of).collect();
    }
    let by_size = |(left, _): &(u64, u32), (right, _): &(u64, u32)| right.cmp(left);
    let (_, (smallest, _), _) = remainders.select_nth_unstable_by(last, by_size);
    let smallest = *smallest;
    let larger = remainders.iter().filter(|(remainder, _)| *remainder > smallest);
    let mut places: Vec<u32> = larger.map(place_of).collect();
    remainders.retain(|(remainder, _)| *remainder == smallest);
    let mut ties = remainders;
    for (begins, place) in &mut ties {
        *begins = id_of(*place).map_or(0, beginning);
    }
    let wanted = count.saturating_sub(places.len());
    if wanted < ties.len() {
        ties.select_nth_unstable_by(wanted, |(left, a), (right, b)| {
            left.cmp(right).then_with(|| id_of(*a).cmp(&id_of(*b)))
        });
    }
    places.extend(ties.iter().take(wanted).map(place_of));
    places
}

/// The first eight bytes of an id: they are ordered as ids are, as far as they differ.
fn beginning(id: &MinerId) -> u64 {
    let mut bytes = [0; 8];
    for (to, from) in bytes.iter_mut().zip(id.as_str().bytes()) {
        *to = from;
    }
    u64::from_be_bytes(bytes)
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a test that overflows has to fail")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn weight(millionths: u32) -> Multiplier {
        Multiplier::from_millionths(millionths).unwrap()
    }

    fn split(pot: u64, weights: &[(&MinerId, u32)]) -> Vec<u64> {
        let pot = Amount::from_micro(pot).unwrap();
        let id_of = |place: u32| weights.get(usize::try_from(place).unwrap()).map(|(id, _)| *id);
        let millionths = weights.iter().map(|(_, millionths)| weight(*millionths));
        shares(pot, millionths, id_of).into_iter().map(Amount::micro).collect()
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

        #[test]
        fn the_largest_remainders_and_smallest_ids_get_what_is_left(
            pot in 0_u64..2_000,
            claims in prop::collection::btree_map("(RTC00000)?[ab]{1,9}", 1_u32..4, 1..60),
        ) {
            let ids: Vec<MinerId> =
                claims.keys().map(|id| MinerId::parse(id).unwrap()).collect();
            let claims: Vec<(&MinerId, u32)> = ids.iter().zip(claims.into_values()).collect();
            let total: u64 = claims.iter().map(|(_, weight)| u64::from(*weight)).sum();
            let floor = |weight: u32| pot * u64::from(weight) / total;
            let mut expected: Vec<u64> = claims.iter().map(|(_, weight)| floor(*weight)).collect();
            let mut order: Vec<usize> = (0..claims.len()).collect();
            order.sort_by_key(|place| {
                let (id, weight) = claims[*place];
                (std::cmp::Reverse(pot * u64::from(weight) % total), id.as_str())
            });
            let left = pot - expected.iter().sum::<u64>();
            for place in order.iter().take(usize::try_from(left).unwrap()) {
                expected[*place] += 1;
            }
            prop_assert_eq!(split(pot, &claims), expected);
        }
    }
}
