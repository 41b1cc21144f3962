//! Attestations: what a miner says about its machine, in answer to a challenge.
//!
//! [`Attestation`] is the parsed body of `POST /attest/submit` (wire section 4.2);
//! [`SignedAttestation`] keeps the bytes beside it and says what the signature proves. A missing
//! fingerprint is no error: it is an attestation that proves nothing (wire section 4.4).

mod device;
mod shape;
mod signed;

pub use device::{Device, MAX_CORES, MAX_FIELD_BYTES, MAX_LISTED, MacAddress, Signals};
pub use shape::{AttestationShapeError, Section};
pub use signed::{AttestationError, SignatureScheme, SignedAttestation};

use self::device::{loose_text, strict_text};
use crate::fingerprint::Fingerprint;
use crate::json::Json;
use crate::wallet_id::{MinerId, WalletId};

/// What a miner says about its machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attestation {
    /// Whose attestation it is, and who earns: `miner`, else `miner_id`.
    pub miner: MinerId,
    /// The other of the two names, which many clients fill with the host's name.
    pub miner_name: Option<MinerId>,
    /// The challenge that this answers.
    pub nonce: Box<str>,
    /// The client's commitment to its measurements; never verified, but signed by scheme v2.
    pub commitment: Box<str>,
    /// The machine.
    pub device: Device,
    /// What the machine can be recognised by.
    pub signals: Signals,
    /// What was measured; `None` when the miner measured nothing.
    pub fingerprint: Option<Fingerprint>,
    /// The version of the mining program.
    pub miner_version: Option<Box<str>>,
}

impl Attestation {
    /// Reads the body of `POST /attest/submit`, without looking at its signature.
    pub fn parse(raw: &[u8]) -> Result<Self, AttestationShapeError> {
        let body = Json::parse(raw).map_err(AttestationShapeError::NotJson)?;
        Self::read(&body)
    }

    /// Reads a body. Errors are found in the order in which the existing nodes find them.
    fn read(body: &Json<'_>) -> Result<Self, AttestationShapeError> {
        body.as_object().ok_or(AttestationShapeError::NotAnObject)?;
        let device = section(body, Section::Device)?;
        let signals = section(body, Section::Signals)?;
        let report = section(body, Section::Report)?;
        if given(body, "fingerprint").is_some_and(|value| value.as_object().is_none()) {
            let error = crate::fingerprint::FingerprintShapeError::NotAnObject;
            return Err(AttestationShapeError::Fingerprint(error));
        }
        let (miner, miner_name) = read_names(body)?;
        let device = device.map(Device::read).transpose()?;
        let signals = signals.map(Signals::read).transpose()?;
        let nonce = report_text(report, "nonce")?;
        let commitment = report_text(report, "commitment")?;
        let fingerprint = given(body, "fingerprint").map(Fingerprint::read).transpose();
        Ok(Self {
            miner,
            miner_name,
            fingerprint: fingerprint.map_err(AttestationShapeError::Fingerprint)?,
            device: device.ok_or(AttestationShapeError::MissingDevice)?,
            signals: signals.ok_or(AttestationShapeError::MissingSignals)?,
            nonce: nonce
                .or_else(|| loose_text(body, "nonce").filter(|text| is_plain(text)))
                .ok_or(AttestationShapeError::MissingNonce)?,
            commitment: commitment.unwrap_or_default(),
            miner_version: loose_text(body, "miner_version"),
        })
    }
}

/// A member that is neither absent nor `null`.
fn given<'v, 'a>(body: &'v Json<'a>, name: &str) -> Option<&'v Json<'a>> {
    body.get(name).filter(|value| !value.is_null())
}

/// A section, `None` when it is absent or empty.
fn section<'v, 'a>(
    body: &'v Json<'a>,
    section: Section,
) -> Result<Option<&'v Json<'a>>, AttestationShapeError> {
    let Some(value) = given(body, section.name()) else { return Ok(None) };
    let members = value.as_object().ok_or(AttestationShapeError::SectionNotAnObject(section))?;
    Ok((!members.is_empty()).then_some(value))
}

