//! Machines: which hardware is bound to which miner.

use protocol::encoding::{DecodeError, Encode, Reader, put_option};
use protocol::epoch::EpochId;
use protocol::machine_id::Identifier;

use super::{MinerNumber, Row};

/// Machines are numbered in the order in which they were first seen.
pub type MachineNumber = u32;

/// Machines that are found by one identifier. What more machines than this share identifies
/// nothing (a placeholder serial, a copied disk image), and a search stays short.
pub const MAX_MACHINES_PER_IDENTIFIER: usize = 16;

/// Hardware that was attested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// What identifies it, sorted.
    pub identifiers: Vec<Identifier>,
    /// The miner that it is bound to.
    pub owner: MinerNumber,
    /// How many epochs had blocks when its owner last attested with it.
    pub seen_at: u64,
    /// From this epoch on, anybody may bind it.
    pub free_from: Option<EpochId>,
}

impl Encode for Machine {
    fn encode(&self, out: &mut Vec<u8>) {
        let count = u16::try_from(self.identifiers.len()).unwrap_or(u16::MAX);
        out.extend_from_slice(&count.to_be_bytes());
        self.identifiers.iter().for_each(|identifier| out.extend_from_slice(identifier.as_bytes()));
        out.extend_from_slice(&self.owner.to_be_bytes());
        out.extend_from_slice(&self.seen_at.to_be_bytes());
        put_option(out, self.free_from.as_ref(), |out, epoch| {
            out.extend_from_slice(&epoch.0.to_be_bytes());
        });
    }
}

impl Row for Machine {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let count = reader.u16()?;
        Ok(Self {
            identifiers: (0..count)
                .map(|_| reader.array().map(Identifier::from_bytes))
                .collect::<Result<_, _>>()?,
            owner: reader.u32()?,
            seen_at: reader.u64()?,
            free_from: reader.option("free_from", Reader::u64)?.map(EpochId),
        })
    }
}
