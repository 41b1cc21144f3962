//! Measures a node against the limits of its machine.
//!
//! A node on a fresh ledger and a reference server, which does next to nothing, run as processes of
//! their own. This process drives both over HTTP with kept connections and requests that were
//! written and signed beforehand, in turn, round by round. What counts is the ratio of the two:
//! absolute figures say more about the machine and its other programs than about the node.
//!
//! | file | what it does |
//! |---|---|
//! | `options` | what is measured, and how long |
//! | `run` | one measurement after the other |
//! | `transfers`, `reads`, `settlement` | the measurements |
//! | `load`, `http`, `script` | the client: connections, requests, answers |
//! | `window` | what a server did and used while it was driven |
//! | `server`, `ledger_folder`, `reference` | the processes that are measured |
//! | `wallets`, `attesting` | who signs |
//! | `machine`, `procfs`, `statistics` | the machine's speed, its counters, their medians |
//! | `report` | figures, ratios and verdicts |

mod attesting;
mod error;
mod http;
mod ledger_folder;
mod load;
mod machine;
mod options;
mod procfs;
mod reads;
mod reference;
mod report;
mod run;
mod script;
mod server;
mod settlement;
mod statistics;
mod transfers;
mod wallets;
mod window;

pub use error::BenchError;
pub use machine::Machine;
pub use options::{Mode, Options, Surroundings};
pub use reference::serve_reference;
pub use report::{Demand, Figure, Ratio, Report, Verdict};
pub use run::{run, run_against};
