//! Slot headers: a miner's signed note that it was there in its slot
//! (`POST /headers/ingest_signed`, wire section 4.7).

use crate::hex;
use blake2::{Blake2b256, Digest as _};

use crate::canonical_json::to_canonical;
use crate::epoch::Slot;
use crate::json::Json;
use crate::keys::{PublicKey, Signature};
use crate::time::UnixSeconds;
use crate::verified::Verified;
use crate::wallet_id::{MinerId, WalletId};

/// Most keys that a header is tried against (wire section 4.7).
pub const MAX_CANDIDATE_KEYS: usize = 8;

/// Longest `message` in bytes: `slot:...:miner:...:ts:...` with the longest id and two full
/// integers.
const MAX_MESSAGE_BYTES: usize = 192;

/// A miner's note that it was there in a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotHeader {
    /// The slot, counted from genesis.
    pub slot: Slot,
    /// Who signed.
    pub miner: MinerId,
    /// When, by the miner's own clock.
    pub timestamp: UnixSeconds,
}

/// A header as it was sent, with the bytes that were signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotHeaderRequest {
    header: SlotHeader,
    message: Box<[u8]>,
    signature: Signature,
}

/// Why a header is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SlotHeaderError {
    /// The body is no JSON object.
    #[error("Expected a JSON object request body")]
    NotAnObject,
    /// `miner_id`, `header` or `signature` is not given.
    #[error("Fields 'miner_id', 'header' and 'signature' are required")]
    MissingFields,
    /// `miner_id` is not an identifier.
    #[error("Field 'miner_id' must be a miner id")]
    BadMiner,
    /// The header is no object, or its slot, miner or timestamp is not what it should be.
    #[error("Field 'header' must be an object with integers 'slot' and 'timestamp' and a 'miner'")]
    BadHeader,
    /// The header is somebody else's.
    #[error("Field 'header.miner' must be the same as 'miner_id'")]
    MinerMismatch,
    /// The message belongs to another header.
    #[error("Field 'message' does not belong to 'header'")]
    MessageMismatch,
    /// The message is not hexadecimal.
    #[error("Field 'message' must be hexadecimal")]
    BadMessageHex,
    /// The signature is not hexadecimal.
    #[error("Field 'signature' must be 128 hexadecimal digits")]
    BadSignatureHex,
    /// No key is known for the miner.
    #[error("The miner has not attested with a key")]
    NoKey,
    /// The signature is of none of the keys.
    #[error("Ed25519 signature verification failed")]
    BadSignature,
}

impl SlotHeaderError {
    /// The word that the existing nodes answer in `error`.
    pub const fn error(&self) -> &'static str {
        match self {
            Self::NotAnObject => "invalid_json_body",
            Self::MissingFields => "missing fields",
            Self::BadMiner => "invalid_miner",
            Self::BadHeader => "invalid_header",
            Self::MinerMismatch => "miner_mismatch",
            Self::MessageMismatch => "message_header_mismatch",
            Self::BadMessageHex => "bad message hex",
            Self::BadSignatureHex => "bad signature hex",
            Self::NoKey => "no pubkey registered for miner",
            Self::BadSignature => "bad signature",
        }
    }

    /// The stable code of the answer.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAnObject => "INVALID_JSON_OBJECT",
            Self::MissingFields => "MISSING_FIELDS",
            Self::BadMiner => "INVALID_MINER",
            Self::BadHeader => "INVALID_HEADER",
            Self::MinerMismatch => "MINER_MISMATCH",
            Self::MessageMismatch => "MESSAGE_HEADER_MISMATCH",
            Self::BadMessageHex => "INVALID_MESSAGE",
            Self::BadSignatureHex | Self::BadSignature => "INVALID_SIGNATURE",
            Self::NoKey => "NO_PUBKEY_REGISTERED",
        }
    }

    /// The HTTP status of the answer.
    pub const fn status(&self) -> u16 {
        match self {
            Self::NoKey => 403,
            _ => 400,
        }
    }

    /// The sentence of the answer.
    pub fn message(&self) -> String {
        self.to_string()
    }
}

