//! Proofs that anyone can check: that a transfer is in the chain, and what a wallet holds.
//!
//! A certificate signs the name of batch h + 1, which binds the hash of header h, which binds the
//! roots over the commands and the accounts. So one signature of a known validator is all that is
//! trusted; the node that answers can neither invent nor change anything.
//!
//! What is proven is presence at a height: not that nothing happened since, and for an unknown
//! wallet nothing at all.

use crate::hex;
use serde::{Deserialize, Serialize};

use crate::account::{AccountLeaf, state_root};
use crate::block::{Certificate, CertificateError, Header, RULES_VERSION, ValidatorSet};
use crate::encoding::{DecodeError, Encode as _, Hash, Reader};
use crate::merkle::{self, MAX_PATH};
use crate::money::Amount;
use crate::time::UnixMillis;
use crate::transfer::{ChainId, SignedTransfer, TxId};
use crate::verified::Verified;
use crate::wallet_id::WalletId;

/// The first byte of a command that is a transfer; behind it stands the encoded
/// [`SignedTransfer`].
pub const TRANSFER_COMMAND: u8 = 1;

/// Why a proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// A member is not hexadecimal, or not of the right length.
    #[error("{0} is not hexadecimal of the right length")]
    BadHex(&'static str),
    /// The bytes of a member do not decode.
    #[error("{what} does not decode: {error}")]
    Undecodable {
        /// The member.
        what: &'static str,
        /// Why.
        error: DecodeError,
    },
    /// The headers belong to another network.
    #[error("the proof is of another network")]
    OtherNetwork,
    /// The block follows rules that this version does not know.
    #[error("the block follows rules that this version does not know")]
    UnknownRules,
    /// The second header does not follow the first.
    #[error("the certified block does not follow the proven one")]
    NotLinked,
    /// The validators are not those that are trusted.
    #[error("the block was certified by validators that are not trusted here")]
    NotTrusted,
    /// The certificate does not hold.
    #[error("the certificate does not hold: {0}")]
    Certificate(CertificateError),
    /// The two roots do not make up the header's state root.
    #[error("the roots do not belong to the header")]
    OtherState,
    /// The Merkle path does not lead from the leaf to the root.
    #[error("the path does not lead to the root")]
    NotInTree,
    /// The proof is about another wallet or transfer.
    #[error("the proof is about something else")]
    OtherSubject,
    /// The transfer's signature does not hold.
    #[error("the transfer's signature does not hold")]
    BadSignature,
}

/// A header and what vouches for it; also the answer of `GET /chain/header/{height}`. All hex.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockEvidence {
    /// The certificate of the next block.
    pub certificate: String,
    /// The encoded header of the block.
    pub header: String,
    /// The encoded header of the next block.
    pub next_header: String,
    /// The encoded validator set of the next block.
    pub validators: String,
}

/// A header that validators vouch for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertifiedHeader {
    /// The header.
    pub header: Header,
    /// Who vouches for it. Keep it, and pass it in as trusted the next time.
    pub validators: ValidatorSet,
}

impl BlockEvidence {
    /// Writes down a header and what vouches for it.
    pub fn new(
        header: &Header,
        next: &Header,
        certificate: &Certificate,
        validators: &ValidatorSet,
    ) -> Self {
        Self {
            certificate: hex::encode(certificate.encoded()),
            header: hex::encode(header.encoded()),
            next_header: hex::encode(next.encoded()),
            validators: hex::encode(validators.encoded()),
        }
    }

