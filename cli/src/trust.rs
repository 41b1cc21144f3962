//! The validators that this user knows, one set for every network.
//!
//! The first proof of a network shows who stands behind it, and that is written down; from then on
//! proofs by anybody else are refused. The first one rests on the connection it came through.

use protocol::hex;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use protocol::api::proof::ProofError;
use protocol::block::ValidatorSet;
use protocol::encoding::{Encode as _, Reader};
use protocol::transfer::ChainId;

use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::output::Printer;
use crate::private_file;

/// What is known of the validators of one network.
#[derive(Debug)]
pub struct KnownValidators {
    path: PathBuf,
    known: Option<ValidatorSet>,
}

impl KnownValidators {
    /// Reads what is known of a network.
    ///
    /// # Errors
    /// When the file cannot be read or makes no sense: it is not the same as knowing nobody.
    pub fn load(state_dir: &Path, chain_id: &ChainId) -> Result<Self, Failure> {
        let path = state_dir.join("validators").join(format!("{chain_id}.hex"));
        let known = match fs::read_to_string(&path) {
            Ok(text) => Some(decode(&text).ok_or_else(|| {
                let message = format!("{} is damaged", path.display());
                Failure::new(ExitCode::Other, "damaged_file", message)
            })?),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(Failure::io("read", &path, &error)),
        };
        Ok(Self { path, known })
    }

    /// The validators that are trusted; `None` when nobody is known yet.
    pub const fn trusted(&self) -> Option<&ValidatorSet> {
        self.known.as_ref()
    }

    /// Remembers who stood behind a proof that was verified, if nobody was known.
    ///
    /// # Errors
    /// What the system says.
    pub fn remember(&self, validators: &ValidatorSet, printer: &Printer) -> Result<(), Failure> {
        if self.known.is_some() {
            return Ok(());
        }
        if let Some(folder) = self.path.parent() {
            private_file::make_folder(folder)?;
        }
        private_file::replace(&self.path, hex::encode(validators.encoded()).as_bytes())?;
        let key = validators.primary.to_hex();
        printer.note(&format!("note: from now on proofs are believed from validator {key} alone"));
        Ok(())
    }

    /// The failure of a proof that proves nothing.
    pub fn refused(&self, error: ProofError) -> Failure {
        let failure = Failure::new(
            ExitCode::Refused,
            "proof_invalid",
            format!("the node's proof does not hold: {error}"),
        );
        if error == ProofError::NotTrusted {
            let path = self.path.display();
            failure.hint(format!("if you know that the validators changed, remove {path}"))
        } else {
            failure.hint("do not rely on this node; name another one with --node URL")
        }
    }
}

fn decode(text: &str) -> Option<ValidatorSet> {
    let bytes = hex::decode(text.trim()).ok()?;
    let mut reader = Reader::new(&bytes);
    let set = ValidatorSet::decode(&mut reader).ok()?;
    reader.finish().ok().map(|()| set)
}

#[cfg(test)]
mod tests {
    use protocol::keys::PublicKey;

    use super::*;

    #[test]
    fn the_first_validators_stay() {
        let folder = tempfile::tempdir().unwrap();
        let chain_id: ChainId = "rustchain-dev".parse().unwrap();
        let printer = Printer::new(false, true);
        let set = |byte| ValidatorSet {
            primary: PublicKey::from_bytes([byte; 32]),
            standbys: vec![PublicKey::from_bytes([byte + 1; 32])],
        };
        let load = || KnownValidators::load(folder.path(), &chain_id).unwrap();
        assert_eq!(load().trusted(), None);
        load().remember(&set(1), &printer).unwrap();
        assert_eq!(load().trusted(), Some(&set(1)));
        load().remember(&set(7), &printer).unwrap();
        assert_eq!(load().trusted(), Some(&set(1)));
        fs::write(folder.path().join("validators/rustchain-dev.hex"), "00").unwrap();
        assert!(KnownValidators::load(folder.path(), &chain_id).is_err());
    }
}