impl SlotHeader {
    fn read(header: &Json<'_>) -> Option<Self> {
        let integer = |name: &str| header.get(name)?.as_number()?.parse().ok();
        Some(Self {
            slot: Slot(integer("slot")?),
            miner: WalletId::parse(header.get("miner")?.as_str()?).ok()?,
            timestamp: UnixSeconds(integer("timestamp")?),
        })
    }

    /// The message that the Windows and macOS miners sign instead of the header's hash.
    ///
    /// Its time is its own: the network has only ever compared slot and miner.
    fn is_named_by(&self, message: &[u8]) -> bool {
        let start = format!("slot:{}:miner:{}:ts:", self.slot, self.miner);
        let Some(time) = message.strip_prefix(start.as_bytes()) else { return false };
        (1..=20).contains(&time.len()) && time.iter().all(u8::is_ascii_digit)
    }
}

impl SlotHeaderRequest {
    /// Reads the body of `POST /headers/ingest_signed` and finds out what was signed.
    pub fn parse(raw: &[u8]) -> Result<Self, SlotHeaderError> {
        let body = Json::parse(raw).map_err(|_not_json| SlotHeaderError::NotAnObject)?;
        body.as_object().ok_or(SlotHeaderError::NotAnObject)?;
        let given = |name: &str| body.get(name).filter(|value| !value.is_null());
        let text = |name: &str| given(name).and_then(Json::as_str).filter(|text| !text.is_empty());
        let miner_id = text("miner_id").ok_or(SlotHeaderError::MissingFields)?;
        let signature = text("signature").ok_or(SlotHeaderError::MissingFields)?;
        let sent = given("header").ok_or(SlotHeaderError::MissingFields)?;
        let miner = WalletId::parse(miner_id).map_err(|_bad| SlotHeaderError::BadMiner)?;
        let header = SlotHeader::read(sent).ok_or(SlotHeaderError::BadHeader)?;
        if header.miner != miner {
            return Err(SlotHeaderError::MinerMismatch);
        }
        let signature =
            Signature::from_hex(signature).map_err(|_bad| SlotHeaderError::BadSignatureHex)?;
        let digest = header_digest(sent)?;
        let message: Box<[u8]> = match text("message") {
            None => digest.into(),
            Some(hex_text) => {
                let message = decode_message(hex_text)?;
                if *message != digest && !header.is_named_by(&message) {
                    return Err(SlotHeaderError::MessageMismatch);
                }
                message
            }
        };
        Ok(Self { header, message, signature })
    }

    /// Who signed, by his own account.
    pub const fn miner(&self) -> &MinerId {
        &self.header.miner
    }

    /// The header, whose signature has not been checked.
    pub const fn header(&self) -> &SlotHeader {
        &self.header
    }

    /// Checks the signature against the keys that attested for the miner, at most eight.
    pub fn verify(self, keys: &[PublicKey]) -> Result<Verified<SlotHeader>, SlotHeaderError> {
        if keys.is_empty() {
            return Err(SlotHeaderError::NoKey);
        }
        let signed = |key: &PublicKey| {
            key.decompress().is_ok_and(|key| key.verify(&self.message, &self.signature).is_ok())
        };
        if keys.iter().take(MAX_CANDIDATE_KEYS).any(signed) {
            Ok(Verified::by_signature(self.header))
        } else {
            Err(SlotHeaderError::BadSignature)
        }
    }
}

/// BLAKE2b-256 of the header's canonical JSON.
fn header_digest(header: &Json<'_>) -> Result<[u8; 32], SlotHeaderError> {
    let text = to_canonical(header).map_err(|_not_canonical| SlotHeaderError::BadHeader)?;
    Ok(Blake2b256::digest(text).into())
}

