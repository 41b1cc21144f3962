//! `rustchain wallet new`: make a wallet and show its recovery phrase once.

use std::path::{Path, PathBuf};

use keystore::{KdfParams, KeystoreError, Mnemonic, NewWallet, Secret, Vault, WalletName};
use zeroize::Zeroizing;

use super::described::DescribedWallet;
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::hardening::harden_process;
use crate::output::Answer;
use crate::secret_input::PassphraseSource;
use crate::secret_screen::show_secret;
use crate::session::Session;
use crate::{private_file, prompt};

/// Words on a line when they are shown.
const WORDS_PER_LINE: usize = 4;
/// What to do with the words.
const ADVICE: [&str; 4] = [
    "",
    "Write the words down on paper, in order.",
    "They are the money, and are shown this once.",
    "Press Enter when you have them.",
];

/// Make a wallet and show its recovery phrase once.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to call the wallet
    pub name: WalletName,
    /// Write the recovery phrase to a new file instead of the terminal
    #[arg(long, value_name = "PATH")]
    pub words_file: Option<PathBuf>,
    /// How the new wallet is locked.
    #[command(flatten)]
    pub passphrase: PassphraseSource,
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Answer, Failure> {
    harden_process();
    let wallets = session.wallets()?;
    if wallets.contains(&args.name)? {
        return Err(KeystoreError::AlreadyExists { path: wallets.path_of(&args.name) }.into());
    }
    if args.words_file.is_none() && !prompt::is_interactive() {
        return Err(nowhere_to_show());
    }
    let passphrase = args.passphrase.chosen(args.name.as_str(), session.printer())?;
    let phrase = Mnemonic::generate()?;
    hand_over(&phrase, args.words_file.as_deref())?;
    let wallet = NewWallet {
        name: args.name.clone(),
        chain_id: session.chain_id()?.to_string(),
        secret: Secret::Phrase(phrase),
        backed_up: false,
        created_at: session.now().seconds(),
        kdf: KdfParams::RECOMMENDED,
    };
    let vault = Vault::create(wallet, &passphrase)?;
    let file = wallets.create(&vault)?;
    Ok(Answer::of(&DescribedWallet::new(vault.header(), &file)))
}

/// Gives the words to the owner before the wallet exists: a wallet whose words nobody has seen
/// could receive money.
fn hand_over(phrase: &Mnemonic, words_file: Option<&Path>) -> Result<(), Failure> {
    if let Some(path) = words_file {
        let words = Zeroizing::new(phrase.words().collect::<Vec<_>>().join(" "));
        return private_file::create(path, Zeroizing::new(format!("{}\n", *words)).as_bytes());
    }
    let mut lines = lines_of(phrase);
    lines.extend(ADVICE.map(|line| Zeroizing::new(line.to_owned())));
    show_secret(&lines)
}

fn lines_of(phrase: &Mnemonic) -> Vec<Zeroizing<String>> {
    let words: Vec<_> = phrase.words().enumerate().collect();
    let line = |words: &[(usize, &str)]| {
        let cells = words.iter().map(|(index, word)| format!("{:>2} {word:<8}", index + 1));
        Zeroizing::new(cells.collect::<Vec<_>>().join("  "))
    };
    words.chunks(WORDS_PER_LINE).map(line).collect()
}

fn nowhere_to_show() -> Failure {
    let message = "the recovery phrase is shown on a terminal only, and this is none";
    Failure::new(ExitCode::Locked, "no_terminal", message)
        .hint("write it to a private file: --words-file PATH")
}
