//! How books begin: from a genesis file or an import, and never by mistake.

use ledger::apply::openings;
use ledger::command::Command;
use ledger::genesis::{Genesis, GenesisError, Network, SUPPLY};
use ledger::import::Openings;
use ledger::ledger::{Ledger, LedgerError};
use ledger::refusal::Refusal;
use ledger::store::StoreError;
use ledger::store::sqlite::SqliteStore;
use protocol::keys::Signer as _;
use protocol::time::UnixMillis;
use protocol::transfer::{ChainId, SignedTransfer, Transfer, TransferForm};

use crate::world::*;

/// A transfer on the live network, signed with or without its name.
fn mainnet_transfer(nonce: u64, with_chain_id: bool) -> Command {
    let chain_id: ChainId = "rustchain-mainnet-v2".parse().unwrap();
    let (from, to, amount) = (alice().wallet(), bob().wallet(), micro(1_000));
    let transfer = Transfer { from, to, amount, nonce, memo: String::new() };
    let form = TransferForm { chain_id: with_chain_id, ..TransferForm::OURS };
    let signature = alice().sign(&form.message(&transfer, &chain_id));
    let signed =
        SignedTransfer::unchecked(transfer, form, alice().public_key(), signature, &chain_id);
    Command::Transfer(signed.verify(&chain_id).unwrap())
}

#[test]
fn mainnet_starts_from_an_import_and_continues_its_nonces() {
    let alice_wallet = alice().wallet();
    let csv = format!(
        "wallet,amount_i64,last_nonce\n{alice_wallet},5000000,41\nold-name,7,0\nspent,0,3\n"
    );
    let import = Openings::parse(csv.as_bytes()).unwrap();
    let founding = founded_with(Network::Mainnet.genesis_text().to_owned(), Some(&import));
    for (kind, mut place) in Place::of_every_kind() {
        let now = UnixMillis(1_764_706_927_000 + 86_400_000 * 354);
        let mut ledger = Ledger::found(place.found(&founding), now, Box::new(node())).unwrap();
        assert_eq!(ledger.balance(&alice_wallet), 5_000_000, "{kind}");
        assert_eq!(ledger.balance(&wallet("old-name")), 7, "{kind}");
        assert_eq!(ledger.balance(&wallet("founder_community")), 0, "{kind}");
        assert_eq!(ledger.balance(&wallet("reserve")), SUPPLY.micro() - 5_000_007, "{kind}");
        let again = ledger.give(now, mainnet_transfer(41, true));
        assert_eq!(again, Err(Refusal::NonceNotAhead { latest: 41 }), "{kind}");
        ledger.give(now, mainnet_transfer(42, true)).unwrap();
        ledger.seal().unwrap();
        ledger::audit::audit(ledger.reads.as_ref(), &mut |_, _| {}).unwrap();
        let root = ledger.root_of_everything();
        drop(ledger);
        assert_eq!(place.reopen().unwrap().root_of_everything(), root, "{kind}");
    }
}

#[test]
fn who_has_signed_with_chain_id_does_not_go_back() {
    let csv = format!("wallet,amount_i64\n{},5000000\n", alice().wallet());
    let import = Openings::parse(csv.as_bytes()).unwrap();
    let mainnet = Network::Mainnet.genesis_text().to_owned();
    let mut ledger = books_of(&founded_with(mainnet, Some(&import)));
    ledger.give(at(10), mainnet_transfer(1, false)).unwrap();
    ledger.give(at(10), mainnet_transfer(2, false)).unwrap();
    assert_eq!(ledger.state().read().counters.chainless_transfers, 2);
    ledger.give(at(10), mainnet_transfer(3, true)).unwrap();
    let back = ledger.give(at(10), mainnet_transfer(4, false));
    assert_eq!(back, Err(Refusal::ChainIdRequired));
    ledger.give(at(10), mainnet_transfer(4, true)).unwrap();
}

#[test]
fn mainnet_without_import_is_refused() {
    let genesis = Genesis::of(Network::Mainnet).unwrap();
    assert!(openings(&genesis, None).is_err());
    let founding = founded_with(Network::Mainnet.genesis_text().to_owned(), None);
    let founded = Ledger::found(Place::memory().found(&founding), at(0), Box::new(node()));
    assert!(matches!(founded, Err(LedgerError::Replay(_))));
}

