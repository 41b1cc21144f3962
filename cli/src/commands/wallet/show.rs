//! `rustchain wallet show`: what a wallet file says openly. No passphrase is needed.

use keystore::WalletName;

use super::described::DescribedWallet;
use crate::failure::Failure;
use crate::output::Answer;
use crate::session::Session;

/// Show what a wallet file says openly.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The wallet; by default the one that is set or the only one
    pub name: Option<WalletName>,
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Answer, Failure> {
    let vault = session.wallet(args.name.as_ref())?;
    let header = vault.header();
    let file = session.wallets()?.path_of(&header.name);
    Ok(Answer::of(&DescribedWallet::new(header, &file)))
}
