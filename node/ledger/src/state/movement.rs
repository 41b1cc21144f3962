//! Movements of money: the ledger's rows, each debiting one account and crediting another.

use protocol::money::Amount;
use protocol::time::UnixMillis;
use protocol::transfer::TxId;

use super::AccountNumber;

/// Movements are numbered from 1 in the order in which they happened; 0 stands for none.
pub type MovementNumber = u64;

/// Why money moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MovementKind {
    /// The opening entry: the supply appears in the reserve. There is one, and it is the first.
    Supply,
    /// From the reserve, at genesis or import.
    Opening,
    /// A signed transfer.
    Transfer,
    /// An admin transfer out of a founders' wallet.
    AdminTransfer,
    /// A miner's share of an epoch's pot, out of the reserve.
    Reward,
    /// A name's earnings, moved to the address that its owner named.
    Claim,
}

impl MovementKind {
    /// The kind as a number in a table.
    pub const fn to_number(self) -> u8 {
        match self {
            Self::Supply => 0,
            Self::Opening => 1,
            Self::Transfer => 2,
            Self::AdminTransfer => 3,
            Self::Reward => 4,
            Self::Claim => 5,
        }
    }

    /// Reads [`MovementKind::to_number`] back.
    pub const fn from_number(number: u8) -> Option<Self> {
        Some(match number {
            0 => Self::Supply,
            1 => Self::Opening,
            2 => Self::Transfer,
            3 => Self::AdminTransfer,
            4 => Self::Reward,
            5 => Self::Claim,
            _ => return None,
        })
    }

    /// Whether people call it a transfer: it has a transaction id and a place in the list of
    /// transfers.
    pub const fn is_transfer(self) -> bool {
        matches!(self, Self::Transfer | Self::AdminTransfer | Self::Claim)
    }
}

/// One row of the ledger: `amount` leaves `debit` and arrives at `credit`, so it sums to zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// Its number.
    pub number: MovementNumber,
    /// Why money moved.
    pub kind: MovementKind,
    /// Who paid; `None` only for the opening entry.
    pub debit: Option<AccountNumber>,
    /// Who was paid.
    pub credit: AccountNumber,
    /// How much.
    pub amount: Amount,
    /// The movement before this one that touched the payer; 0 when there is none.
    pub previous_of_debit: MovementNumber,
    /// The movement before this one that touched the payee; 0 when there is none.
    pub previous_of_credit: MovementNumber,
    /// The sender's nonce; 0 where there is none.
    pub nonce: u64,
    /// Memo of a transfer, reason of an admin transfer.
    pub note: String,
    /// The id of a transfer.
    pub tx_id: Option<TxId>,
    /// The place in the list of transfers, from 1; 0 for what is none.
    pub transfer_number: u64,
    /// The command that caused it; 0 for hooks.
    pub command: u64,
    /// The epoch that a reward is for; else the epoch of the block.
    pub epoch: u64,
    /// The block.
    pub height: u64,
    /// The block's time.
    pub time: UnixMillis,
}

impl Movement {
    /// The movement before this one that touched the account, 0 when there is none; `None` when
    /// this one does not touch it.
    pub fn previous_of(&self, account: AccountNumber) -> Option<MovementNumber> {
        if self.credit == account {
            Some(self.previous_of_credit)
        } else if self.debit == Some(account) {
            Some(self.previous_of_debit)
        } else {
            None
        }
    }
}
