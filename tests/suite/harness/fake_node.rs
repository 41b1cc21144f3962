//! A node that answers as it is told: well, badly, or not at all.
//!
//! It reads transfers with the real rules and keeps balances in memory; its faults are chosen by
//! the test, which a real node would not oblige with.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use protocol::transfer::{ChainId, SignedTransfer, TransferRequest, TxId};
use serde_json::{Value, json};

/// What happens to a transfer that arrives.
#[derive(Debug, Clone)]
pub(crate) enum OnTransfer {
    /// It is executed and answered.
    Execute,
    /// It is executed, and the connection is closed without an answer.
    ExecuteAndHangUp,
    /// The connection is closed and nothing is executed.
    HangUp,
    /// It is not looked at: status and body of the answer.
    Answer(u16, Value),
}

/// What the node knows and does. Tests change it while it runs.
pub(crate) struct State {
    pub(crate) chain_id: &'static str,
    pub(crate) balances: BTreeMap<String, u64>,
    pub(crate) last_nonces: BTreeMap<String, u64>,
    /// The transfers executed, in order.
    pub(crate) executed: Vec<(TxId, SignedTransfer)>,
    /// The bodies of all transfers that arrived, executed or not.
    pub(crate) arrived: Vec<String>,
    pub(crate) on_transfer: OnTransfer,
    /// Whether answers have what only our nodes say: nonces, the first execution.
    pub(crate) is_ours: bool,
    /// Fixed answers of other paths.
    pub(crate) pages: BTreeMap<String, (u16, Value)>,
}

/// A node on a port of its own.
pub(crate) struct FakeNode {
    pub(crate) url: String,
    state: Arc<Mutex<State>>,
}

impl FakeNode {
    /// A node of the network `rustchain-dev` on which `ALICE` holds 100 RTC.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State {
            chain_id: "rustchain-dev",
            balances: BTreeMap::from([(super::program::ALICE.to_owned(), 100_000_000)]),
            last_nonces: BTreeMap::new(),
            executed: Vec::new(),
            arrived: Vec::new(),
            on_transfer: OnTransfer::Execute,
            is_ours: true,
            pages: BTreeMap::new(),
        }));
        let shared = Arc::clone(&state);
        // Ends with the process of the test.
        thread::spawn(move || {
            for stream in listener.incoming() {
                serve(stream.unwrap(), &shared);
            }
        });
        Self { url, state }
    }

    /// Looks at the state, or changes it.
    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.lock().unwrap())
    }

    /// Sets the answer of a path.
    pub(crate) fn page(&self, path: &str, status: u16, body: Value) {
        self.with(|state| state.pages.insert(path.to_owned(), (status, body)));
    }
}

/// The URL of a port on which nobody listens.
pub(crate) fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

fn serve(mut stream: TcpStream, state: &Mutex<State>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    if reader.read_line(&mut line).unwrap_or(0) == 0 {
        return;
    }
    let path = line.split(' ').nth(1).unwrap().to_owned();
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).unwrap();
        let header = header.trim().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(text) = header.strip_prefix("content-length:") {
            length = text.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    if let Some((status, answer)) = state.lock().unwrap().answer(&path, &body) {
        let answer = answer.to_string();
        let head = format!(
            "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\nconnection: close\r\n\
             content-length: {}\r\n\r\n",
            answer.len()
        );
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(answer.as_bytes())).ok();
    }
}

impl State {
    /// Status and body; nothing for hanging up.
    fn answer(&mut self, path_and_query: &str, body: &[u8]) -> Option<(u16, Value)> {
        let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
        if let Some((status, body)) = self.pages.get(path) {
            return Some((*status, body.clone()));
        }
        Some(match path {
            "/network/info" => {
                (200, json!({ "chain_id": self.chain_id, "network": "dev", "version": "fake" }))
            }
            "/wallet/balance" => (200, self.balance(query.trim_start_matches("miner_id="))),
            "/wallet/transfer/signed" => return self.transfer(body),
            _ => match path.strip_prefix("/wallet/tx/") {
                Some(id) => self.transaction(id),
                None => (404, json!({ "error": "not_found", "code": "NOT_FOUND" })),
            },
        })
    }

    fn balance(&self, wallet: &str) -> Value {
        let micro = self.balances.get(wallet).copied().unwrap_or(0);
        let rtc: f64 = format!("{micro}e-6").parse().unwrap();
        let mut answer = json!({ "miner_id": wallet, "amount_i64": micro, "amount_rtc": rtc });
        if self.is_ours {
            let last = self.last_nonces.get(wallet).copied().unwrap_or(0);
            answer["last_nonce"] = last.into();
            answer["nonce"] = (last + 1).into();
            answer["exists"] = self.balances.contains_key(wallet).into();
        }
        answer
    }

    fn transaction(&self, id: &str) -> (u16, Value) {
        match self.executed.iter().find(|(known, _)| known.to_string() == id) {
            Some(_) => (
                200,
                json!({ "ok": true, "status": "confirmed", "tx_hash": id, "confirmations": 1,
                    "block_height": 7 }),
            ),
            None => (
                404,
                json!({ "ok": false, "status": "not_found", "tx_hash": id,
                    "error": "transaction_not_found" }),
            ),
        }
    }

    fn transfer(&mut self, body: &[u8]) -> Option<(u16, Value)> {
        self.arrived.push(String::from_utf8(body.to_vec()).unwrap());
        match self.on_transfer.clone() {
            OnTransfer::Execute => Some(self.execute(body)),
            OnTransfer::ExecuteAndHangUp => {
                self.execute(body);
                None
            }
            OnTransfer::HangUp => None,
            OnTransfer::Answer(status, body) => Some((status, body)),
        }
    }

    fn execute(&mut self, body: &[u8]) -> (u16, Value) {
        let chain_id: ChainId = self.chain_id.parse().unwrap();
        let request = TransferRequest::parse(body).unwrap();
        let signed = request.verify_alone(&chain_id).unwrap().into_inner();
        let id = signed.tx_id();
        let transfer = signed.transfer.clone();
        if self.executed.iter().any(|(known, _)| *known == id) {
            let mut refusal = json!({ "code": "REPLAY_DETECTED", "error": "Nonce already used" });
            if self.is_ours {
                refusal["tx_id"] = id.to_string().into();
                refusal["block_height"] = 7.into();
            }
            return (400, refusal);
        }
        let (from, to) = (transfer.from.to_string(), transfer.to.to_string());
        let last = self.last_nonces.get(&from).copied().unwrap_or(0);
        if transfer.nonce <= last {
            return (
                400,
                json!({ "code": "OUT_OF_ORDER_NONCE", "error": "Signed transfer nonce \
                must increase for this wallet", "latest_nonce": last }),
            );
        }
        let amount = transfer.amount.micro();
        *self.balances.get_mut(&from).unwrap() -= amount;
        *self.balances.entry(to).or_default() += amount;
        self.last_nonces.insert(from, transfer.nonce);
        self.executed.push((id, signed));
        let reply = json!({ "success": true, "ok": true, "phase": "confirmed",
            "tx_id": id.to_string(), "tx_hash": id.to_string(), "block_height": 7 });
        (200, reply)
    }
}
