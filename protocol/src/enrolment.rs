//! Enrolments: the signed request to take part in an epoch (`POST /epoch/enroll`, wire
//! section 4.4).

use crate::epoch::EpochId;
use crate::json::Json;
use crate::keys::{PublicKey, Signature};
use crate::verified::Verified;
use crate::wallet_id::{MinerId, WalletId};

/// A request as it was sent. Its `device` and `fingerprint` are not read: the attestation decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolmentRequest {
    miner: MinerId,
    miner_id: Box<str>,
    key: PublicKey,
    signature: Signature,
}

/// An enrolment whose signature can be believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// Who enrols: `miner_pubkey`, which is a wallet despite its name.
    pub miner: MinerId,
    /// The epoch that was signed.
    pub epoch: EpochId,
    /// The key that signed.
    pub key: PublicKey,
}

/// Why an enrolment is refused. The display text is the sentence for the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnrolmentError {
    /// The body is no JSON object.
    #[error("Invalid JSON body")]
    NotAnObject,
    /// There is no `miner_pubkey`.
    #[error("Missing miner_pubkey")]
    MissingMiner,
    /// `miner_pubkey` or `miner_id` is not an identifier.
    #[error(
        "Fields 'miner_pubkey' and 'miner_id' must use only letters, numbers, '.', '_', ':' or '-' and be at most 128 characters"
    )]
    BadMiner,
    /// `signature` is not a string.
    #[error("Field 'signature' must be a string")]
    SignatureNotText,
    /// `public_key` is not a string.
    #[error("Field 'public_key' must be a string")]
    PublicKeyNotText,
    /// Only one of signature and key is given.
    #[error("Both signature and public_key are required for signed enrollment")]
    IncompleteSignature,
    /// Neither signature nor key is given.
    #[error(
        "Epoch enrollment requires signature/public_key ownership proof. Re-attest with a signing key and submit a signed enrollment request."
    )]
    Unsigned,
    /// The key is not the one that attested.
    #[error("The public key is not the one that attested for this miner")]
    KeyMismatch,
    /// The signature does not belong to the key and this epoch.
    #[error("Ed25519 signature verification failed")]
    BadSignature,
}

impl EnrolmentError {
    /// The stable code of the answer.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAnObject => "INVALID_JSON_OBJECT",
            Self::MissingMiner => "MISSING_MINER_PUBKEY",
            Self::BadMiner => "INVALID_MINER",
            Self::SignatureNotText => "INVALID_SIGNATURE_TYPE",
            Self::PublicKeyNotText => "INVALID_PUBLIC_KEY_TYPE",
            Self::IncompleteSignature => "INCOMPLETE_SIGNATURE",
            Self::Unsigned => "SIGNED_ENROLLMENT_REQUIRED",
            Self::KeyMismatch => "PUBKEY_MISMATCH",
            Self::BadSignature => "INVALID_ENROLLMENT_SIGNATURE",
        }
    }

    /// The HTTP status of the answer.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Unsigned => 401,
            _ => 400,
        }
    }

    /// The sentence of the answer.
    pub fn message(&self) -> String {
        self.to_string()
    }
}

impl EnrolmentRequest {
    /// Reads the body of `POST /epoch/enroll`.
    pub fn parse(raw: &[u8]) -> Result<Self, EnrolmentError> {
        let body = Json::parse(raw).map_err(|_not_json| EnrolmentError::NotAnObject)?;
        body.as_object().ok_or(EnrolmentError::NotAnObject)?;
        let miner = read_id(&body, "miner_pubkey")?.ok_or(EnrolmentError::MissingMiner)?;
        let miner_id = read_id(&body, "miner_id")?;
        let signature = read_text(&body, "signature", EnrolmentError::SignatureNotText)?;
        let key = read_text(&body, "public_key", EnrolmentError::PublicKeyNotText)?;
        let (signature, key) = match (signature, key) {
            ("", "") => return Err(EnrolmentError::Unsigned),
            ("", _) | (_, "") => return Err(EnrolmentError::IncompleteSignature),
            pair => pair,
        };
        Ok(Self {
            miner_id: miner_id.as_ref().unwrap_or(&miner).as_str().into(),
            miner,
            key: PublicKey::from_hex(key).map_err(|_bad| EnrolmentError::BadSignature)?,
            signature: Signature::from_hex(signature)
                .map_err(|_bad| EnrolmentError::BadSignature)?,
        })
    }

    /// Who enrols.
    pub const fn miner(&self) -> &MinerId {
        &self.miner
    }

    /// The second name, `miner_id`; the miner's own when it was not given.
    pub fn miner_id(&self) -> &str {
        &self.miner_id
    }

    /// The key that the miner is named by, where `miner_pubkey` is one: the official Rust miner
    /// attests under its wallet but enrols under its key.
    pub fn named_key(&self) -> Option<PublicKey> {
        PublicKey::from_hex(self.miner.as_str()).ok()
    }

