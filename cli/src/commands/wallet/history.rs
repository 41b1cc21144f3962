//! `rustchain wallet history`: what went in and out of a wallet.

use client::node_client;
use keystore::{KeystoreError, WalletName};
use protocol::api::wallet::{EntryKind, HistoryEntry};
use protocol::time::UnixSeconds;
use protocol::transfer::ChainId;
use serde::Serialize;

use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::money::Money;
use crate::network;
use crate::output::{Answer, Output, Page};
use crate::session::Session;
use crate::utc::date_and_time;

/// Show what went in and out of a wallet.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The wallet; by default the one that is set or the only one
    pub name: Option<WalletName>,
    /// Show at most so many entries, newest first
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=200))]
    pub limit: u32,
    /// Go on behind an earlier page, with the cursor that it showed
    #[arg(long)]
    pub cursor: Option<String>,
}

#[derive(Debug, Serialize)]
struct History {
    wallet: String,
    total: u64,
    next_cursor: Option<String>,
    entries: Vec<Entry>,
}

#[derive(Debug, Serialize)]
struct Entry {
    kind: EntryKind,
    amount: Money,
    /// `in` or `out`; null when the node does not say.
    direction: Option<&'static str>,
    counterparty: Option<String>,
    timestamp: Option<u64>,
    status: String,
    tx_id: Option<String>,
    memo: Option<String>,
    epoch: Option<u64>,
    block_height: Option<u64>,
}

impl Entry {
    fn new(entry: HistoryEntry) -> Result<Self, Failure> {
        let amount = entry.amount().ok_or_else(|| {
            let message = format!("the node says an amount of {} RTC", entry.amount);
            Failure::new(ExitCode::Other, "bad_answer", message)
        })?;
        Ok(Self {
            kind: entry.kind,
            amount: Money(amount),
            direction: match entry.kind {
                EntryKind::TransferIn | EntryKind::Reward => Some("in"),
                EntryKind::TransferOut => Some("out"),
                EntryKind::Ledger | EntryKind::Other => None,
            },
            counterparty: entry.from.or(entry.to),
            timestamp: (entry.timestamp > 0).then_some(entry.timestamp),
            status: entry.status.unwrap_or_else(|| "final".to_owned()),
            tx_id: entry.tx_hash,
            memo: entry.memo.or(entry.reason),
            epoch: entry.epoch,
            block_height: entry.block_height,
        })
    }

    const fn word(&self) -> &'static str {
        match self.kind {
            EntryKind::TransferIn => "received",
            EntryKind::TransferOut => "sent",
            EntryKind::Reward => "reward",
            EntryKind::Ledger => "ledger",
            EntryKind::Other => "other",
        }
    }

    fn row(&self) -> Vec<String> {
        let sign = match self.direction {
            Some("in") => "+",
            Some(_) => "-",
            None => "",
        };
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        vec![
            self.timestamp.map(|at| date_and_time(UnixSeconds(at))).unwrap_or_default(),
            self.word().to_owned(),
            format!("{sign}{}", self.amount.0),
            text(&self.counterparty),
            self.status.clone(),
            text(&self.tx_id),
            text(&self.memo),
        ]
    }
}

impl Output for History {
    fn page(&self) -> Page {
        let header = ["when", "what", "RTC", "with", "status", "transaction", "memo"];
        Page::new().table(&header, self.entries.iter().map(Entry::row).collect())
    }
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Answer, Failure> {
    let vault = session.wallet(args.name.as_ref())?;
    let header = vault.header();
    let address = &header.address;
    let node = session.node()?;
    let page = node_client::Page::first(args.limit);
    let chain_id: ChainId = header.chain_id.parse().map_err(|_bad| KeystoreError::ChainId)?;
    let history = session.wait(async {
        network::require(&node, &chain_id, "the wallet is for").await?;
        Ok::<_, Failure>(node.history(address, page, args.cursor.as_deref()).await?)
    })?;
    if let Some(cursor) = &history.next_cursor {
        session.printer().note(&format!("note: there is more, with --cursor {cursor}"));
    }
    let entries = history.transactions.into_iter().map(Entry::new);
    Ok(Answer::of(&History {
        wallet: address.to_string(),
        total: history.total,
        next_cursor: history.next_cursor,
        entries: entries.collect::<Result<_, _>>()?,
    }))
}
