//! What a transfer is going to do, as the person sees it before saying yes.

use client::NodeClient;
use keystore::{KeystoreError, Vault};
use protocol::api::wallet::Balance;
use protocol::money::Amount;
use protocol::time::UnixMillis;
use protocol::transfer::{ChainId, Transfer};
use serde::Serialize;
use serde_json::json;

use super::Args;
use crate::commands::wallet::balance::amount_of;
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::money::Money;
use crate::network;
use crate::output::{Output, Page};
use crate::pending::PendingTransfer;
use crate::session::Session;

/// A transfer that can be signed, and what the network says about both sides.
#[derive(Debug)]
pub(super) struct Plan {
    /// What is going to be signed.
    pub(super) transfer: Transfer,
    /// The network that it is for: the wallet's and the node's.
    pub(super) chain_id: ChainId,
    wallet: String,
    sender: Sides,
    recipient: Sides,
    recipient_is_known: Option<bool>,
}

/// What somebody holds before and after.
#[derive(Debug, Clone, Copy, Serialize)]
struct Sides {
    before: Money,
    after: Money,
}

impl Plan {
    /// Asks the node for all that has to be known, and refuses what cannot work.
    pub(super) async fn make(
        args: &Args,
        vault: &Vault,
        node: &NodeClient,
        session: &Session,
    ) -> Result<Self, Failure> {
        let header = vault.header();
        if header.address == args.to {
            let message = "the address is the wallet's own";
            return Err(Failure::usage("from_to_must_differ", message));
        }
        let chain_id: ChainId = header.chain_id.parse().map_err(|_bad| KeystoreError::ChainId)?;
        network::require_flag(session.chain_id_flag(), &chain_id)?;
        network::require(node, &chain_id, &format!("the wallet {} is for", header.name)).await?;
        let ours = node.balance(&header.address).await?;
        let theirs = node.balance(&args.to).await?;
        let transfer = Transfer {
            from: header.address.clone(),
            to: args.to.clone(),
            amount: args.amount,
            nonce: next_nonce(&ours, session.now()),
            memo: args.memo.clone().unwrap_or_default(),
        };
        Ok(Self {
            transfer,
            chain_id,
            wallet: header.name.to_string(),
            sender: after_paying(amount_of(&ours)?, args.amount)?,
            recipient: after_being_paid(amount_of(&theirs)?, args.amount)?,
            recipient_is_known: theirs.exists,
        })
    }

    /// What is shown before the question.
    pub(super) fn preview(&self) -> Page {
        let transfer = &self.transfer;
        let change = |sides: Sides| format!("{} -> {}", sides.before, sides.after);
        let memo = (!transfer.memo.is_empty()).then_some(&transfer.memo);
        Page::new()
            .field("send", &Money(transfer.amount))
            .field("from", &format!("{} ({})", transfer.from, self.wallet))
            .field("to", &transfer.to)
            .optional("memo", memo)
            .field("your balance", &change(self.sender))
            .field("their balance", &change(self.recipient))
            .field("network", &self.chain_id)
            .field("nonce", &transfer.nonce)
            .field("fee", &Money(Amount::ZERO))
    }

    /// What a person should think about before saying yes.
    pub(super) fn warning(&self) -> Option<String> {
        let to = &self.transfer.to;
        (self.recipient_is_known == Some(false))
            .then(|| format!("the network has never seen {to}: compare the address once more"))
    }
}

impl Serialize for Plan {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        json!({
            "from": self.transfer.from.as_str(),
            "to": self.transfer.to.as_str(),
            "amount": Money(self.transfer.amount),
            "memo": self.transfer.memo,
            "nonce": self.transfer.nonce,
            "chain_id": self.chain_id.as_str(),
            "sender_balance": self.sender,
            "recipient_balance": self.recipient,
            "sent": false,
        })
        .serialize(serializer)
    }
}

impl Output for Plan {
    fn page(&self) -> Page {
        self.preview()
    }
}

/// The nonce to sign with.
///
/// Our nodes say it. A node that says one number alone may mean the last nonce instead, so one
/// more is safe both ways. Existing nodes say nothing; wallets sign with the time there.
fn next_nonce(balance: &Balance, now: UnixMillis) -> u64 {
    match (balance.nonce, balance.last_nonce) {
        (Some(next), Some(last)) => next.max(last.saturating_add(1)),
        (Some(only), None) | (None, Some(only)) => only.saturating_add(1),
        (None, None) => now.0,
    }
}

fn after_paying(before: Amount, amount: Amount) -> Result<Sides, Failure> {
    let after = before.minus(amount).map_err(|_short| {
        let message = format!("the wallet holds {before} RTC, which is less than {amount} RTC");
        Failure::new(ExitCode::Refused, "insufficient_funds", message)
            .details(json!({ "balance": Money(before), "amount": Money(amount) }))
    })?;
    Ok(Sides { before: Money(before), after: Money(after) })
}

fn after_being_paid(before: Amount, amount: Amount) -> Result<Sides, Failure> {
    let after = before.plus(amount).map_err(|_beyond| {
        let message = format!("nobody can hold {before} RTC and {amount} RTC together");
        Failure::new(ExitCode::Other, "bad_answer", message)
    })?;
    Ok(Sides { before: Money(before), after: Money(after) })
}

/// The refusal to send while an earlier transfer of the same wallet may still be executed.
pub(super) fn unresolved(pending: &PendingTransfer) -> Failure {
    let transfer = &pending.signed.transfer;
    let message = format!(
        "it is not known what became of an earlier transfer of this wallet: {} RTC to {}",
        transfer.amount, transfer.to
    );
    Failure::new(ExitCode::Refused, "unresolved_transfer", message)
        .hint(format!("rustchain tx resume {}", pending.id))
        .details(json!({ "tx_id": pending.id.to_string() }))
}

#[cfg(test)]
mod tests {
    use protocol::wallet_id::WalletId;

    use super::*;

    #[test]
    fn the_nonce_is_always_above_the_last() {
        let wallet = WalletId::parse("alice").unwrap();
        let now = UnixMillis(1_795_332_270_123);
        let ours = Balance::of_account(&wallet, Amount::ZERO, 41);
        assert_eq!(next_nonce(&ours, now), 42);
        let only = |nonce, last_nonce| Balance { nonce, last_nonce, ..ours.clone() };
        assert_eq!(next_nonce(&only(Some(41), None), now), 42);
        assert_eq!(next_nonce(&only(None, Some(41)), now), 42);
        assert_eq!(next_nonce(&only(None, None), now), now.0);
        assert_eq!(next_nonce(&only(Some(3), Some(41)), now), 42);
    }

    #[test]
    fn what_is_not_there_cannot_be_sent() {
        let rtc = |text: &str| text.parse::<Amount>().unwrap();
        assert_eq!(after_paying(rtc("2"), rtc("2")).unwrap().after.0, Amount::ZERO);
        let failure = after_paying(rtc("1.999999"), rtc("2")).unwrap_err();
        assert_eq!(
            (failure.exit, failure.code.as_str()),
            (ExitCode::Refused, "insufficient_funds")
        );
        assert!(after_being_paid(Amount::MAX, rtc("1")).is_err());
    }
}
