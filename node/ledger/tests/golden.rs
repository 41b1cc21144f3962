//! One short history, its headers pinned: whoever computes others is on another chain.
//!
//! `RUSTCHAIN_BLESS=1` writes `tests/golden/headers.txt` anew.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::path::Path;

use ed25519_dalek::{Signer as _, SigningKey};
use ledger::command::Command;
use ledger::genesis::Network;
use ledger::ledger::{Ledger, founding};
use ledger::store::Store;
use ledger::store::memory::MemoryStore;
use ledger::store::sqlite::SqliteStore;
use protocol::admin::{AdminAction, SignedAdmin};
use protocol::block::ValidatorSet;
use protocol::keys::{PublicKey, Signature, Signer};
use protocol::money::Amount;
use protocol::time::UnixMillis;
use protocol::transfer::{ChainId, SignedTransfer, Transfer};
use protocol::wallet_id::WalletId;

struct Key(SigningKey);

impl Signer for Key {
    fn public_key(&self) -> PublicKey {
        PublicKey::from_bytes(self.0.verifying_key().to_bytes())
    }

    fn sign(&self, message: &[u8]) -> Signature {
        Signature::from_bytes(self.0.sign(message).to_bytes())
    }
}

fn key(seed: u8) -> Key {
    Key(SigningKey::from_bytes(&[seed; 32]))
}

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
