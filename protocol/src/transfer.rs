//! Transfers: what is signed, in which of the accepted forms, and what it is called.

mod form;
mod request;

use crate::hex;
use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

pub use form::{AmountText, FeeText, MemoText, TransferForm};
pub use request::{CheckedRequest, TransferProblem, TransferRequest};

use crate::encoding::{DecodeError, Encode, Reader};
use crate::keys::{KeyError, PublicKey, SIGNATURE_BYTES, Signature, Signer};
use crate::money::Amount;
use crate::verified::Verified;
use crate::wallet_id::WalletId;

/// Longest memo in bytes of UTF-8.
pub const MAX_MEMO_BYTES: usize = 512;

/// The name of a network, part of what is signed: 1 to 64 characters of `A-Z a-z 0-9 . _ -`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ChainId(Box<str>);

/// The text is not a chain id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a chain id is 1 to 64 letters, digits, '.', '_' or '-'")]
pub struct BadChainId;

impl ChainId {
    /// The text of the id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ChainId {
    type Err = BadChainId;

    fn from_str(text: &str) -> Result<Self, BadChainId> {
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        let fits = (1..=64).contains(&text.len()) && text.bytes().all(legal);
        if fits { Ok(Self(text.into())) } else { Err(BadChainId) }
    }
}

impl fmt::Display for ChainId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The six values that a sender signs; the chain id is the network's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// Who pays; an address.
    pub from: WalletId,
    /// Who is paid; an address.
    pub to: WalletId,
    /// How much, above zero.
    pub amount: Amount,
    /// Strictly greater than any nonce that the sender used before; above zero.
    pub nonce: u64,
    /// A note for people, at most 512 bytes.
    pub memo: String,
}

/// The name of a transfer: the first 16 bytes of SHA-256(signed bytes || signature).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TxId([u8; 16]);

impl TxId {
    /// A transaction id of these bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes of the id.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The id of a message and its signature (wire section 3.2).
    pub fn of(message: &[u8], signature: &Signature) -> Self {
        Self::of_hash(Sha256::new_with_prefix(message).chain_update(signature.as_bytes()))
    }

    /// The id of anything that names itself by the first half of a SHA-256.
    pub fn of_hash(hasher: Sha256) -> Self {
        let digest = hasher.finalize();
        let mut id = [0_u8; 16];
        id.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Self(id)
    }
}

impl TxId {
    /// Appends the 32 digits.
    pub fn write(&self, out: &mut String) {
        let mut digits = [0_u8; 32];
        // The length is right.
        let _infallible = hex::encode_to_slice(self.0, &mut digits);
        out.push_str(std::str::from_utf8(&digits).unwrap_or_default());
    }
}

impl fmt::Display for TxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&hex::encode(self.0))
    }
}

impl fmt::Debug for TxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TxId({self})")
    }
}

impl FromStr for TxId {
    type Err = KeyError;

    /// Reads exactly 32 hexadecimal digits.
    fn from_str(text: &str) -> Result<Self, KeyError> {
        let mut id = [0_u8; 16];
        hex::decode_to_slice(text, &mut id).map_err(|_bad| KeyError::BadHex { expected: 32 })?;
        Ok(Self(id))
    }
}

/// A transfer with the form in which it was signed, the key and the signature.
///
/// Together with the network's chain id it gives back the signed bytes exactly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedTransfer {
    /// What was signed.
    pub transfer: Transfer,
    /// How it was written.
    pub form: TransferForm,
    /// Whose signature it is; its address is the sender.
    pub key: PublicKey,
    /// The signature.
    pub signature: Signature,
    /// The id on the network whose chain id was at hand.
    tx_id: TxId,
}

impl SignedTransfer {
    /// A transfer that somebody says was signed; nothing is checked.
    pub fn unchecked(
        transfer: Transfer,
        form: TransferForm,
        key: PublicKey,
        signature: Signature,
        chain_id: &ChainId,
    ) -> Self {
        let tx_id = TxId::of(&form.message(&transfer, chain_id), &signature);
        Self { transfer, form, key, signature, tx_id }
    }

    /// Signs a transfer in the form that our own wallets use: with fee and chain id.
    ///
    /// The sender is the signer's address, whatever `transfer.from` says.
    pub fn sign(mut transfer: Transfer, chain_id: &ChainId, signer: &dyn Signer) -> Self {
        let key = signer.public_key();
        transfer.from = key.address();
        let form = TransferForm::OURS.normalised(&transfer);
        let message = form.message(&transfer, chain_id);
        let signature = signer.sign(&message);
        let tx_id = TxId::of(&message, &signature);
        Self { transfer, form, key, signature, tx_id }
    }

    /// The signed bytes.
    pub fn message(&self, chain_id: &ChainId) -> Vec<u8> {
        self.form.message(&self.transfer, chain_id)
    }

    /// The id of the transfer.
    pub const fn tx_id(&self) -> TxId {
        self.tx_id
    }

    /// Checks that the key is the sender's, and the signature over the one form that this value
    /// names.
    pub fn verify(self, chain_id: &ChainId) -> Result<Verified<Self>, KeyError> {
        if self.transfer.from.key_hash() != Some(self.key.key_hash()) {
            return Err(KeyError::BadKey);
        }
        let message = self.message(chain_id);
        self.key.decompress()?.verify(&message, &self.signature)?;
        // Whatever network the value was made for, it is believed on this one.
        let tx_id = TxId::of(&message, &self.signature);
        Ok(Verified::by_signature(Self { tx_id, ..self }))
    }

    /// Reads what [`Encode`] wrote. The signature is not checked.
    pub fn decode(reader: &mut Reader<'_>, chain_id: &ChainId) -> Result<Self, DecodeError> {
        let key = PublicKey::from_bytes(reader.array()?);
        let to = WalletId::from_key_hash(reader.array()?);
        let amount = Amount::from_micro(reader.u64()?)
            .map_err(|_too_large| DecodeError::BadField("amount"))?;
        let nonce = reader.u64()?;
        let form = TransferForm::from_byte(reader.u8()?)?;
        let memo_bytes = usize::from(reader.u16()?);
        let memo = std::str::from_utf8(reader.take(memo_bytes)?)
            .map_err(|_not_utf8| DecodeError::BadField("memo"))?
            .to_owned();
        let signature = Signature::from_bytes(reader.array::<SIGNATURE_BYTES>()?);
        let transfer = Transfer { from: key.address(), to, amount, nonce, memo };
        Ok(Self::unchecked(transfer, form, key, signature, chain_id))
    }
}

impl Encode for SignedTransfer {
    /// key 32, payee 20, amount 8, nonce 8, form 1, memo 2 + n, signature 64.
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.key.as_bytes());
        // Both ends of a transfer are addresses; the request checks that.
        out.extend_from_slice(&self.transfer.to.key_hash().unwrap_or_default());
        out.extend_from_slice(&self.transfer.amount.micro().to_be_bytes());
        out.extend_from_slice(&self.transfer.nonce.to_be_bytes());
        out.push(self.form.to_byte());
        let memo = self.transfer.memo.as_bytes();
        out.extend_from_slice(&u16::try_from(memo.len()).unwrap_or(u16::MAX).to_be_bytes());
        out.extend_from_slice(memo);
        out.extend_from_slice(self.signature.as_bytes());
    }
}
