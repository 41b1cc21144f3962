//! Derived tables that take long to write: orders are sent away rather than kept waiting.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use ledger::genesis::Network;
use ledger::ledger::Ledger;
use ledger::seal::Tip;
use ledger::state::State;
use ledger::store::memory::MemoryStore;
use ledger::store::{Derived, Founding, Pruned, SealedBlock, Store, StoreError};
use node::books::ChainTip;
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
use protocol::encoding::Encode as _;
use protocol::keys::Signer as _;
use protocol::wallet_id::WalletId;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Tables that write nothing while somebody holds the gate.
struct Gated {
    tables: Box<dyn Derived>,
    gate: Arc<Mutex<()>>,
}

impl Derived for Gated {
    fn write(&mut self, block: &SealedBlock<'_>) -> Result<(), StoreError> {
        drop(self.gate.lock());
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

/// A sequencer of the dev network whose tables wait at this gate.
fn sequencer_behind(gate: &Arc<Mutex<()>>) -> LocalSequencer {
    let folder = tempfile::tempdir().unwrap();
    let key = NodeKey::create(&folder.path().join("node.key")).unwrap();
    let validators = ValidatorSet { primary: key.public_key(), standbys: Vec::new() };
    let genesis = Network::Dev.genesis_text().to_owned();
    let founding = Founding { genesis, openings: Vec::new(), validators: validators.encoded() };
    let Store { log, derived, reads } = MemoryStore::found(founding).open();
    let derived = Box::new(Gated { tables: derived, gate: Arc::clone(gate) });
    let clock = NodeClock::start();
    let store = Store { log, derived, reads };
    let ledger = Ledger::found(store, clock.now(), Box::new(key.share())).unwrap();
    let tip = ChainTip::of(ledger.reads.seal(0).unwrap().unwrap());
    let surroundings = Surroundings {
        clock,
        vitals: Arc::new(Vitals::new()),
        metrics: Arc::new(Metrics::default()),
        rotation: Arc::new(Rotation::default()),
        signer: Box::new(key),
        clock_confirmed: true,
    };
    LocalSequencer::start(ledger, tip, surroundings).unwrap().0
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
    let gate = Arc::new(Mutex::new(()));
    let sequencer = sequencer_behind(&gate);
    let (keeps_it, until_dropped) = std::sync::mpsc::channel::<()>();
    let holder = {
        let gate = Arc::clone(&gate);
        std::thread::spawn(move || {
            let _closed = gate.lock();
            until_dropped.recv().unwrap_err();
        })
    };
    let begun = Instant::now();
    let mut answers = JoinSet::new();
    let is_busy = |answer: &Answer| *answer == Answer::Unavailable(Unavailable::Busy);
    let mut sent_away = false;
    while !sent_away && begun.elapsed() < PATIENCE {
        answers.spawn(sequencer.submit(order()));
        // One order more every tenth of a second, far more often than patience ends.
        while let Ok(Some(answer)) = timeout(Duration::from_millis(100), answers.join_next()).await
        {
            sent_away |= is_busy(&answer.unwrap());
        }
    }
    drop(keeps_it);
    holder.join().unwrap();
    sequencer.stop();
    assert!(sent_away, "no order was sent away in {PATIENCE:?}");
}
