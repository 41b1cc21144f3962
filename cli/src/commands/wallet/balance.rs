//! `rustchain wallet balance`, also `rustchain balance`: what a wallet holds.

use client::NodeClient;
use keystore::{KeystoreError, WalletName};
use protocol::api::wallet::Balance;
use protocol::money::Amount;
use protocol::transfer::ChainId;
use protocol::wallet_id::WalletId;
use serde::Serialize;

use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::money::Money;
use crate::network;
use crate::output::{Answer, Output, Page};
use crate::session::Session;
use crate::trust::KnownValidators;
use crate::utc::date_and_time;

/// Show what a wallet holds.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A wallet on this machine, or an address; by default the wallet that is set or the only one
    pub wallet: Option<String>,
    /// Ask for a wallet or miner by its name on the network
    #[arg(long, value_name = "NAME", value_parser = WalletId::parse, conflicts_with = "wallet")]
    pub id: Option<WalletId>,
    /// Demand a proof of the balance and check it
    #[arg(long)]
    pub verify: bool,
}

#[derive(Debug, Serialize)]
struct Holding {
    wallet: String,
    balance: Money,
    /// Whether the node has an account for it; only our nodes say.
    exists: Option<bool>,
    next_nonce: Option<u64>,
    proof: Option<Proof>,
}

/// What was proven, in place of what was said.
#[derive(Debug, Serialize)]
struct Proof {
    height: u64,
    time: u64,
    validator: String,
}

impl Output for Holding {
    fn page(&self) -> Page {
        let page = Page::new().field("wallet", &self.wallet).field("balance", &self.balance);
        let page = page.optional("next nonce", self.next_nonce);
        match &self.proof {
            None => page,
            Some(proof) => page
                .field("proven at block", &proof.height)
                .field("time of block", &date_and_time(protocol::time::UnixSeconds(proof.time)))
                .field("validator", &proof.validator),
        }
    }
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Answer, Failure> {
    let (wallet, chain_id) = resolve(args, session)?;
    let node = session.node()?;
    let holding = session.wait(async {
        if let Some(chain_id) = &chain_id {
            network::require(&node, chain_id, "the wallet is for").await?;
        }
        if args.verify { proven(&wallet, &node, session).await } else { said(&wallet, &node).await }
    })?;
    if holding.exists == Some(false) {
        session.printer().warn(format!("the network has never seen {wallet}"));
    }
    Ok(Answer::of(&holding))
}

/// Which account is asked for, and the network of its wallet if it is one of ours.
fn resolve(args: &Args, session: &Session) -> Result<(WalletId, Option<ChainId>), Failure> {
    if let Some(id) = &args.id {
        return Ok((id.clone(), None));
    }
    let text = args.wallet.as_deref();
    if let Some(address) = text.and_then(|text| WalletId::parse(text).ok())
        && address.is_address()
    {
        return Ok((address, None));
    }
    let name = text.map(WalletName::parse).transpose().map_err(|_bad| unknown(text))?;
    let vault = session.wallet(name.as_ref()).map_err(|failure| {
        if failure.code == "wallet_not_found" { unknown(text) } else { failure }
    })?;
    let header = vault.header();
    let chain_id = header.chain_id.parse().map_err(|_bad| KeystoreError::ChainId)?;
    Ok((header.address.clone(), Some(chain_id)))
}

fn unknown(text: Option<&str>) -> Failure {
    let text = text.unwrap_or_default();
    let message = format!("'{text}' is neither a wallet on this machine nor an address");
    Failure::new(ExitCode::NotFound, "wallet_not_found", message)
        .hint("rustchain wallet list")
        .hint(format!("for a name on the network: rustchain balance --id {text}"))
}

async fn said(wallet: &WalletId, node: &NodeClient) -> Result<Holding, Failure> {
    let balance = node.balance(wallet).await?;
    Ok(Holding {
        wallet: wallet.to_string(),
        balance: Money(amount_of(&balance)?),
        exists: balance.exists,
        next_nonce: balance.nonce,
        proof: None,
    })
}

/// The amount of a node's answer; some nodes have debts in their books.
///
/// # Errors
/// Exit 1 when it is no amount.
pub(crate) fn amount_of(balance: &Balance) -> Result<Amount, Failure> {
    balance.amount().ok_or_else(|| {
        let message = format!("the node says a balance of {} RTC", balance.amount_rtc);
        Failure::new(ExitCode::Other, "bad_answer", message)
    })
}

async fn proven(
    wallet: &WalletId,
    node: &NodeClient,
    session: &Session,
) -> Result<Holding, Failure> {
    let chain_id = network::chain_id_of(node).await?;
    let known = KnownValidators::load(&session.places()?.state_dir, &chain_id)?;
    let proof = node.account_proof(wallet).await.map_err(|error| nothing_proven(error, wallet))?;
    let proven =
        proof.verify(wallet, &chain_id, known.trusted()).map_err(|error| known.refused(error))?;
    known.remember(&proven.validators, session.printer())?;
    Ok(Holding {
        wallet: wallet.to_string(),
        balance: Money(proven.balance),
        exists: Some(true),
        next_nonce: Some(proven.last_nonce.saturating_add(1)),
        proof: Some(Proof {
            height: proven.height,
            time: proven.time.seconds().0,
            validator: proven.validators.primary.to_hex(),
        }),
    })
}

/// A proof shows presence alone, so for an unknown wallet nothing is proven.
fn nothing_proven(error: client::ClientError, wallet: &WalletId) -> Failure {
    match error.refusal() {
        Some(refusal) if refusal.status == 404 => {
            let message = format!("nothing is proven about {wallet}: {}", refusal.message);
            Failure::new(ExitCode::NotFound, "nothing_proven", message)
                .hint("proofs show what is there, never what is not; some nodes give none at all")
        }
        _ => error.into(),
    }
}
