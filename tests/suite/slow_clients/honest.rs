//! Clients that ask, read the answer, and ask again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use protocol::transfer::ChainId;
use protocol::wallet_id::WalletId;

use crate::harness::http::Http;
use crate::harness::node::TestNode;
use crate::harness::wallets::{Wallet, account};

/// So many of them.
pub(super) const HONEST: u64 = 8;

/// One of them, with a connection that is kept and a wallet that pays.
struct Client {
    http: Http,
    wallet: Wallet,
    payee: WalletId,
    paid: u64,
}

/// All of them.
pub(super) struct Honest {
    clients: Vec<Client>,
    chain: ChainId,
}

/// How long answers took.
#[derive(Clone, Copy, Debug)]
pub(super) struct Latency {
    pub(super) reads_p99: Duration,
    pub(super) writes_p99: Duration,
}

/// Ends what is asked now and then.
struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn p99(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() * 99 / 100]
}

impl Client {
    /// Three reads and a transfer, all of which have to be carried out.
    fn round(&mut self, chain: &ChainId, reads: &mut Vec<Duration>, writes: &mut Vec<Duration>) {
        let balance = format!("/wallet/balance?miner_id={}", self.wallet.address());
        for path in ["/health", "/epoch", &balance] {
            let asked = Instant::now();
            self.http.get(path).expect(200);
            reads.push(asked.elapsed());
        }
        let payment = self.wallet.pays(chain, &self.payee, 1_000, self.paid + 1);
        let asked = Instant::now();
        self.http.post("/wallet/transfer/signed", payment.body).expect(200);
        writes.push(asked.elapsed());
        self.paid += 1;
    }
}

impl Honest {
    /// Clients whose wallets, the first ones there are, hold money.
    pub(super) fn of(node: &TestNode) -> Self {
        let client = |number| Client {
            http: node.http(),
            wallet: Wallet::number(number),
            payee: Wallet::number(HONEST).address(),
            paid: 0,
        };
        Self { clients: (0..HONEST).map(client).collect(), chain: node.chain_id().clone() }
    }

    /// Everybody asks in so many rounds, all at the same time. No answer is anything but right.
    pub(super) fn ask(&mut self, rounds: u64) -> Latency {
        let chain = &self.chain;
        let (mut reads, mut writes) = (Vec::new(), Vec::new());
        thread::scope(|scope| {
            let asking = self.clients.iter_mut().map(|client| {
                scope.spawn(move || {
                    let (mut reads, mut writes) = (Vec::new(), Vec::new());
                    (0..rounds).for_each(|_| client.round(chain, &mut reads, &mut writes));
                    (reads, writes)
                })
            });
            for asking in asking.collect::<Vec<_>>() {
                let (more_reads, more_writes) = asking.join().unwrap();
                reads.extend(more_reads);
                writes.extend(more_writes);
            }
        });
        Latency { reads_p99: p99(reads), writes_p99: p99(writes) }
    }

    /// Everybody asks now and then for as long as something else lasts.
    pub(super) fn ask_during<T>(&mut self, meanwhile: impl FnOnce() -> T) -> T {
        let over = AtomicBool::new(false);
        let chain = &self.chain;
        thread::scope(|scope| {
            for client in &mut self.clients {
                let over = &over;
                scope.spawn(move || {
                    while !over.load(Ordering::Relaxed) {
                        client.round(chain, &mut Vec::new(), &mut Vec::new());
                        thread::park_timeout(Duration::from_millis(200));
                    }
                });
            }
            // A panic has to end them, too: else nobody would hear of it.
            let _end = End(&over);
            meanwhile()
        })
    }

    /// Every transfer was carried out once.
    pub(super) fn check(&self, http: &mut Http) {
        let paid: u64 = self.clients.iter().map(|client| client.paid).sum();
        let received = account(http, &self.clients[0].payee).balance;
        assert_eq!(received, paid * 1_000);
    }
}