    /// Believes the header, or says why not.
    ///
    /// Without `trusted` the set that the evidence brings along is taken, which shows that the
    /// evidence is sound in itself, not who stands behind it.
    pub fn verify(
        &self,
        chain_id: &ChainId,
        trusted: Option<&ValidatorSet>,
    ) -> Result<CertifiedHeader, ProofError> {
        let header = decode_hex("header", &self.header, Header::decode)?;
        let next = decode_hex("next_header", &self.next_header, Header::decode)?.batch;
        let certificate = decode_hex("certificate", &self.certificate, Certificate::decode)?;
        let validators = decode_hex("validators", &self.validators, decode_validators)?;
        if header.batch.chain_id != *chain_id || next.chain_id != *chain_id {
            return Err(ProofError::OtherNetwork);
        }
        if header.batch.version != RULES_VERSION || next.version != RULES_VERSION {
            return Err(ProofError::UnknownRules);
        }
        let follows = header.batch.height.checked_add(1) == Some(next.height)
            && next.prev == header.hash()
            && next.validators_hash == header.batch.next_validators_hash;
        if !follows {
            return Err(ProofError::NotLinked);
        }
        if trusted.is_some_and(|trusted| *trusted != validators) {
            return Err(ProofError::NotTrusted);
        }
        certificate.verify(&next, &validators).map_err(ProofError::Certificate)?;
        Ok(CertifiedHeader { header, validators })
    }
}

fn decode_validators(bytes: &[u8]) -> Result<ValidatorSet, DecodeError> {
    let mut reader = Reader::new(bytes);
    let set = ValidatorSet::decode(&mut reader)?;
    reader.finish()?;
    Ok(set)
}

fn decode_hex<T>(
    what: &'static str,
    text: &str,
    decode: impl FnOnce(&[u8]) -> Result<T, DecodeError>,
) -> Result<T, ProofError> {
    let bytes = hex::decode(text).map_err(|_not_hex| ProofError::BadHex(what))?;
    decode(&bytes).map_err(|error| ProofError::Undecodable { what, error })
}

fn hash_from_hex(what: &'static str, text: &str) -> Result<Hash, ProofError> {
    let mut hash = [0; 32];
    hex::decode_to_slice(text, &mut hash).map_err(|_not_hex| ProofError::BadHex(what))?;
    Ok(hash)
}

/// The way from a leaf to a root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MerklePath {
    /// Leaves in the tree.
    pub count: u64,
    /// Number of the leaf, from 0.
    pub index: u64,
    /// Neighbours from the leaf upwards, 64 hex digits each.
    pub path: Vec<String>,
}

impl MerklePath {
    /// Writes down a proof of presence.
    pub fn new(proof: &merkle::Proof) -> Self {
        let path = proof.path.iter().map(hex::encode).collect();
        Self { count: proof.count, index: proof.index, path }
    }

    fn check(&self, leaf: &[u8], root: &Hash) -> Result<(), ProofError> {
        if self.path.len() > MAX_PATH {
            return Err(ProofError::NotInTree);
        }
        let hashes = self.path.iter().map(|hash| hash_from_hex("path", hash));
        let path = hashes.collect::<Result<_, _>>()?;
        let proof = merkle::Proof { index: self.index, count: self.count, path };
        if proof.shows(leaf, root) { Ok(()) } else { Err(ProofError::NotInTree) }
    }
}

/// The answer of `GET /proof/account/{id}`: what a wallet held at the end of a block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountProof {
    /// The root over all accounts, 64 hex digits.
    pub accounts_root: String,
    /// The block.
    pub block: BlockEvidence,
    /// The encoded leaf of the account, in hex.
    pub leaf: String,
    /// The way from the leaf to the root over all accounts.
    pub merkle: MerklePath,
    /// Always `true`.
    pub ok: bool,
    /// The root over the rest of the state, 64 hex digits.
    pub rest_root: String,
}

/// What a wallet held, proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenBalance {
    /// What it held.
    pub balance: Amount,
    /// The last nonce it had used.
    pub last_nonce: u64,
    /// The block at whose end it held that.
    pub height: u64,
    /// The time of that block.
    pub time: UnixMillis,
    /// Who vouches for it.
    pub validators: ValidatorSet,
}

impl AccountProof {
    /// Writes down a proof.
    pub fn new(
        block: BlockEvidence,
        leaf: &AccountLeaf,
        proof: &merkle::Proof,
        accounts_root: &Hash,
        rest_root: &Hash,
    ) -> Self {
        Self {
            accounts_root: hex::encode(accounts_root),
            block,
            leaf: hex::encode(leaf.encoded()),
            merkle: MerklePath::new(proof),
            ok: true,
            rest_root: hex::encode(rest_root),
        }
    }

