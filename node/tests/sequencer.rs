//! The sequencer over books in memory, with derived tables that a test can hold up.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use ledger::command::Command;
use ledger::genesis::{Genesis, Network};
use ledger::import::{Opening, Openings};
use ledger::ledger::{Ledger, founding};
use ledger::seal::Tip;
use ledger::state::State;
use ledger::store::memory::MemoryStore;
use ledger::store::{Derived, Pruned, SealedBlock, Store, StoreError};
use node::books::{Books, ChainTip};
use node::clock::NodeClock;
use node::metrics::Metrics;
use node::node_key::NodeKey;
use node::rotation::Rotation;
use node::sequencer::local::{LocalSequencer, Surroundings};
use node::sequencer::{Answer, Order, Sequencer as _, Unavailable};
use node::vitals::Vitals;
use parking_lot::Mutex;
use protocol::admin::AdminAction;
use protocol::block::ValidatorSet;
use protocol::keys::Signer as _;
use protocol::money::Amount;
use protocol::transfer::{SignedTransfer, Transfer};
use protocol::wallet_id::WalletId;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// What may hold tables up.
#[derive(Default)]
struct Gate {
    are_damaged: bool,
}

/// Tables that write nothing while somebody holds the gate.
struct Gated {
    tables: Box<dyn Derived>,
    gate: Arc<Mutex<Gate>>,
}

impl Derived for Gated {
    fn write(&mut self, block: &SealedBlock<'_>) -> Result<(), StoreError> {
        if self.gate.lock().are_damaged {
            return Err(StoreError::Corrupt("by a test".to_owned()));
        }
        self.tables.write(block)
    }

    fn load(&mut self) -> Result<Option<(Tip, State)>, StoreError> {
        self.tables.load()
    }

    fn reset(&mut self) -> Result<(), StoreError> {
        self.tables.reset()
    }

    fn restore(&mut self, pruned: &Pruned) -> Result<(), StoreError> {
        self.tables.restore(pruned)
    }
}

/// Holds a gate until it is dropped.
struct Held {
    until_dropped: Option<Sender<()>>,
    holder: Option<JoinHandle<()>>,
}

impl Held {
    fn hold(gate: &Arc<Mutex<Gate>>) -> Self {
        let (until_dropped, dropped) = channel::<()>();
        let (says, is_held) = channel();
        let gate = Arc::clone(gate);
        let holder = std::thread::spawn(move || {
            let _held = gate.lock();
            says.send(()).unwrap();
            dropped.recv().unwrap_err();
        });
        is_held.recv().unwrap();
        Self { until_dropped: Some(until_dropped), holder: Some(holder) }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        drop(self.until_dropped.take());
        self.holder.take().unwrap().join().unwrap();
    }
}

/// Books of the dev network in which the node's own address holds money, and their sequencer.
struct Running {
    gate: Arc<Mutex<Gate>>,
    key: NodeKey,
    genesis: Genesis,
    sequencer: LocalSequencer,
    books: Books,
    fatal: watch::Receiver<Option<String>>,
}

