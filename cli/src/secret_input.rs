//! How secrets come in: typed at a prompt, or from a file or descriptor that the user names.
//!
//! Never from an argument, never from the environment. What is read is wiped when it is dropped.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use keystore::{Mnemonic, Passphrase, SecretKey};
use zeroize::Zeroizing;

use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::output::Printer;
use crate::prompt;

/// Longest secret that is read, in bytes.
const MAX_BYTES: usize = 4096;
/// Names stdin in place of a file.
const STDIN: &str = "-";
/// The permission bits of others than the owner.
const OTHERS: u32 = 0o077;

/// Where the passphrase of an existing wallet comes from.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct PassphraseSource {
    /// Read the passphrase from a file, or from stdin with -, or from /dev/fd/N
    #[arg(long, value_name = "PATH")]
    pub passphrase_file: Option<PathBuf>,
}

impl PassphraseSource {
    /// Reads the passphrase that opens `what`.
    ///
    /// # Errors
    /// Exit 4 when there is neither a file nor somebody to ask.
    pub fn existing(&self, what: &str, printer: &Printer) -> Result<Passphrase, Failure> {
        let text = match &self.passphrase_file {
            Some(path) => read_line(path, printer)?,
            None => ask(&format!("Passphrase of {what}"), "--passphrase-file PATH")?,
        };
        passphrase(text)
    }

    /// Reads a passphrase that is chosen now; typed ones are asked for twice.
    ///
    /// # Errors
    /// Exit 4 when there is neither a file nor somebody to ask, exit 2 when it is too short or the
    /// two differ.
    pub fn chosen(&self, what: &str, printer: &Printer) -> Result<Passphrase, Failure> {
        chosen(self.passphrase_file.as_deref(), what, "--passphrase-file PATH", printer)
    }
}

/// Reads a passphrase that is chosen now, from a file or typed twice.
///
/// # Errors
/// As [`PassphraseSource::chosen`].
pub fn chosen(
    path: Option<&Path>,
    what: &str,
    flag: &str,
    printer: &Printer,
) -> Result<Passphrase, Failure> {
    let Some(path) = path else {
        let text = ask(&format!("New passphrase of {what}"), flag)?;
        let chosen = passphrase(text.clone())?;
        chosen.require_strength()?;
        if prompt::secret("The same again")? != text {
            return Err(Failure::usage("passphrases_differ", "the two passphrases differ"));
        }
        return Ok(chosen);
    };
    let chosen = passphrase(read_line(path, printer)?)?;
    chosen.require_strength()?;
    Ok(chosen)
}

/// Reads a recovery phrase, from a file or typed without being shown.
///
/// # Errors
/// Exit 4 when there is neither a file nor somebody to ask, exit 2 when it is no phrase.
pub fn phrase(path: Option<&Path>, printer: &Printer) -> Result<Mnemonic, Failure> {
    let text = match path {
        Some(path) => read_line(path, printer)?,
        None => ask("Recovery phrase (not shown)", "--words-file PATH")?,
    };
    Ok(Mnemonic::parse(&text)?)
}

/// Reads a secret key in hexadecimal from a file.
///
/// # Errors
/// Exit 2 when it is no key.
pub fn key(path: &Path, printer: &Printer) -> Result<SecretKey, Failure> {
    let text = read_line(path, printer)?;
    Ok(SecretKey::from_hex(text.trim())?)
}

/// Reads an admin key from a file.
///
/// # Errors
/// Trouble with the file.
pub fn admin_key(path: &Path, printer: &Printer) -> Result<Zeroizing<String>, Failure> {
    let text = read_line(path, printer)?;
    Ok(Zeroizing::new(text.trim().to_owned()))
}

/// Refuses that two secrets are read from stdin, which has only one of them.
///
/// # Errors
/// Exit 2.
pub fn at_most_one_stdin(paths: &[Option<&PathBuf>]) -> Result<(), Failure> {
    let from_stdin = paths.iter().flatten().filter(|path| path.as_os_str() == STDIN).count();
    if from_stdin > 1 {
        return Err(Failure::usage("two_secrets_from_stdin", "stdin can hold one secret, not two")
            .hint("give the other one by a descriptor: --passphrase-file /dev/fd/3 3<FILE"));
    }
    Ok(())
}

fn ask(question: &str, flag: &str) -> Result<Zeroizing<String>, Failure> {
    if prompt::is_interactive() {
        return prompt::secret(question);
    }
    let message = "a secret is needed and there is no terminal to ask for it";
    Err(Failure::new(ExitCode::Locked, "no_terminal", message).hint(format!("add {flag}")))
}

fn passphrase(mut text: Zeroizing<String>) -> Result<Passphrase, Failure> {
    // The text moves on without leaving a copy behind.
    Ok(Passphrase::new(std::mem::take(&mut *text))?)
}

/// Reads the text of a file up to its end, without the line end that editors put there.
fn read_line(path: &Path, printer: &Printer) -> Result<Zeroizing<String>, Failure> {
    let trouble = |error: &io::Error| Failure::io("read", path, error);
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_BYTES + 1));
    let limit = u64::try_from(MAX_BYTES + 1).unwrap_or(u64::MAX);
    if path.as_os_str() == STDIN {
        io::stdin().lock().take(limit).read_to_end(&mut bytes).map_err(|error| trouble(&error))?;
    } else {
        let file = File::open(path).map_err(|error| trouble(&error))?;
        warn_if_open_to_others(&file, path, printer);
        file.take(limit).read_to_end(&mut bytes).map_err(|error| trouble(&error))?;
    }
    if bytes.len() > MAX_BYTES {
        let message = format!("{} holds more than {MAX_BYTES} bytes", path.display());
        return Err(Failure::usage("secret_too_long", message));
    }
    let text = std::str::from_utf8(&bytes).map_err(|_not_utf8| {
        Failure::usage("secret_not_text", format!("{} is not UTF-8 text", path.display()))
    })?;
    let line = text.strip_suffix('\n').unwrap_or(text);
    Ok(Zeroizing::new(line.strip_suffix('\r').unwrap_or(line).to_owned()))
}

fn warn_if_open_to_others(file: &File, path: &Path, printer: &Printer) {
    if let Ok(metadata) = file.metadata()
        && metadata.is_file()
        && metadata.mode() & OTHERS != 0
    {
        let path = path.display();
        printer.warn(format!("{path} can be read by others (chmod 600 {path})"));
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        (folder, path)
    }

    #[test]
    fn one_line_end_is_not_part_of_a_secret() {
        let printer = Printer::new(false, true);
        for (written, read) in
            [("a b\n", "a b"), ("a b\r\n", "a b"), ("a b ", "a b "), ("a\n\n", "a\n")]
        {
            let (_folder, path) = file(written);
            assert_eq!(read_line(&path, &printer).unwrap().as_str(), read);
        }
    }

    #[test]
    fn what_cannot_be_a_secret_is_refused() {
        let printer = Printer::new(false, true);
        let (_folder, path) = file(&"x".repeat(MAX_BYTES + 1));
        assert_eq!(read_line(&path, &printer).unwrap_err().code, "secret_too_long");
        let missing = read_line(&path.with_extension("no"), &printer).unwrap_err();
        assert_eq!(missing.exit, ExitCode::NotFound);
        let dash = PathBuf::from("-");
        assert!(at_most_one_stdin(&[Some(&dash), None, Some(&path)]).is_ok());
        assert!(at_most_one_stdin(&[Some(&dash), Some(&dash)]).is_err());
    }
}
