//! What fails below the node, or on the way to it, costs nobody anything.

mod answers;
mod durable;
mod flips;
mod syscalls;
