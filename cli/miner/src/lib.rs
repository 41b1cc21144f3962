//! The miner: describes the machine it runs on and measures a fingerprint of it.
//!
//! Map of the room:
//!
//! - [`host`]: the only door to the machine, files and folders by absolute path; `host::system` is
//!   this machine, `host::recorded` is any machine whose files were kept, for tests.
//! - [`device`]: what the machine says it is (processor class, memory, serial numbers, interfaces).
//! - [`fingerprint`]: what can be measured or read about it, one check per file.
//! - `cpuinfo`, `meminfo`: readers of the two kernel files that both sides need.
//!
//! No other program is started and no free text is believed: a verdict rests on evidence that is
//! sent along with it.

mod cpuinfo;
mod meminfo;

pub mod config;
pub mod device;
pub mod fingerprint;
pub mod host;
pub mod run;
pub mod session;
