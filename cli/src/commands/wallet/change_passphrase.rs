//! `rustchain wallet change-passphrase`: lock a wallet with another passphrase.

use std::path::PathBuf;

use keystore::{KdfParams, WalletName};
use serde::Serialize;

use crate::failure::Failure;
use crate::hardening::harden_process;
use crate::output::{Answer, Output, Page};
use crate::secret_input::{self, PassphraseSource};
use crate::session::Session;

/// Lock a wallet with another passphrase.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The wallet
    pub name: WalletName,
    /// The passphrase that locks it now.
    #[command(flatten)]
    pub passphrase: PassphraseSource,
    /// Read the new passphrase from a file, or from stdin with -, or from /dev/fd/N
    #[arg(long, value_name = "PATH")]
    pub new_passphrase_file: Option<PathBuf>,
}

#[derive(Debug, Serialize)]
struct Changed {
    name: String,
    file: String,
    previous_file: String,
}

impl Output for Changed {
    fn page(&self) -> Page {
        Page::new()
            .field("name", &self.name)
            .field("file", &self.file)
            .field("previous file", &self.previous_file)
    }
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Answer, Failure> {
    harden_process();
    let sources = [&args.passphrase.passphrase_file, &args.new_passphrase_file];
    secret_input::at_most_one_stdin(&sources.map(Option::as_ref))?;
    let wallets = session.wallets()?;
    let vault = wallets.load(&args.name)?;
    let printer = session.printer();
    let current = args.passphrase.existing(args.name.as_str(), printer)?;
    let flag = "--new-passphrase-file PATH";
    let path = args.new_passphrase_file.as_deref();
    let new = secret_input::chosen(path, args.name.as_str(), flag, printer)?;
    wallets.replace(&vault, &vault.rekey(&current, &new, KdfParams::RECOMMENDED)?)?;
    let file = wallets.path_of(&args.name);
    let previous = file.with_extension("json.bak");
    let shown = previous.display();
    printer.warn(format!("{shown}, and any other copy, still opens with the old passphrase"));
    Ok(Answer::of(&Changed {
        name: args.name.to_string(),
        file: file.display().to_string(),
        previous_file: shown.to_string(),
    }))
}
