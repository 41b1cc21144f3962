//! Giving challenges and recognising our own, without storing any.

use hmac::{Hmac, KeyInit as _, Mac as _};
use protocol::challenge::{CHALLENGE_TTL_SECONDS, Challenge, MAC_BYTES};
use protocol::time::UnixSeconds;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Gives challenges under a key that only this node knows.
pub struct Challenges {
    key: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for Challenges {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Challenges([redacted])")
    }
}

/// Whose challenge it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Ours, and this miner may use it.
    Ours,
    /// Not ours, or bound to another miner.
    Foreign,
}

impl Challenges {
    /// Under this key.
    pub const fn new(key: Zeroizing<[u8; 32]>) -> Self {
        Self { key }
    }

    /// A challenge that expires 300 s from `now`, bound to a miner that named itself.
    pub fn give(
        &self,
        miner: Option<&str>,
        now: UnixSeconds,
    ) -> Result<Challenge, getrandom::Error> {
        let mut random = [0_u8; 12];
        getrandom::fill(&mut random)?;
        let expiry = UnixSeconds(now.0.saturating_add(CHALLENGE_TTL_SECONDS));
        Ok(Challenge::new(random, expiry, miner, |bytes| self.mac(bytes)))
    }

    /// Whether the challenge is ours, and free or bound to this miner.
    pub fn recognise(&self, challenge: &Challenge, miner: &str) -> Origin {
        let matches = |miner: Option<&str>| {
            let expected = self.mac(&challenge.authenticated_bytes(miner));
            bool::from(expected.ct_eq(challenge.mac()))
        };
        if matches(None) | matches(Some(miner)) { Origin::Ours } else { Origin::Foreign }
    }

    fn mac(&self, bytes: &[u8]) -> [u8; MAC_BYTES] {
        let mut mac = [0_u8; MAC_BYTES];
        // HMAC takes keys of any length, so this cannot fail; a zero MAC matches nothing.
        if let Ok(hmac) = Hmac::<Sha256>::new_from_slice(self.key.as_slice()) {
            let digest = hmac.chain_update(bytes).finalize().into_bytes();
            mac.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        }
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(seed: u8) -> Challenges {
        Challenges::new(Zeroizing::new([seed; 32]))
    }

    #[test]
    fn a_challenge_is_for_one_miner_on_one_node() {
        let now = UnixSeconds(1_000);
        let free = node(1).give(None, now).unwrap();
        assert_eq!(free.expiry(), UnixSeconds(1_300));
        assert_eq!(node(1).recognise(&free, "anybody"), Origin::Ours);
        assert_eq!(node(2).recognise(&free, "anybody"), Origin::Foreign);
        let bound = node(1).give(Some("m1"), now).unwrap();
        assert_eq!(node(1).recognise(&bound, "m1"), Origin::Ours);
        assert_eq!(node(1).recognise(&bound, "m2"), Origin::Foreign);
    }

    #[test]
    fn a_changed_expiry_is_noticed() {
        let text = node(1).give(None, UnixSeconds(1_000)).unwrap().to_string();
        let later = format!("{}ffffffff{}", &text[..24], &text[32..]);
        assert_eq!(node(1).recognise(&later.parse().unwrap(), "m"), Origin::Foreign);
    }
}
