//! The house from outside: the real binary, the real API.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod arrows;
mod cli;
mod clients;
mod clock;
mod crashes;
mod harness;
mod money;
mod papers;
mod proofs;
mod pruning;
mod races;
mod routes;
mod scale;
mod settlement;
mod stop_start;
mod tidy;
