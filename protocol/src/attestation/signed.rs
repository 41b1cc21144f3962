//! Attestations with their bytes, and what their signature proves.

use std::sync::Arc;

use super::shape::AttestationShapeError;
use super::{Attestation, given};
use crate::canonical_json::{CanonicalError, to_canonical_without};
use crate::json::Json;
use crate::keys::{KeyError, PublicKey, Signature};
use crate::verified::Verified;

/// Members of the body that scheme v3 does not sign.
const UNSIGNED_MEMBERS: [&str; 3] = ["signature", "signature_type", "public_key"];

/// What an attestation's signature covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureScheme {
    /// v3: the canonical JSON of the whole body without the signature.
    CanonicalJson,
    /// v2: `{miner_id}|{miner}|{nonce}|{commitment}`, which binds neither device nor fingerprint.
    Pipe,
}

/// An attestation as it was submitted, with what its signature proves.
///
/// A `Verified` one carries a signature that was checked, or none at all: whether an unsigned
/// attestation is accepted is for the network's policy to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedAttestation {
    raw: Arc<[u8]>,
    attestation: Attestation,
    seal: Option<(SignatureScheme, PublicKey, Signature)>,
}

/// Why an attestation is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AttestationError {
    /// The body is not an attestation.
    #[error("{0}")]
    Shape(#[from] AttestationShapeError),
    /// Only one of signature and key is given.
    #[error("Both signature and public_key are required together")]
    IncompleteSignature,
    /// The key, the signature or what is signed is not what it should be.
    #[error("Ed25519 signature verification failed: {0}")]
    BadSignature(KeyError),
    /// The body cannot be written as the client signed it.
    #[error("Ed25519 signature verification failed: {0}")]
    NotCanonical(CanonicalError),
    /// A name is an address, but of another key.
    #[error("An RTC address can only be attested by the key that it is derived from")]
    AddressMismatch,
}

impl AttestationError {
    /// The stable code of the answer.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Shape(error) => error.code(),
            Self::IncompleteSignature => "INCOMPLETE_SIGNATURE",
            Self::BadSignature(_) | Self::NotCanonical(_) => "INVALID_SIGNATURE",
            Self::AddressMismatch => "PUBKEY_ADDRESS_MISMATCH",
        }
    }

    /// The HTTP status of the answer.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Shape(error) => error.status(),
            _ => 400,
        }
    }

    /// The sentence of the answer.
    pub fn message(&self) -> String {
        self.to_string()
    }
}

impl SignedAttestation {
    /// Reads a body and checks its signature.
    pub fn parse_and_verify(raw: &[u8]) -> Result<Verified<Self>, AttestationError> {
        let body = Json::parse(raw).map_err(AttestationShapeError::NotJson)?;
        let attestation = Attestation::read(&body)?;
        let seal = match Seal::read(&body)? {
            None => None,
            Some(seal) => {
                let scheme = seal.verify(&body, &attestation)?;
                check_addresses(&attestation, &seal.key)?;
                Some((scheme, seal.key, seal.signature))
            }
        };
        Ok(Verified::by_signature(Self { raw: raw.into(), attestation, seal }))
    }

    /// Reads a body from our own log, where its signature has been checked before.
    ///
    /// One signature is checked all the same: a body that does not name its scheme could have been
    /// signed by either, and only the check tells which.
    pub fn decode_trusted(raw: &[u8]) -> Result<Verified<Self>, AttestationError> {
        let body = Json::parse(raw).map_err(AttestationShapeError::NotJson)?;
        let attestation = Attestation::read(&body)?;
        let seal = match Seal::read(&body)? {
            None => None,
            Some(seal) => {
                let scheme = match *seal.schemes() {
                    [scheme] => scheme,
                    _ => seal.verify(&body, &attestation)?,
                };
                Some((scheme, seal.key, seal.signature))
            }
        };
        Ok(Verified::trusted_from_own_log(Self { raw: raw.into(), attestation, seal }))
    }

    /// The submitted bytes.
    pub fn shared_raw(&self) -> Arc<[u8]> {
        Arc::clone(&self.raw)
    }

    /// What the miner says.
    pub const fn attestation(&self) -> &Attestation {
        &self.attestation
    }

    /// What the signature covers; `None` for an unsigned attestation.
    pub fn scheme(&self) -> Option<SignatureScheme> {
        self.seal.map(|(scheme, _, _)| scheme)
    }

    /// Whose signature it is; `None` for an unsigned attestation.
    pub fn key(&self) -> Option<PublicKey> {
        self.seal.map(|(_, key, _)| key)
    }

