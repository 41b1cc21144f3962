//! What a benchmark needs of the node and cannot ask for over HTTP: the cost of pure parts, without
//! network and store.

use protocol::hex;
use std::time::Duration;

use ed25519_dalek::SigningKey;
use ed25519_dalek::ed25519::signature::Signer as _;
use ledger::command::{Command, JudgedAttestation};
use ledger::genesis::{Genesis, Network};
use ledger::import::{Opening, Openings};
use ledger::ledger::{Ledger, LedgerError, founding};
use ledger::store::memory::MemoryStore;
use ledger::writer::Trouble;
use protocol::attestation::SignedAttestation;
use protocol::block::ValidatorSet;
use protocol::keys::{PublicKey, Signature, Signer};
use protocol::money::Amount;
use protocol::transfer::{ChainId, SignedTransfer, Transfer};
use protocol::verified::Verified;
use protocol::wallet_id::WalletId;
use rustix::time::{ClockId, clock_gettime};
use sha2::{Digest as _, Sha256};

use crate::clock::NodeClock;

/// Micro-RTC that every account of the invented books holds: enough to pay.
const OPENING: u64 = 1_000_000;
/// Micro-RTC that an invented transfer moves.
const PAID: u64 = 1_000;

/// Why a part cannot be measured.
#[derive(Debug, thiserror::Error)]
pub enum YardstickError {
    /// There is nothing to measure.
    #[error("there is nothing to measure")]
    Nothing,
    /// A payload is no attestation that could be judged.
    #[error("payload {number} does not hold: {why}")]
    Payload {
        /// Which, from 0.
        number: usize,
        /// What is wrong with it.
        why: String,
    },
    /// Invented books did not come about.
    #[error("the invented books: {0}")]
    Ledger(#[from] LedgerError),
    /// An invented genesis, wallet or transfer does not hold.
    #[error("the invented books: {0}")]
    Books(String),
}

impl From<Trouble> for YardstickError {
    fn from(trouble: Trouble) -> Self {
        Self::Ledger(trouble.into())
    }
}

/// What sealing cost, block by block, in microseconds of processor time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SealingCost {
    /// Verifying the signatures of its transfers.
    pub verify_us: Vec<f64>,
    /// Its roots and its certificate.
    pub seal_us: Vec<f64>,
}

/// Processor time of this thread.
fn thread_cpu() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(
        u64::try_from(now.tv_sec).unwrap_or_default(),
        u32::try_from(now.tv_nsec).unwrap_or_default(),
    )
}

fn cpu_us_of<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let begun = thread_cpu();
    let done = work();
    (done, thread_cpu().saturating_sub(begun).as_secs_f64() * 1e6)
}

/// Reads, verifies and judges attestations as the handler does, without HTTP and books, over and
/// over for at least `time` of processor time; microseconds of it for each payload.
///
/// # Errors
/// A payload that does not hold, or none.
pub fn judge(
    genesis_text: &str,
    payloads: &[Vec<u8>],
    time: Duration,
) -> Result<f64, YardstickError> {
    let genesis =
        Genesis::parse(genesis_text).map_err(|error| YardstickError::Books(error.to_string()))?;
    if payloads.is_empty() {
        return Err(YardstickError::Nothing);
    }
    let (mut judged, mut spent_us) = (0.0, 0.0);
    while spent_us < time.as_secs_f64() * 1e6 {
        let (done, cost) = cpu_us_of(|| judge_all(&genesis, payloads));
        done?;
        judged += f64::from(u32::try_from(payloads.len()).unwrap_or(u32::MAX));
        spent_us += cost;
    }
    Ok(spent_us / judged)
}

fn judge_all(genesis: &Genesis, payloads: &[Vec<u8>]) -> Result<(), YardstickError> {
    for (number, payload) in payloads.iter().enumerate() {
        let bad = |why: String| YardstickError::Payload { number, why };
        let signed =
            SignedAttestation::parse_and_verify(payload).map_err(|error| bad(error.message()))?;
        let judged =
            JudgedAttestation::judge(&signed, genesis).map_err(|error| bad(error.to_string()))?;
        std::hint::black_box(judged);
    }
    Ok(())
}

