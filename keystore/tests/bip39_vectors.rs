//! The published vectors of BIP39 and SLIP-0010, and the addresses that the network knows.

use keystore::{
    Mnemonic, Secret, SecretKey,
    derivation::{DerivationPath, ExtendedKey},
    mnemonic::words_starting_with,
};
use protocol::hex;
use protocol::keys::Signer as _;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// A row of the English vectors that the BIP39 document refers to (their passphrase is `TREZOR`).
#[derive(Deserialize)]
struct Bip39Row {
    entropy: String,
    phrase: String,
    seed: String,
}

/// A row of "Test vector 1" or "2 for ed25519" of SLIP-0010.
#[derive(Deserialize)]
struct Slip10Row {
    seed: String,
    path: String,
    chain_code: String,
    private: String,
    public: String,
}

/// The first phrase of the BIP39 vectors, and what the network's Python wallet makes of it.
const PHRASE: &str = "abandon abandon abandon abandon abandon abandon \
                      abandon abandon abandon abandon abandon about";
const PHRASE_KEY: &str = "560f9f3c94558b6551928bb781cf6092c6b8800b4fc544af2c9444ed126d51aa";
const PHRASE_PUBLIC: &str = "e96b1c6b8769fdb0b34fbecfdf85c33b053cecad9517e1ab88cba614335775c1";
const PHRASE_ADDRESS: &str = "RTCada8e3423e041d247dca60598e6d3d8834161fe5";

#[test]
fn the_word_list_is_the_official_one() {
    let mut list = Sha256::new();
    for word in words_starting_with("") {
        list.update(word);
        list.update("\n");
    }
    // SHA-256 of english.txt in the bitcoin/bips repository.
    let official = "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda";
    assert_eq!(hex::encode(list.finalize()), official);
}

#[test]
fn bip39_english_vectors() {
    let rows: Vec<Bip39Row> =
        serde_json::from_str(include_str!("vectors/bip39_english.json")).unwrap();
    assert_eq!(rows.len(), 24);
    for row in rows {
        let made = Mnemonic::from_entropy(&hex::decode(&row.entropy).unwrap()).unwrap();
        assert_eq!(made.words().collect::<Vec<_>>().join(" "), row.phrase);
        let read = Mnemonic::parse(&row.phrase).unwrap();
        assert_eq!(hex::encode(read.entropy().as_slice()), row.entropy);
        assert_eq!(hex::encode(read.seed("TREZOR").as_slice()), row.seed);
    }
}

#[test]
fn slip10_ed25519_vectors() {
    let rows: Vec<Slip10Row> =
        serde_json::from_str(include_str!("vectors/slip10_ed25519.json")).unwrap();
    assert_eq!(rows.len(), 12);
    for row in rows {
        let path: DerivationPath = row.path.parse().unwrap();
        let key = ExtendedKey::master(&hex::decode(&row.seed).unwrap()).descend(&path);
        assert_eq!(hex::encode(key.expose_chain_code()), row.chain_code, "{}", row.path);
        assert_eq!(key.secret_key().expose_hex().as_str(), row.private, "{}", row.path);
        assert_eq!(key.secret_key().public_key().to_hex(), row.public, "{}", row.path);
    }
}

#[test]
fn a_phrase_makes_the_address_that_the_python_wallet_makes() {
    let key = Secret::Phrase(Mnemonic::parse(PHRASE).unwrap()).secret_key();
    assert_eq!(key.expose_hex().as_str(), PHRASE_KEY);
    assert_eq!(key.public_key().to_hex(), PHRASE_PUBLIC);
    assert_eq!(key.address().as_str(), PHRASE_ADDRESS);
}

#[test]
fn an_imported_key_has_the_same_address() {
    let key = Secret::Key(SecretKey::from_hex(PHRASE_KEY).unwrap()).secret_key();
    assert_eq!(key.address().as_str(), PHRASE_ADDRESS);
}
