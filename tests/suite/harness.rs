//! What tests stand on: the binary in a folder of its own, and a node that does what it is told.

pub(crate) mod fake_node;
pub(crate) mod program;
pub(crate) mod proofs;
pub(crate) mod terminal;
