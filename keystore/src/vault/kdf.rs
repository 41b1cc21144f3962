//! From passphrase to encryption key: Argon2id, with a floor under its cost and a cap on it.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use zeroize::Zeroizing;

use crate::{error::KeystoreError, passphrase::Passphrase};

/// Least memory, in KiB: OWASP's minimum for Argon2id (19 MiB with two passes).
pub const FLOOR_M_KIB: u32 = 19 * 1024;
/// Fewest passes: OWASP's minimum for Argon2id.
pub const FLOOR_T: u32 = 2;

/// Most memory, in KiB: 1 GiB. A file that asks for more is meant to exhaust the machine.
pub const CAP_M_KIB: u32 = 1024 * 1024;
/// Most passes.
pub const CAP_T: u32 = 64;
/// Most lanes.
pub const CAP_P: u32 = 8;

/// Bytes of the salt: what RFC 9106 recommends.
pub(crate) const SALT_BYTES: usize = 16;
/// Bytes of the derived key: what XChaCha20-Poly1305 takes.
const KEY_BYTES: usize = 32;

/// An encryption key derived from a passphrase, wiped when dropped.
pub(crate) type SealingKey = Zeroizing<[u8; KEY_BYTES]>;

/// The cost of deriving a key with Argon2id (RFC 9106, version 0x13).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KdfParams {
    m_kib: u32,
    t: u32,
    p: u32,
}

/// Which costs are acceptable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KdfPolicy {
    /// Between the floor and the cap.
    #[default]
    Standard,
    /// Up to the cap, however weak. For tests alone: such a file protects nothing.
    WeakForTests,
}

impl KdfParams {
    /// 64 MiB, three passes, one lane: the memory and passes of RFC 9106's second recommendation.
    /// About half a second on a small machine.
    pub const RECOMMENDED: Self = Self { m_kib: 64 * 1024, t: 3, p: 1 };

    /// Parameters between the floor and the cap: memory in KiB, passes, lanes.
    ///
    /// # Errors
    /// [`KeystoreError::KdfTooWeak`] or [`KeystoreError::KdfOutOfRange`].
    pub fn new(m_kib: u32, t: u32, p: u32) -> Result<Self, KeystoreError> {
        Self::checked(m_kib, t, p, KdfPolicy::Standard)
    }

    /// The cheapest parameters that Argon2id has, so that a test can open thousands of files.
    pub const fn weak_for_tests() -> Self {
        Self { m_kib: 8, t: 1, p: 1 }
    }

    /// Parameters from a file, acceptable under `policy`. Costs nothing but a few comparisons.
    pub(crate) fn checked(
        m_kib: u32,
        t: u32,
        p: u32,
        policy: KdfPolicy,
    ) -> Result<Self, KeystoreError> {
        // Argon2 needs eight blocks of a KiB for each lane.
        let sensible = t >= 1 && (1..=CAP_P).contains(&p) && m_kib >= 8 * p;
        if !sensible || m_kib > CAP_M_KIB || t > CAP_T {
            return Err(KeystoreError::KdfOutOfRange { m_kib, t, p });
        }
        if policy == KdfPolicy::Standard && (m_kib < FLOOR_M_KIB || t < FLOOR_T) {
            return Err(KeystoreError::KdfTooWeak { m_kib, t });
        }
        Ok(Self { m_kib, t, p })
    }

    /// Memory, in KiB.
    pub const fn m_kib(self) -> u32 {
        self.m_kib
    }

    /// Passes over the memory.
    pub const fn t(self) -> u32 {
        self.t
    }

    /// Lanes.
    pub const fn p(self) -> u32 {
        self.p
    }

