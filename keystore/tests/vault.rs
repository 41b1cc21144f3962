//! The wallet file: it gives back what was put in, to the right passphrase, and only unaltered.
#![expect(clippy::unwrap_used, reason = "a test whose wallet cannot be made has failed")]

use keystore::{
    KdfParams, KdfPolicy, KeystoreError, Mnemonic, NewWallet, Passphrase, Scheme, Secret,
    SecretKey, Vault, WalletName,
};
use proptest::prelude::*;
use protocol::hex;
use protocol::{keys::Signer as _, time::UnixSeconds};

/// The key of the first BIP39 phrase; its public key begins with e9.
const KEY: [u8; 32] = [
    0x56, 0x0f, 0x9f, 0x3c, 0x94, 0x55, 0x8b, 0x65, 0x51, 0x92, 0x8b, 0xb7, 0x81, 0xcf, 0x60, 0x92,
    0xc6, 0xb8, 0x80, 0x0b, 0x4f, 0xc5, 0x44, 0xaf, 0x2c, 0x94, 0x44, 0xed, 0x12, 0x6d, 0x51, 0xaa,
];

fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text.to_owned()).unwrap()
}

fn wallet(secret: Secret) -> NewWallet {
    NewWallet {
        name: WalletName::parse("alice").unwrap(),
        chain_id: "rustchain-dev".to_owned(),
        secret,
        backed_up: false,
        created_at: UnixSeconds(1_795_332_270),
        kdf: KdfParams::weak_for_tests(),
    }
}

fn vault() -> Vault {
    let secret = Secret::Key(SecretKey::from_bytes(&KEY));
    Vault::create(wallet(secret), &passphrase("correct horse")).unwrap()
}

fn read(bytes: &[u8]) -> Result<Vault, KeystoreError> {
    Vault::parse(bytes, KdfPolicy::WeakForTests)
}

fn opens(bytes: &[u8]) -> bool {
    read(bytes).is_ok_and(|vault| vault.unlock(&passphrase("correct horse")).is_ok())
}

