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
//! | `bars` | what is demanded, and what is aimed at |
//! | `run` | one measurement after the other |
//! | `transfers`, `latency`, `commits`, `attestations`, `reads`, `mixed`, `settlement`, `roots`, `starts`, `growth`, `verify`, `instructions`, `elsewhere` | the measurements |
//! | `load`, `schedule`, `http`, `script` | the client: connections, requests, answers |
//! | `window` | what a server did and used while it was driven |
//! | `server`, `strace`, `callgrind`, `reference` | the processes that are measured |
//! | `ledger_folder`, `loaded` | the ledgers that they are measured on |
//! | `wallets`, `attesting` | who signs |
//! | `machine`, `procfs`, `statistics` | the machine's speed, its counters, their medians |
//! | `report` | figures, bars and verdicts |

mod attestations;
mod attesting;
mod bars;
mod callgrind;
mod commits;
mod elsewhere;
mod error;
mod growth;
mod http;
mod instructions;
mod latency;
mod ledger_folder;
mod load;
mod loaded;
mod machine;
mod mixed;
mod options;
mod procfs;
mod reads;
mod reference;
mod report;
mod roots;
mod run;
mod schedule;
mod script;
mod server;
mod settlement;
mod starts;
mod statistics;
mod strace;
mod transfers;
mod verify;
mod wallets;
mod window;

pub use bars::{Bounds, Sense};
pub use error::BenchError;
pub use machine::{Backend, Machine};
pub use options::{Mode, Options, Surroundings};
pub use reference::serve_reference;
pub use report::{Bar, Figure, Report, Verdict};
pub use run::{addresses, run, run_against};