    /// The signature; `None` for an unsigned attestation.
    pub fn signature(&self) -> Option<Signature> {
        self.seal.map(|(_, _, signature)| signature)
    }
}

/// The signature of a body, as it was sent.
struct Seal {
    key: PublicKey,
    signature: Signature,
    /// `signature_type`, empty when absent.
    named: Box<str>,
}

impl Seal {
    /// `None` when neither signature nor key is given.
    fn read(body: &Json<'_>) -> Result<Option<Self>, AttestationError> {
        let text = |name: &str, error| match given(body, name) {
            None => Ok(""),
            Some(value) => value.as_str().map(str::trim).ok_or(error),
        };
        let signature = text("signature", AttestationShapeError::SignatureNotText)?;
        let key = text("public_key", AttestationShapeError::PublicKeyNotText)?;
        let named = text("signature_type", AttestationShapeError::SignatureTypeNotText)?;
        match (signature.is_empty(), key.is_empty()) {
            (true, true) => Ok(None),
            (false, false) => Ok(Some(Self {
                key: PublicKey::from_hex(key).map_err(AttestationError::BadSignature)?,
                signature: Signature::from_hex(signature)
                    .map_err(AttestationError::BadSignature)?,
                named: named.into(),
            })),
            _ => Err(AttestationError::IncompleteSignature),
        }
    }

    /// The schemes that this signature may be of, in the order in which they are tried. Miners in
    /// the field say `ed25519` whichever of the two they use; the narrow one earns base weight at
    /// most, so nothing is gained by passing for it.
    fn schemes(&self) -> &'static [SignatureScheme] {
        use SignatureScheme::{CanonicalJson, Pipe};
        match &*self.named {
            "canonical_json" => &[CanonicalJson],
            "ed25519" | "" => &[CanonicalJson, Pipe],
            _ => &[Pipe],
        }
    }

    /// The scheme that the signature is valid for.
    fn verify(
        &self,
        body: &Json<'_>,
        attestation: &Attestation,
    ) -> Result<SignatureScheme, AttestationError> {
        let key = self.key.decompress().map_err(AttestationError::BadSignature)?;
        let mut refusal = AttestationError::BadSignature(KeyError::BadSignature);
        for scheme in self.schemes() {
            match signed_message(*scheme, body, attestation) {
                Err(error) => refusal = AttestationError::NotCanonical(error),
                Ok(message) => match key.verify(message.as_bytes(), &self.signature) {
                    Ok(()) => return Ok(*scheme),
                    Err(error) => refusal = AttestationError::BadSignature(error),
                },
            }
        }
        Err(refusal)
    }
}

fn signed_message(
    scheme: SignatureScheme,
    body: &Json<'_>,
    attestation: &Attestation,
) -> Result<String, CanonicalError> {
    match scheme {
        SignatureScheme::CanonicalJson => to_canonical_without(body, &UNSIGNED_MEMBERS),
        SignatureScheme::Pipe => {
            let Attestation { miner, miner_name, nonce, commitment, .. } = attestation;
            let name = miner_name.as_ref().unwrap_or(miner);
            Ok(format!("{name}|{miner}|{nonce}|{commitment}"))
        }
    }
}

