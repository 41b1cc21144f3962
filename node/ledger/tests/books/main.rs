//! The books as a whole: on every store, through crashes, under attack, against a naive model.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

mod audit;
mod conservation;
mod contract;
mod damage;
mod flips;
mod founding;
mod golden;
mod machines;
mod model;
mod owners;
mod pruning;
mod rebuilding;
mod recovery;
mod story;
mod tier;
mod world;
