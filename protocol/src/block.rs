//! Blocks: what is ordered (batch), what came of it (header) and who vouches (certificate).
//!
//! A certificate signs the batch id, which binds the hash of the header before. So certificate
//! h + 1 vouches for everything that header h says, and nobody executes before it is ordered.

use crate::encoding::{DecodeError, Encode, Hash, Reader, put_bytes, tagged_hash};
use crate::keys::{PublicKey, Signature, Signer};
use crate::time::UnixMillis;
use crate::transfer::ChainId;

/// The first, and so far only, set of rules.
pub const RULES_VERSION: u16 = 1;

/// Most validators that are read.
const MAX_VALIDATORS: u16 = 1_000;

/// Who may seal blocks: the primary, and standbys that may take over in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidatorSet {
    /// Whose signature a certificate needs.
    pub primary: PublicKey,
    /// Who takes over, with a higher incarnation, should the primary be lost.
    pub standbys: Vec<PublicKey>,
}

impl ValidatorSet {
    /// The hash that headers name the set by.
    pub fn hash(&self) -> Hash {
        tagged_hash("rc/validators/1", &self.encoded())
    }

    /// Whether this key may sign certificates.
    pub fn contains(&self, key: &PublicKey) -> bool {
        *key == self.primary || self.standbys.contains(key)
    }

    /// Reads what [`Encode`] wrote.
    pub fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let primary = PublicKey::from_bytes(reader.array()?);
        let count = reader.u16()?;
        if count > MAX_VALIDATORS {
            return Err(DecodeError::BadField("standbys"));
        }
        let standbys = (0..count)
            .map(|_| reader.array().map(PublicKey::from_bytes))
            .collect::<Result<_, _>>()?;
        Ok(Self { primary, standbys })
    }
}

impl Encode for ValidatorSet {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.primary.as_bytes());
        let count = u16::try_from(self.standbys.len()).unwrap_or(u16::MAX);
        out.extend_from_slice(&count.to_be_bytes());
        self.standbys.iter().for_each(|key| out.extend_from_slice(key.as_bytes()));
    }
}

/// An ordered list of commands, before anything is executed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The rules that apply.
    pub version: u16,
    /// The network.
    pub chain_id: ChainId,
    /// Number of the block; block 0 holds the genesis.
    pub height: u64,
    /// The block's time, greater than that of the block before.
    pub time: UnixMillis,
    /// Hash of the header before; zeros for block 0.
    pub prev: Hash,
    /// Merkle root over the commands.
    pub tx_root: Hash,
    /// How many commands there are.
    pub commands: u32,
    /// The validators of this block.
    pub validators_hash: Hash,
    /// The validators of the next block.
    pub next_validators_hash: Hash,
    /// Who put the batch together.
    pub proposer: PublicKey,
    /// Raised by every restore and every take-over.
    pub incarnation: u32,
}

impl Batch {
    /// What a certificate signs the name of.
    pub fn id(&self) -> Hash {
        tagged_hash("rc/batch/1", &self.encoded())
    }

    /// Reads what [`Encode`] wrote.
    pub fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            version: reader.u16()?,
            chain_id: reader
                .str("chain_id")?
                .parse()
                .map_err(|_bad| DecodeError::BadField("chain_id"))?,
            height: reader.u64()?,
            time: UnixMillis(reader.u64()?),
            prev: reader.array()?,
            tx_root: reader.array()?,
            commands: reader.u32()?,
            validators_hash: reader.array()?,
            next_validators_hash: reader.array()?,
            proposer: PublicKey::from_bytes(reader.array()?),
            incarnation: reader.u32()?,
        })
    }
}

impl Encode for Batch {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.version.to_be_bytes());
        put_bytes(out, self.chain_id.as_str().as_bytes());
        out.extend_from_slice(&self.height.to_be_bytes());
        out.extend_from_slice(&self.time.0.to_be_bytes());
        out.extend_from_slice(&self.prev);
        out.extend_from_slice(&self.tx_root);
        out.extend_from_slice(&self.commands.to_be_bytes());
        out.extend_from_slice(&self.validators_hash);
        out.extend_from_slice(&self.next_validators_hash);
        out.extend_from_slice(self.proposer.as_bytes());
        out.extend_from_slice(&self.incarnation.to_be_bytes());
    }
}

/// A batch and what executing it led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// What was ordered.
    pub batch: Batch,
    /// Merkle root over the receipts: those of hooks, then those of commands.
    pub receipts_root: Hash,
    /// How many receipts there are.
    pub receipts: u32,
    /// Root over everything that rules read.
    pub state_root: Hash,
}

