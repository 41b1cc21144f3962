//! Every lawful "no" that depends on the books.
//!
//! A refusal is an answer, not trouble: it changes nothing and is not logged.

use protocol::money::Amount;
use protocol::time::UnixSeconds;
use protocol::transfer::TxId;

/// Why a command is not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The sender has used this nonce or a higher one.
    #[error("the nonce has to be greater than {latest}")]
    NonceNotAhead {
        /// The last nonce of the sender.
        latest: u64,
    },
    /// The nonce is so far ahead that it could lock the wallet.
    #[error("the nonce must not be greater than {highest}")]
    NonceTooFarAhead {
        /// The highest nonce that is accepted now.
        highest: u64,
    },
    /// The sender holds less.
    #[error("the wallet holds {balance} RTC")]
    InsufficientBalance {
        /// What the sender holds.
        balance: Amount,
        /// What was asked for.
        requested: Amount,
    },
    /// The transfer was signed without chain id, which this network or wallet does not allow.
    #[error("the signature has to cover chain_id")]
    ChainIdRequired,
    /// The payee has no account yet and would receive less than opening one takes.
    #[error("a new account has to receive at least {minimum} RTC")]
    BelowOpeningAmount {
        /// The least that opens an account.
        minimum: Amount,
    },
    /// The payee cannot hold that much.
    #[error("the payee's balance would be too large")]
    BalanceTooLarge,
    /// The reserve neither pays nor is paid by commands, and mines nothing.
    #[error("the reserve takes no part in commands")]
    ReserveIsOffLimits,
    /// The challenge has expired by the clock of the chain.
    #[error("the challenge has expired; ask for a new one")]
    ChallengeExpired,
    /// The challenge was used before.
    #[error("the challenge was used before; ask for a new one")]
    ChallengeUsed,
    /// The miner has been accepted too often in this slot.
    #[error("at most {limit} attestations are accepted per slot")]
    TooManyAttestations {
        /// How many are accepted.
        limit: u32,
        /// When the next slot begins.
        retry_at: UnixSeconds,
    },
    /// New identities have to sign.
    #[error("attestations have to be signed")]
    SignatureRequired,
    /// Another key owns the name.
    #[error("another key owns this name")]
    OtherKeyOwnsName,
    /// The name holds money and has no key; only an admin can bind one.
    #[error("this name holds money; an admin has to bind its key first")]
    NameHoldsMoney,
    /// The machine is bound to another wallet, which is not named.
    #[error("this machine is bound to another wallet")]
    HardwareAlreadyBound,
    /// No key is known for the name.
    #[error("no key is bound to this name")]
    NameHasNoKey,
    /// Earnings are claimed to an address, from where they can be moved on.
    #[error("earnings can be claimed to an address only")]
    PayeeIsNoAddress,
    /// There is nothing to claim.
    #[error("there is nothing to claim")]
    NothingToClaim,
    /// The miner is bound to no machine.
    #[error("no machine is bound to this miner")]
    NoMachineBound,
    /// Admin transfers debit founders' wallets only.
    #[error("admin transfers debit founders' wallets only")]
    NotAFoundersWallet,
    /// The idempotency key stands for another transfer.
    #[error("the idempotency key was used for another transfer")]
    IdempotencyKeyConflict {
        /// The transfer that it stands for.
        tx_id: TxId,
    },
    /// The admin command's number is not the next one.
    #[error("the next admin command has number {expected}")]
    AdminOutOfSequence {
        /// The number that comes next.
        expected: u64,
    },
    /// The name of the admin key, the reason or the idempotency key is too long to be logged.
    #[error("key name, reason and idempotency key are at most {limit} bytes long")]
    AdminTextTooLong {
        /// The most bytes.
        limit: usize,
    },
    /// The admin command is signed by a key that the books do not list.
    #[error("no validator signed this command")]
    NotAValidator,
    /// Addresses carry their key in their name.
    #[error("an address needs no key bound to it")]
    AddressNeedsNoKey,
    /// The amount has to be above zero.
    #[error("the amount has to be above zero")]
    AmountIsZero,
    /// Sender and payee are the same.
    #[error("sender and payee have to differ")]
    SameWallet,
}
