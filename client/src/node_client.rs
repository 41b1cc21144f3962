//! One method per path of [`protocol::api`].

use std::fmt;

use protocol::api::admin::{
    ADMIN_KEY_HEADER, API_KEY_HEADER, AdminTransferReply, AllBalances, HeaderKeyBody,
    HeaderKeyReply, Integrity, LedgerPage, PendingList,
};
use protocol::api::attest::{ChallengeReply, Eligibility, EnrolBody, EnrolReply, SubmitReply};
use protocol::api::chain::{BlocksPage, HeadersTip};
use protocol::api::health::{Health, Readiness, Ready};
use protocol::api::miner::MinersPage;
use protocol::api::network::{EpochInfo, NetworkInfo, NodesPage, Stats};
use protocol::api::owner::{OwnerBody, OwnerReply};
use protocol::api::path;
use protocol::api::problem::{FirstExecution, REPLAY_DETECTED};
use protocol::api::proof::{AccountProof, BlockEvidence, TxProof};
use protocol::api::rewards::{RewardsPage, SettleReply};
use protocol::api::transfer::{TransactionsPage, TransferBody, TransferReply, TxStatus};
use protocol::api::wallet::{Balance, HistoryPage};
use protocol::money::Amount;
use protocol::owner_request::{OwnerRequest, SignedOwnerRequest};
use protocol::transfer::{ChainId, SignedTransfer, TxId};
use protocol::wallet_id::{MinerId, WalletId};
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::endpoint::Endpoint;
use crate::error::ClientError;
use crate::transport::{Call, Transport};

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// At most so many rows.
    pub limit: u32,
    /// So many rows are skipped.
    pub offset: u32,
}

impl Page {
    /// The first `limit` rows.
    pub const fn first(limit: u32) -> Self {
        Self { limit, offset: 0 }
    }

    fn of(self, path: &str) -> String {
        let (limit, offset) = (self.limit.to_string(), self.offset.to_string());
        path::with_query(path, &[("limit", &limit), ("offset", &offset)])
    }
}

/// What became of a transfer that was sent.
#[derive(Debug, Clone, PartialEq)]
pub enum Submission {
    /// The node took it now.
    Accepted(Box<TransferReply>),
    /// The node had it already: these very bytes came before and were executed once.
    Repeated(FirstExecution),
}

/// A money movement that an admin asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdminTransfer {
    /// Who pays: a founders' wallet.
    pub from: WalletId,
    /// Who is paid.
    pub to: WalletId,
    /// How much.
    pub amount: Amount,
    /// What for.
    pub reason: String,
    /// The same key and the same transfer are carried out once, however often they are sent.
    pub idempotency_key: Option<String>,
}

/// Talks to one node.
#[derive(Clone)]
pub struct NodeClient {
    transport: Transport,
    admin_key: Option<HeaderValue>,
}

impl fmt::Debug for NodeClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NodeClient").field(self.transport.endpoint()).finish()
    }
}

impl NodeClient {
    /// A client for one node. Nothing is sent yet.
    pub fn new(endpoint: Endpoint) -> Result<Self, ClientError> {
        Ok(Self { transport: Transport::new(endpoint)?, admin_key: None })
    }

    /// Sends this key along with requests that need one, in a header and never in a URL.
    ///
    /// Fails when the key has characters that no header can carry.
    pub fn with_admin_key(mut self, key: &str) -> Result<Self, ClientError> {
        let mut value = HeaderValue::from_str(key).map_err(|_bad| ClientError::Setup {
            url: self.endpoint().to_string(),
            cause: "the admin key has characters that a header cannot carry".to_owned(),
        })?;
        value.set_sensitive(true);
        self.admin_key = Some(value);
        Ok(self)
    }

    /// The node that is talked to.
    pub const fn endpoint(&self) -> &Endpoint {
        self.transport.endpoint()
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        self.transport.send(Call::get(path)).await
    }

    async fn post<T: DeserializeOwned>(&self, path: &str, body: String) -> Result<T, ClientError> {
        self.transport.send(Call::post(path, body)).await
    }

    // How the node is.

    /// How the node is. An `Ok` whose `ok` is false comes from a node, but one that is not well.
    pub async fn health(&self) -> Result<Health, ClientError> {
        let call = Call::get(path::HEALTH).accepting(StatusCode::SERVICE_UNAVAILABLE);
        self.transport.send(call).await
    }

    /// Whether the node takes requests.
    pub async fn ready(&self) -> Result<Ready, ClientError> {
        let call = Call::get(path::READY).accepting(StatusCode::SERVICE_UNAVAILABLE);
        self.transport.send(call).await
    }

    /// The node's figures for Prometheus.
    pub async fn metrics(&self) -> Result<String, ClientError> {
        self.transport.send_for_text(Call::get(path::METRICS)).await
    }

    /// The running epoch.
    pub async fn epoch(&self) -> Result<EpochInfo, ClientError> {
        self.get(path::EPOCH).await
    }

    /// Figures about the network.
    pub async fn stats(&self) -> Result<Stats, ClientError> {
        self.get(path::STATS).await
    }

