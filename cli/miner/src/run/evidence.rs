//! What a miner brings forward for its machine.

use protocol::canonical_json::CanonicalError;
use protocol::json::JsonError;
use serde_json::{Value, json};
use thiserror::Error;

use crate::fingerprint::entropy::Entropy;
use crate::fingerprint::stopwatch::Stopwatch;
use crate::host::{Host, HostError};
use crate::{device, fingerprint};

/// A machine that can be measured for an attestation.
pub trait Evidence: Send + Sync {
    /// Measures the machine, for some seconds: an object with the members `device`, `signals`,
    /// `fingerprint` and `derived` (wire section 4.2).
    fn measure(&self) -> Result<Value, EvidenceError>;
}

/// Why a machine cannot be brought forward.
#[derive(Debug, Error)]
pub enum EvidenceError {
    /// It cannot be examined.
    #[error(transparent)]
    Host(#[from] HostError),
    /// What was measured has numbers that cannot be signed.
    #[error("what was measured cannot be signed: {0}")]
    NotCanonical(#[from] CanonicalError),
    /// What was measured is nested too deeply to be signed.
    #[error("what was measured cannot be signed: {0}")]
    NotReadable(#[from] JsonError),
    /// What was measured is not the object that it has to be.
    #[error("what was measured has no '{0}'")]
    Incomplete(&'static str),
}

/// A machine that is examined through a [`Host`] and timed with a [`Stopwatch`].
#[derive(Debug, Clone, Copy)]
pub struct Measured<H, S> {
    /// Where its files are.
    pub host: H,
    /// What it is timed with.
    pub stopwatch: S,
}

impl<H: Host, S: Stopwatch> Evidence for Measured<H, S> {
    fn measure(&self) -> Result<Value, EvidenceError> {
        let machine = device::describe(&self.host)?;
        let fingerprint = fingerprint::measure(&self.host, &self.stopwatch)?;
        let derived = Entropy::measure(&self.stopwatch);
        Ok(json!({
            "device": machine.device,
            "signals": machine.signals,
            "fingerprint": fingerprint,
            "derived": derived,
        }))
    }
}
