//! Privileged operations as values.
//!
//! A node authenticates the person by an admin key, which stays on that node. What enters the log
//! is the operation with the key's name, numbered and signed by the node's own key, so that
//! everybody can check it and nobody needs the secret.

use crate::encoding::{DecodeError, Encode, Reader, put_bytes};
use crate::keys::{KeyError, PublicKey, Signature, Signer};
use crate::money::Amount;
use crate::transfer::ChainId;
use crate::verified::Verified;
use crate::wallet_id::{MinerId, WalletId};

/// Longest name of an admin key, reason or idempotency key, in bytes.
pub const MAX_ADMIN_TEXT_BYTES: usize = 128;

/// What an admin asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AdminAction {
    /// Pays out of a founders' wallet.
    Transfer {
        /// A founders' wallet.
        from: WalletId,
        /// Who is paid.
        to: WalletId,
        /// How much, above zero.
        amount: Amount,
        /// Why.
        reason: String,
        /// The same key again is the same transfer again.
        idempotency_key: Option<String>,
    },
    /// Says which key owns a plain name.
    BindKey {
        /// The name.
        name: WalletId,
        /// Its key from now on.
        key: PublicKey,
    },
    /// Frees a machine of the miner that it is bound to, from the next epoch on.
    ReleaseMachine {
        /// The miner.
        miner: MinerId,
    },
}

impl Encode for AdminAction {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Transfer { from, to, amount, reason, idempotency_key } => {
                out.push(1);
                put_bytes(out, from.as_str().as_bytes());
                put_bytes(out, to.as_str().as_bytes());
                out.extend_from_slice(&amount.micro().to_be_bytes());
                put_bytes(out, reason.as_bytes());
                put_bytes(out, idempotency_key.as_deref().unwrap_or_default().as_bytes());
            }
            Self::BindKey { name, key } => {
                out.push(2);
                put_bytes(out, name.as_str().as_bytes());
                out.extend_from_slice(key.as_bytes());
            }
            Self::ReleaseMachine { miner } => {
                out.push(3);
                put_bytes(out, miner.as_str().as_bytes());
            }
        }
    }
}

/// Takes a wallet id.
pub(crate) fn read_wallet_id(
    reader: &mut Reader<'_>,
    field: &'static str,
) -> Result<WalletId, DecodeError> {
    WalletId::parse(reader.str(field)?).map_err(|_bad| DecodeError::BadField(field))
}

fn read_text(reader: &mut Reader<'_>, field: &'static str) -> Result<String, DecodeError> {
    let text = reader.str(field)?;
    if text.len() > MAX_ADMIN_TEXT_BYTES {
        return Err(DecodeError::BadField(field));
    }
    Ok(text.to_owned())
}

impl AdminAction {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        match reader.u8()? {
            1 => Ok(Self::Transfer {
                from: read_wallet_id(reader, "from")?,
                to: read_wallet_id(reader, "to")?,
                amount: Amount::from_micro(reader.u64()?)
                    .map_err(|_too_large| DecodeError::BadField("amount"))?,
                reason: read_text(reader, "reason")?,
                idempotency_key: Some(read_text(reader, "idempotency_key")?)
                    .filter(|key| !key.is_empty()),
            }),
            2 => Ok(Self::BindKey {
                name: read_wallet_id(reader, "name")?,
                key: PublicKey::from_bytes(reader.array()?),
            }),
            3 => Ok(Self::ReleaseMachine { miner: read_wallet_id(reader, "miner")? }),
            _ => Err(DecodeError::BadField("action")),
        }
    }
}

/// An operation that the node vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedAdmin {
    /// Greater by one than that of the operation before.
    pub sequence: u64,
    /// The name of the admin key that was used.
    pub key_name: String,
    /// What is to be done.
    pub action: AdminAction,
    /// The node that authenticated the admin.
    pub node: PublicKey,
    /// The node's signature.
    pub signature: Signature,
}

impl SignedAdmin {
    fn message(chain_id: &ChainId, sequence: u64, key_name: &str, action: &AdminAction) -> Vec<u8> {
        let mut out = b"rc/admin/1\0".to_vec();
        put_bytes(&mut out, chain_id.as_str().as_bytes());
        out.extend_from_slice(&sequence.to_be_bytes());
        put_bytes(&mut out, key_name.as_bytes());
        action.encode(&mut out);
        out
    }

    /// Vouches for an operation.
    pub fn sign(
        sequence: u64,
        key_name: String,
        action: AdminAction,
        chain_id: &ChainId,
        node: &dyn Signer,
    ) -> Verified<Self> {
        let signature = node.sign(&Self::message(chain_id, sequence, &key_name, &action));
        let node = node.public_key();
        Verified::by_signature(Self { sequence, key_name, action, node, signature })
    }

    /// Checks that the named node vouched for the operation.
    pub fn verify(self, chain_id: &ChainId) -> Result<Verified<Self>, KeyError> {
        let message = Self::message(chain_id, self.sequence, &self.key_name, &self.action);
        self.node.decompress()?.verify(&message, &self.signature)?;
        Ok(Verified::by_signature(self))
    }

    /// Reads what [`Encode`] wrote. The signature is not checked.
    pub fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            sequence: reader.u64()?,
            key_name: read_text(reader, "key_name")?,
            action: AdminAction::decode(reader)?,
            node: PublicKey::from_bytes(reader.array()?),
            signature: Signature::from_bytes(reader.array()?),
        })
    }
}

impl Encode for SignedAdmin {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.sequence.to_be_bytes());
        put_bytes(out, self.key_name.as_bytes());
        self.action.encode(out);
        out.extend_from_slice(self.node.as_bytes());
        out.extend_from_slice(self.signature.as_bytes());
    }
}
