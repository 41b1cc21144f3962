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
    /// A cursor is the number of a movement of this wallet; any other one gives an empty page.
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
        let mut next = cursor.unwrap_or(newest);
        let mut page = HistoryPage::default();
        let mut skipped = 0_usize;
        while next > 0 && page.entries.len() < limit {
            let Some(movement) = self.movement(next)? else {
                // Pruned: the history that this node keeps ends here.
                next = 0;
                break;
            };
            let Some(previous) = previous_of(&movement, account) else { break };
            next = previous;
            if skipped < skip {
                skipped = skipped.saturating_add(1);
            } else {
                page.entries.push(entry(movement, account, &self.state()));
            }
        }
        page.next = Some(next).filter(|next| *next > 0);
        Ok(page)
    }
}

/// The movement before this one that touched the account; `None` when this one does not touch it.
fn previous_of(movement: &Movement, account: AccountNumber) -> Option<u64> {
    if movement.credit == account {
        Some(movement.previous_of_credit)
    } else if movement.debit == Some(account) {
        Some(movement.previous_of_debit)
    } else {
        None
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
