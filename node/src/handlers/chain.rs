//! The chain: blocks for people who look, and headers and proofs for those who check.

mod state_diff;

use protocol::hex;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use ledger::seal::{Seal, commands_of};
use ledger::store::StoreError;
use protocol::api::chain::{BlockRow, BlocksPage};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

pub use state_diff::state_diff;

use super::wallet::tx_id;
use crate::admin_keys::Scope;
use crate::app::AppState;
use crate::books::{Books, ProofError};
use crate::extract::{Caller, Gate, Paging, Params, PathText, wallet_id};
use crate::kept_pages::KeptPage;
use crate::problem::Problem;
use crate::reply::{self, off_runtime};
use crate::sequencer::Unavailable;

/// Pages of `/api/blocks` (wire section 9). Blocks are numbered, so skipping costs nothing.
const BLOCKS: Paging = Paging::new(50, 200).any_offset();

/// Commands that are read for a page of blocks. Fuller blocks make shorter pages, of at least one.
const COMMANDS_PER_PAGE: u64 = 20_000;

/// Proofs that are worked on at once: each reads a block, and may wait for the next.
static PROOFS: Semaphore = Semaphore::const_new(128);

const X_SHA256: HeaderName = HeaderName::from_static("x-sha256");

/// The first byte of a command that is an attestation.
const ATTESTATION_COMMAND: u8 = 2;

/// `GET /api/blocks`, newest first.
pub async fn blocks(State(app): State<AppState>, params: Params) -> Result<Response, Problem> {
    let page = params.page(&BLOCKS)?;
    if let Some(kept) = app.block_pages.get([app.books.tip().height(), 0, 0], page) {
        return Ok(reply::finished_json(kept.body));
    }
    // Everybody asks for the newest blocks at once when there is a new one.
    let is_newest = page.offset == 0;
    let _others_wait = if is_newest { Some(app.block_pages.building.lock().await) } else { None };
    let height = app.books.tip().height();
    if let Some(kept) = app.block_pages.get([height, 0, 0], page) {
        return Ok(reply::finished_json(kept.body));
    }
    let (books, total) = (app.books.clone(), height.saturating_add(1));
    let read = move || newest_blocks(&books, total, page.offset, page.length());
    let blocks = off_runtime(read).await??;
    let count = u64::try_from(blocks.len()).unwrap_or(u64::MAX);
    let body = reply::json_body(&BlocksPage { blocks, count, ok: true, total })?;
    let kept = app.block_pages.keep([height, 0, 0], page, KeptPage { body, total });
    Ok(reply::finished_json(kept.body))
}

fn newest_blocks(
    books: &Books,
    total: u64,
    offset: u64,
    limit: usize,
) -> Result<Vec<BlockRow>, StoreError> {
    let mut rows = Vec::with_capacity(limit);
    let mut commands = 0_u64;
    let mut behind = total.saturating_sub(offset);
    while behind > 0 && rows.len() < limit && commands < COMMANDS_PER_PAGE {
        let height = behind.saturating_sub(1);
        let Some(seal) = seal_at(books, height)? else { break };
        commands = commands.saturating_add(u64::from(seal.header.batch.commands));
        rows.push(block_row(books, &seal)?);
        behind = height;
    }
    Ok(rows)
}

/// The seal of a block; that of the newest one may not be in the log yet.
fn seal_at(books: &Books, height: u64) -> Result<Option<Seal>, StoreError> {
    let tip = books.tip();
    if tip.height() == height {
        return Ok(Some(tip.seal.clone()));
    }
    books.reads().seal(height)
}

fn block_row(books: &Books, seal: &Seal) -> Result<BlockRow, StoreError> {
    let header = &seal.header;
    let batch = &header.batch;
    let hash = hex::encode(header.hash());
    let timestamp = batch.time.seconds().0;
    Ok(BlockRow {
        attestation_count: if batch.commands == 0 { 0 } else { attestations(books, batch.height)? },
        attestations_hash: None,
        block_hash: hash.clone(),
        created_at: Some(timestamp),
        hash,
        height: batch.height,
        merkle_root: hex::encode(batch.tx_root),
        prev_hash: hex::encode(batch.prev),
        producer: batch.proposer.address().to_string(),
        state_root: hex::encode(header.state_root),
        timestamp,
        tx_count: u64::from(batch.commands),
    })
}