    /// Which network the node is on.
    pub async fn network_info(&self) -> Result<NetworkInfo, ClientError> {
        self.get(path::NETWORK_INFO).await
    }

    /// The nodes of the network.
    pub async fn nodes(&self, page: Page) -> Result<NodesPage, ClientError> {
        self.get(&page.of(path::NODES)).await
    }

    // Wallets and transfers.

    /// What a wallet holds.
    pub async fn balance(&self, wallet: &WalletId) -> Result<Balance, ClientError> {
        let path = path::with_query(path::WALLET_BALANCE, &[("miner_id", wallet.as_str())]);
        let balance: Balance = self.get(&path).await?;
        if balance.miner_id == wallet.as_str() {
            Ok(balance)
        } else {
            Err(self.transport.bad_answer(&path, "the balance of another wallet"))
        }
    }

    /// What went in and out of a wallet, newest first; `cursor` is the page before's `next_cursor`.
    pub async fn history(
        &self,
        wallet: &WalletId,
        page: Page,
        cursor: Option<&str>,
    ) -> Result<HistoryPage, ClientError> {
        let (limit, offset) = (page.limit.to_string(), page.offset.to_string());
        let mut query = vec![("miner_id", wallet.as_str()), ("limit", limit.as_str())];
        match cursor {
            Some(cursor) => query.push(("cursor", cursor)),
            None => query.push(("offset", offset.as_str())),
        }
        self.get(&path::with_query(path::WALLET_HISTORY, &query)).await
    }

    /// What became of a transfer; an unknown one is `Ok` with the state `NotFound`.
    pub async fn transaction(&self, id: TxId) -> Result<TxStatus, ClientError> {
        let path = path::fill(path::WALLET_TX, &[&id.to_string()]);
        self.transport.send(Call::get(&path).accepting(StatusCode::NOT_FOUND)).await
    }

    /// The newest transfers of all wallets.
    pub async fn transactions(&self, page: Page) -> Result<TransactionsPage, ClientError> {
        self.get(&page.of(path::TRANSACTIONS)).await
    }

    /// Transfers of a wallet that are not final yet. Our nodes have none.
    pub async fn pending(&self, wallet: &WalletId) -> Result<PendingList, ClientError> {
        self.get(&path::with_query(path::PENDING_LIST, &[("miner_id", wallet.as_str())])).await
    }

    /// Sends a transfer that was signed in the form of our wallets.
    ///
    /// Safe to repeat with the same bytes: they are executed once.
    pub async fn submit_transfer(
        &self,
        signed: &SignedTransfer,
        chain_id: &ChainId,
    ) -> Result<Submission, ClientError> {
        let id = signed.tx_id();
        let body = TransferBody::from(signed, chain_id).into_string();
        let reply: TransferReply = match self.post(path::TRANSFER_SIGNED, body).await {
            Ok(reply) => reply,
            Err(error) => return repeated(&error, id).map(Submission::Repeated).ok_or(error),
        };
        if !reply.is_accepted() {
            return Err(self.transport.bad_answer(path::TRANSFER_SIGNED, "neither yes nor no"));
        }
        if reply.id().is_some_and(|named| named != id) {
            return Err(self.transport.bad_answer(path::TRANSFER_SIGNED, "another transfer's id"));
        }
        Ok(Submission::Accepted(Box::new(reply)))
    }

    /// Claims what a name has earned, or releases a machine.
    pub async fn submit_owner_request(
        &self,
        signed: &SignedOwnerRequest,
    ) -> Result<OwnerReply, ClientError> {
        let path = match signed.request {
            OwnerRequest::Claim { .. } => path::WALLET_CLAIM,
            OwnerRequest::ReleaseMachine => path::WALLET_RELEASE,
        };
        self.post(path, json!(OwnerBody::from(signed)).to_string()).await
    }

    // Miners.

    /// The miners that attested of late, newest first.
    pub async fn miners(&self, page: Page) -> Result<MinersPage, ClientError> {
        self.get(&page.of(path::MINERS)).await
    }

    /// Whether it is a miner's turn.
    pub async fn eligibility(&self, miner: &MinerId) -> Result<Eligibility, ClientError> {
        self.get(&path::with_query(path::LOTTERY_ELIGIBILITY, &[("miner_id", miner.as_str())]))
            .await
    }

    /// A challenge, which only `miner` may answer if one is named.
    pub async fn challenge(&self, miner: Option<&MinerId>) -> Result<ChallengeReply, ClientError> {
        let body = match miner {
            Some(miner) => json!({ "miner": miner.as_str() }),
            None => json!({}),
        };
        self.post(path::ATTEST_CHALLENGE, body.to_string()).await
    }

    /// Sends an attestation; `body` is the signed JSON, byte for byte.
    pub async fn submit_attestation(&self, body: String) -> Result<SubmitReply, ClientError> {
        let reply: SubmitReply = self.post(path::ATTEST_SUBMIT, body).await?;
        if reply.is_accepted() {
            Ok(reply)
        } else {
            Err(self.transport.bad_answer(path::ATTEST_SUBMIT, "neither yes nor no"))
        }
    }

