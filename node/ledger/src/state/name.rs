//! Plain names that have a key, and admin transfers that must not happen twice.

use protocol::encoding::{DecodeError, Encode, Hash, Reader, put_bytes};
use protocol::keys::PublicKey;
use protocol::money::Amount;
use protocol::transfer::TxId;
use protocol::wallet_id::WalletId;

use super::{MovementNumber, Row};

/// Names are numbered in the order in which they were bound.
pub type NameNumber = u32;

/// A plain name and its owner (system section 8.15).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The name.
    pub id: WalletId,
    /// Its key.
    pub key: PublicKey,
    /// Rewards since the key was bound that were not yet claimed.
    pub claimable: Amount,
    /// The last nonce of a claim.
    pub nonce: u64,
}

impl Encode for Name {
    fn encode(&self, out: &mut Vec<u8>) {
        put_bytes(out, self.id.as_str().as_bytes());
        out.extend_from_slice(self.key.as_bytes());
        out.extend_from_slice(&self.claimable.micro().to_be_bytes());
        out.extend_from_slice(&self.nonce.to_be_bytes());
    }
}

impl Row for Name {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            id: WalletId::parse(reader.str("id")?).map_err(|_bad| DecodeError::BadField("id"))?,
            key: PublicKey::from_bytes(reader.array()?),
            claimable: Amount::from_micro(reader.u64()?)
                .map_err(|_too_large| DecodeError::BadField("claimable"))?,
            nonce: reader.u64()?,
        })
    }
}

/// An admin transfer that was asked for with an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotentTransfer {
    /// The key.
    pub key: String,
    /// Hash of what was asked for; the same key with anything else is a conflict.
    pub action: Hash,
    /// The transfer.
    pub tx_id: TxId,
    /// Its movement.
    pub movement: MovementNumber,
}

impl Encode for IdempotentTransfer {
    fn encode(&self, out: &mut Vec<u8>) {
        put_bytes(out, self.key.as_bytes());
        out.extend_from_slice(&self.action);
        out.extend_from_slice(self.tx_id.as_bytes());
        out.extend_from_slice(&self.movement.to_be_bytes());
    }
}

impl Row for IdempotentTransfer {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            key: reader.str("key")?.to_owned(),
            action: reader.array()?,
            tx_id: TxId::from_bytes(reader.array()?),
            movement: reader.u64()?,
        })
    }
}
