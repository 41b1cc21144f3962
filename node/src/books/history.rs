//! A wallet's history: its movements, newest first, followed from one to the one before.

use ledger::state::{AccountNumber, Movement, MovementKind, State};
use ledger::store::StoreError;
use protocol::wallet_id::WalletId;

use super::Books;

/// A movement as one of its two wallets sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// The movement.
    pub movement: Movement,
    /// Whether the wallet was paid; else it paid.
    pub incoming: bool,
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

impl Books {
    /// A page of a wallet's history: from the cursor of the page before, or from the newest entry.
    /// `skip` entries are passed over first. Blocks; costs one look-up per entry.
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
        let start = {
            let state = self.state();
            let number = state.account_number(wallet);
            number.and_then(|number| Some((number, state.accounts.get(number)?.last_movement)))
        };
        let Some((account, newest)) = start else { return Ok(HistoryPage::default()) };
        let from = cursor.unwrap_or(newest);
        let movements = self.movements_back(account, from, skip, limit)?;
        let is_full = movements.len() == limit;
        let last = movements.last().filter(|_| is_full);
        let next = last.and_then(|last| last.previous_of(account)).filter(|next| *next > 0);
        let state = self.state();
        let entries = movements.into_iter().map(|movement| entry(movement, account, &state));
        Ok(HistoryPage { entries: entries.collect(), next })
    }

    /// Movements of an account from this one back, newest first: first those that no table has yet.
    fn movements_back(
        &self,
        account: AccountNumber,
        from: u64,
        skip: usize,
        limit: usize,
    ) -> Result<Vec<Movement>, StoreError> {
        let (mut next, mut passed) = (from, 0_usize);
        let mut found = Vec::new();
        {
            let state = self.state();
            while found.len() < limit
                && let Some(movement) = state.recent.movement(next)
            {
                let Some(previous) = movement.previous_of(account) else { return Ok(found) };
                if passed >= skip {
                    found.push(movement.clone());
                }
                passed = passed.saturating_add(1);
                next = previous;
            }
        }
        if next > 0 && found.len() < limit {
            let (skip, limit) = (skip.saturating_sub(passed), limit.saturating_sub(found.len()));
            found.extend(self.reads.movements_back(account, next, skip, limit)?);
        }
        Ok(found)
    }
}

fn entry(movement: Movement, account: AccountNumber, state: &State) -> HistoryEntry {
    let incoming = movement.credit == account;
    let other = if incoming { movement.debit } else { Some(movement.credit) };
    let other = match movement.kind {
        MovementKind::Supply => None,
        _ => other.and_then(|number| state.wallet(number)).cloned(),
    };
    HistoryEntry { movement, incoming, other }
}
