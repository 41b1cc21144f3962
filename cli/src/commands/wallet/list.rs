//! `rustchain wallet list`: the wallets on this machine. No passphrase is needed.

use keystore::error::KeystoreError;
use serde::Serialize;

use super::described::DescribedWallet;
use crate::failure::{Failure, with_causes};
use crate::output::{Answer, Output, Page};
use crate::session::Session;

/// List the wallets on this machine.
#[derive(Debug, clap::Args)]
pub struct Args {}

#[derive(Debug, Serialize)]
struct Wallets {
    wallets: Vec<DescribedWallet>,
}

impl Output for Wallets {
    fn page(&self) -> Page {
        let rows = self.wallets.iter().map(DescribedWallet::row).collect();
        Page::new().table(&DescribedWallet::COLUMNS, rows)
    }
}

pub(crate) fn run(_args: &Args, session: &Session) -> Result<Answer, Failure> {
    let folder = session.wallets()?;
    let listing = folder.list()?;
    for (path, error) in &listing.unreadable {
        let error: &KeystoreError = error;
        let path = path.display();
        session.printer().warn(format!("{path} is left out: {}", with_causes(error)));
    }
    if listing.wallets.is_empty() {
        session.printer().note("there is no wallet yet: rustchain wallet new NAME");
    }
    let describe =
        |header: &keystore::Header| DescribedWallet::new(header, &folder.path_of(&header.name));
    let wallets = listing.wallets.iter().map(describe).collect();
    Ok(Answer::of(&Wallets { wallets }))
}
