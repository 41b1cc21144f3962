//! Why a body is not an attestation, with the codes of the existing network.

use crate::fingerprint::FingerprintShapeError;
use crate::json::JsonError;

/// Why a body does not have the shape of an attestation (wire section 4.2).
///
/// The display text is the sentence for the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AttestationShapeError {
    /// The body is not JSON that we read.
    #[error("Expected a JSON object request body: {0}")]
    NotJson(JsonError),
    /// The body is JSON, but no object.
    #[error("Expected a JSON object request body")]
    NotAnObject,
    /// `device`, `signals` or `report` is neither an object nor absent.
    #[error("Field '{}' must be a JSON object", .0.name())]
    SectionNotAnObject(Section),
    /// A member of a section has the wrong type, is too long or has control characters.
    #[error("Field '{}.{field}' must be a string of at most {max} bytes without control characters", .section.name())]
    BadText {
        /// The section.
        section: Section,
        /// The member.
        field: &'static str,
        /// Longest text, in bytes.
        max: usize,
    },
    /// `miner` or `miner_id` is not an identifier.
    #[error(
        "Fields 'miner' and 'miner_id' must use only letters, numbers, '.', '_', ':' or '-' and be at most 128 characters"
    )]
    BadMiner,
    /// `miner` or `miner_id` looks like a Solana address.
    #[error(
        "Solana-format wallet addresses cannot be used as RustChain miner IDs; create or use a native RTC wallet address"
    )]
    SolanaWallet,
    /// Neither `miner` nor `miner_id` is given.
    #[error(
        "Field 'miner' or 'miner_id' must be a non-empty identifier using only letters, numbers, '.', '_', ':' or '-'"
    )]
    MissingMiner,
    /// `signature` is not a string.
    #[error("Field 'signature' must be a string")]
    SignatureNotText,
    /// `public_key` is not a string.
    #[error("Field 'public_key' must be a string")]
    PublicKeyNotText,
    /// `signature_type` is not a string.
    #[error("Field 'signature_type' must be a string")]
    SignatureTypeNotText,
    /// `device.cores` is out of range.
    #[error("Field 'device.cores' must be a positive integer between 1 and 4096")]
    BadCores,
    /// `signals.macs` is not a list of strings, or too long.
    #[error("Field 'signals.macs' must be a list of at most 64 non-empty strings")]
    BadMacs,
    /// The fingerprint does not have the shape of one.
    #[error("{0}")]
    Fingerprint(FingerprintShapeError),
    /// `device` is absent or empty.
    #[error("Field 'device' must include hardware metadata")]
    MissingDevice,
    /// `signals` is absent or empty.
    #[error("Field 'signals' must include hardware signal metadata")]
    MissingSignals,
    /// There is no nonce, neither in `report` nor beside it.
    #[error("Field 'nonce' must be the nonce of a challenge")]
    MissingNonce,
}

/// The sections of an attestation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// `device`
    Device,
    /// `signals`
    Signals,
    /// `report`
    Report,
}

impl Section {
    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Signals => "signals",
            Self::Report => "report",
        }
    }

    const fn code(self) -> &'static str {
        match self {
            Self::Device => "INVALID_DEVICE",
            Self::Signals => "INVALID_SIGNALS",
            Self::Report => "INVALID_REPORT",
        }
    }
}

impl AttestationShapeError {
    /// The stable code of the answer.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotJson(_) | Self::NotAnObject => "INVALID_JSON_OBJECT",
            Self::SectionNotAnObject(section) | Self::BadText { section, .. } => section.code(),
            Self::BadMiner => "INVALID_MINER",
            Self::SolanaWallet => "INVALID_MINER_WALLET_FORMAT",
            Self::MissingMiner => "MISSING_MINER",
            Self::SignatureNotText => "INVALID_SIGNATURE_TYPE",
            Self::PublicKeyNotText => "INVALID_PUBLIC_KEY_TYPE",
            Self::SignatureTypeNotText => "INVALID_SIGNATURE_TYPE_FIELD",
            Self::BadCores => "INVALID_DEVICE_CORES",
            Self::BadMacs => "INVALID_SIGNALS_MACS",
            Self::Fingerprint(error) => match error {
                FingerprintShapeError::NotAnObject => "INVALID_FINGERPRINT",
                FingerprintShapeError::ChecksNotAnObject | FingerprintShapeError::TooLarge => {
                    "INVALID_FINGERPRINT_CHECKS"
                }
                FingerprintShapeError::BadMetric { .. } => "INVALID_FINGERPRINT_METRIC",
            },
            Self::MissingDevice => "MISSING_DEVICE",
            Self::MissingSignals => "MISSING_SIGNALS",
            Self::MissingNonce => "MISSING_NONCE",
        }
    }

    /// The HTTP status of the answer.
    pub const fn status(&self) -> u16 {
        match self {
            Self::BadCores
            | Self::MissingDevice
            | Self::MissingSignals
            | Self::Fingerprint(FingerprintShapeError::BadMetric { .. }) => 422,
            _ => 400,
        }
    }

    /// The sentence of the answer.
    pub fn message(&self) -> String {
        self.to_string()
    }
}
