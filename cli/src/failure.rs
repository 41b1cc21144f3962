//! What went wrong, in words that help: how the program ends, why, and what to do about it.

use std::error::Error;
use std::io;
use std::path::Path;

use client::{ClientError, Delivery, Refusal};
use keystore::{ErrorKind, KeystoreError};
use protocol::api::problem::OUT_OF_ORDER_NONCE;
use serde_json::Value;

use crate::exit_code::ExitCode;

/// The reason why a command ends without a result.
///
/// Printed as `error: …` and `hint: …`, or as the `error` of the JSON envelope.
#[derive(Debug)]
pub struct Failure {
    /// How the program ends.
    pub exit: ExitCode,
    /// A stable name for programs, in lower case.
    pub code: String,
    /// What went wrong: a fragment without a full stop.
    pub message: String,
    /// What can be done; where possible a command that can be pasted.
    pub hints: Vec<String>,
    /// Figures for programs.
    pub details: Option<Value>,
}

impl Failure {
    /// A failure without hints.
    pub fn new(exit: ExitCode, code: impl Into<String>, message: impl Into<String>) -> Self {
        let (code, message) = (code.into(), message.into());
        Self { exit, code, message, hints: Vec::new(), details: None }
    }

    /// The command line is understood and yet makes no sense.
    pub fn usage(code: &str, message: impl Into<String>) -> Self {
        Self::new(ExitCode::Usage, code, message)
    }

    /// The configuration is wrong.
    pub fn config(message: impl Into<String>) -> Self {
        Self::new(ExitCode::Config, "config", message)
    }

    /// The operating system did not let us `action` the file at `path`.
    pub fn io(action: &str, path: &Path, error: &io::Error) -> Self {
        let message = format!("cannot {action} {}: {error}", path.display());
        match error.kind() {
            io::ErrorKind::NotFound => Self::new(ExitCode::NotFound, "file_not_found", message),
            io::ErrorKind::AlreadyExists => Self::new(ExitCode::Exists, "file_exists", message),
            _ => Self::new(ExitCode::Other, "io", message),
        }
    }

    /// Adds a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds figures for programs.
    #[must_use]
    pub fn details(mut self, details: Value) -> Self {
        self.details = Some(details);
        self
    }
}

/// The message of an error and of what caused it, joined by colons.
pub fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        if !text.ends_with(&said) {
            text = format!("{text}: {said}");
        }
        cause = error.source();
    }
    text
}