impl Header {
    /// The name of the header.
    pub fn hash(&self) -> Hash {
        tagged_hash("rc/header/1", &self.encoded())
    }

    /// Whether anything happened in the block: a command, or a hook with a receipt.
    pub const fn held_something(&self) -> bool {
        self.batch.commands > 0 || self.receipts > 0
    }

    /// Reads what [`Encode`] wrote.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let header = Self {
            batch: Batch::decode(&mut reader)?,
            receipts_root: reader.array()?,
            receipts: reader.u32()?,
            state_root: reader.array()?,
        };
        reader.finish()?;
        Ok(header)
    }
}

impl Encode for Header {
    fn encode(&self, out: &mut Vec<u8>) {
        self.batch.encode(out);
        out.extend_from_slice(&self.receipts_root);
        out.extend_from_slice(&self.receipts.to_be_bytes());
        out.extend_from_slice(&self.state_root);
    }
}

/// Validators' signatures over a batch id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The block.
    pub height: u64,
    /// The incarnation of the validator, part of what is signed.
    pub incarnation: u32,
    /// The batch.
    pub batch_id: Hash,
    /// Who signed, in ascending order of keys.
    pub signatures: Vec<(PublicKey, Signature)>,
}

/// Why a certificate does not vouch for a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// It is for another block.
    #[error("the certificate is for another block")]
    OtherBlock,
    /// The header names another validator set.
    #[error("the header names another validator set")]
    OtherValidators,
    /// The primary (or a standby in its place) has not signed.
    #[error("no validator has signed")]
    NotSigned,
}

impl Certificate {
    /// The bytes that a validator signs.
    fn precommit(chain_id: &ChainId, height: u64, incarnation: u32, batch_id: &Hash) -> Vec<u8> {
        let mut out = b"rc/precommit/1\0".to_vec();
        put_bytes(&mut out, chain_id.as_str().as_bytes());
        out.extend_from_slice(&height.to_be_bytes());
        out.extend_from_slice(&incarnation.to_be_bytes());
        out.extend_from_slice(batch_id);
        out
    }

    /// The certificate of a validator set of one.
    pub fn sign(batch: &Batch, signer: &dyn Signer) -> Self {
        let batch_id = batch.id();
        let message = Self::precommit(&batch.chain_id, batch.height, batch.incarnation, &batch_id);
        let signatures = vec![(signer.public_key(), signer.sign(&message))];
        Self { height: batch.height, incarnation: batch.incarnation, batch_id, signatures }
    }

    /// Whether the validators of `set` vouch for this batch.
    pub fn verify(&self, batch: &Batch, set: &ValidatorSet) -> Result<(), CertificateError> {
        if set.hash() != batch.validators_hash {
            return Err(CertificateError::OtherValidators);
        }
        let names = (self.height, self.incarnation, self.batch_id);
        if names != (batch.height, batch.incarnation, batch.id()) {
            return Err(CertificateError::OtherBlock);
        }
        let message =
            Self::precommit(&batch.chain_id, self.height, self.incarnation, &self.batch_id);
        let vouched = self.signatures.iter().any(|(key, signature)| {
            set.contains(key)
                && key.decompress().is_ok_and(|key| key.verify(&message, signature).is_ok())
        });
        if vouched { Ok(()) } else { Err(CertificateError::NotSigned) }
    }

    /// Reads what [`Encode`] wrote.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let (height, incarnation, batch_id) = (reader.u64()?, reader.u32()?, reader.array()?);
        let count = reader.u16()?;
        if count > MAX_VALIDATORS {
            return Err(DecodeError::BadField("signatures"));
        }
        let signatures = (0..count)
            .map(|_| {
                let key = PublicKey::from_bytes(reader.array()?);
                Ok((key, Signature::from_bytes(reader.array()?)))
            })
            .collect::<Result<_, DecodeError>>()?;
        reader.finish()?;
        Ok(Self { height, incarnation, batch_id, signatures })
    }
}

impl Encode for Certificate {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.height.to_be_bytes());
        out.extend_from_slice(&self.incarnation.to_be_bytes());
        out.extend_from_slice(&self.batch_id);
        let count = u16::try_from(self.signatures.len()).unwrap_or(u16::MAX);
        out.extend_from_slice(&count.to_be_bytes());
        for (key, signature) in &self.signatures {
            out.extend_from_slice(key.as_bytes());
            out.extend_from_slice(signature.as_bytes());
        }
    }
}