fn decode_message(text: &str) -> Result<Box<[u8]>, SlotHeaderError> {
    if text.len() > MAX_MESSAGE_BYTES.saturating_mul(2) {
        return Err(SlotHeaderError::MessageMismatch);
    }
    hex::decode(text).map(Into::into).map_err(|_bad| SlotHeaderError::BadMessageHex)
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};

    use super::*;

    const MINER: &str = "RTC2c4e4d1de6fbfc05d950fc7e6461be3007dd16e4";
    const HEADER: &str = r#"{"slot":51042,"timestamp":1795332270,"miner":"RTC2c4e4d1de6fbfc05d950fc7e6461be3007dd16e4"}"#;
    const DIGEST: &str = "9091f2dc18d8cddc9079bda3a0612b0d0b8308894723c14d9030a29fcb592019";

    fn signing_key() -> SigningKey {
        SigningKey::from_bytes(&[3; 32])
    }

    fn public_key() -> PublicKey {
        PublicKey::from_bytes(signing_key().verifying_key().to_bytes())
    }

    fn body(header: &str, message: &str, signed: &[u8]) -> String {
        let signature = hex::encode(signing_key().sign(signed).to_bytes());
        format!(
            r#"{{"miner_id":"{MINER}","header":{header},"message":{message},"signature":"{signature}"}}"#
        )
    }

    fn verify(text: &str) -> Result<Verified<SlotHeader>, &'static str> {
        SlotHeaderRequest::parse(text.as_bytes())
            .and_then(|request| request.verify(&[PublicKey::from_bytes([1; 32]), public_key()]))
            .map_err(|error| error.error())
    }

    #[test]
    fn hashes_like_the_existing_network() {
        let digest = header_digest(&Json::parse(HEADER.as_bytes()).unwrap()).unwrap();
        assert_eq!(hex::encode(digest), DIGEST);
    }

    #[test]
    fn both_messages_are_accepted() {
        let digest = hex::decode(DIGEST).unwrap();
        let text = format!("slot:51042:miner:{MINER}:ts:1795332271");
        for (message, signed) in [
            ("null".to_owned(), digest.as_slice()),
            (format!("\"{DIGEST}\""), digest.as_slice()),
            (format!("\"{}\"", hex::encode(&text)), text.as_bytes()),
        ] {
            let header = verify(&body(HEADER, &message, signed)).unwrap();
            assert_eq!((header.slot, header.timestamp), (Slot(51_042), UnixSeconds(1_795_332_270)));
            assert_eq!(verify(&body(HEADER, &message, b"other")), Err("bad signature"));
        }
    }

    #[test]
    fn a_message_names_the_slot_and_miner_of_its_header() {
        for text in [
            format!("slot:51043:miner:{MINER}:ts:1795332270"),
            "slot:51042:miner:other:ts:1795332270".to_owned(),
            format!("slot:51042:miner:{MINER}:ts:"),
            format!("slot:51042:miner:{MINER}:ts:1x"),
            format!("slot:051042:miner:{MINER}:ts:1"),
            "x".repeat(MAX_MESSAGE_BYTES + 1),
            String::from("hello"),
        ] {
            let message = format!("\"{}\"", hex::encode(&text));
            let answer = verify(&body(HEADER, &message, text.as_bytes()));
            assert_eq!(answer, Err("message_header_mismatch"), "{text}");
        }
    }

    #[test]
    fn bad_bodies_have_the_existing_errors() {
        let good = body(HEADER, "null", b"m");
        for (text, expected) in [
            ("[]".to_owned(), "invalid_json_body"),
            ("{}".to_owned(), "missing fields"),
            (good.replace("\"header\":", "\"x\":"), "missing fields"),
            (good.replace("51042", "-1"), "invalid_header"),
            (good.replace("51042", "1.0"), "invalid_header"),
            (good.replace("1795332270", "null"), "invalid_header"),
            (good.replace(HEADER, "[]"), "invalid_header"),
            (good.replacen(MINER, "other", 1), "miner_mismatch"),
            (good.replace("\"message\":null", "\"message\":\"zz\""), "bad message hex"),
            (good.replace("\"signature\":\"", "\"signature\":\"0"), "bad signature hex"),
        ] {
            assert_eq!(verify(&text), Err(expected), "{text}");
        }
        let request = SlotHeaderRequest::parse(good.as_bytes()).unwrap();
        assert_eq!(request.verify(&[]), Err(SlotHeaderError::NoKey));
    }
}
