//! Talks to a RustChain node, from anywhere.
//!
//! | module | what |
//! |---|---|
//! | [`endpoint`] | where a node answers, and what has to hold before anything is sent there |
//! | [`node_client`] | one method per path of [`protocol::api`] |
//! | [`error`] | what can go wrong, and whether anything was sent |
//! | [`backoff`], [`failover`] | when to ask again, and whom (pure) |
//!
//! Certificates are always checked, redirects are never followed, proxies of the environment are
//! not used: a request goes to the configured node or nowhere. An answer is believed to come from
//! a node by its shape, not by its status: a web page with status 200 is no node.

pub mod backoff;
pub mod endpoint;
pub mod error;
pub mod failover;
pub mod node_client;

mod transport;

pub use endpoint::{Endpoint, EndpointError, Timeouts};
pub use error::{ClientError, Delivery, Refusal};
pub use node_client::{NodeClient, Submission};
