//! Secrets: made, kept, used, never shown.
//!
//! A wallet is a recovery phrase (or a bare secret key), locked with a passphrase in one file of a
//! private folder. What can sign is a [`SecretKey`], and it only comes out of here as a
//! [`protocol::keys::Signer`].
//!
//! | module | what |
//! |---|---|
//! | [`mnemonic`] | BIP39 words, their entropy and their seed |
//! | [`derivation`] | seed to key: SLIP-0010, and the schemes a wallet file can name |
//! | [`secret_key`] | the key itself, and signing with it |
//! | [`passphrase`] | what locks a wallet file |
//! | [`wallet_name`] | how wallets may be called |
//! | [`vault`] | the encrypted wallet: make, open, re-key; its bytes |
//! | [`directory`] | the folder of wallets: add, load, replace, list |
//! | [`error`] | everything that can go wrong, in a few stable kinds |
//!
//! What always holds:
//! - A secret is wiped from memory when it is dropped, cannot be copied or serialised, and its
//!   `Debug` shows `[REDACTED]`. Copies that the compiler or a library leaves on the stack are
//!   beyond this promise.
//! - Nothing secret is written to a disk unencrypted, not even for a moment.
//! - A wallet file is never overwritten, except by a new version of the same wallet, whole and at
//!   once, with the old one kept beside it.
//! - Nothing here speaks to the network or reads a clock.

pub mod derivation;
pub mod directory;
pub mod error;
pub mod mnemonic;
pub mod passphrase;
pub mod secret_key;
pub mod vault;
pub mod wallet_name;

pub use derivation::Scheme;
pub use directory::Directory;
pub use error::{ErrorKind, KeystoreError};
pub use mnemonic::Mnemonic;
pub use passphrase::Passphrase;
pub use secret_key::SecretKey;
pub use vault::{Header, KdfParams, KdfPolicy, NewWallet, Secret, Unlocked, Vault};
pub use wallet_name::WalletName;