/// The identity (`miner`, else `miner_id`) and the other name.
fn read_names(body: &Json<'_>) -> Result<(MinerId, Option<MinerId>), AttestationShapeError> {
    let miner = read_name(body, "miner")?;
    let miner_id = read_name(body, "miner_id")?;
    match (miner, miner_id) {
        (Some(miner), name) => Ok((miner, name)),
        (None, Some(miner)) => Ok((miner, None)),
        (None, None) => Err(AttestationShapeError::MissingMiner),
    }
}

fn read_name(body: &Json<'_>, field: &str) -> Result<Option<MinerId>, AttestationShapeError> {
    let Some(value) = given(body, field) else { return Ok(None) };
    let text = value.as_str().ok_or(AttestationShapeError::BadMiner)?;
    if text.trim().is_empty() {
        return Ok(None);
    }
    miner_named(text).map(Some)
}

/// Reads the name of a miner, as it stands.
///
/// # Errors
/// The text is no id, or an address of another network that miners take for one of theirs.
pub fn miner_named(text: &str) -> Result<MinerId, AttestationShapeError> {
    if looks_like_solana(text) {
        return Err(AttestationShapeError::SolanaWallet);
    }
    WalletId::parse(text).map_err(|_refused| AttestationShapeError::BadMiner)
}

/// 32 to 44 characters of base58 (wire section 1).
///
/// Our own ids are excepted: `RTC...`, and the older form of 38 or 40 hexadecimal digits with `RTC`
/// behind them, of which one in twelve has no `0` and would pass for base58.
fn looks_like_solana(text: &str) -> bool {
    let base58 =
        |byte: u8| byte.is_ascii_alphanumeric() && !matches!(byte, b'0' | b'O' | b'I' | b'l');
    let is_hex = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let ours = text.starts_with("RTC") || text.strip_suffix("RTC").is_some_and(is_hex);
    (32..=44).contains(&text.len()) && text.bytes().all(base58) && !ours
}

fn report_text(
    report: Option<&Json<'_>>,
    field: &'static str,
) -> Result<Option<Box<str>>, AttestationShapeError> {
    let Some(report) = report else { return Ok(None) };
    let text = strict_text(report, Section::Report, &[field])?;
    match text {
        Some(text) if !is_plain(&text) => Err(AttestationShapeError::BadText {
            section: Section::Report,
            field,
            max: MAX_FIELD_BYTES,
        }),
        text => Ok(text),
    }
}

