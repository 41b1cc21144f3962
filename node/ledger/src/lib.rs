//! The books of a RustChain node: ordered commands, applied by pure rules, sealed into blocks.
//!
//! Synchronous and deterministic: the same commands give the same books on every store and node.
//! Time is an argument; nothing here reads a clock, draws random numbers or knows the network.
//!
//! | module | what |
//! |---|---|
//! | [`genesis`], [`import`] | what a network chooses, and what its books start from |
//! | [`command`], [`receipt`], [`refusal`] | what is asked for, what it led to, why not |
//! | [`state`], [`draft`], [`changes`] | the books in memory, and changes that can be dropped |
//! | [`rules`] | the law: pure functions of values |
//! | [`apply`], [`block_run`] | rules decide, the draft records; hooks and groups of a block |
//! | [`writer`], [`seal`], [`ledger`] | durable groups; roots and certificates; all put together |
//! | [`replay`], [`audit`] | executing a log again; whether the books add up |
//! | [`prune`] | the bodies of old blocks, taken out behind a snapshot |
//! | [`store`] | the log, which is the truth, and tables derived from it |
#![warn(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::expect_used,
    clippy::panic
)]

pub mod apply;
pub mod audit;
pub mod block_run;
pub mod changes;
pub mod command;
pub mod dense_tree;
pub mod draft;
pub mod genesis;
pub mod import;
pub mod ledger;
pub mod prune;
pub mod receipt;
pub mod refusal;
pub mod replay;
pub mod rules;
pub mod seal;
pub mod state;
pub mod store;
pub mod writer;
