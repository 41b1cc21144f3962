//! Wallets that pay each other as fast as they can, and remember what they were told.

use std::sync::mpsc::{Receiver, Sender};
use std::thread;

use protocol::transfer::ChainId;
use protocol::wallet_id::WalletId;

use crate::harness::genesis::GenesisFile;
use crate::harness::http::Http;
use crate::harness::wallets::{Account, Payment, RTC, Wallet, account};

/// Where transfers go.
pub(super) const SUBMIT: &str = "/wallet/transfer/signed";

/// What each of them starts with, in RTC.
const STAKE: u64 = 1_000;

/// Told about every acknowledgement.
pub(super) type Acknowledged = Receiver<()>;

/// Everybody.
pub(super) struct Crew(Vec<Writer>);

/// One wallet: only it knows its nonces.
struct Writer {
    wallet: Wallet,
    payee: WalletId,
    /// Acknowledged, in the order of their nonces.
    done: Vec<Sent>,
    /// Sent, and never answered.
    unknown: Option<Sent>,
    /// Answered with the promise that nothing was done.
    refused: Option<Sent>,
}

struct Sent {
    amount: u64,
    payment: Payment,
}

impl Crew {
    /// So many wallets, each of which pays the next one.
    pub(super) fn of(size: u64) -> Self {
        let writer = |number: u64| Writer {
            wallet: Wallet::number(number),
            payee: Wallet::number((number + 1) % size).address(),
            done: Vec::new(),
            unknown: None,
            refused: None,
        };
        Self((0..size).map(writer).collect())
    }

    /// A network on which everybody holds the stake.
    pub(super) fn fund(&self, genesis: GenesisFile) -> GenesisFile {
        self.0
            .iter()
            .fold(genesis, |genesis, writer| genesis.funding(&writer.wallet.address(), STAKE))
    }

    /// Everybody writes until the node does not answer any more, while `meanwhile` goes on.
    pub(super) fn write(
        &mut self,
        url: &str,
        chain: &ChainId,
        told: Sender<()>,
        meanwhile: impl FnOnce(),
    ) {
        thread::scope(|scope| {
            for writer in &mut self.0 {
                let told = told.clone();
                scope.spawn(move || writer.write(&mut Http::to(url), chain, &told));
            }
            drop(told);
            meanwhile();
        });
    }

    /// Sends again what was never answered, byte for byte: it is executed now, or was before.
    pub(super) fn resolve(&mut self, http: &mut Http) {
        for writer in &mut self.0 {
            if let Some(sent) = writer.refused.take() {
                let status = http.get(&format!("/wallet/tx/{}", sent.payment.tx_id)).status;
                assert_eq!(status, 404, "refused, and yet executed: {:?}", sent.payment);
            }
            let Some(sent) = writer.unknown.take() else { continue };
            let reply = http.post(SUBMIT, &sent.payment.body);
            let is_done = reply.status == 200 || reply.code() == "REPLAY_DETECTED";
            assert!(is_done && reply.json()["tx_id"] == sent.payment.tx_id.as_str(), "{reply:?}");
            writer.done.push(sent);
        }
    }

    /// Every wallet holds what its acknowledged payments leave it, to the last micro-RTC: none is
    /// missing, none happened twice.
    pub(super) fn check(&self, http: &mut Http) {
        for (index, writer) in self.0.iter().enumerate() {
            let before = if index == 0 { self.0.len() - 1 } else { index - 1 };
            let received = self.0[before].paid();
            let expected = Account {
                balance: STAKE * RTC - writer.paid() + received,
                last_nonce: writer.done.len() as u64,
            };
            assert_eq!(account(http, &writer.wallet.address()), expected, "writer {index}");
        }
    }

    /// Every acknowledged payment is found by its id, and both histories hold it once and nothing
    /// else.
    pub(super) fn check_history(&self, http: &mut Http) {
        for (index, writer) in self.0.iter().enumerate() {
            for sent in &writer.done {
                let said = http.read(&format!("/wallet/tx/{}", sent.payment.tx_id));
                assert_eq!(said["status"], "confirmed", "{said}");
            }
            let before = if index == 0 { self.0.len() - 1 } else { index - 1 };
            let mut expected = [writer.tx_ids(), self.0[before].tx_ids()].concat();
            expected.sort();
            assert_eq!(history(http, &writer.wallet.address()), expected, "writer {index}");
        }
    }
}

/// The ids of all transfers in a wallet's history, in alphabetical order.
fn history(http: &mut Http, wallet: &WalletId) -> Vec<String> {
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/wallet/history?miner_id={wallet}&limit=200{cursor}");
        let page = http.read(&path);
        for row in page["transactions"].as_array().unwrap() {
            if row["type"] == "transfer_in" || row["type"] == "transfer_out" {
                found.push(row["tx_hash"].as_str().unwrap().to_owned());
            }
        }
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    found.sort();
    found
}

impl Writer {
    fn paid(&self) -> u64 {
        self.done.iter().map(|sent| sent.amount).sum()
    }

    fn tx_ids(&self) -> Vec<String> {
        self.done.iter().map(|sent| sent.payment.tx_id.clone()).collect()
    }

    fn write(&mut self, http: &mut Http, chain: &ChainId, told: &Sender<()>) {
        loop {
            let nonce = self.done.len() as u64 + 1;
            let amount = 1_000 + nonce % 7;
            let payment = self.wallet.pays(chain, &self.payee, amount, nonce);
            let sent = Sent { amount, payment };
            match http.try_post(SUBMIT, &sent.payment.body) {
                Ok(reply) if reply.status == 200 => {
                    assert_eq!(reply.json()["tx_id"], sent.payment.tx_id.as_str());
                    self.done.push(sent);
                    let _nobody_listens_once_there_is_enough = told.send(());
                }
                Ok(reply) if reply.code() == "OUTCOME_UNKNOWN" => {
                    self.unknown = Some(sent);
                    return;
                }
                Ok(reply) => {
                    assert_eq!((reply.status, reply.code().as_str()), (503, "STOPPING"));
                    self.refused = Some(sent);
                    return;
                }
                Err(_no_answer) => {
                    self.unknown = Some(sent);
                    return;
                }
            }
        }
    }
}