/// How many attestations a block holds.
fn attestations(books: &Books, height: u64) -> Result<u64, StoreError> {
    if let Some(count) = books.attestation_counts().of(height) {
        return Ok(count);
    }
    let groups = books.reads().block(height)?.map(|block| block.groups).unwrap_or_default();
    let mut count = 0_usize;
    for group in groups {
        let damaged = |error| StoreError::Corrupt(format!("block {height}: {error}"));
        let commands = commands_of(&group.body).map_err(damaged)?;
        let found = commands.iter().filter(|command| command.first() == Some(&ATTESTATION_COMMAND));
        count = count.saturating_add(found.count());
    }
    books.attestation_counts().note(height, count);
    Ok(u64::try_from(count).unwrap_or(u64::MAX))
}

/// `GET /chain/header/{height}`: a header with what vouches for it.
pub async fn header(
    State(app): State<AppState>,
    PathText(height): PathText,
) -> Result<Response, Problem> {
    let height = height.parse::<u64>().map_err(|_not_one| {
        Problem::new(StatusCode::BAD_REQUEST, "BAD_HEIGHT", "height must be an integer")
    })?;
    proof(app.books.clone(), move |books| async move { books.certified_header(height).await }).await
}

/// `GET /proof/tx/{id}`: that a transfer is in the chain.
pub async fn prove_transfer(
    State(app): State<AppState>,
    PathText(id): PathText,
) -> Result<Response, Problem> {
    let id = tx_id(&id)?;
    proof(app.books.clone(), move |books| async move { books.prove_transfer(&id).await }).await
}

/// `GET /proof/account/{id}`: what a wallet holds.
pub async fn prove_account(
    State(app): State<AppState>,
    PathText(id): PathText,
) -> Result<Response, Problem> {
    let wallet = wallet_id(&id)?;
    proof(app.books.clone(), move |books| async move { books.prove_account(&wallet).await }).await
}

/// Makes a proof off the runtime's threads: it reads the store, then waits for a block.
async fn proof<T, F>(
    books: Books,
    make: impl FnOnce(Arc<Books>) -> F + Send + 'static,
) -> Result<Response, Problem>
where
    T: Serialize + Send + 'static,
    F: Future<Output = Result<T, ProofError>>,
{
    let Ok(_slot) = PROOFS.try_acquire() else { return Err(Unavailable::Busy.into()) };
    let runtime = Handle::current();
    let result = off_runtime(move || runtime.block_on(make(Arc::new(books)))).await?;
    match result {
        Ok(proof) => Ok(reply::json(&proof)),
        Err(ProofError::NotFound) => {
            Err(Problem::new(StatusCode::NOT_FOUND, "NOT_IN_CHAIN", "not in the chain")
                .with_message("Proofs show what is there; nothing is proven about what is not."))
        }
        Err(ProofError::NotCertifiedYet) => Err(Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "NOT_CERTIFIED_YET",
            "not certified yet",
        )
        .with_message("The block that certifies it is still to come. Ask again.")
        .retry_after(1)),
        Err(ProofError::Pruned) => Err(Problem::pruned()),
        Err(ProofError::Store(error)) => Err(error.into()),
    }
}

/// `GET /genesis/export`: the genesis file, with its SHA-256 in a header.
pub async fn genesis(State(app): State<AppState>, caller: Caller) -> Result<Response, Problem> {
    let text = app.books.law().genesis.text.clone();
    let work = |_key| async move {
        let digest = hex::encode(Sha256::digest(text.as_bytes()));
        let mut response = reply::text(StatusCode::OK, "application/toml; charset=utf-8", text);
        if let Ok(value) = HeaderValue::from_str(&digest) {
            response.headers_mut().insert(X_SHA256, value);
        }
        Ok(response)
    };
    caller.act(&app, Gate::a(Scope::Read), None, work).await
}
