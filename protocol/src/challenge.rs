//! Challenges: what a miner has to sign so that its attestation is fresh.
//!
//! 64 hexadecimal digits: 12 random bytes, the expiry as 4 bytes of Unix seconds, and 16 bytes of
//! an HMAC that only the node which gave the challenge can compute. Nothing is stored until a
//! challenge is used, so asking for challenges costs the node no memory.

use crate::hex;
use std::fmt;
use std::str::FromStr;

use crate::time::UnixSeconds;

/// How long a challenge is good for, in seconds (wire section 1).
pub const CHALLENGE_TTL_SECONDS: u64 = 300;

/// Bytes of the part that an HMAC authenticates.
pub const MAC_BYTES: usize = 16;

/// A challenge as it travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Challenge {
    random: [u8; 12],
    expiry: [u8; 4],
    mac: [u8; MAC_BYTES],
}

/// The part of a challenge that is remembered once it was used: random bytes and expiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChallengeId(pub [u8; 16]);

/// The text is not a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a challenge is 64 hexadecimal digits")]
pub struct BadChallenge;

impl Challenge {
    /// A challenge that expires at `expiry`; `mac` computes the HMAC over its authenticated bytes.
    pub fn new(
        random: [u8; 12],
        expiry: UnixSeconds,
        miner: Option<&str>,
        mac: impl FnOnce(&[u8]) -> [u8; MAC_BYTES],
    ) -> Self {
        let expiry = u32::try_from(expiry.0).unwrap_or(u32::MAX).to_be_bytes();
        let mut challenge = Self { random, expiry, mac: [0; MAC_BYTES] };
        challenge.mac = mac(&challenge.authenticated_bytes(miner));
        challenge
    }

    /// What the HMAC covers: random bytes, expiry and the miner that named itself, if one did.
    pub fn authenticated_bytes(&self, miner: Option<&str>) -> Vec<u8> {
        let mut bytes = b"rc/challenge/1\0".to_vec();
        bytes.extend_from_slice(&self.id().0);
        if let Some(miner) = miner {
            bytes.push(1);
            bytes.extend_from_slice(miner.as_bytes());
        }
        bytes
    }

    /// The HMAC that the challenge carries.
    pub const fn mac(&self) -> &[u8; MAC_BYTES] {
        &self.mac
    }

    /// From this second on the challenge is no longer good.
    pub fn expiry(&self) -> UnixSeconds {
        UnixSeconds(u64::from(u32::from_be_bytes(self.expiry)))
    }

    /// What is remembered of a used challenge.
    pub fn id(&self) -> ChallengeId {
        let mut id = [0_u8; 16];
        id.iter_mut()
            .zip(self.random.iter().chain(&self.expiry))
            .for_each(|(to, from)| *to = *from);
        ChallengeId(id)
    }
}

impl ChallengeId {
    /// From this second on the challenge is no longer good.
    pub fn expiry(&self) -> UnixSeconds {
        let expiry = self.0.last_chunk::<4>().copied().unwrap_or_default();
        UnixSeconds(u64::from(u32::from_be_bytes(expiry)))
    }
}

impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (random, expiry) = (hex::encode(self.random), hex::encode(self.expiry));
        write!(f, "{random}{expiry}{}", hex::encode(self.mac))
    }
}

impl FromStr for Challenge {
    type Err = BadChallenge;

    fn from_str(text: &str) -> Result<Self, BadChallenge> {
        let mut bytes = [0_u8; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_bad| BadChallenge)?;
        let (random, rest) = bytes.split_first_chunk::<12>().ok_or(BadChallenge)?;
        let (expiry, rest) = rest.split_first_chunk::<4>().ok_or(BadChallenge)?;
        let mac = rest.first_chunk::<MAC_BYTES>().ok_or(BadChallenge)?;
        Ok(Self { random: *random, expiry: *expiry, mac: *mac })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_keeps_everything() {
        let challenge = Challenge::new([7; 12], UnixSeconds(1_795_332_120), Some("m"), |bytes| {
            assert!(bytes.ends_with(b"\x01m"));
            [9; 16]
        });
        let text = challenge.to_string();
        assert_eq!(text.len(), 64);
        assert_eq!(text.parse(), Ok(challenge));
        assert_eq!(challenge.expiry(), UnixSeconds(1_795_332_120));
        assert_eq!(challenge.id().expiry(), challenge.expiry());
        assert_eq!("00".parse::<Challenge>(), Err(BadChallenge));
    }

    #[test]
    fn a_bound_challenge_is_not_a_free_one() {
        let challenge = Challenge::new([7; 12], UnixSeconds(1), None, |_| [0; 16]);
        assert_ne!(challenge.authenticated_bytes(None), challenge.authenticated_bytes(Some("")));
    }
}