impl From<KeystoreError> for Failure {
    fn from(error: KeystoreError) -> Self {
        let exit = exit_of(error.kind());
        let failure = Self::new(exit, error.kind().as_str(), with_causes(&error));
        match keystore_hint(&error) {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

const fn exit_of(kind: ErrorKind) -> ExitCode {
    match kind {
        ErrorKind::InvalidPhrase
        | ErrorKind::InvalidKey
        | ErrorKind::InvalidPath
        | ErrorKind::InvalidName
        | ErrorKind::WeakPassphrase => ExitCode::Usage,
        ErrorKind::WrongPassphrase => ExitCode::Locked,
        ErrorKind::NotFound => ExitCode::NotFound,
        ErrorKind::Insecure => ExitCode::Refused,
        ErrorKind::AlreadyExists | ErrorKind::Changed => ExitCode::Exists,
        ErrorKind::InvalidFile | ErrorKind::Unsupported | ErrorKind::System => ExitCode::Other,
    }
}

fn keystore_hint(error: &KeystoreError) -> Option<String> {
    Some(match error {
        KeystoreError::NotFound { .. } => "rustchain wallet list".to_owned(),
        KeystoreError::AlreadyExists { .. } => {
            "choose another name: a wallet is never overwritten".to_owned()
        }
        KeystoreError::OpenToOthers { path, mode } => {
            let folder = mode & 0o111 != 0;
            format!("chmod {} {}", if folder { "700" } else { "600" }, path.display())
        }
        KeystoreError::PhraseWord { .. } | KeystoreError::PhraseChecksum => {
            "compare the words with your backup, letter by letter and in order".to_owned()
        }
        KeystoreError::Version { .. } => "the file needs a newer rustchain".to_owned(),
        _ => return None,
    })
}

impl From<ClientError> for Failure {
    /// The failure of a request that only asks. For one that moves money see
    /// [`Failure::of_submission`].
    fn from(error: ClientError) -> Self {
        if let ClientError::Refused(refusal) = &error {
            let exit = match refusal.status {
                401 | 403 => ExitCode::Locked,
                404 => ExitCode::NotFound,
                _ => ExitCode::Refused,
            };
            let details = Value::Object(refusal.details.clone());
            let code = refusal.code.to_ascii_lowercase();
            let failure = Self::new(exit, code, error.to_string()).details(details);
            return match refusal_hint(refusal) {
                Some(hint) => failure.hint(hint),
                None => failure,
            };
        }
        let (exit, code) = match &error {
            ClientError::Timeout { .. } => (ExitCode::Unreachable, "node_timeout"),
            ClientError::NotANode { .. } => (ExitCode::Unreachable, "not_a_node"),
            ClientError::BadAnswer { .. } => (ExitCode::Other, "bad_answer"),
            _ => (ExitCode::Unreachable, "node_unreachable"),
        };
        Self::new(exit, code, with_causes(&error))
            .hint("name another node with --node URL, or look at: rustchain config get node_url")
    }
}

fn refusal_hint(refusal: &Refusal) -> Option<String> {
    if let Some(after) = refusal.retry_after {
        return Some(format!("try again in {} s", after.as_secs()));
    }
    match refusal.code.as_str() {
        OUT_OF_ORDER_NONCE => {
            Some("the wallet signed something else meanwhile: run the command again".to_owned())
        }
        _ if refusal.is_temporary() => Some("the node is busy: try again in a minute".to_owned()),
        _ => None,
    }
}

impl Failure {
    /// The failure of a request that moves money: exit 8 when nobody knows whether it arrived.
    pub fn of_submission(error: ClientError) -> Self {
        if error.delivery() != Delivery::Unknown {
            return error.into();
        }
        let message = format!("it is not known whether the transfer arrived: {error}");
        Self::new(ExitCode::Unknown, "outcome_unknown", message)
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn keystore_errors_get_their_exit_codes_and_hints() {
        let missing = Failure::from(KeystoreError::NotFound { path: PathBuf::from("/w/bob.json") });
        assert_eq!(missing.exit, ExitCode::NotFound);
        assert_eq!(missing.code, "wallet_not_found");
        assert_eq!(missing.message, "/w/bob.json does not exist");
        assert_eq!(missing.hints, ["rustchain wallet list"]);
        assert_eq!(Failure::from(KeystoreError::WrongPassphrase).exit, ExitCode::Locked);
        let open = KeystoreError::OpenToOthers { path: PathBuf::from("/w"), mode: 0o755 };
        assert_eq!(Failure::from(open).hints, ["chmod 700 /w"]);
    }

    #[test]
    fn asking_in_vain_and_sending_in_vain_are_different_ends() {
        let lost =
            || ClientError::Interrupted { url: "http://n".to_owned(), cause: "x".to_owned() };
        assert_eq!(Failure::from(lost()).exit, ExitCode::Unreachable);
        assert_eq!(Failure::of_submission(lost()).exit, ExitCode::Unknown);
        let absent = ClientError::Unreachable { url: "http://n".to_owned(), cause: "x".to_owned() };
        assert_eq!(Failure::of_submission(absent).exit, ExitCode::Unreachable);
    }

    #[test]
    fn causes_are_told_once() {
        let cause = io::Error::other("disk on fire");
        let error = KeystoreError::Io { action: "write", path: PathBuf::from("/w"), source: cause };
        assert_eq!(with_causes(&error), "cannot write /w: disk on fire");
    }
}
