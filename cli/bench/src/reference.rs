//! What the machine can do at most: a server whose handlers do next to nothing.
//!
//! Served by `axum::serve` on a runtime like the node's, without limits, logs or books.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use protocol::keys::{PublicKey, VerifyingKey};
use protocol::transfer::{ChainId, TransferProblem, TransferRequest};
use tokio::net::TcpListener;

use crate::ledger_folder::CHAIN_ID;

/// The handler that does nothing.
pub(crate) const BARE: &str = "/bare";
/// The handler that parses a transfer.
pub(crate) const PARSE: &str = "/parse";
/// The handler that parses a transfer and verifies it.
pub(crate) const VERIFY: &str = "/verify";

/// What the verifying handler knows.
#[derive(Clone)]
struct Verifier {
    chain_id: ChainId,
    /// Keys that were decompressed before, as in the node.
    keys: Arc<RwLock<HashMap<PublicKey, VerifyingKey>>>,
}

/// Serves until the process is ended. `announce` is told where.
///
/// # Errors
/// The address cannot be listened on.
pub async fn serve_reference(
    listen: SocketAddr,
    announce: impl FnOnce(SocketAddr),
) -> io::Result<()> {
    let chain_id = CHAIN_ID.parse().map_err(io::Error::other)?;
    let verifier = Verifier { chain_id, keys: Arc::default() };
    let router = Router::new()
        .route(BARE, get(async || "{\"ok\":true}"))
        .route(PARSE, post(parse))
        .route(VERIFY, post(verify))
        .with_state(verifier);
    let listener = TcpListener::bind(listen).await?;
    announce(listener.local_addr()?);
    axum::serve(listener, router).await
}

async fn parse(body: Bytes) -> Result<&'static str, (StatusCode, String)> {
    let request = TransferRequest::parse(&body).map_err(refusal)?;
    std::hint::black_box(request);
    Ok("{\"ok\":true}")
}

async fn verify(
    State(verifier): State<Verifier>,
    body: Bytes,
) -> Result<&'static str, (StatusCode, String)> {
    let request = TransferRequest::parse(&body).map_err(refusal)?;
    let checked = request.precheck(&verifier.chain_id).map_err(refusal)?;
    let key = verifier.decompress(checked.key()).map_err(refusal)?;
    let signed = checked.verify(&key).map_err(refusal)?;
    std::hint::black_box(signed);
    Ok("{\"ok\":true}")
}

impl Verifier {
    fn decompress(&self, key: PublicKey) -> Result<VerifyingKey, TransferProblem> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = keys.get(&key) {
            return Ok(known.clone());
        }
        drop(keys);
        let decompressed = key.decompress()?;
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        keys.insert(key, decompressed.clone());
        Ok(decompressed)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "takes the error out of a Result")]
fn refusal(problem: TransferProblem) -> (StatusCode, String) {
    (StatusCode::BAD_REQUEST, problem.to_string())
}
