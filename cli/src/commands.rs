//! One file per command: what it takes, what it does, what it returns.
//!
//! A command is a struct `Args`, a function `run(&Args, &Session) -> Result<Answer, Failure>` and
//! a struct that implements [`Output`](crate::output::Output). It prints nothing itself.

pub mod admin;
pub mod bench;
pub mod completions;
pub mod config;
pub mod devnet;
pub mod epoch;
pub mod health;
pub mod man;
pub mod miner;
pub mod node;
pub mod send;
pub mod tx;
pub mod wallet;
