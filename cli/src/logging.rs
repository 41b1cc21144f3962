//! The log of a node, on stderr.

use tracing_subscriber::EnvFilter;

/// What is logged unless `RUSTCHAIN_LOG` says otherwise.
const DEFAULT_FILTER: &str = "info";

/// Starts logging: lines for people, or JSON. A quiet log has warnings and errors only.
///
/// The variable `RUSTCHAIN_LOG` filters by module and level, as `info,access=debug`.
pub fn start(json: bool, quiet: bool) {
    let filter = EnvFilter::try_from_env("RUSTCHAIN_LOG")
        .unwrap_or_else(|_unset| EnvFilter::new(if quiet { "warn" } else { DEFAULT_FILTER }));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start in one process keeps the first one's settings.
    let started = if json { log.json().try_init() } else { log.with_ansi(false).try_init() };
    drop(started);
}
