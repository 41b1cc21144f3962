//! What fails below the node, or on the way to it, costs nobody anything.

mod answers;
mod durable;
mod endurance;
mod flips;
mod lives;
mod power_cuts;
mod short_writes;
mod syscalls;