    /// Enrols a miner in the running epoch.
    pub async fn enrol(&self, body: &EnrolBody) -> Result<EnrolReply, ClientError> {
        self.post(path::EPOCH_ENROLL, json!(body).to_string()).await
    }

    /// What an epoch paid.
    pub async fn rewards(&self, epoch: u64, page: Page) -> Result<RewardsPage, ClientError> {
        self.get(&page.of(&path::fill(path::REWARDS_EPOCH, &[&epoch.to_string()]))).await
    }

    // The chain.

    /// The newest blocks.
    pub async fn blocks(&self, page: Page) -> Result<BlocksPage, ClientError> {
        self.get(&page.of(path::BLOCKS)).await
    }

    /// The newest header; all members are `None` when there is none.
    pub async fn headers_tip(&self) -> Result<HeadersTip, ClientError> {
        self.transport.send(Call::get(path::HEADERS_TIP).accepting(StatusCode::NOT_FOUND)).await
    }

    /// A header and what vouches for it. Not yet verified.
    pub async fn header(&self, height: u64) -> Result<BlockEvidence, ClientError> {
        self.get(&path::fill(path::CHAIN_HEADER, &[&height.to_string()])).await
    }

    /// A proof of what a wallet holds. Not yet verified.
    pub async fn account_proof(&self, wallet: &WalletId) -> Result<AccountProof, ClientError> {
        self.get(&path::fill(path::PROOF_ACCOUNT, &[wallet.as_str()])).await
    }

    /// A proof that a transfer is in the chain. Not yet verified.
    pub async fn tx_proof(&self, id: TxId) -> Result<TxProof, ClientError> {
        self.get(&path::fill(path::PROOF_TX, &[&id.to_string()])).await
    }

    // What needs an admin key.

    fn admin_headers(&self) -> HeaderMap {
        let names = [ADMIN_KEY_HEADER, API_KEY_HEADER].map(HeaderName::from_static);
        let key = self.admin_key.iter();
        key.flat_map(|key| names.clone().map(|name| (name, key.clone()))).collect()
    }

    async fn admin<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<T, ClientError> {
        self.transport.send(Call { headers: self.admin_headers(), ..call }).await
    }

    /// What the node checked of itself.
    pub async fn readiness(&self) -> Result<Readiness, ClientError> {
        let call = Call::get(path::OPS_READINESS).accepting(StatusCode::SERVICE_UNAVAILABLE);
        self.admin(call).await
    }

    /// Moves money out of a founders' wallet.
    pub async fn admin_transfer(
        &self,
        transfer: &AdminTransfer,
    ) -> Result<AdminTransferReply, ClientError> {
        // As text the amount is exact, and existing nodes take it so.
        let mut body = json!({
            "from_miner": transfer.from.as_str(),
            "to_miner": transfer.to.as_str(),
            "amount_rtc": transfer.amount.fraction_text(),
            "reason": transfer.reason,
        });
        if let (Some(key), Some(members)) = (&transfer.idempotency_key, body.as_object_mut()) {
            members.insert("idempotency_key".to_owned(), key.as_str().into());
        }
        self.admin(Call::post(path::TRANSFER_ADMIN, body.to_string())).await
    }

    /// The newest rows that a wallet's balance is the sum of.
    pub async fn ledger(&self, wallet: &WalletId) -> Result<LedgerPage, ClientError> {
        let path = path::with_query(path::WALLET_LEDGER, &[("miner_id", wallet.as_str())]);
        self.admin(Call::get(&path)).await
    }

    /// All balances.
    pub async fn all_balances(&self) -> Result<AllBalances, ClientError> {
        self.admin(Call::get(path::BALANCES_ALL)).await
    }

    /// Whether balances are the sums of their rows.
    pub async fn integrity(&self) -> Result<Integrity, ClientError> {
        self.admin(Call::get(path::PENDING_INTEGRITY)).await
    }

    /// Settles an epoch that is due.
    pub async fn settle(&self, epoch: u64) -> Result<SettleReply, ClientError> {
        self.admin(Call::post(path::REWARDS_SETTLE, json!({ "epoch": epoch }).to_string())).await
    }

    /// Registers or revokes the key that a miner signs headers with.
    pub async fn header_key(&self, body: &HeaderKeyBody) -> Result<HeaderKeyReply, ClientError> {
        self.admin(Call::post(path::MINER_HEADER_KEY, json!(body).to_string())).await
    }

    /// The genesis file.
    pub async fn genesis(&self) -> Result<String, ClientError> {
        let call = Call { headers: self.admin_headers(), ..Call::get(path::GENESIS_EXPORT) };
        self.transport.send_for_text(call).await
    }
}

/// The first execution, if the node refused because it has executed these very bytes before.
fn repeated(error: &ClientError, id: TxId) -> Option<FirstExecution> {
    let refusal = error.refusal().filter(|refusal| refusal.code == REPLAY_DETECTED)?;
    refusal.first_execution().filter(|first| first.tx_id.parse() == Ok(id))
}
