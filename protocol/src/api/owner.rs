//! The bodies of `POST /wallet/claim` and `POST /wallet/release`, and their answer.

use serde::{Deserialize, Serialize};

use crate::keys::{KeyError, PublicKey, Signature};
use crate::owner_request::{OwnerRequest, SignedOwnerRequest};
use crate::wallet_id::{WalletId, WalletIdError};

/// What the owner of a key sends; which of the two requests it is, the path says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnerBody {
    /// The name that is claimed for, or whose machine is released.
    pub name: String,
    /// Strictly greater than any nonce used before for this name.
    pub nonce: u64,
    /// The owner's key, 64 hex digits.
    pub public_key: String,
    /// The owner's signature, 128 hex digits.
    pub signature: String,
    /// The address that is paid. Claims only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// Why a body is no request of an owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OwnerBodyError {
    /// The name is outside of the grammar.
    #[error("name: {0}")]
    BadName(WalletIdError),
    /// The payee is outside of the grammar.
    #[error("to: {0}")]
    BadPayee(WalletIdError),
    /// A claim has no payee.
    #[error("to is missing")]
    NoPayee,
    /// A release has a payee.
    #[error("to is not part of a release")]
    NeedlessPayee,
    /// The key is malformed.
    #[error("public_key: {0}")]
    BadKey(KeyError),
    /// The signature is malformed.
    #[error("signature: {0}")]
    BadSignature(KeyError),
}

impl OwnerBody {
    /// The body of a signed request.
    pub fn from(signed: &SignedOwnerRequest) -> Self {
        let to = match &signed.request {
            OwnerRequest::Claim { to } => Some(to.to_string()),
            OwnerRequest::ReleaseMachine => None,
        };
        Self {
            name: signed.name.to_string(),
            nonce: signed.nonce,
            public_key: signed.key.to_hex(),
            signature: signed.signature.to_hex(),
            to,
        }
    }

    /// Reads the body of `POST /wallet/claim`. The signature is not checked.
    pub fn to_claim(&self) -> Result<SignedOwnerRequest, OwnerBodyError> {
        let to = self.to.as_deref().ok_or(OwnerBodyError::NoPayee)?;
        let to = WalletId::parse(to).map_err(OwnerBodyError::BadPayee)?;
        self.with_request(OwnerRequest::Claim { to })
    }

    /// Reads the body of `POST /wallet/release`. The signature is not checked.
    pub fn to_release(&self) -> Result<SignedOwnerRequest, OwnerBodyError> {
        if self.to.is_some() {
            return Err(OwnerBodyError::NeedlessPayee);
        }
        self.with_request(OwnerRequest::ReleaseMachine)
    }

    fn with_request(&self, request: OwnerRequest) -> Result<SignedOwnerRequest, OwnerBodyError> {
        Ok(SignedOwnerRequest {
            name: WalletId::parse(&self.name).map_err(OwnerBodyError::BadName)?,
            request,
            nonce: self.nonce,
            key: PublicKey::from_hex(&self.public_key).map_err(OwnerBodyError::BadKey)?,
            signature: Signature::from_hex(&self.signature)
                .map_err(OwnerBodyError::BadSignature)?,
        })
    }
}

/// The answer to a claim or a release that was carried out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OwnerReply {
    /// What a claim moved, in micro-RTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_i64: Option<i64>,
    /// What a claim moved, in RTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_rtc: Option<f64>,
    /// From which epoch on a release holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_epoch: Option<u64>,
    /// The name.
    pub name: String,
    /// Always `true`.
    pub ok: bool,
    /// The id under which a claim stands in the history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tx_id: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(request: OwnerRequest) -> SignedOwnerRequest {
        SignedOwnerRequest {
            name: WalletId::parse("dual-g4-125").unwrap(),
            request,
            nonce: 3,
            key: PublicKey::from_bytes([1; 32]),
            signature: Signature::from_bytes([2; 64]),
        }
    }

    #[test]
    fn requests_survive_their_bodies() {
        let to = WalletId::from_key_hash([7; 20]);
        let claim = signed(OwnerRequest::Claim { to });
        assert_eq!(OwnerBody::from(&claim).to_claim(), Ok(claim.clone()));
        assert_eq!(OwnerBody::from(&claim).to_release(), Err(OwnerBodyError::NeedlessPayee));
        let release = signed(OwnerRequest::ReleaseMachine);
        assert_eq!(OwnerBody::from(&release).to_release(), Ok(release.clone()));
        assert_eq!(OwnerBody::from(&release).to_claim(), Err(OwnerBodyError::NoPayee));
    }

    #[test]
    fn malformed_members_are_named() {
        let release = OwnerBody::from(&signed(OwnerRequest::ReleaseMachine));
        let bad = OwnerBody { public_key: "00".to_owned(), ..release.clone() };
        assert!(matches!(bad.to_release(), Err(OwnerBodyError::BadKey(_))));
        let bad = OwnerBody { name: " ".to_owned(), ..release };
        assert_eq!(bad.to_release(), Err(OwnerBodyError::BadName(WalletIdError::BadCharacter)));
    }
}
