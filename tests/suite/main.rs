//! The house from outside: the real binary, the real API.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod arrows;
mod bench;
mod broken;
mod cli;
mod clients;
mod clock;
mod crashes;
mod faults;
mod harness;
mod money;
mod papers;
mod proofs;
mod pruning;
mod races;
mod routes;
mod scale;
mod settlement;
mod slow_clients;
mod stop_start;
mod tidy;
