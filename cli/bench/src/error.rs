//! Why nothing can be measured.

use std::io;
use std::path::PathBuf;

/// Why a measurement did not come about.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// A file or folder.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The system.
    #[error("{action}: {source}")]
    System {
        /// What was tried.
        action: &'static str,
        /// Why it failed.
        source: io::Error,
    },
    /// A process that is to be measured did not start or ended by itself.
    #[error("{what} did not start: {said}")]
    NotStarted {
        /// Which process.
        what: &'static str,
        /// What it said.
        said: String,
    },
    /// A server gave an answer that cannot be measured.
    #[error("unexpected answer to {request}: {answer}")]
    Answer {
        /// What was asked.
        request: String,
        /// What came back.
        answer: String,
    },
    /// The node elsewhere knows nothing of the wallets of the measurement.
    #[error(
        "the wallets of the measurement hold less than 0.1 RTC each there: fund at least two of \
         those that `rustchain bench wallets` lists, beginning with the first"
    )]
    NotFunded,
    /// The URL is not one that this client can drive.
    #[error("{0}: only http://HOST:PORT can be measured")]
    Url(String),
    /// The options contradict each other.
    #[error("{0}")]
    Options(String),
}

impl BenchError {
    pub(crate) const fn system(action: &'static str, source: io::Error) -> Self {
        Self::System { action, source }
    }
}
