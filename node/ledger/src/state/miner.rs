//! Miners: who attested what, and what it weighs.

use protocol::encoding::{DecodeError, Encode, Reader, put_bytes, put_option};
use protocol::epoch::{EpochId, Slot};
use protocol::keys::PublicKey;
use protocol::multiplier::Multiplier;
use protocol::time::UnixSeconds;
use protocol::wallet_id::MinerId;

use super::{MachineNumber, Row};

/// Miners are numbered in the order of their first accepted attestation.
pub type MinerNumber = u32;

/// A miner and its newest accepted attestation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Miner {
    /// Its name, which is also the wallet that it earns for.
    pub id: MinerId,
    /// The key that signed the newest attestation.
    pub key: Option<PublicKey>,
    /// Class of hardware that the evidence supports.
    pub family: String,
    /// Architecture that the evidence supports.
    pub arch: String,
    /// What the newest attestation is worth.
    pub multiplier: Multiplier,
    /// Whether its evidence held.
    pub passed: bool,
    /// When it was first accepted.
    pub first_attest: UnixSeconds,
    /// When it was last accepted.
    pub last_attest: UnixSeconds,
    /// The slot of the newest attestation, and how many were accepted in it.
    pub slot: Slot,
    /// Accepted attestations in `slot`.
    pub accepted_in_slot: u32,
    /// The machine that it is bound to.
    pub machine: Option<MachineNumber>,
    /// Its enrolment, which counts as long as the epoch is open.
    pub enrolment: Option<Enrolment>,
    /// The number of its newest attestation; attestations link back from there.
    pub last_attestation: u64,
    /// The last nonce of its owner's requests.
    pub owner_nonce: u64,
}

/// A place in an epoch's list of enrolments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enrolment {
    /// The epoch.
    pub epoch: EpochId,
    /// The row in the list of enrolments.
    pub row: u32,
}

/// One line of an epoch's list of enrolments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnrolmentRow {
    /// Who is enrolled.
    pub miner: MinerNumber,
    /// The best that it attested in the epoch.
    pub weight: Multiplier,
}

fn read_multiplier(reader: &mut Reader<'_>) -> Result<Multiplier, DecodeError> {
    Multiplier::from_millionths(reader.u32()?).ok_or(DecodeError::BadField("multiplier"))
}

impl Encode for EnrolmentRow {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.miner.to_be_bytes());
        out.extend_from_slice(&self.weight.millionths().to_be_bytes());
    }
}

impl Row for EnrolmentRow {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self { miner: reader.u32()?, weight: read_multiplier(reader)? })
    }
}

impl Encode for Miner {
    fn encode(&self, out: &mut Vec<u8>) {
        put_bytes(out, self.id.as_str().as_bytes());
        put_option(out, self.key.as_ref(), |out, key| out.extend_from_slice(key.as_bytes()));
        put_bytes(out, self.family.as_bytes());
        put_bytes(out, self.arch.as_bytes());
        out.extend_from_slice(&self.multiplier.millionths().to_be_bytes());
        out.push(u8::from(self.passed));
        out.extend_from_slice(&self.first_attest.0.to_be_bytes());
        out.extend_from_slice(&self.last_attest.0.to_be_bytes());
        out.extend_from_slice(&self.slot.0.to_be_bytes());
        out.extend_from_slice(&self.accepted_in_slot.to_be_bytes());
        put_option(out, self.machine.as_ref(), |out, machine| {
            out.extend_from_slice(&machine.to_be_bytes());
        });
        put_option(out, self.enrolment.as_ref(), |out, enrolment| {
            out.extend_from_slice(&enrolment.epoch.0.to_be_bytes());
            out.extend_from_slice(&enrolment.row.to_be_bytes());
        });
        out.extend_from_slice(&self.last_attestation.to_be_bytes());
        out.extend_from_slice(&self.owner_nonce.to_be_bytes());
    }
}

impl Row for Miner {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            id: MinerId::parse(reader.str("id")?).map_err(|_bad| DecodeError::BadField("id"))?,
            key: reader.option("key", Reader::array)?.map(PublicKey::from_bytes),
            family: reader.str("family")?.to_owned(),
            arch: reader.str("arch")?.to_owned(),
            multiplier: read_multiplier(reader)?,
            passed: reader.bool("passed")?,
            first_attest: UnixSeconds(reader.u64()?),
            last_attest: UnixSeconds(reader.u64()?),
            slot: Slot(reader.u64()?),
            accepted_in_slot: reader.u32()?,
            machine: reader.option("machine", Reader::u32)?,
            enrolment: reader.option("enrolment", |reader| {
                Ok(Enrolment { epoch: EpochId(reader.u64()?), row: reader.u32()? })
            })?,
            last_attestation: reader.u64()?,
            owner_nonce: reader.u64()?,
        })
    }
}