impl Running {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = NodeKey::create(&folder.path().join("node.key")).unwrap();
        let validators = ValidatorSet { primary: key.public_key(), standbys: Vec::new() };
        let genesis = Genesis::of(Network::Dev).unwrap();
        let opening = Opening { balance: Amount::from_micro(1_000_000).unwrap(), last_nonce: 0 };
        let openings = Openings([(key.public_key().address(), opening)].into());
        let founding = founding(genesis.text.clone(), Some(&openings), &validators);
        let Store { log, derived, reads } = MemoryStore::found(founding).open();
        let gate = Arc::<Mutex<Gate>>::default();
        let derived = Box::new(Gated { tables: derived, gate: Arc::clone(&gate) });
        let clock = NodeClock::start();
        let store = Store { log, derived, reads };
        let ledger = Ledger::found(store, clock.now(), Box::new(key.share())).unwrap();
        let tip = ChainTip::of(ledger.reads.seal(0).unwrap().unwrap());
        let surroundings = Surroundings {
            clock,
            vitals: Arc::new(Vitals::new()),
            metrics: Arc::new(Metrics::default()),
            rotation: Arc::new(Rotation::default()),
            signer: Box::new(key.share()),
            clock_confirmed: true,
        };
        let (sequencer, books, fatal) = LocalSequencer::start(ledger, tip, surroundings).unwrap();
        Self { gate, key, genesis, sequencer, books, fatal }
    }

    /// Pays a little to somebody.
    async fn pay(&self, nonce: u64) {
        let transfer = Transfer {
            from: self.key.public_key().address(),
            to: "founder_community".parse().unwrap(),
            amount: Amount::from_micro(1_000).unwrap(),
            nonce,
            memo: String::new(),
        };
        let chain_id = &self.genesis.chain_id;
        let signed = SignedTransfer::sign(transfer, chain_id, &self.key).verify(chain_id).unwrap();
        let answer = self.sequencer.submit(Order::Command(Command::Transfer(signed))).await;
        assert!(matches!(answer, Answer::Done(_)), "{answer:?}");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.sequencer.stop();
    }
}

/// An order that the books answer at once, with a no.
fn order() -> Order {
    let miner: WalletId = "nobody".parse().unwrap();
    Order::Admin { key_name: "test".to_owned(), action: AdminAction::ReleaseMachine { miner } }
}

/// Longer than orders wait for the sealer, and than a slot.
const PATIENCE: Duration = Duration::from_secs(40);

#[tokio::test(flavor = "multi_thread")]
async fn orders_that_keep_coming_do_not_make_others_wait_for_ever() {
    let running = Running::start();
    let held = Held::hold(&running.gate);
    let begun = Instant::now();
    let mut answers = JoinSet::new();
    let is_busy = |answer: &Answer| *answer == Answer::Unavailable(Unavailable::Busy);
    let mut sent_away = false;
    while !sent_away && begun.elapsed() < PATIENCE {
        answers.spawn(running.sequencer.submit(order()));
        // One order more every tenth of a second, far more often than patience ends.
        while let Ok(Some(answer)) = timeout(Duration::from_millis(100), answers.join_next()).await
        {
            sent_away |= is_busy(&answer.unwrap());
        }
    }
    drop(held);
    assert!(sent_away, "no order was sent away in {PATIENCE:?}");
}

/// A node that cannot go on says so and ends; trying damaged tables again and again would leave it
/// there without blocks.
#[tokio::test(flavor = "multi_thread")]
async fn damaged_tables_end_the_node() {
    let mut running = Running::start();
    running.gate.lock().are_damaged = true;
    running.pay(1).await;
    let told = timeout(PATIENCE, running.fatal.wait_for(Option::is_some)).await.unwrap().unwrap();
    let why = told.clone().unwrap();
    assert!(why.contains("made anew by the next start"), "{why}");
    let answer = running.sequencer.submit(order()).await;
    assert_eq!(answer, Answer::Unavailable(Unavailable::Stopping));
}

/// Rows of a usual page of history.
const PAGE: usize = 50;

#[tokio::test(flavor = "multi_thread")]
async fn a_short_page_does_not_take_the_place_of_a_whole_one() {
    let running = Running::start();
    let (books, wallet) = (&running.books, running.key.public_key().address());
    let last = u64::try_from(PAGE + 10).unwrap();
    for nonce in 1..=last {
        running.pay(nonce).await;
    }
    // A page is kept; more than a page is at hand only while the tables do not have it.
    let begun = Instant::now();
    while books.history_at_hand(&wallet, PAGE + 5).is_some() {
        assert!(begun.elapsed() < PATIENCE, "the tables do not follow");
        tokio::task::yield_now().await;
    }
    assert!(books.history_at_hand(&wallet, PAGE).is_some());

    let _held = Held::hold(&running.gate);
    running.pay(last + 1).await;
    assert_eq!(books.history_at_hand(&wallet, 1).unwrap().entries.len(), 1);
    let page = books.history_at_hand(&wallet, PAGE).expect("the whole page is no longer kept");
    assert_eq!(page.entries.len(), PAGE);
}