/// Nobody attests under an address of somebody else, not even as the second name.
fn check_addresses(attestation: &Attestation, key: &PublicKey) -> Result<(), AttestationError> {
    let address = key.address();
    let names = [Some(&attestation.miner), attestation.miner_name.as_ref()];
    let foreign = names.into_iter().flatten().any(|name| name.is_address() && *name != address);
    if foreign { Err(AttestationError::AddressMismatch) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};

    use super::*;
    use crate::hex;

    const REST: &str = r#""nonce":"ab","report":{"commitment":"cc"},"device":{"cpu":"h\u00e9","cores":8},"signals":{"macs":[]},"entropy":1.50"#;

    fn signing_key() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }

    fn public_key() -> PublicKey {
        PublicKey::from_bytes(signing_key().verifying_key().to_bytes())
    }

    fn sign(message: &str) -> String {
        hex::encode(signing_key().sign(message.as_bytes()).to_bytes())
    }

    fn body(names: &str, seal: &str) -> String {
        format!("{{{names},{REST}{seal}}}")
    }

    fn seal(signature: &str, named: &str) -> String {
        let key = public_key().to_hex();
        format!(r#","signature":"{signature}","public_key":"{key}","signature_type":{named}"#)
    }

    fn v3(names: &str) -> String {
        let unsigned = body(names, "");
        let value = Json::parse(unsigned.as_bytes()).unwrap();
        sign(&to_canonical_without(&value, &[]).unwrap())
    }

    fn verify(text: &str) -> Result<Verified<SignedAttestation>, &'static str> {
        SignedAttestation::parse_and_verify(text.as_bytes()).map_err(|error| error.code())
    }

    #[test]
    fn the_whole_body_is_signed_by_v3() {
        let names = r#""miner":"dual-g4-125","miner_id":"host""#;
        for named in ["null", "\"\"", "\"ed25519\"", "\"canonical_json\""] {
            let text = body(names, &seal(&v3(names), named));
            let signed = verify(&text).unwrap();
            assert_eq!(signed.scheme(), Some(SignatureScheme::CanonicalJson));
            assert_eq!(signed.key(), Some(public_key()));
            assert_eq!(SignedAttestation::decode_trusted(text.as_bytes()).unwrap(), signed);
            for tampered in
                [text.replace("\"cores\":8", "\"cores\":9"), text.replace("1.50", "1.51")]
            {
                assert_eq!(verify(&tampered), Err("INVALID_SIGNATURE"));
            }
        }
        // The same value, spelt otherwise, is the same message: CPython reads before it writes.
        assert!(verify(&body(names, &seal(&v3(names), "null")).replace("1.50", "1.5")).is_ok());
    }

    #[test]
    fn v2_is_tried_where_the_body_does_not_insist_on_v3() {
        let names = r#""miner":"wallet","miner_id":"host""#;
        let pipe = sign("host|wallet|ab|cc");
        for named in ["null", "\"\"", "\"legacy\"", "\"ed25519\""] {
            let text = body(names, &seal(&pipe, named));
            let signed = verify(&text).unwrap();
            assert_eq!(signed.scheme(), Some(SignatureScheme::Pipe));
            assert_eq!(SignedAttestation::decode_trusted(text.as_bytes()).unwrap(), signed);
        }
        let insisting = body(names, &seal(&pipe, "\"canonical_json\""));
        assert_eq!(verify(&insisting), Err("INVALID_SIGNATURE"));
        let alone = body("\"miner\":\"wallet\"", &seal(&sign("wallet|wallet|ab|cc"), "null"));
        assert_eq!(verify(&alone).unwrap().scheme(), Some(SignatureScheme::Pipe));
    }

    #[test]
    fn addresses_belong_to_their_key() {
        let own = format!("\"miner\":\"{}\"", public_key().address());
        assert!(verify(&body(&own, &seal(&v3(&own), "null"))).is_ok());
        let foreign = "RTC2c4e4d1de6fbfc05d950fc7e6461be3007dd16e4";
        for names in [
            format!("\"miner\":\"{foreign}\""),
            format!("\"miner\":\"name\",\"miner_id\":\"{foreign}\""),
        ] {
            let text = body(&names, &seal(&v3(&names), "null"));
            assert_eq!(verify(&text), Err("PUBKEY_ADDRESS_MISMATCH"));
        }
    }

    #[test]
    fn a_signature_comes_with_its_key_or_not_at_all() {
        let names = "\"miner\":\"name\"";
        let unsigned = verify(&body(names, "")).unwrap();
        assert_eq!((unsigned.key(), unsigned.scheme(), unsigned.signature()), (None, None, None));
        assert!(verify(&body(names, r#","signature":"","public_key":null"#)).is_ok());
        let key = public_key().to_hex();
        for (seal, expected) in [
            (r#","signature":"00""#.to_owned(), "INCOMPLETE_SIGNATURE"),
            (format!(r#","public_key":"{key}""#), "INCOMPLETE_SIGNATURE"),
            (r#","signature":7"#.to_owned(), "INVALID_SIGNATURE_TYPE"),
            (r#","public_key":[]"#.to_owned(), "INVALID_PUBLIC_KEY_TYPE"),
            (r#","signature_type":7"#.to_owned(), "INVALID_SIGNATURE_TYPE_FIELD"),
            (seal("00", "null"), "INVALID_SIGNATURE"),
            (seal(&"0".repeat(128), "null"), "INVALID_SIGNATURE"),
            (seal(&v3(names), "null").replace(&key, &"0".repeat(64)), "INVALID_SIGNATURE"),
        ] {
            assert_eq!(verify(&body(names, &seal)), Err(expected), "{seal}");
        }
    }

    #[test]
    fn infinite_numbers_cannot_be_signed() {
        let names = "\"miner\":\"name\",\"big\":1e999";
        assert_eq!(
            verify(&body(names, &seal(&sign("x"), "\"ed25519\""))),
            Err("INVALID_SIGNATURE")
        );
    }
}
