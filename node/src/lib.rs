//! A full node: the HTTP API, the sequencer and the tasks around the books.
//!
//! | module | what |
//! |---|---|
//! | [`boot`], [`config`], [`node_key`] | making and starting a node |
//! | [`listener`], [`middleware`], [`client_address`], [`rate_limit`] | the HTTP edge |
//! | [`router`], [`handlers`], [`extract`], [`reply`], [`problem`] | the API: decode, ask, encode |
//! | [`app`], [`books`], [`readers`], [`sequencer`] | all that handlers may touch |
//! | [`challenges`], [`key_cache`], [`kept_pages`], [`rotation`], [`slot_headers`] | what the API remembers |
//! | [`admin_keys`], [`audit`], [`node_local`] | who may do what, and who did |
//! | [`clock`], [`vitals`], [`metrics`] | the time, and how the node is |
//! | [`yardstick`] | what a benchmark cannot ask for over HTTP |

pub mod admin_keys;
pub mod app;
pub mod audit;
pub mod books;
pub mod boot;
pub mod challenges;
pub mod client_address;
pub mod clock;
pub mod config;
pub mod extract;
pub mod handlers;
pub mod kept_pages;
pub mod key_cache;
pub mod listener;
pub mod metrics;
pub mod middleware;
pub mod node_key;
pub mod node_local;
pub mod problem;
pub mod rate_limit;
pub mod readers;
pub mod reply;
pub mod rotation;
pub mod router;
pub mod sequencer;
pub mod slot_headers;
pub mod vitals;
pub mod yardstick;