/// Seals `blocks` blocks of `transfers` transfers each, on books in memory with `accounts`
/// accounts, of which every transfer touches two.
///
/// # Errors
/// Fewer accounts than transfers need, or none of either.
pub fn seal(
    accounts: usize,
    transfers: usize,
    blocks: usize,
) -> Result<SealingCost, YardstickError> {
    let senders = transfers.saturating_mul(blocks);
    if senders == 0 || accounts < senders.max(2) {
        return Err(YardstickError::Nothing);
    }
    let genesis =
        Genesis::of(Network::Dev).map_err(|error| YardstickError::Books(error.to_string()))?;
    let names = (0..accounts).map(|n| named(n, senders)).collect::<Result<Vec<_>, _>>()?;
    let mut ledger = invented_books(&genesis, &names)?;
    let mut cost = SealingCost::default();
    let mut time = NodeClock::start().now();
    for block in 0..blocks {
        let signed = (0..transfers).map(|number| {
            let sender = block * transfers + number;
            // Payees lie all over the books, as senders do, whose names are hashes.
            let payee = (sender + 1 + sender * 7_919 % (accounts - 1)) % accounts;
            transfer(sender, &names[payee], &genesis.chain_id)
        });
        let signed: Vec<SignedTransfer> = signed.collect::<Result<_, _>>()?;
        let (commands, verify_us) = cpu_us_of(|| verified(signed, &genesis.chain_id));
        time = time.plus_millis(1);
        ledger.writer.open(time)?;
        if ledger.writer.execute(&commands?)?.iter().any(Result::is_err) {
            return Err(YardstickError::Books("a transfer was refused".to_owned()));
        }
        let Some(closed) = ledger.writer.close()? else { return Err(YardstickError::Nothing) };
        let (seal, seal_us) = cpu_us_of(|| ledger.sealer.seal(&closed));
        let seal = seal.map_err(LedgerError::from)?;
        ledger.writer.take_seal(seal.clone());
        ledger.writer.log_seal()?;
        ledger.derived.follow(&closed, &seal).map_err(LedgerError::from)?;
        cost.verify_us.push(verify_us);
        cost.seal_us.push(seal_us);
    }
    Ok(cost)
}

fn verified(
    signed: Vec<SignedTransfer>,
    chain_id: &ChainId,
) -> Result<Vec<Command>, YardstickError> {
    let verify = |signed: SignedTransfer| -> Result<Verified<SignedTransfer>, _> {
        signed.verify(chain_id).map_err(|error| YardstickError::Books(error.to_string()))
    };
    signed.into_iter().map(|signed| Ok(Command::Transfer(verify(signed)?))).collect()
}

fn invented_books(genesis: &Genesis, names: &[WalletId]) -> Result<Ledger, YardstickError> {
    let opening = Opening { balance: amount(OPENING)?, last_nonce: 0 };
    let openings = Openings(names.iter().map(|name| (name.clone(), opening)).collect());
    let validator = InventedKey::of(usize::MAX);
    let validators = ValidatorSet { primary: validator.public_key(), standbys: Vec::new() };
    let founding = founding(genesis.text.clone(), Some(&openings), &validators);
    let store = MemoryStore::found(founding).open();
    let time = NodeClock::start().now();
    Ok(Ledger::found(store, time, Box::new(validator))?)
}

/// The name of an invented account; only senders need a key.
fn named(number: usize, senders: usize) -> Result<WalletId, YardstickError> {
    if number < senders {
        return Ok(InventedKey::of(number).public_key().address());
    }
    let digest = Sha256::digest(format!("rustchain yardstick account {number}"));
    let text = format!("RTC{}", &hex::encode(digest)[..40]);
    WalletId::parse(&text).map_err(|error| YardstickError::Books(error.to_string()))
}

fn transfer(
    sender: usize,
    payee: &WalletId,
    chain_id: &ChainId,
) -> Result<SignedTransfer, YardstickError> {
    let amount = amount(PAID)?;
    let key = InventedKey::of(sender);
    let from = key.public_key().address();
    let transfer = Transfer { from, to: payee.clone(), amount, nonce: 1, memo: String::new() };
    Ok(SignedTransfer::sign(transfer, chain_id, &key))
}

fn amount(micro: u64) -> Result<Amount, YardstickError> {
    Amount::from_micro(micro).map_err(|error| YardstickError::Books(error.to_string()))
}

/// A key that everybody can compute.
struct InventedKey(SigningKey);

impl InventedKey {
    fn of(number: usize) -> Self {
        let seed = Sha256::digest(format!("rustchain yardstick key {number}"));
        Self(SigningKey::from_bytes(&seed.into()))
    }
}

impl Signer for InventedKey {
    fn public_key(&self) -> PublicKey {
        PublicKey::from_bytes(self.0.verifying_key().to_bytes())
    }

    fn sign(&self, message: &[u8]) -> Signature {
        Signature::from_bytes(self.0.sign(message).to_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_is_verified_and_sealed() {
        let cost = seal(500, 10, 3).unwrap();
        assert_eq!((cost.verify_us.len(), cost.seal_us.len()), (3, 3));
        assert!(cost.verify_us.iter().chain(&cost.seal_us).all(|us| *us > 0.0));
    }

    #[test]
    fn too_few_accounts_are_refused() {
        assert!(matches!(seal(29, 10, 3), Err(YardstickError::Nothing)));
        assert!(matches!(seal(10, 0, 3), Err(YardstickError::Nothing)));
    }

    #[test]
    fn payloads_that_do_not_hold_are_no_yardstick() {
        let genesis = Network::Dev.genesis_text();
        let payload = b"{\"miner\":\"a\"}".to_vec();
        let judged =
            judge(genesis, &[payload], Duration::ZERO.saturating_add(Duration::from_nanos(1)));
        assert!(matches!(judged, Err(YardstickError::Payload { number: 0, .. })));
        assert!(matches!(judge(genesis, &[], Duration::ZERO), Err(YardstickError::Nothing)));
    }
}