    /// Believes the proof about `wallet`, or says why not. About `trusted`, see
    /// [`BlockEvidence::verify`].
    pub fn verify(
        &self,
        wallet: &WalletId,
        chain_id: &ChainId,
        trusted: Option<&ValidatorSet>,
    ) -> Result<ProvenBalance, ProofError> {
        let CertifiedHeader { header, validators } = self.block.verify(chain_id, trusted)?;
        let accounts_root = hash_from_hex("accounts_root", &self.accounts_root)?;
        let rest_root = hash_from_hex("rest_root", &self.rest_root)?;
        if state_root(&accounts_root, &rest_root) != header.state_root {
            return Err(ProofError::OtherState);
        }
        let bytes = decode_hex("leaf", &self.leaf, |bytes| Ok(bytes.to_vec()))?;
        self.merkle.check(&bytes, &accounts_root)?;
        let leaf = AccountLeaf::decode(&bytes)
            .map_err(|error| ProofError::Undecodable { what: "leaf", error })?;
        if leaf.wallet != *wallet {
            return Err(ProofError::OtherSubject);
        }
        Ok(ProvenBalance {
            balance: leaf.balance,
            last_nonce: leaf.last_nonce,
            height: header.batch.height,
            time: header.batch.time,
            validators,
        })
    }
}

/// The answer of `GET /proof/tx/{id}`: that a transfer is in a block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TxProof {
    /// The block.
    pub block: BlockEvidence,
    /// The encoded command, in hex: [`TRANSFER_COMMAND`] and the encoded transfer.
    pub leaf: String,
    /// The way from the command to the root over the block's commands.
    pub merkle: MerklePath,
    /// Always `true`.
    pub ok: bool,
}

/// A transfer, proven to be in a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenTransfer {
    /// The transfer.
    pub transfer: Verified<SignedTransfer>,
    /// Its place among the commands of the block, from 0.
    pub index: u64,
    /// The block.
    pub height: u64,
    /// The time of the block.
    pub time: UnixMillis,
    /// Who vouches for it.
    pub validators: ValidatorSet,
}

impl TxProof {
    /// Writes down a proof; `command` is the encoded command whose hash is the leaf.
    pub fn new(block: BlockEvidence, command: &[u8], proof: &merkle::Proof) -> Self {
        let merkle = MerklePath::new(proof);
        Self { block, leaf: hex::encode(command), merkle, ok: true }
    }

    /// Believes the proof about the transfer `id`, or says why not. About `trusted`, see
    /// [`BlockEvidence::verify`].
    pub fn verify(
        &self,
        id: TxId,
        chain_id: &ChainId,
        trusted: Option<&ValidatorSet>,
    ) -> Result<ProvenTransfer, ProofError> {
        let CertifiedHeader { header, validators } = self.block.verify(chain_id, trusted)?;
        let bytes = decode_hex("leaf", &self.leaf, |bytes| Ok(bytes.to_vec()))?;
        self.merkle.check(&bytes, &header.batch.tx_root)?;
        let transfer = decode_transfer(&bytes, chain_id)?;
        if self.merkle.count != u64::from(header.batch.commands) || transfer.tx_id() != id {
            return Err(ProofError::OtherSubject);
        }
        let transfer = transfer.verify(chain_id).map_err(|_key_error| ProofError::BadSignature)?;
        Ok(ProvenTransfer {
            transfer,
            index: self.merkle.index,
            height: header.batch.height,
            time: header.batch.time,
            validators,
        })
    }
}

fn decode_transfer(command: &[u8], chain_id: &ChainId) -> Result<SignedTransfer, ProofError> {
    let undecodable = |error| ProofError::Undecodable { what: "leaf", error };
    let mut reader = Reader::new(command);
    if reader.u8().map_err(undecodable)? != TRANSFER_COMMAND {
        return Err(ProofError::OtherSubject);
    }
    let transfer = SignedTransfer::decode(&mut reader, chain_id).map_err(undecodable)?;
    reader.finish().map_err(undecodable)?;
    Ok(transfer)
}

#[cfg(test)]
mod tests;
