//! `rustchain send`: from a wallet on this machine to an address, exactly once.
//!
//! The order matters: look, ask, sign, write down, say the id, send. Whatever stops the program on
//! the way, either nothing was signed or the journal has the bytes to go on with.

mod plan;

use std::str::FromStr as _;

use keystore::{Vault, WalletName};
use protocol::money::Amount;
use protocol::transfer::{MAX_MEMO_BYTES, SignedTransfer};
use protocol::wallet_id::WalletId;

use self::plan::Plan;
use crate::commands::tx::sent::SentTransfer;
use crate::failure::Failure;
use crate::hardening::harden_process;
use crate::output::Answer;
use crate::pending::{Journal, PendingTransfer};
use crate::prompt;
use crate::secret_input::PassphraseSource;
use crate::session::Session;
use crate::submission::{Attempt, submit};

/// Send RTC to an address.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    rustchain send RTC9d4a423b1f9080df2b3e726b4225cf8fb45c813c 12.5\n  \
    rustchain send RTC9d4a… 0.5 --from alice --memo \"for the G4\"\n  \
    rustchain send RTC9d4a… 0.5 --yes --passphrase-file /dev/fd/3 3<FILE")]
pub struct Args {
    /// Who is paid: RTC and 40 lower-case hexadecimal digits
    #[arg(value_parser = address)]
    pub to: WalletId,
    /// How many RTC, with up to six decimals
    #[arg(value_parser = positive_amount)]
    pub amount: Amount,
    /// The wallet that pays; by default the one that is set or the only one
    #[arg(long, value_name = "WALLET")]
    pub from: Option<WalletName>,
    /// A note that everybody can read
    #[arg(long, value_name = "TEXT", value_parser = memo)]
    pub memo: Option<String>,
    /// Do not ask whether to send
    #[arg(long, short)]
    pub yes: bool,
    /// Show what would be sent and stop
    #[arg(long, conflicts_with = "yes")]
    pub dry_run: bool,
    /// What unlocks the wallet.
    #[command(flatten)]
    pub passphrase: PassphraseSource,
}

fn address(text: &str) -> Result<WalletId, String> {
    let id = WalletId::parse(text).map_err(|error| error.to_string())?;
    if id.is_address() {
        Ok(id)
    } else {
        Err("an address is 'RTC' and 40 lower-case hexadecimal digits".to_owned())
    }
}

fn positive_amount(text: &str) -> Result<Amount, String> {
    let amount = Amount::from_str(text).map_err(|error| error.to_string())?;
    if amount.is_zero() { Err("has to be above zero".to_owned()) } else { Ok(amount) }
}

fn memo(text: &str) -> Result<String, String> {
    if text.len() > MAX_MEMO_BYTES {
        return Err(format!("longer than {MAX_MEMO_BYTES} bytes"));
    }
    Ok(text.to_owned())
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Answer, Failure> {
    harden_process();
    if !args.yes && !args.dry_run && !prompt::is_interactive() {
        let message = "there is no terminal to ask whether to send";
        return Err(Failure::usage("confirmation_required", message).hint("add --yes"));
    }
    let vault = session.wallet(args.from.as_ref())?;
    let journal = Journal::open(&session.places()?.state_dir)?;
    refuse_unresolved(&journal, &vault)?;
    let node = session.node()?;
    let plan = session.wait(Plan::make(args, &vault, &node, session))?;
    if args.dry_run {
        return Ok(Answer::of(&plan));
    }
    session.printer().preview(&plan.preview(), !args.yes);
    if let Some(warning) = plan.warning() {
        session.printer().warn(warning);
    }
    if !args.yes {
        prompt::confirm("Send this?")?;
    }
    let pending = sign(&plan, args, &vault, session)?;
    journal.add(&pending)?;
    session.printer().note(&format!("transaction {}", pending.id));
    let sent = session.wait(submit(&node, &pending, Attempt::First, &journal))?;
    Ok(Answer::of(&SentTransfer::new(&pending, &sent)))
}

/// A transfer whose fate is open may still be executed: another one now could pay twice.
fn refuse_unresolved(journal: &Journal, vault: &Vault) -> Result<(), Failure> {
    let address = &vault.header().address;
    let open = journal.list()?;
    match open.iter().find(|pending| pending.signed.transfer.from == *address) {
        None => Ok(()),
        Some(pending) => Err(plan::unresolved(pending)),
    }
}

fn sign(
    plan: &Plan,
    args: &Args,
    vault: &Vault,
    session: &Session,
) -> Result<PendingTransfer, Failure> {
    let name = vault.header().name.as_str();
    let passphrase = args.passphrase.existing(name, session.printer())?;
    let key = vault.unlock(&passphrase)?.into_key();
    let signed = SignedTransfer::sign(plan.transfer.clone(), &plan.chain_id, &key);
    Ok(PendingTransfer::new(signed, plan.chain_id.clone(), session.now()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_are_paid() {
        assert!(address("RTC9d4a423b1f9080df2b3e726b4225cf8fb45c813c").is_ok());
        for text in ["bob", "RTC9D4A423B1F9080DF2B3E726B4225CF8FB45C813C", "RTC9d4a", ""] {
            assert!(address(text).is_err(), "{text}");
        }
    }

    #[test]
    fn amounts_are_exact_and_positive() {
        assert_eq!(positive_amount("12.5").unwrap().micro(), 12_500_000);
        for text in ["0", "0.0000001", "1.0000001", "-1", "1,5", "NaN"] {
            assert!(positive_amount(text).is_err(), "{text}");
        }
    }
}