    /// Checks that `attested`, the key that attested for this miner, signed
    /// `{miner_pubkey}|{miner_id}|{epoch}`.
    pub fn verify(
        self,
        epoch: EpochId,
        attested: &PublicKey,
    ) -> Result<Verified<Enrolment>, EnrolmentError> {
        if self.key != *attested {
            return Err(EnrolmentError::KeyMismatch);
        }
        let message = format!("{}|{}|{epoch}", self.miner, self.miner_id);
        let key = self.key.decompress().map_err(|_bad| EnrolmentError::BadSignature)?;
        key.verify(message.as_bytes(), &self.signature)
            .map_err(|_bad| EnrolmentError::BadSignature)?;
        Ok(Verified::by_signature(Enrolment { miner: self.miner, epoch, key: self.key }))
    }
}

fn read_id(body: &Json<'_>, name: &str) -> Result<Option<WalletId>, EnrolmentError> {
    let Some(value) = body.get(name).filter(|value| !value.is_null()) else { return Ok(None) };
    match value.as_str() {
        Some("") => Ok(None),
        Some(text) => WalletId::parse(text).map(Some).map_err(|_bad| EnrolmentError::BadMiner),
        None => Err(EnrolmentError::BadMiner),
    }
}

fn read_text<'v>(
    body: &'v Json<'_>,
    name: &str,
    error: EnrolmentError,
) -> Result<&'v str, EnrolmentError> {
    match body.get(name).filter(|value| !value.is_null()) {
        None => Ok(""),
        Some(value) => value.as_str().map(str::trim).ok_or(error),
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};

    use super::*;
    use crate::hex;

    fn signing_key() -> SigningKey {
        SigningKey::from_bytes(&[9; 32])
    }

    fn public_key() -> PublicKey {
        PublicKey::from_bytes(signing_key().verifying_key().to_bytes())
    }

    fn body(miner: &str, message: &str) -> String {
        let signature = hex::encode(signing_key().sign(message.as_bytes()).to_bytes());
        let key = public_key().to_hex();
        format!(
            r#"{{"miner_pubkey":"{miner}","miner_id":"x86-host1","device":{{"family":"x86"}},"signature":"{signature}","public_key":"{key}"}}"#
        )
    }

    fn parse(text: &str) -> Result<EnrolmentRequest, (&'static str, u16)> {
        EnrolmentRequest::parse(text.as_bytes()).map_err(|error| (error.code(), error.status()))
    }

    #[test]
    fn verifies_against_the_key_that_attested() {
        let request = parse(&body("wallet", "wallet|x86-host1|354")).unwrap();
        let verified = request.clone().verify(EpochId(354), &public_key()).unwrap();
        assert_eq!((verified.miner.as_str(), verified.epoch), ("wallet", EpochId(354)));
        assert_eq!(
            request.clone().verify(EpochId(355), &public_key()),
            Err(EnrolmentError::BadSignature)
        );
        let other = PublicKey::from_bytes([1; 32]);
        assert_eq!(request.verify(EpochId(354), &other), Err(EnrolmentError::KeyMismatch));
    }

    #[test]
    fn a_miner_may_be_named_by_its_key() {
        let key = public_key().to_hex();
        let request = parse(&body(&key, "m")).unwrap();
        assert_eq!(request.named_key(), Some(public_key()));
        assert_eq!(parse(&body("wallet", "m")).unwrap().named_key(), None);
    }

    #[test]
    fn the_second_name_defaults_to_the_first() {
        let text = body("wallet", "wallet|wallet|1").replace("\"miner_id\":\"x86-host1\",", "");
        assert!(parse(&text).unwrap().verify(EpochId(1), &public_key()).is_ok());
    }

    #[test]
    fn errors_are_those_of_the_existing_network() {
        let key = public_key().to_hex();
        for (text, expected) in [
            ("[]", ("INVALID_JSON_OBJECT", 400)),
            ("", ("INVALID_JSON_OBJECT", 400)),
            ("{}", ("MISSING_MINER_PUBKEY", 400)),
            (r#"{"miner_pubkey":""}"#, ("MISSING_MINER_PUBKEY", 400)),
            (r#"{"miner_pubkey":7}"#, ("INVALID_MINER", 400)),
            (r#"{"miner_pubkey":"a b"}"#, ("INVALID_MINER", 400)),
            (r#"{"miner_pubkey":"m","signature":7}"#, ("INVALID_SIGNATURE_TYPE", 400)),
            (r#"{"miner_pubkey":"m","public_key":7}"#, ("INVALID_PUBLIC_KEY_TYPE", 400)),
            (r#"{"miner_pubkey":"m","signature":"00"}"#, ("INCOMPLETE_SIGNATURE", 400)),
            (r#"{"miner_pubkey":"m"}"#, ("SIGNED_ENROLLMENT_REQUIRED", 401)),
            (
                &format!(r#"{{"miner_pubkey":"m","signature":"00","public_key":"{key}"}}"#),
                ("INVALID_ENROLLMENT_SIGNATURE", 400),
            ),
        ] {
            assert_eq!(parse(text), Err(expected), "{text}");
        }
    }
}
