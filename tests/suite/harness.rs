//! What tests stand on: the binary in a folder of its own, nodes of every kind, wallets and machines.

pub(crate) mod books;
pub(crate) mod chance;
pub(crate) mod client_log;
pub(crate) mod crew;
pub(crate) mod disk_journal;
pub(crate) mod fake_clock;
pub(crate) mod fake_node;
pub(crate) mod genesis;
pub(crate) mod http;
pub(crate) mod machines;
pub(crate) mod node;
pub(crate) mod preload;
pub(crate) mod program;
pub(crate) mod proofs;
pub(crate) mod proxy;
pub(crate) mod strace;
pub(crate) mod terminal;
pub(crate) mod tier;
pub(crate) mod waiting;
pub(crate) mod wallets;