    /// Derives the key of a passphrase. The working memory is wiped, since its end is the key.
    pub(crate) fn derive(
        self,
        passphrase: &Passphrase,
        salt: &[u8; SALT_BYTES],
    ) -> Result<SealingKey, KeystoreError> {
        let out_of_range =
            || KeystoreError::KdfOutOfRange { m_kib: self.m_kib, t: self.t, p: self.p };
        let params = Params::new(self.m_kib, self.t, self.p, Some(KEY_BYTES))
            .map_err(|_out_of_argon2_range| out_of_range())?;
        let mut memory = self.working_memory(params.block_count())?;
        let mut key = SealingKey::default();
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(
                passphrase.as_bytes(),
                salt,
                key.as_mut_slice(),
                memory.as_mut_slice(),
            )
            .map_err(|_out_of_argon2_range| out_of_range())?;
        Ok(key)
    }

    /// Zeroed blocks, or an error where a plain allocation would end the program.
    fn working_memory(self, blocks: usize) -> Result<Zeroizing<Vec<Block>>, KeystoreError> {
        let mut memory = Zeroizing::new(Vec::new());
        memory
            .try_reserve_exact(blocks)
            .map_err(|_no_memory| KeystoreError::KdfMemory { m_kib: self.m_kib })?;
        memory.resize(blocks, Block::new());
        Ok(memory)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::hex;

    fn verdict(m_kib: u32, t: u32, p: u32, policy: KdfPolicy) -> &'static str {
        match KdfParams::checked(m_kib, t, p, policy) {
            Ok(_) => "accepted",
            Err(KeystoreError::KdfTooWeak { .. }) => "too weak",
            Err(KeystoreError::KdfOutOfRange { .. }) => "out of range",
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn the_floor_and_the_cap_hold_exactly() {
        for (m_kib, t, p, expected) in [
            (FLOOR_M_KIB, FLOOR_T, 1, "accepted"),
            (FLOOR_M_KIB - 1, FLOOR_T, 1, "too weak"),
            (FLOOR_M_KIB, FLOOR_T - 1, 1, "too weak"),
            (CAP_M_KIB, CAP_T, CAP_P, "accepted"),
            (CAP_M_KIB + 1, CAP_T, CAP_P, "out of range"),
            (CAP_M_KIB, CAP_T + 1, CAP_P, "out of range"),
            (CAP_M_KIB, CAP_T, CAP_P + 1, "out of range"),
            (u32::MAX, u32::MAX, u32::MAX, "out of range"),
            (65536, 0, 1, "out of range"),
            (65536, 3, 0, "out of range"),
        ] {
            assert_eq!(verdict(m_kib, t, p, KdfPolicy::Standard), expected, "{m_kib} {t} {p}");
        }
    }

    #[test]
    fn tests_may_be_weak_but_not_absurd() {
        assert_eq!(verdict(8, 1, 1, KdfPolicy::WeakForTests), "accepted");
        assert_eq!(verdict(7, 1, 1, KdfPolicy::WeakForTests), "out of range");
        assert_eq!(verdict(8, 1, 2, KdfPolicy::WeakForTests), "out of range");
        assert_eq!(verdict(CAP_M_KIB + 1, 1, 1, KdfPolicy::WeakForTests), "out of range");
        assert_eq!(verdict(8, 1, 1, KdfPolicy::Standard), "too weak");
    }

    #[test]
    fn recommended_parameters_are_acceptable() {
        let KdfParams { m_kib, t, p } = KdfParams::RECOMMENDED;
        assert_eq!(KdfParams::new(m_kib, t, p).unwrap(), KdfParams::RECOMMENDED);
    }

    /// 256 KiB, two passes, one lane, "password", "somesaltsomesalt".
    const REFERENCE_KEY: &str = "cab746b4621993fdc91ec50787980b414a90a692f0bc68dfe19f9c25b3cba9ec";

    #[test]
    fn derives_what_libsodium_and_openssl_derive() {
        let params = KdfParams::checked(256, 2, 1, KdfPolicy::WeakForTests).unwrap();
        let passphrase = Passphrase::new("password".to_owned()).unwrap();
        let key = params.derive(&passphrase, b"somesaltsomesalt").unwrap();
        assert_eq!(hex::encode(key.as_slice()), REFERENCE_KEY);
    }
}
