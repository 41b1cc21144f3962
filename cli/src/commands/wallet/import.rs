//! `rustchain wallet import`: from a recovery phrase or a secret key.

use std::path::PathBuf;

use keystore::{KdfParams, KeystoreError, NewWallet, Secret, Vault, WalletName};

use super::described::DescribedWallet;
use crate::failure::Failure;
use crate::hardening::harden_process;
use crate::output::Answer;
use crate::secret_input::{self, PassphraseSource};
use crate::session::Session;

/// Import a wallet from its recovery phrase or secret key.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to call the wallet
    pub name: WalletName,
    /// Read the recovery phrase from a file, or from stdin with -
    #[arg(long, value_name = "PATH", conflicts_with = "key_file")]
    pub words_file: Option<PathBuf>,
    /// Read a secret key (64 hexadecimal digits) from a file, or from stdin with -
    #[arg(long, value_name = "PATH")]
    pub key_file: Option<PathBuf>,
    /// How the wallet is locked on this machine.
    #[command(flatten)]
    pub passphrase: PassphraseSource,
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Answer, Failure> {
    harden_process();
    let sources = [&args.words_file, &args.key_file, &args.passphrase.passphrase_file];
    secret_input::at_most_one_stdin(&sources.map(Option::as_ref))?;
    let wallets = session.wallets()?;
    if wallets.contains(&args.name)? {
        return Err(KeystoreError::AlreadyExists { path: wallets.path_of(&args.name) }.into());
    }
    let printer = session.printer();
    let secret = match &args.key_file {
        Some(path) => Secret::Key(secret_input::key(path, printer)?),
        None => Secret::Phrase(secret_input::phrase(args.words_file.as_deref(), printer)?),
    };
    let passphrase = args.passphrase.chosen(args.name.as_str(), printer)?;
    let wallet = NewWallet {
        name: args.name.clone(),
        chain_id: session.chain_id()?.to_string(),
        secret,
        backed_up: true,
        created_at: session.now().seconds(),
        kdf: KdfParams::RECOMMENDED,
    };
    let vault = Vault::create(wallet, &passphrase)?;
    let file = wallets.create(&vault)?;
    Ok(Answer::of(&DescribedWallet::new(vault.header(), &file)))
}
