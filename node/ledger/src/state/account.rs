//! Accounts: what a wallet holds.

use protocol::account::AccountLeaf;
use protocol::money::Amount;
use protocol::time::UnixSeconds;
use protocol::wallet_id::WalletId;

use super::MovementNumber;

/// Accounts are numbered in the order in which they were opened.
pub type AccountNumber = u32;

/// The account of the reserve, opened first.
pub const RESERVE_ACCOUNT: AccountNumber = 0;

/// What changes about an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Account {
    /// What it holds.
    pub balance: Amount,
    /// The last nonce it used; 0 when it never signed.
    pub last_nonce: u64,
    /// Whether it has signed a transfer with chain id.
    pub signs_chain_id: bool,
    /// The newest movement that touched it; movements link back from there.
    pub last_movement: MovementNumber,
    /// When it was last touched.
    pub updated_at: UnixSeconds,
}

/// What never changes about an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Whose account it is.
    pub wallet: WalletId,
    /// The time of the block that opened it.
    pub created_at: UnixSeconds,
}

impl Account {
    /// What the state root binds of an account.
    pub fn leaf(&self, wallet: &WalletId) -> AccountLeaf {
        AccountLeaf {
            wallet: wallet.clone(),
            balance: self.balance,
            last_nonce: self.last_nonce,
            signs_chain_id: self.signs_chain_id,
        }
    }
}
