//! Everything in the state that is one number.

use protocol::encoding::{DecodeError, Encode, Reader, put_option};
use protocol::epoch::EpochId;
use protocol::money::Amount;

use super::Row;

/// The counters of the books.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counters {
    /// The epoch that enrolments go to.
    pub open_epoch: EpochId,
    /// Every epoch before this one is settled, or known to have been empty.
    pub settled_before: EpochId,
    /// Epochs in which there were blocks, the open one included.
    pub epochs_with_blocks: u64,
    /// The epoch that is being paid, if any.
    pub frozen: Option<FrozenEpoch>,
    /// Movements so far; the newest has this number.
    pub movements: u64,
    /// Transfers so far; the newest has this place in the list of transfers.
    pub transfers: u64,
    /// Commands so far; the newest has this number.
    pub commands: u64,
    /// Accepted attestations so far.
    pub attestations: u64,
    /// Admin commands so far; the newest has this number.
    pub admin_commands: u64,
    /// Transfers that were signed without chain id.
    pub chainless_transfers: u64,
}

/// An epoch whose enrolments are frozen and whose pot is being paid, some miners per block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrozenEpoch {
    /// The epoch.
    pub epoch: EpochId,
    /// What is split.
    pub pot: Amount,
    /// Miners on the list.
    pub enrolled: u32,
    /// Miners on the list that are already paid.
    pub paid: u32,
    /// The first movement of the settlement; 0 before it.
    pub first_movement: u64,
    /// Movements of the settlement so far. They do not follow each other where other money moved
    /// between two slices.
    pub payouts: u64,
}

impl Encode for Counters {
    fn encode(&self, out: &mut Vec<u8>) {
        for number in [
            self.open_epoch.0,
            self.settled_before.0,
            self.epochs_with_blocks,
            self.movements,
            self.transfers,
            self.commands,
            self.attestations,
            self.admin_commands,
            self.chainless_transfers,
        ] {
            out.extend_from_slice(&number.to_be_bytes());
        }
        put_option(out, self.frozen.as_ref(), |out, frozen| {
            out.extend_from_slice(&frozen.epoch.0.to_be_bytes());
            out.extend_from_slice(&frozen.pot.micro().to_be_bytes());
            out.extend_from_slice(&frozen.enrolled.to_be_bytes());
            out.extend_from_slice(&frozen.paid.to_be_bytes());
            out.extend_from_slice(&frozen.first_movement.to_be_bytes());
            out.extend_from_slice(&frozen.payouts.to_be_bytes());
        });
    }
}

impl Row for Counters {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            open_epoch: EpochId(reader.u64()?),
            settled_before: EpochId(reader.u64()?),
            epochs_with_blocks: reader.u64()?,
            movements: reader.u64()?,
            transfers: reader.u64()?,
            commands: reader.u64()?,
            attestations: reader.u64()?,
            admin_commands: reader.u64()?,
            chainless_transfers: reader.u64()?,
            frozen: reader.option("frozen", |reader| {
                Ok(FrozenEpoch {
                    epoch: EpochId(reader.u64()?),
                    pot: Amount::from_micro(reader.u64()?)
                        .map_err(|_too_large| DecodeError::BadField("pot"))?,
                    enrolled: reader.u32()?,
                    paid: reader.u32()?,
                    first_movement: reader.u64()?,
                    payouts: reader.u64()?,
                })
            })?,
        })
    }
}