/// The file with one piece of text in the place of another, which must be there.
fn with(from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(vault().to_bytes()).unwrap();
    assert!(text.contains(from), "{from} is not in {text}");
    text.replacen(from, to, 1).into_bytes()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn what_goes_in_comes_out(
        bytes in any::<[u8; 32]>(),
        words in prop::sample::select(vec![0_usize, 12, 15, 18, 21, 24]),
        typed in "\\PC{8,40}",
    ) {
        let secret = match words {
            0 => Secret::Key(SecretKey::from_bytes(&bytes)),
            _ => Secret::Phrase(Mnemonic::from_entropy(&bytes[..words / 3 * 4]).unwrap()),
        };
        let made = Vault::create(wallet(secret), &passphrase(&typed)).unwrap();
        let back = read(&made.to_bytes()).unwrap();
        prop_assert_eq!(&back, &made);
        let unlocked = back.unlock(&passphrase(&typed)).unwrap();
        prop_assert_eq!(unlocked.key().address(), back.header().address.clone());
        match unlocked.phrase() {
            None => prop_assert_eq!(&*unlocked.key().expose_hex(), &hex::encode(bytes)),
            Some(phrase) => prop_assert_eq!(&**phrase.entropy(), &bytes[..words / 3 * 4]),
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(read(&bytes).is_err());
    }
}

#[test]
fn every_flipped_bit_is_refused() {
    let mut bytes = vault().to_bytes();
    assert!(opens(&bytes));
    for index in 0..bytes.len() {
        for bit in 0..8 {
            bytes[index] ^= 1 << bit;
            assert!(!opens(&bytes), "bit {bit} of byte {index} made no difference");
            bytes[index] ^= 1 << bit;
        }
    }
    assert!(opens(&bytes));
}

#[test]
fn every_byte_set_to_a_letter_a_digit_or_a_bracket_is_refused() {
    let bytes = vault().to_bytes();
    for (index, replacement) in (0..bytes.len()).flat_map(|i| b"aF09\"}],\\\0".map(|b| (i, b))) {
        let mut changed = bytes.clone();
        changed[index] = replacement;
        assert!(changed == bytes || !opens(&changed), "byte {index} as {replacement}");
    }
}

#[test]
fn every_shorter_or_longer_file_is_refused() {
    let bytes = vault().to_bytes();
    let last = bytes.len() - 1;
    for length in 0..last {
        assert!(!opens(&bytes[..length]), "{length} bytes");
    }
    assert!(opens(&bytes[..last]), "the final line feed is of no consequence");
    assert!(!opens(&[bytes.as_slice(), b"{}"].concat()));
    assert!(!opens(&[bytes.as_slice(), &vec![b' '; 64 * 1024]].concat()));
}

#[test]
fn white_space_is_of_no_consequence() {
    let text = String::from_utf8(vault().to_bytes()).unwrap();
    assert!(opens(text.replace('\n', "\r\n").as_bytes()));
    assert!(opens(text.replace(['\n', ' '], "").as_bytes()));
}

/// Values that the reader accepts, so that the cipher alone can notice the change.
#[test]
fn every_member_is_authenticated() {
    let other = SecretKey::from_bytes(&[1; 32]);
    let text = String::from_utf8(vault().to_bytes()).unwrap();
    let swapped = text
        .replace(vault().header().address.as_str(), other.address().as_str())
        .replace(&vault().header().public_key.to_hex(), &other.public_key().to_hex());
    let mut files = vec![swapped.into_bytes()];
    for (from, to) in [
        ("\"alice\"", "\"mallory\""),
        ("\"rustchain-dev\"", "\"rustchain-mainnet-v2\""),
        ("\"raw-key\"", "\"slip10-master\""),
        ("false", "true"),
        ("1795332270", "1795332271"),
        ("\"m_kib\": 8", "\"m_kib\": 9"),
        ("\"t\": 1", "\"t\": 2"),
        (
            "\"m_kib\": 8,\n    \"t\": 1,\n    \"p\": 1",
            "\"m_kib\": 16,\n    \"t\": 1,\n    \"p\": 2",
        ),
    ] {
        files.push(with(from, to));
    }
    for file in files {
        let refused = read(&file).unwrap().unlock(&passphrase("correct horse"));
        assert!(matches!(refused, Err(KeystoreError::WrongPassphrase)));
    }
}

#[test]
fn a_file_of_another_shape_is_refused_before_any_work() {
    for (from, to, expected) in [
        ("rustchain-wallet", "another-wallet", "not a valid wallet file: another format"),
        ("\"version\": 1", "\"version\": 2", "wallet file version 2 is not known to this program"),
        ("\"alice\"", "\"../x\"", "not a valid wallet file: bad name"),
        ("\"rustchain-dev\"", "\"\"", "not a valid wallet file: bad chain_id"),
        ("\"raw-key\"", "\"other\"", "not a valid wallet file: bad scheme"),
        ("argon2id", "argon2i", "not a valid wallet file: bad kdf"),
        ("xchacha20poly1305", "none", "not a valid wallet file: bad cipher"),
        ("\"RTC", "\"rtc", "not a valid wallet file: bad address"),
        (
            "\"public_key\": \"e9",
            "\"public_key\": \"e8",
            "not a valid wallet file: address and public_key do not belong together",
        ),
        ("\"ciphertext\": \"", "\"ciphertext\": \"F", "not a valid wallet file: bad ciphertext"),
        ("\"nonce\": \"", "\"nonce\": \"00", "not a valid wallet file: bad nonce"),
        ("\"salt\": \"", "\"salt\": \"zz", "not a valid wallet file: bad salt"),
    ] {
        assert_eq!(read(&with(from, to)).unwrap_err().to_string(), expected, "{to}");
    }
    for (from, to) in [
        ("\"name\"", "\"extra\": 1, \"name\""),
        ("\"name\"", "\"name\": \"alice\", \"name\""),
        ("\"t\"", "\"t\": 1, \"t\""),
        ("\"version\": 1", "\"version\": 1.0"),
        ("\"version\": 1", "\"version\": \"1\""),
        ("\"m_kib\": 8", "\"m_kib\": -8"),
        ("\"m_kib\": 8", "\"m_kib\": 1099511627776"),
        ("false", "null"),
    ] {
        let refused = read(&with(from, to));
        assert!(matches!(refused, Err(KeystoreError::Malformed { .. })), "{to}");
    }
}

#[test]
fn costs_outside_the_limits_are_refused_before_any_work() {
    for (from, to) in [
        ("\"m_kib\": 8", "\"m_kib\": 1048577"),
        ("\"m_kib\": 8", "\"m_kib\": 4294967295"),
        ("\"t\": 1", "\"t\": 1000000000"),
        ("\"t\": 1", "\"t\": 0"),
        ("\"p\": 1", "\"p\": 9"),
        ("\"p\": 1", "\"p\": 0"),
    ] {
        let refused = read(&with(from, to));
        assert!(matches!(refused, Err(KeystoreError::KdfOutOfRange { .. })), "{to}");
    }
    let weak = Vault::parse(&vault().to_bytes(), KdfPolicy::Standard);
    assert!(matches!(weak, Err(KeystoreError::KdfTooWeak { m_kib: 8, t: 1 })));
}

#[test]
fn the_wrong_passphrase_opens_nothing() {
    for typed in ["correct hors", "correct horse ", "Correct horse", "x"] {
        let refused = vault().unlock(&passphrase(typed));
        assert!(matches!(refused, Err(KeystoreError::WrongPassphrase)), "{typed}");
    }
}

#[test]
fn a_weak_passphrase_is_refused_for_a_new_wallet_and_for_a_change() {
    let secret = Secret::Key(SecretKey::from_bytes(&KEY));
    let created = Vault::create(wallet(secret), &passphrase("1234567"));
    assert!(matches!(created, Err(KeystoreError::PassphraseTooShort { found: 7, least: 8 })));
    let changed = vault().rekey(
        &passphrase("correct horse"),
        &passphrase("1234567"),
        KdfParams::weak_for_tests(),
    );
    assert!(matches!(changed, Err(KeystoreError::PassphraseTooShort { .. })));
}

#[test]
fn a_changed_passphrase_opens_the_same_wallet_and_the_old_one_no_more() {
    let (old, new) = (passphrase("correct horse"), passphrase("battery staple"));
    let changed = vault().rekey(&old, &new, KdfParams::weak_for_tests()).unwrap();
    assert_eq!(changed.header(), vault().header());
    assert_eq!(changed.unlock(&new).unwrap().key().expose_hex().as_str(), hex::encode(KEY));
    assert!(matches!(changed.unlock(&old), Err(KeystoreError::WrongPassphrase)));
    let refused = vault().rekey(&new, &old, KdfParams::weak_for_tests());
    assert!(matches!(refused, Err(KeystoreError::WrongPassphrase)));
}

#[test]
fn a_backup_is_noted_under_the_same_passphrase() {
    let noted = vault().mark_backed_up(&passphrase("correct horse")).unwrap();
    assert!(noted.header().backed_up && !vault().header().backed_up);
    assert!(noted.unlock(&passphrase("correct horse")).is_ok());
    assert!(vault().mark_backed_up(&passphrase("battery staple")).is_err());
}

#[test]
fn the_file_contains_nothing_of_the_secret() {
    let phrase = Mnemonic::generate().unwrap();
    let entropy = phrase.entropy();
    let secret = Secret::Phrase(phrase);
    let key = hex::decode(secret.secret_key().expose_hex().as_str()).unwrap();
    let file = Vault::create(wallet(secret), &passphrase("correct horse")).unwrap().to_bytes();
    for window in entropy.windows(6).chain(key.windows(6)) {
        let digits = hex::encode(window);
        assert!(!file.windows(6).any(|bytes| bytes == window));
        assert!(!file.windows(12).any(|bytes| bytes.eq_ignore_ascii_case(digits.as_bytes())));
    }
}

/// Files of the format as released, opened for ever. Their passphrase is "correct horse".
#[test]
fn kept_files_of_version_1_open() {
    let phrase_24 = include_bytes!("vaults/v1/phrase-24.json").as_slice();
    let raw_key = include_bytes!("vaults/v1/raw-key.json").as_slice();
    let phrase_12 = include_bytes!("vaults/v1/phrase-12.json").as_slice();
    for (file, scheme, words, address) in [
        (phrase_24, Scheme::Slip10Master, 24, "RTC3d8f9aa55520f66f44fcc4656ddd6ff7b70cceec"),
        (raw_key, Scheme::RawKey, 0, "RTCada8e3423e041d247dca60598e6d3d8834161fe5"),
        (phrase_12, Scheme::Slip10Master, 12, "RTCada8e3423e041d247dca60598e6d3d8834161fe5"),
    ] {
        let vault = Vault::parse(file, KdfPolicy::Standard).unwrap();
        assert_eq!(vault.to_bytes(), file, "written as it was read");
        assert_eq!(vault.header().scheme, scheme);
        assert_eq!(vault.header().address.as_str(), address);
        let unlocked = vault.unlock(&passphrase("correct horse")).unwrap();
        assert_eq!(unlocked.phrase().map_or(0, Mnemonic::word_count), words);
        assert_eq!(unlocked.into_key().address().as_str(), address);
    }
}