#[test]
fn block_0_binds_everything_that_books_start_from() {
    let header = |founding: &_, signer: Person| {
        let store = Place::memory().found(founding);
        let mut ledger = Ledger::found(store, at(0), Box::new(signer)).unwrap();
        ledger.tick(at(5)).unwrap();
        ledger.reads.seal(0).unwrap().unwrap().header
    };
    let plain = header(&test_founding(), node());
    let imported = Openings::parse(b"wallet,amount_i64\na,1\n").unwrap();
    let other_genesis = founded_with(genesis_text(7), None);
    let other_start = founded_with(genesis_text(200_000), Some(&imported));
    let validators =
        protocol::block::ValidatorSet { primary: alice().public_key(), standbys: Vec::new() };
    let other_key = ledger::ledger::founding(genesis_text(200_000), None, &validators);
    for (what, other) in [
        ("genesis", header(&other_genesis, node())),
        ("openings", header(&other_start, node())),
        ("validators", header(&other_key, alice())),
    ] {
        assert_ne!(other.batch.tx_root, plain.batch.tx_root, "{what}");
    }
    assert_eq!(header(&test_founding(), node()), plain);
}

#[test]
fn a_node_with_another_key_does_not_open_the_books() {
    let mut place = Place::folder();
    drop(Ledger::found(place.found(&test_founding()), at(0), Box::new(node())).unwrap());
    let opened = Ledger::open(place.open().unwrap(), Box::new(alice()), &mut |_, _| {});
    assert!(matches!(opened, Err(LedgerError::NotAValidator)));
    place.reopen().unwrap();
}

#[test]
fn books_are_never_made_by_mistake() {
    let folder = tempfile::TempDir::new().unwrap();
    let store = SqliteStore::at(folder.path());
    assert!(!store.exists());
    assert!(matches!(store.open(), Err(StoreError::Missing(_))));
    assert!(matches!(store.open_reads(), Err(StoreError::Missing(_))));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);

    // An empty file is no ledger, and does not become one.
    std::fs::write(folder.path().join("log.db"), b"").unwrap();
    assert!(matches!(store.open(), Err(StoreError::Missing(_))));
    std::fs::write(folder.path().join("log.db"), b"not a database, but long enough to look at it")
        .unwrap();
    assert!(matches!(store.open(), Err(StoreError::Corrupt(_))));
    assert!(matches!(store.found(&test_founding()), Err(StoreError::Corrupt(_))));
    std::fs::remove_file(folder.path().join("log.db")).unwrap();
    let foreign = rusqlite::Connection::open(folder.path().join("log.db")).unwrap();
    foreign.execute_batch("CREATE TABLE precious (value)").unwrap();
    assert!(matches!(store.found(&test_founding()), Err(StoreError::Exists(_))));
    drop(foreign);
    std::fs::remove_file(folder.path().join("log.db")).unwrap();

    drop(Ledger::found(store.found(&test_founding()).unwrap(), at(0), Box::new(node())).unwrap());
    assert!(matches!(store.found(&test_founding()), Err(StoreError::Exists(_))));
    let log = rusqlite::Connection::open(folder.path().join("log.db")).unwrap();
    log.pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(store.open(), Err(StoreError::TooNew { found: 99, .. })));
    log.pragma_update(None, "user_version", 1).unwrap();
    log.pragma_update(None, "application_id", 1).unwrap();
    assert!(matches!(store.open(), Err(StoreError::Corrupt(_))));
}

/// A founding that is cut short anywhere before block 0 leaves no books, and is no hindrance.
#[test]
fn an_unfinished_founding_gives_way() {
    let folder = tempfile::TempDir::new().unwrap();
    let store = SqliteStore::at(folder.path());
    std::fs::write(folder.path().join("log.db"), b"").unwrap();
    assert!(!store.is_founded().unwrap());
    drop(store.found(&test_founding()).unwrap());
    assert!(!store.is_founded().unwrap());
    let opened = Ledger::open(store.open().unwrap(), Box::new(node()), &mut |_, _| {});
    assert!(matches!(opened, Err(LedgerError::NoBlockZero)), "{opened:?}");

    let log = rusqlite::Connection::open(folder.path().join("log.db")).unwrap();
    log.execute_batch("DELETE FROM founding").unwrap();
    drop(log);
    assert!(matches!(store.open(), Err(StoreError::Missing(_))));
    drop(Ledger::found(store.found(&test_founding()).unwrap(), at(0), Box::new(node())).unwrap());
    assert!(store.is_founded().unwrap());
    drop(Ledger::open(store.open().unwrap(), Box::new(node()), &mut |_, _| {}).unwrap());
}

#[test]
fn a_policy_that_would_stop_the_network_is_refused() {
    let text = genesis_text(0);
    assert!(matches!(Genesis::parse(&text), Err(GenesisError::Policy("payouts_per_block"))));
    let text = Network::Dev
        .genesis_text()
        .replace("binding_lapses_after_epochs = 30", "binding_lapses_after_epochs = 0");
    assert!(matches!(Genesis::parse(&text), Err(GenesisError::Policy(_))));
}
