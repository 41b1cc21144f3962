//! Wallets that pay each other as fast as they can, and write down what they were told.

use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Duration;

use protocol::transfer::ChainId;
use protocol::wallet_id::WalletId;

use super::client_log::{ClientLog, Fate, Sent};
use super::genesis::GenesisFile;
use super::http::Http;
use super::node::TestNode;
use super::wallets::{Account, RTC, Wallet, account};

/// Where transfers go.
pub(crate) const SUBMIT: &str = "/wallet/transfer/signed";

/// What each of them starts with, in RTC.
const STAKE: u64 = 1_000;

/// Every so many payments somebody tries to pay more than there is.
const HOPELESS: u64 = 16;

/// More than there is, in micro-RTC.
const TOO_MUCH: u64 = 100 * STAKE * RTC;

/// How long an acknowledgement is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Before the same bytes are sent again to a node that says that it did nothing.
const PAUSE: Duration = Duration::from_millis(20);

/// What a node may say that cannot write, and has done nothing.
const NOTHING_WAS_DONE: [(u16, &str); 3] =
    [(503, "STORE_UNAVAILABLE"), (507, "DISK_FULL"), (503, "BUSY")];

/// Everybody.
pub(crate) struct Crew {
    writers: Vec<Writer>,
    disk_may_fail: bool,
    /// Between two payments of a wallet.
    leisure: Duration,
    _folder: tempfile::TempDir,
}

/// One wallet: only it knows its nonces.
struct Writer {
    wallet: Wallet,
    payee: WalletId,
    log: ClientLog,
    /// The nonce of the next payment.
    nonce: u64,
    /// Requests of the log that were held against the books before.
    settled: usize,
}

/// What the books were found to hold.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Found {
    /// Acknowledged, and there once.
    pub(crate) acknowledged: u64,
    /// Never answered, and sent again.
    pub(crate) resolved: u64,
    /// Refused, and not there.
    pub(crate) refused: u64,
}

impl Crew {
    /// So many wallets, each of which pays the next one.
    pub(crate) fn of(size: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let writer = |number: u64| Writer {
            wallet: Wallet::number(number),
            payee: Wallet::number((number + 1) % size).address(),
            log: ClientLog::new(&folder.path().join(format!("client-{number}.log"))),
            nonce: 1,
            settled: 0,
        };
        let writers = (0..size).map(writer).collect();
        Self { writers, disk_may_fail: false, leisure: Duration::ZERO, _folder: folder }
    }

    /// The same crew before a node whose disk fails: it takes a no for what it is, and tries again.
    pub(crate) fn before_a_failing_disk(mut self) -> Self {
        self.disk_may_fail = true;
        self
    }

    /// The same crew, which pays a few times per second only.
    pub(crate) fn at_leisure(mut self) -> Self {
        self.leisure = Duration::from_millis(200);
        self
    }

    /// A network on which everybody holds the stake.
    pub(crate) fn fund(&self, genesis: GenesisFile) -> GenesisFile {
        let writers = self.writers.iter();
        writers.fold(genesis, |genesis, writer| genesis.funding(&writer.wallet.address(), STAKE))
    }

    /// Everybody writes until so many transfers are acknowledged, or the node is gone; then `end`
    /// ends the node. How many were acknowledged, and what `end` gave.
    pub(crate) fn write_until<T>(
        &mut self,
        node: &mut TestNode,
        enough: u64,
        end: impl FnOnce(&mut TestNode) -> T,
    ) -> (u64, T) {
        let (url, chain) = (node.url().to_owned(), node.chain_id().clone());
        let (disk_may_fail, leisure) = (self.disk_may_fail, self.leisure);
        thread::scope(|scope| {
            let (told, acknowledged) = mpsc::channel();
            for writer in &mut self.writers {
                let (told, url, chain) = (told.clone(), &url, &chain);
                scope.spawn(move || {
                    let mut http = Http::to(url);
                    while writer.pay(&mut http, chain, &told, disk_may_fail) {
                        thread::park_timeout(leisure);
                    }
                });
            }
            drop(told);
            let mut count = 0;
            while count < enough && acknowledged.recv_timeout(PATIENCE).is_ok() {
                count += 1;
            }
            (count, end(node))
        })
    }

    /// Holds what the clients know against the books, request by request. What was never answered
    /// is sent again, byte for byte: it is executed now, or was before.
    pub(crate) fn resolve(&mut self, http: &mut Http) -> Found {
        let mut found = Found::default();
        for writer in &mut self.writers {
            let known = writer.log.read();
            let new = known.len() - writer.settled.min(known.len());
            for (sent, fate) in known.iter().rev().take(new).rev() {
                match fate {
                    Fate::Acknowledged => {
                        confirmed(http, sent);
                        found.acknowledged += 1;
                    }
                    Fate::Refused => {
                        let status = http.get(&tx_path(sent)).status;
                        assert_eq!(status, 404, "refused, and yet executed: {sent:?}");
                        found.refused += 1;
                    }
                    Fate::Unknown => {
                        writer.log.intent(sent);
                        let fate = settle(http, sent);
                        writer.log.answered(sent, fate);
                        writer.nonce += u64::from(fate == Fate::Acknowledged);
                        found.resolved += 1;
                    }
                }
            }
            // A refused one may be tried again, so it is looked at again.
            let is_refused = |(_, fate): &(Sent, Fate)| *fate == Fate::Refused;
            writer.settled = known.len() - usize::from(known.last().is_some_and(is_refused));
        }
        found
    }

    /// Everything that was acknowledged.
    pub(crate) fn acknowledged(&self) -> Vec<Sent> {
        self.writers.iter().flat_map(Writer::done).collect()
    }

