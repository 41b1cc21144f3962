//! `rustchain admin transfer`: pay out of a founders' wallet.

use protocol::hex;
use std::path::PathBuf;
use std::str::FromStr as _;

use client::node_client::AdminTransfer;
use protocol::api::admin::AdminTransferReply;
use protocol::money::Amount;
use protocol::wallet_id::WalletId;
use serde::Serialize;

use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::hardening::harden_process;
use crate::money::Money;
use crate::output::{Answer, Output, Page};
use crate::secret_input;
use crate::session::Session;

/// Pay out of a founders' wallet.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  \
    rustchain admin transfer founder_dev_fund RTC9d4a… 25 --admin-key-file admin.key")]
pub struct Args {
    /// The founders' wallet that pays
    #[arg(value_parser = wallet)]
    pub from: WalletId,
    /// Who is paid
    #[arg(value_parser = wallet)]
    pub to: WalletId,
    /// How many RTC, with up to six decimals
    #[arg(value_parser = amount)]
    pub amount: Amount,
    /// Why
    #[arg(long, default_value = "admin_transfer", value_name = "TEXT")]
    pub reason: String,
    /// The same key again is the same transfer again; by default a new one, which is shown
    #[arg(long, value_name = "KEY")]
    pub idempotency_key: Option<String>,
    /// Read the admin key from a file, or from stdin with -, or from /dev/fd/N
    #[arg(long, value_name = "PATH")]
    pub admin_key_file: PathBuf,
}

fn wallet(text: &str) -> Result<WalletId, String> {
    WalletId::parse(text).map_err(|error| error.to_string())
}

fn amount(text: &str) -> Result<Amount, String> {
    Amount::from_str(text).map_err(|error| error.to_string())
}

#[derive(Debug, Serialize)]
struct Paid {
    tx_id: String,
    from: String,
    to: String,
    amount: Money,
    phase: String,
    message: String,
}

impl Output for Paid {
    fn page(&self) -> Page {
        Page::new()
            .field("transfer", &self.tx_id)
            .field("from", &self.from)
            .field("to", &self.to)
            .field("amount", &self.amount)
            .field("phase", &self.phase)
            .field("node", &self.message)
    }
}

/// A key that nobody has used: 16 random bytes.
fn random_key() -> Result<String, Failure> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| Failure::new(ExitCode::Other, "system", error.to_string()))?;
    Ok(hex::encode(bytes))
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Answer, Failure> {
    harden_process();
    let key = secret_input::admin_key(&args.admin_key_file, session.printer())?;
    let node = session.node()?.with_admin_key(&key)?;
    let idempotency_key = match &args.idempotency_key {
        Some(key) => key.clone(),
        None => random_key()?,
    };
    session.printer().note(&format!("idempotency key: {idempotency_key}"));
    let order = AdminTransfer {
        from: args.from.clone(),
        to: args.to.clone(),
        amount: args.amount,
        reason: args.reason.clone(),
        idempotency_key: Some(idempotency_key.clone()),
    };
    let reply = session.wait(async { Ok::<_, Failure>(node.admin_transfer(&order).await) })?;
    let reply: AdminTransferReply = reply.map_err(|error| {
        let failure = Failure::of_submission(error);
        if failure.exit == ExitCode::Unknown {
            failure.hint(format!("the same again, with --idempotency-key {idempotency_key}"))
        } else {
            failure
        }
    })?;
    Ok(Answer::of(&Paid {
        tx_id: reply.tx_hash,
        from: reply.from_miner,
        to: reply.to_miner,
        amount: Money(args.amount),
        phase: reply.phase,
        message: reply.message,
    }))
}
