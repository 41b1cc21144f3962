//! Receipts: what a command or a hook led to. The header binds them, so that any divergence shows.

use protocol::encoding::{Encode, put_bytes};
use protocol::epoch::EpochId;
use protocol::money::Amount;
use protocol::multiplier::Multiplier;
use protocol::transfer::TxId;

use crate::state::{AccountNumber, MachineNumber, MinerNumber, MovementNumber, NameNumber};

/// What a command or a hook led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Receipt {
    /// Money moved.
    Moved {
        /// The movement.
        movement: MovementNumber,
        /// The id of the transfer.
        tx_id: TxId,
        /// Who paid.
        debit: AccountNumber,
        /// Who was paid.
        credit: AccountNumber,
        /// How much.
        amount: Amount,
    },
    /// An attestation was accepted.
    Attested {
        /// The miner.
        miner: MinerNumber,
        /// The epoch that it is enrolled in.
        epoch: EpochId,
        /// What this attestation is worth.
        multiplier: Multiplier,
        /// What the enrolment weighs now.
        weight: Multiplier,
        /// The machine that the miner is bound to.
        machine: Option<MachineNumber>,
    },
    /// A name has this number now, or again.
    NameBound {
        /// The name.
        name: NameNumber,
    },
    /// A machine is free from this epoch on.
    MachineReleased {
        /// The machine.
        machine: MachineNumber,
        /// From when.
        free_from: EpochId,
    },
    /// Epochs went by without anybody enrolled who weighs anything.
    EpochsEmpty {
        /// The first one.
        first: EpochId,
        /// The last one.
        last: EpochId,
    },
    /// An epoch ended and its enrolments are frozen.
    EpochFrozen {
        /// The epoch.
        epoch: EpochId,
        /// What is split.
        pot: Amount,
        /// Miners enrolled.
        enrolled: u32,
    },
    /// Miners of a frozen epoch were paid.
    EpochPaid {
        /// The epoch.
        epoch: EpochId,
        /// The first movement of this slice.
        first_movement: MovementNumber,
        /// Movements in this slice.
        payouts: u64,
        /// What they sum to.
        sum: Amount,
        /// Whether the epoch is settled with this slice.
        settled: bool,
    },
    /// The books were opened.
    Opened {
        /// Movements of the opening.
        movements: u64,
        /// What the genesis says, hashed.
        genesis: [u8; 32],
    },
}

impl Encode for Receipt {
    fn encode(&self, out: &mut Vec<u8>) {
        let mut numbers = |tag: u8, numbers: &[u64]| {
            out.push(tag);
            for number in numbers {
                out.extend_from_slice(&number.to_be_bytes());
            }
        };
        match self {
            Self::Moved { movement, tx_id, debit, credit, amount } => {
                numbers(1, &[*movement, u64::from(*debit), u64::from(*credit), amount.micro()]);
                out.extend_from_slice(tx_id.as_bytes());
            }
            Self::Attested { miner, epoch, multiplier, weight, machine } => {
                let machine = machine.map_or(0, |number| u64::from(number).saturating_add(1));
                let weights = [u64::from(multiplier.millionths()), u64::from(weight.millionths())];
                numbers(2, &[u64::from(*miner), epoch.0, weights[0], weights[1], machine]);
            }
            Self::NameBound { name } => numbers(3, &[u64::from(*name)]),
            Self::MachineReleased { machine, free_from } => {
                numbers(4, &[u64::from(*machine), free_from.0]);
            }
            Self::EpochsEmpty { first, last } => numbers(5, &[first.0, last.0]),
            Self::EpochFrozen { epoch, pot, enrolled } => {
                numbers(6, &[epoch.0, pot.micro(), u64::from(*enrolled)]);
            }
            Self::EpochPaid { epoch, first_movement, payouts, sum, settled } => {
                let settled = u64::from(*settled);
                numbers(7, &[epoch.0, *first_movement, *payouts, sum.micro(), settled]);
            }
            Self::Opened { movements, genesis } => {
                numbers(8, &[*movements]);
                put_bytes(out, genesis);
            }
        }
    }
}
