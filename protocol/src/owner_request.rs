//! What the owner of a key may ask for beside transfers: claiming a name's earnings, and releasing
//! a machine.
//!
//! Signed bytes are canonical JSON with a `domain`, so that a signature of one kind can never pass
//! for another, nor for a transfer.

use crate::admin::read_wallet_id;
use crate::canonical_json::{Escaping, write_string};
use crate::encoding::{DecodeError, Encode, Reader, put_bytes};
use crate::keys::{KeyError, PublicKey, Signature, Signer};
use crate::transfer::ChainId;
use crate::verified::Verified;
use crate::wallet_id::WalletId;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OwnerRequest {
    /// Moves what a pinned name has earned since the pin to an address (system section 8.15).
    Claim {
        /// The address that is paid.
        to: WalletId,
    },
    /// Frees the machine that the name is bound to, from the next epoch on.
    ReleaseMachine,
}

/// A request, signed by the key that owns `name`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedOwnerRequest {
    /// A pinned name, or an address.
    pub name: WalletId,
    /// What is asked for.
    pub request: OwnerRequest,
    /// Strictly greater than any nonce used before for this name.
    pub nonce: u64,
    /// The owner's key.
    pub key: PublicKey,
    /// The owner's signature.
    pub signature: Signature,
}

impl SignedOwnerRequest {
    /// The signed bytes.
    fn message(name: &WalletId, request: &OwnerRequest, nonce: u64, chain_id: &ChainId) -> Vec<u8> {
        let (domain, to) = match request {
            OwnerRequest::Claim { to } => ("rustchain/claim", Some(to)),
            OwnerRequest::ReleaseMachine => ("rustchain/release-machine", None),
        };
        let mut out = String::from("{");
        let mut member = |key: &str, value: &str, last: bool| {
            write_string(&mut out, key, Escaping::Ascii);
            out.push(':');
            write_string(&mut out, value, Escaping::Ascii);
            out.push_str(if last { "}" } else { "," });
        };
        member("chain_id", chain_id.as_str(), false);
        member("domain", domain, false);
        member("name", name.as_str(), false);
        member("nonce", &nonce.to_string(), to.is_none());
        if let Some(to) = to {
            member("to", to.as_str(), true);
        }
        out.into_bytes()
    }

    /// Signs a request.
    pub fn sign(
        name: WalletId,
        request: OwnerRequest,
        nonce: u64,
        chain_id: &ChainId,
        signer: &dyn Signer,
    ) -> Self {
        let signature = signer.sign(&Self::message(&name, &request, nonce, chain_id));
        Self { name, request, nonce, key: signer.public_key(), signature }
    }

    /// Checks the signature; whether the key owns the name is for the books to say.
    pub fn verify(self, chain_id: &ChainId) -> Result<Verified<Self>, KeyError> {
        let message = Self::message(&self.name, &self.request, self.nonce, chain_id);
        self.key.decompress()?.verify(&message, &self.signature)?;
        Ok(Verified::by_signature(self))
    }

    /// Reads what [`Encode`] wrote. The signature is not checked.
    pub fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            name: read_wallet_id(reader, "name")?,
            request: match reader.u8()? {
                1 => OwnerRequest::Claim { to: read_wallet_id(reader, "to")? },
                2 => OwnerRequest::ReleaseMachine,
                _ => return Err(DecodeError::BadField("request")),
            },
            nonce: reader.u64()?,
            key: PublicKey::from_bytes(reader.array()?),
            signature: Signature::from_bytes(reader.array()?),
        })
    }
}

impl Encode for SignedOwnerRequest {
    fn encode(&self, out: &mut Vec<u8>) {
        put_bytes(out, self.name.as_str().as_bytes());
        match &self.request {
            OwnerRequest::Claim { to } => {
                out.push(1);
                put_bytes(out, to.as_str().as_bytes());
            }
            OwnerRequest::ReleaseMachine => out.push(2),
        }
        out.extend_from_slice(&self.nonce.to_be_bytes());
        out.extend_from_slice(self.key.as_bytes());
        out.extend_from_slice(self.signature.as_bytes());
    }
}
