//! What must never change: the headers of one short history, and migrations.
//!
//! Whoever computes other headers is on another chain. `RUSTCHAIN_BLESS=1` writes
//! `tests/golden/headers.txt` anew.

use protocol::hex;
use std::path::Path;

use ledger::command::Command;
use ledger::genesis::Network;
use ledger::ledger::{Ledger, founding};
use ledger::store::Store;
use ledger::store::memory::MemoryStore;
use ledger::store::sqlite::SqliteStore;
use protocol::admin::{AdminAction, SignedAdmin};
use protocol::block::ValidatorSet;
use protocol::keys::Signer as _;
use protocol::money::Amount;
use protocol::time::UnixMillis;
use protocol::transfer::{ChainId, SignedTransfer, Transfer};
use protocol::wallet_id::WalletId;
use sha2::{Digest as _, Sha256};

use crate::world::Person;

fn key(seed: u8) -> Person {
    Person::with_secret([seed; 32])
}

/// Every migration, with its SHA-256.
const MIGRATIONS: [(&str, &str); 5] = [
    ("log/0001_log.sql", "25052aa7ea4fadf737564c5de59dfdb81680674df596f3f6b3cfc02f4e5a95e7"),
    ("log/0002_pruned.sql", "5981a506968d52bb4554d48208dbd366f459325bb49b70c70fa1fabf361ffbdc"),
    (
        "derived/0001_derived.sql",
        "47e7cf7e2feaa709580ae16094859110963baa0f6fcbac9fdacb1ecdc16f995d",
    ),
    (
        "derived/0002_enrolment_epochs.sql",
        "fff6b662756ec0dba5a5599a85fd84bcfb34251e6a1a989d3edcec4c10af272e",
    ),
    (
        "derived/0003_history.sql",
        "da6cc46c6bbe30cb8d3162726ecf08342ffea843da029dc178e0015e7c2d4a1c",
    ),
];

/// The first slot of the dev network's epoch 1,000.
const START: UnixMillis = UnixMillis(1_764_716_927_000);

fn history(mut ledger: Ledger) -> Vec<String> {
    let chain: ChainId = "rustchain-dev".parse().unwrap();
    let alice = key(8);
    let fund = AdminAction::Transfer {
        from: WalletId::parse("founder_dev_fund").unwrap(),
        to: alice.public_key().address(),
        amount: Amount::from_rtc(10).unwrap(),
        reason: "golden".to_owned(),
        idempotency_key: Some("golden".to_owned()),
    };
    let fund = SignedAdmin::sign(1, "first".to_owned(), fund, &chain, &key(1));
    let transfer = Transfer {
        from: alice.public_key().address(),
        to: key(9).public_key().address(),
        amount: Amount::from_micro(1_250_000).unwrap(),
        nonce: 1,
        memo: "golden".to_owned(),
    };
    let transfer = SignedTransfer::sign(transfer, &chain, &alice).verify(&chain).unwrap();
    for outcome in ledger.commit(START.plus_millis(10), &[Command::Admin(fund)]).unwrap() {
        outcome.unwrap();
    }
    for outcome in ledger.commit(START.plus_millis(20), &[Command::Transfer(transfer)]).unwrap() {
        outcome.unwrap();
    }
    ledger.close_block().unwrap();
    ledger.tick(START.plus_millis(10_000)).unwrap();
    ledger.tick(START.plus_millis(60_000)).unwrap();
    let last = ledger.reads.last_height().unwrap().unwrap();
    (0..=last)
        .map(|height| {
            let header = ledger.reads.seal(height).unwrap().unwrap().header;
            let roots = [header.batch.tx_root, header.receipts_root, header.state_root];
            let [tx, receipts, state] = roots.map(hex::encode);
            format!(
                "{height} {} tx {tx} receipts {receipts} state {state}",
                hex::encode(header.hash())
            )
        })
        .collect()
}

fn found(make: impl FnOnce(&ledger::store::Founding) -> Store) -> Ledger {
    let validators = ValidatorSet { primary: key(1).public_key(), standbys: Vec::new() };
    let founding = founding(Network::Dev.genesis_text().to_owned(), None, &validators);
    Ledger::found(make(&founding), START, Box::new(key(1))).unwrap()
}

#[test]
fn the_headers_are_the_pinned_ones_on_every_store() {
    let in_memory = history(found(|founding| MemoryStore::found(founding.clone()).open()));
    let folder = tempfile::tempdir().unwrap();
    let on_disk =
        history(found(|founding| SqliteStore::at(folder.path()).found(founding).unwrap()));
    assert_eq!(in_memory, on_disk);

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/headers.txt");
    let ours = in_memory.join("\n") + "\n";
    if std::env::var_os("RUSTCHAIN_BLESS").is_some() {
        std::fs::write(&path, &ours).unwrap();
    }
    assert_eq!(ours, std::fs::read_to_string(&path).unwrap());
}

#[test]
fn migrations_that_were_landed_are_never_edited() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite");
    for (file, pinned) in MIGRATIONS {
        let text = std::fs::read(folder.join(file)).unwrap();
        assert_eq!(hex::encode(Sha256::digest(&text)), pinned, "{file}");
    }
    let files = ["log", "derived"].map(|of| std::fs::read_dir(folder.join(of)).unwrap().count());
    assert_eq!(files.iter().sum::<usize>(), MIGRATIONS.len(), "one is not pinned");
}