    /// Every wallet holds what its acknowledged payments leave it, to the last micro-RTC: none is
    /// missing, none happened twice.
    pub(crate) fn check(&self, http: &mut Http) {
        for (index, (wallet, expected)) in self.accounts().into_iter().enumerate() {
            assert_eq!(account(http, &wallet), expected, "writer {index}");
        }
    }

    /// Every wallet, and what its acknowledged payments leave it.
    pub(crate) fn accounts(&self) -> Vec<(WalletId, Account)> {
        let done: Vec<Vec<Sent>> = self.writers.iter().map(Writer::done).collect();
        let paid = |index: usize| done[index].iter().map(|sent| sent.amount).sum::<u64>();
        let expected = |index: usize| Account {
            balance: STAKE * RTC - paid(index) + paid(self.before(index)),
            last_nonce: done[index].len() as u64,
        };
        let writers = self.writers.iter().enumerate();
        writers.map(|(index, writer)| (writer.wallet.address(), expected(index))).collect()
    }

    /// Both histories hold every acknowledged payment once, and nothing else.
    pub(crate) fn check_history(&self, http: &mut Http) {
        let ids = |index: usize| -> Vec<String> {
            self.writers[index].done().into_iter().map(|sent| sent.payment.tx_id).collect()
        };
        for (index, writer) in self.writers.iter().enumerate() {
            let mut expected = [ids(index), ids(self.before(index))].concat();
            expected.sort();
            assert_eq!(history(http, &writer.wallet.address()), expected, "writer {index}");
        }
    }

    /// Who pays this one.
    fn before(&self, index: usize) -> usize {
        if index == 0 { self.writers.len() - 1 } else { index - 1 }
    }
}

impl std::ops::AddAssign for Found {
    fn add_assign(&mut self, other: Self) {
        self.acknowledged += other.acknowledged;
        self.resolved += other.resolved;
        self.refused += other.refused;
    }
}

fn tx_path(sent: &Sent) -> String {
    format!("/wallet/tx/{}", sent.payment.tx_id)
}

fn confirmed(http: &mut Http, sent: &Sent) {
    let said = http.read(&tx_path(sent));
    assert_eq!(said["status"], "confirmed", "{said}");
}

/// Sends again what was never answered: it is executed now, or was before, unless it is hopeless.
fn settle(http: &mut Http, sent: &Sent) -> Fate {
    let reply = http.post(SUBMIT, &sent.payment.body);
    if sent.amount == TOO_MUCH {
        assert_eq!((reply.status, reply.code().as_str()), (400, "INSUFFICIENT_BALANCE"));
        return Fate::Refused;
    }
    let is_done = reply.status == 200 || reply.code() == "REPLAY_DETECTED";
    assert!(is_done && reply.json()["tx_id"] == sent.payment.tx_id.as_str(), "{reply:?}");
    confirmed(http, sent);
    Fate::Acknowledged
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
    /// Acknowledged, in the order of their nonces.
    fn done(&self) -> Vec<Sent> {
        let known = self.log.read().into_iter();
        known.filter(|(_, fate)| *fate == Fate::Acknowledged).map(|(sent, _)| sent).collect()
    }

    /// Notes a no. It is about this request: an earlier one with the same bytes that was never
    /// answered may have been executed all the same.
    fn refused(&mut self, sent: &Sent, was_unknown: bool) {
        if !was_unknown {
            self.log.answered(sent, Fate::Refused);
        }
    }

    /// Pays once; `false` when the node is gone.
    fn pay(
        &mut self,
        http: &mut Http,
        chain: &ChainId,
        told: &Sender<()>,
        disk_may_fail: bool,
    ) -> bool {
        if self.nonce.is_multiple_of(HOPELESS) && !self.is_refused(http, chain) {
            return false;
        }
        let sent = self.payment(chain, 1_000 + self.nonce % 7);
        // What was never answered may have happened; then the node says so.
        let was_unknown = self.log.is_open(&sent);
        self.log.intent(&sent);
        let Ok(reply) = http.try_post(SUBMIT, &sent.payment.body) else { return false };
        let code = if reply.status == 200 { String::new() } else { reply.code() };
        match (reply.status, code.as_str()) {
            (status, code) if status == 200 || (was_unknown && code == "REPLAY_DETECTED") => {
                assert_eq!(reply.json()["tx_id"], sent.payment.tx_id.as_str());
                self.log.answered(&sent, Fate::Acknowledged);
                self.nonce += 1;
                let _nobody_listens_once_there_is_enough = told.send(());
                true
            }
            (503, "OUTCOME_UNKNOWN") => false,
            (503, "STOPPING") => {
                self.refused(&sent, was_unknown);
                false
            }
            no => {
                assert!(disk_may_fail && NOTHING_WAS_DONE.contains(&no), "{reply:?}");
                self.refused(&sent, was_unknown);
                thread::park_timeout(PAUSE);
                true
            }
        }
    }

    fn payment(&self, chain: &ChainId, amount: u64) -> Sent {
        Sent { amount, payment: self.wallet.pays(chain, &self.payee, amount, self.nonce) }
    }

    /// Tries to pay more than there is; `false` when the node is gone.
    fn is_refused(&mut self, http: &mut Http, chain: &ChainId) -> bool {
        let sent = self.payment(chain, TOO_MUCH);
        self.log.intent(&sent);
        match http.try_post(SUBMIT, &sent.payment.body) {
            Ok(reply) if reply.code() != "OUTCOME_UNKNOWN" => {
                assert_ne!(reply.status, 200, "{reply:?}");
                self.log.answered(&sent, Fate::Refused);
                true
            }
            _ => false,
        }
    }
}
