//! A wallet's history: its movements, newest first, followed from one to the one before.

use ledger::state::{AccountNumber, HistoryRow, MovementKind};
use ledger::store::StoreError;
use protocol::wallet_id::WalletId;

use super::Books;
use super::kept_histories::{Kept, MOST_ROWS};

/// A movement as one of its two wallets sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// The movement.
    pub row: HistoryRow,
    /// The other wallet; `None` for the opening entry.
    pub other: Option<WalletId>,
}

/// A page of a wallet's history.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HistoryPage {
    /// Entries, newest first.
    pub entries: Vec<HistoryEntry>,
    /// The cursor of the next page; `None` on the last one.
    pub next: Option<u64>,
}

/// Rows that were found without looking into the store.
#[derive(Debug, Default)]
struct AtHand {
    rows: Vec<HistoryRow>,
    /// The movement that the store has to go on with; 0 when the history is over.
    next: u64,
    /// Rows that are still to be passed over.
    skip: usize,
}

impl Books {
    /// The newest entries of a wallet's history, if none of them has to be looked for in the store.
    pub fn history_at_hand(&self, wallet: &WalletId, limit: usize) -> Option<HistoryPage> {
        let Some((account, newest)) = self.newest_movement(wallet) else {
            return Some(HistoryPage::default());
        };
        let kept = self.kept_histories.get(account);
        let found = self.at_hand(account, newest, 0, limit, kept.as_deref())?;
        let is_enough = found.next == 0 || found.rows.len() >= limit;
        if !is_enough {
            return None;
        }
        // A short page would take the place of a whole one.
        let is_whole = found.next == 0 || found.rows.len() >= MOST_ROWS;
        if is_whole && kept.is_none_or(|kept| kept.newest() != newest) {
            self.kept_histories.keep(account, &found.rows);
        }
        Some(self.page(found.rows, limit))
    }

    /// A page of a wallet's history: from the cursor of the page before, or from the newest entry.
    /// `skip` entries are passed over first. Blocks.
    ///
    /// A cursor is the number of a movement of this wallet; any other one gives an empty page. A
    /// history ends where older movements have been pruned.
    pub fn history(
        &self,
        wallet: &WalletId,
        cursor: Option<u64>,
        skip: usize,
        limit: usize,
    ) -> Result<HistoryPage, StoreError> {
        let Some((account, newest)) = self.newest_movement(wallet) else {
            return Ok(HistoryPage::default());
        };
        let from = cursor.unwrap_or(newest);
        let Some(AtHand { mut rows, next, skip }) = self.at_hand(account, from, skip, limit, None)
        else {
            return Ok(HistoryPage::default());
        };
        if next > 0 && rows.len() < limit {
            let limit = limit.saturating_sub(rows.len());
            rows.extend(self.reads.history_back(account, next, skip, limit)?);
        }
        let from_the_newest = rows.first().is_some_and(|row| row.number == newest);
        if from_the_newest && limit >= MOST_ROWS {
            self.kept_histories.keep(account, &rows);
        }
        Ok(self.page(rows, limit))
    }

    fn newest_movement(&self, wallet: &WalletId) -> Option<(AccountNumber, u64)> {
        let state = self.state();
        let number = state.account_number(wallet)?;
        Some((number, state.accounts.get(number)?.last_movement))
    }

    /// Movements of an account from this one back that no table has yet, and behind them what is
    /// kept. Nothing when it starts with one that does not touch the account.
    fn at_hand(
        &self,
        account: AccountNumber,
        from: u64,
        skip: usize,
        limit: usize,
        kept: Option<&Kept>,
    ) -> Option<AtHand> {
        let mut found = AtHand { rows: Vec::new(), next: from, skip };
        let known = kept.map_or(0, Kept::newest);
        {
            let state = self.state();
            while found.rows.len() < limit
                && found.next != known
                && let Some(movement) = state.recent.movement(found.next)
            {
                let row = movement.seen_by(account)?;
                found.next = row.previous;
                if found.skip > 0 {
                    found.skip = found.skip.saturating_sub(1);
                } else {
                    found.rows.push(row);
                }
            }
        }
        if let Some(kept) = kept.filter(|kept| kept.newest() == found.next) {
            found.rows.extend(kept.rows(limit.saturating_sub(found.rows.len())));
            found.next = found.rows.last().map_or(0, |row| row.previous);
        }
        Some(found)
    }

    fn page(&self, rows: Vec<HistoryRow>, limit: usize) -> HistoryPage {
        let last = rows.last().filter(|_| rows.len() == limit);
        let next = last.map(|last| last.previous).filter(|next| *next > 0);
        let state = self.state();
        let entries = rows.into_iter().map(|row| {
            let other = match row.kind {
                MovementKind::Supply => None,
                _ => row.other.and_then(|number| state.wallet(number)).cloned(),
            };
            HistoryEntry { row, other }
        });
        HistoryPage { entries: entries.collect(), next }
    }
}