/// Visible ASCII without `|`, which separates the values that scheme v2 signs.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'|')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(body: &str) -> Result<Attestation, (&'static str, u16)> {
        Attestation::parse(body.as_bytes()).map_err(|error| (error.code(), error.status()))
    }

    /// A complete body whose member `name` is `value`; an empty value leaves the member out.
    fn with(name: &str, value: &str) -> String {
        let mut members = vec![
            ("miner", r#""dual-g4-125""#),
            ("nonce", r#""abcd""#),
            ("device", r#"{"family":"PowerPC","arch":"G4"}"#),
            ("signals", r#"{"macs":[]}"#),
            ("fingerprint", r#"{"checks":{"clock_drift":true}}"#),
        ];
        members.retain(|(member, _)| *member != name);
        if !value.is_empty() {
            members.push((name, value));
        }
        let members: Vec<String> =
            members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}", members.join(","))
    }

    #[test]
    fn the_first_name_is_the_identity() {
        let read = code(&with("miner_id", "\"x86-host\"")).unwrap();
        assert_eq!(read.miner.as_str(), "dual-g4-125");
        assert_eq!(read.miner_name.unwrap().as_str(), "x86-host");
        for empty in ["null", "\"\"", "\"  \""] {
            let body = with("miner", empty).replace("\"nonce\"", "\"miner_id\":\"n\",\"nonce\"");
            let read = code(&body).unwrap();
            assert_eq!((read.miner.as_str(), read.miner_name), ("n", None));
        }
    }

    #[test]
    fn the_nonce_of_the_report_wins() {
        let read = code(&with("report", r#"{"nonce":"ef01","commitment":"c0"}"#)).unwrap();
        assert_eq!((&*read.nonce, &*read.commitment), ("ef01", "c0"));
        assert_eq!(&*code(&with("report", "null")).unwrap().nonce, "abcd");
        assert_eq!(code(&with("nonce", "")), Err(("MISSING_NONCE", 400)));
        assert_eq!(code(&with("nonce", "\"a|b\"")), Err(("MISSING_NONCE", 400)));
        assert_eq!(code(&with("report", r#"{"nonce":"a|b"}"#)), Err(("INVALID_REPORT", 400)));
    }

    #[test]
    fn an_attestation_without_measurements_is_no_error() {
        assert_eq!(code(&with("fingerprint", "")).unwrap().fingerprint, None);
        assert_eq!(code(&with("fingerprint", "null")).unwrap().fingerprint, None);
        for empty in ["{}", r#"{"checks":{}}"#, r#"{"error":"x","all_passed":false}"#] {
            assert!(code(&with("fingerprint", empty)).unwrap().fingerprint.unwrap().is_empty());
        }
    }

    #[test]
    fn errors_are_those_of_the_existing_network() {
        for (name, value, expected) in [
            ("miner", "", ("MISSING_MINER", 400)),
            ("miner", "\"  \"", ("MISSING_MINER", 400)),
            ("miner", "[]", ("INVALID_MINER", 400)),
            ("miner", "\"a b\"", ("INVALID_MINER", 400)),
            ("miner", "\"fuzz\u{200b}miner\"", ("INVALID_MINER", 400)),
            ("miner_id", "\"'; DROP TABLE balances; --\"", ("INVALID_MINER", 400)),
            (
                "miner",
                "\"7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV\"",
                ("INVALID_MINER_WALLET_FORMAT", 400),
            ),
            ("device", "7", ("INVALID_DEVICE", 400)),
            ("device", "{}", ("MISSING_DEVICE", 422)),
            ("device", "", ("MISSING_DEVICE", 422)),
            ("device", r#"{"cores":0}"#, ("INVALID_DEVICE_CORES", 422)),
            ("device", r#"{"cpu":7}"#, ("INVALID_DEVICE", 400)),
            ("signals", "[]", ("INVALID_SIGNALS", 400)),
            ("signals", "null", ("MISSING_SIGNALS", 422)),
            ("signals", r#"{"macs":{}}"#, ("INVALID_SIGNALS_MACS", 400)),
            ("signals", r#"{"hostname":7}"#, ("INVALID_SIGNALS", 400)),
            ("report", "\"r\"", ("INVALID_REPORT", 400)),
            ("report", r#"{"nonce":7}"#, ("INVALID_REPORT", 400)),
            ("fingerprint", "true", ("INVALID_FINGERPRINT", 400)),
            ("fingerprint", r#"{"checks":[]}"#, ("INVALID_FINGERPRINT_CHECKS", 400)),
            (
                "fingerprint",
                r#"{"checks":{"clock_drift":{"data":{"cv":"x"}}}}"#,
                ("INVALID_FINGERPRINT_METRIC", 422),
            ),
        ] {
            assert_eq!(code(&with(name, value)), Err(expected), "{name} = {value}");
        }
        for body in ["", "[]", "null", "7", "{\"miner\":\"a\",\"miner\":\"b\"}", "{\"cv\":NaN}"] {
            assert_eq!(code(body), Err(("INVALID_JSON_OBJECT", 400)), "{body}");
        }
        assert_eq!(code("{}"), Err(("MISSING_MINER", 400)));
    }

    #[test]
    fn our_own_ids_never_look_like_solana() {
        assert!(looks_like_solana("So11111111111111111111111111111111111111112"));
        let digits = "abcdef123456789abcdef123456789abcdef12";
        assert!(looks_like_solana(digits));
        assert!(!looks_like_solana(&format!("{digits}RTC")));
        assert!(!looks_like_solana(&format!("RTC{digits}")));
        assert!(!looks_like_solana("dual-g4-125"));
    }
}
