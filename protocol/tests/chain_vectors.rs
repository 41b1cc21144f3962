//! The bytes of what nodes hash and sign, pinned in `vectors/chain.json`.
//!
//! A change here is a change of the chain. `RUSTCHAIN_BLESS=1` writes the file anew.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use protocol::hex;
use std::collections::BTreeMap;
use std::path::Path;

use ed25519_dalek::{Signer as _, SigningKey};
use protocol::account::{AccountLeaf, state_root};
use protocol::admin::{AdminAction, SignedAdmin};
use protocol::block::{Batch, Certificate, Header, RULES_VERSION, ValidatorSet};
use protocol::challenge::Challenge;
use protocol::encoding::Encode;
use protocol::keys::{PublicKey, Signature, Signer};
use protocol::merkle;
use protocol::money::Amount;
use protocol::owner_request::{OwnerRequest, SignedOwnerRequest};
use protocol::time::{UnixMillis, UnixSeconds};
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

fn chain() -> ChainId {
    "rustchain-dev".parse().unwrap()
}

fn validators() -> ValidatorSet {
    ValidatorSet { primary: key(1).public_key(), standbys: vec![key(2).public_key()] }
}

fn header() -> Header {
    let hash = validators().hash();
    let leaves: Vec<_> = (0..5_u8).map(|number| merkle::leaf_hash(&[number])).collect();
    Header {
        batch: Batch {
            version: RULES_VERSION,
            chain_id: chain(),
            height: 7,
            time: UnixMillis(1_764_706_927_123),
            prev: [3; 32],
            tx_root: merkle::root(&leaves),
            commands: 5,
            validators_hash: hash,
            next_validators_hash: hash,
            proposer: key(1).public_key(),
            incarnation: 2,
        },
        receipts_root: merkle::empty_root(),
        receipts: 5,
        state_root: state_root(&[4; 32], &[5; 32]),
    }
}

fn transfer() -> SignedTransfer {
    let payee = key(9).public_key().address();
    let transfer = Transfer {
        from: payee.clone(),
        to: payee,
        amount: Amount::from_micro(1_500_019).unwrap(),
        nonce: 42,
        memo: "hé 😀 \u{7f}".to_owned(),
    };
    SignedTransfer::sign(transfer, &chain(), &key(8))
}

fn vectors() -> BTreeMap<&'static str, String> {
    let header = header();
    let certificate = Certificate::sign(&header.batch, &key(1));
    certificate.verify(&header.batch, &validators()).unwrap();
    let transfer = transfer();
    let leaf = AccountLeaf {
        wallet: key(8).public_key().address(),
        balance: Amount::from_micro(5).unwrap(),
        last_nonce: 42,
        signs_chain_id: true,
    };
    let action = AdminAction::Transfer {
        from: WalletId::parse("founder_dev_fund").unwrap(),
        to: WalletId::parse("bob").unwrap(),
        amount: Amount::from_micro(7).unwrap(),
        reason: "test".to_owned(),
        idempotency_key: Some("k1".to_owned()),
    };
    let admin = SignedAdmin::sign(1, "first".to_owned(), action, &chain(), &key(1));
    let claim = OwnerRequest::Claim { to: key(9).public_key().address() };
    let name = WalletId::parse("dual-g4-125").unwrap();
    let claim = SignedOwnerRequest::sign(name.clone(), claim, 1, &chain(), &key(8));
    let release =
        SignedOwnerRequest::sign(name, OwnerRequest::ReleaseMachine, 2, &chain(), &key(8));
    let challenge =
        Challenge::new([6; 12], UnixSeconds(1_764_707_227), Some("m"), |_authenticated| [7; 16]);
    let encoded = |value: &dyn Encode| hex::encode(value.encoded());
    BTreeMap::from([
        ("validator_set", encoded(&validators())),
        ("validator_set_hash", hex::encode(validators().hash())),
        ("batch", encoded(&header.batch)),
        ("batch_id", hex::encode(header.batch.id())),
        ("header", encoded(&header)),
        ("header_hash", hex::encode(header.hash())),
        ("certificate", encoded(&certificate)),
        ("transfer_message", hex::encode(transfer.message(&chain()))),
        ("transfer", encoded(&transfer)),
        ("transfer_id", transfer.tx_id().to_string()),
        ("account_leaf", encoded(&leaf)),
        ("admin", encoded(&*admin)),
        ("claim", encoded(&claim)),
        ("release", encoded(&release)),
        ("challenge", challenge.to_string()),
        ("challenge_authenticated", hex::encode(challenge.authenticated_bytes(Some("m")))),
        ("state_root", hex::encode(header.state_root)),
        ("tx_root_of_5", hex::encode(header.batch.tx_root)),
    ])
}

#[test]
fn bytes_are_those_of_the_vectors() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/chain.json");
    let ours = serde_json::to_string_pretty(&vectors()).unwrap() + "\n";
    if std::env::var_os("RUSTCHAIN_BLESS").is_some() {
        std::fs::write(&path, &ours).unwrap();
    }
    assert_eq!(ours, std::fs::read_to_string(&path).unwrap());
}

#[test]
fn what_was_written_is_read_back() {
    let header = header();
    assert_eq!(Header::decode(&header.encoded()).unwrap(), header);
    let certificate = Certificate::sign(&header.batch, &key(1));
    assert_eq!(Certificate::decode(&certificate.encoded()).unwrap(), certificate);
    let mut torn = header.encoded();
    torn.pop();
    assert!(Header::decode(&torn).is_err());
    torn.extend([0, 0]);
    assert!(Header::decode(&torn).is_err());
}

#[test]
fn a_certificate_vouches_for_one_batch_by_one_set() {
    let header = header();
    let certificate = Certificate::sign(&header.batch, &key(1));
    let mut other = header.batch.clone();
    other.tx_root = [0; 32];
    assert!(certificate.verify(&other, &validators()).is_err());
    let stranger = Certificate::sign(&header.batch, &key(3));
    assert!(stranger.verify(&header.batch, &validators()).is_err());
    let set = ValidatorSet { primary: key(3).public_key(), standbys: Vec::new() };
    assert!(certificate.verify(&header.batch, &set).is_err());
}
