//! Challenges that were used and may not be used again before they expire anyway.

use std::collections::{BTreeMap, BTreeSet};

use protocol::challenge::ChallengeId;
use protocol::encoding::{DecodeError, Hash, Reader, tagged_hash};
use protocol::time::UnixSeconds;

/// Seconds of expiry that share a bucket.
const BUCKET_SECONDS: u64 = 64;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Bucket {
    used: BTreeSet<ChallengeId>,
    /// Chained over the ids in the order of their use.
    digest: Hash,
}

/// The used challenges, in buckets by expiry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsedChallenges {
    buckets: BTreeMap<u64, Bucket>,
}

impl UsedChallenges {
    fn bucket_of(id: &ChallengeId) -> u64 {
        id.expiry().0 / BUCKET_SECONDS
    }

    /// Whether the challenge was used.
    pub fn contains(&self, id: &ChallengeId) -> bool {
        self.buckets.get(&Self::bucket_of(id)).is_some_and(|bucket| bucket.used.contains(id))
    }

    /// Marks a challenge as used.
    pub fn insert(&mut self, id: ChallengeId) {
        let bucket = self.buckets.entry(Self::bucket_of(&id)).or_default();
        if bucket.used.insert(id) {
            let chained = [bucket.digest.as_slice(), &id.0].concat();
            bucket.digest = tagged_hash("rc/used-challenge/1", &chained);
        }
    }

    /// Forgets buckets of which every challenge has expired.
    pub fn prune(&mut self, now: UnixSeconds) {
        self.buckets = self.buckets.split_off(&(now.0 / BUCKET_SECONDS));
    }

    /// What the state root binds: every bucket's number and digest.
    pub fn root(&self) -> Hash {
        let mut bytes = Vec::new();
        for (number, bucket) in &self.buckets {
            bytes.extend_from_slice(&number.to_be_bytes());
            bytes.extend_from_slice(&bucket.digest);
        }
        tagged_hash("rc/used-challenges/1", &bytes)
    }

    /// The buckets in a form that can be stored: number, digest, ids.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for (number, bucket) in &self.buckets {
            out.extend_from_slice(&number.to_be_bytes());
            out.extend_from_slice(&bucket.digest);
            let count = u32::try_from(bucket.used.len()).unwrap_or(u32::MAX);
            out.extend_from_slice(&count.to_be_bytes());
            bucket.used.iter().for_each(|id| out.extend_from_slice(&id.0));
        }
        out
    }

    /// Reads [`UsedChallenges::to_bytes`] back.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let mut buckets = BTreeMap::new();
        while !reader.is_empty() {
            let (number, digest, count) = (reader.u64()?, reader.array()?, reader.u32()?);
            let used =
                (0..count).map(|_| reader.array().map(ChallengeId)).collect::<Result<_, _>>()?;
            buckets.insert(number, Bucket { used, digest });
        }
        Ok(Self { buckets })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u8, expiry: u32) -> ChallengeId {
        let mut bytes = [number; 16];
        bytes[12..].copy_from_slice(&expiry.to_be_bytes());
        ChallengeId(bytes)
    }

    #[test]
    fn a_challenge_is_remembered_until_it_has_expired() {
        let mut used = UsedChallenges::default();
        used.insert(id(1, 1_000));
        used.insert(id(2, 1_200));
        used.prune(UnixSeconds(999));
        assert!(used.contains(&id(1, 1_000)) && used.contains(&id(2, 1_200)));
        used.prune(UnixSeconds(1_100));
        assert!(!used.contains(&id(1, 1_000)) && used.contains(&id(2, 1_200)));
        assert_eq!(UsedChallenges::from_bytes(&used.to_bytes()), Ok(used));
    }

    #[test]
    fn the_root_binds_every_use() {
        let mut used = UsedChallenges::default();
        used.insert(id(1, 1_000));
        let before = used.root();
        used.insert(id(1, 1_000));
        assert_eq!(used.root(), before);
        used.insert(id(3, 1_000));
        assert_ne!(used.root(), before);
    }
}
