//! `rustchain wallet export`: show or write the secret of a wallet.

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use keystore::{Unlocked, Vault, WalletName};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::hardening::harden_process;
use crate::output::{Answer, Output, Page};
use crate::private_file;
use crate::secret_input::PassphraseSource;
use crate::session::Session;

/// Show or write the secret of a wallet.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The wallet
    pub name: WalletName,
    /// Write to a new file that nobody else can read
    #[arg(long, value_name = "PATH")]
    pub to: Option<PathBuf>,
    /// What to export; by default the words, or the key of a wallet without words
    #[arg(long, value_enum)]
    pub form: Option<Form>,
    /// What unlocks the wallet.
    #[command(flatten)]
    pub passphrase: PassphraseSource,
}

/// What can be exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Form {
    /// The recovery phrase
    Words,
    /// The secret key, in hexadecimal
    Key,
    /// The wallet file, still encrypted
    Encrypted,
}

/// Whether the secret is shown or written, it is not part of the JSON form.
#[derive(Debug, Serialize)]
struct Exported {
    name: String,
    address: String,
    file: Option<String>,
    #[serde(skip)]
    secret: Option<Zeroizing<String>>,
}

impl Output for Exported {
    fn page(&self) -> Page {
        match &self.secret {
            Some(secret) => Page::new().line(secret.as_str()),
            None => Page::new().optional("file", self.file.as_ref()),
        }
    }
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Answer, Failure> {
    harden_process();
    let vault = session.wallet(Some(&args.name))?;
    let shown = args.to.is_none();
    if shown && (session.printer().is_json() || !io::stdout().is_terminal()) {
        return Err(not_on_a_terminal());
    }
    let content = content(args, &vault, session)?;
    let header = vault.header();
    let mut exported = Exported {
        name: header.name.to_string(),
        address: header.address.to_string(),
        file: args.to.as_deref().map(|path| path.display().to_string()),
        secret: None,
    };
    match args.to.as_deref() {
        Some(path) => write(path, &content)?,
        None => exported.secret = Some(content),
    }
    Ok(Answer::of(&exported))
}

fn not_on_a_terminal() -> Failure {
    let message = "a secret is shown on a terminal only, and stdout is none";
    Failure::new(ExitCode::Refused, "secret_to_pipe", message)
        .hint("write it to a private file: --to PATH")
}

fn content(args: &Args, vault: &Vault, session: &Session) -> Result<Zeroizing<String>, Failure> {
    if args.form == Some(Form::Encrypted) {
        let text = String::from_utf8(vault.to_bytes());
        return text.map(Zeroizing::new).map_err(|_not_text| {
            Failure::new(ExitCode::Other, "invalid_wallet_file", "the wallet file is not text")
        });
    }
    let passphrase = args.passphrase.existing(args.name.as_str(), session.printer())?;
    let unlocked = vault.unlock(&passphrase)?;
    match args.form {
        Some(Form::Key) => Ok(unlocked.key().expose_hex()),
        Some(_) => words(&unlocked).ok_or_else(|| {
            Failure::usage("no_words", "this wallet was imported as a key and has no words")
                .hint("add --form key")
        }),
        None => Ok(words(&unlocked).unwrap_or_else(|| unlocked.key().expose_hex())),
    }
}

fn words(unlocked: &Unlocked) -> Option<Zeroizing<String>> {
    let words: Vec<_> = unlocked.phrase()?.words().collect();
    Some(Zeroizing::new(words.join(" ")))
}

fn write(path: &Path, content: &str) -> Result<(), Failure> {
    let line_end = if content.ends_with('\n') { "" } else { "\n" };
    let text = Zeroizing::new([content, line_end].concat());
    private_file::create(path, text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_json_form_has_no_secret_in_it() {
        let exported = Exported {
            name: "alice".to_owned(),
            address: "RTC00".to_owned(),
            file: None,
            secret: Some(Zeroizing::new("abandon".to_owned())),
        };
        let json = serde_json::to_string(&exported).unwrap();
        assert!(!json.contains("abandon") && !json.contains("secret"), "{json}");
    }
}
