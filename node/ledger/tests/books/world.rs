//! People with keys, machines with serial numbers, and books on either store.

use std::sync::LazyLock;

use ed25519_dalek::{Signer as _, SigningKey};
use ledger::block_run::Outcome;
use ledger::command::{Command, JudgedAttestation};
use ledger::genesis::Genesis;
use ledger::import::Openings;
use ledger::ledger::{Ledger, LedgerError, founding};
use ledger::seal::Seal;
use ledger::state::Account;
use ledger::store::memory::MemoryStore;
use ledger::store::sqlite::SqliteStore;
use ledger::store::{Founding, Store, StoreError};
use protocol::admin::{AdminAction, SignedAdmin};
use protocol::attestation::SignedAttestation;
use protocol::block::ValidatorSet;
use protocol::canonical_json::to_canonical_without;
use protocol::challenge::Challenge;
use protocol::epoch::EpochId;
use protocol::json::Json;
use protocol::keys::{PublicKey, Signature, Signer};
use protocol::money::Amount;
use protocol::owner_request::{OwnerRequest, SignedOwnerRequest};
use protocol::time::{UnixMillis, UnixSeconds};
use protocol::transfer::{ChainId, SignedTransfer, Transfer};
use protocol::wallet_id::WalletId;
use tempfile::TempDir;

/// When epoch 0 of the test network began.
pub(crate) const GENESIS_SECONDS: u64 = 1_764_706_927;
/// An epoch of the test network: five slots of two seconds.
pub(crate) const EPOCH_MILLIS: u64 = 10_000;
/// One RTC.
pub(crate) const RTC: u64 = 1_000_000;
/// The pot of an epoch.
pub(crate) const POT: u64 = 1_500_000;

/// Milliseconds after the beginning of the test network.
pub(crate) const fn at(millis: u64) -> UnixMillis {
    UnixMillis(GENESIS_SECONDS * 1_000 + millis)
}

/// `millis` into an epoch of the test network.
pub(crate) const fn in_epoch(epoch: u64, millis: u64) -> UnixMillis {
    at(epoch * EPOCH_MILLIS + millis)
}

// --- people ---------------------------------------------------------------------------------------

/// Somebody with a key.
#[derive(Clone)]
pub(crate) struct Person(SigningKey);

impl Person {
    pub(crate) fn new(seed: u64) -> Self {
        let mut secret = [7; 32];
        secret[..8].copy_from_slice(&seed.to_be_bytes());
        Self::with_secret(secret)
    }

    pub(crate) fn with_secret(secret: [u8; 32]) -> Self {
        Self(SigningKey::from_bytes(&secret))
    }

    pub(crate) fn wallet(&self) -> WalletId {
        self.public_key().address()
    }
}

impl Signer for Person {
    fn public_key(&self) -> PublicKey {
        PublicKey::from_bytes(self.0.verifying_key().to_bytes())
    }

    fn sign(&self, message: &[u8]) -> Signature {
        Signature::from_bytes(self.0.sign(message).to_bytes())
    }
}

/// The node whose key seals blocks.
pub(crate) fn node() -> Person {
    Person::new(1)
}

/// Holds 10,000 RTC from the start.
pub(crate) fn alice() -> Person {
    Person::new(2)
}

/// Holds nothing at the start.
pub(crate) fn bob() -> Person {
    Person::new(3)
}

pub(crate) fn wallet(name: &str) -> WalletId {
    WalletId::parse(name).unwrap()
}

pub(crate) fn micro(amount: u64) -> Amount {
    Amount::from_micro(amount).unwrap()
}

// --- the network ----------------------------------------------------------------------------------

/// The genesis file of the test network: `dev` with Alice instead of the well-known wallet.
pub(crate) fn genesis_text(payouts_per_block: u64) -> String {
    let dev = ledger::genesis::Network::Dev.genesis_text();
    dev.replace("RTCada8e3423e041d247dca60598e6d3d8834161fe5", alice().wallet().as_str())
        .replace("payouts_per_block = 200_000", &format!("payouts_per_block = {payouts_per_block}"))
}

/// The test network, read once.
static GENESIS: LazyLock<Genesis> =
    LazyLock::new(|| Genesis::parse(&genesis_text(200_000)).unwrap());

pub(crate) fn genesis() -> &'static Genesis {
    &GENESIS
}

pub(crate) fn chain_id() -> ChainId {
    GENESIS.chain_id.clone()
}

pub(crate) fn founded_with(genesis_text: String, import: Option<&Openings>) -> Founding {
    let validators = ValidatorSet { primary: node().public_key(), standbys: Vec::new() };
    founding(genesis_text, import, &validators)
}

pub(crate) fn test_founding() -> Founding {
    founded_with(genesis_text(200_000), None)
}

// --- commands -------------------------------------------------------------------------------------

pub(crate) fn transfer_with_memo(
    from: &Person,
    to: &WalletId,
    amount: u64,
    nonce: u64,
    memo: &str,
) -> Command {
    let transfer = Transfer {
        from: from.wallet(),
        to: to.clone(),
        amount: micro(amount),
        nonce,
        memo: memo.to_owned(),
    };
    let signed = SignedTransfer::sign(transfer, &chain_id(), from);
    Command::Transfer(signed.verify(&chain_id()).unwrap())
}

pub(crate) fn transfer(from: &Person, to: &WalletId, amount: u64, nonce: u64) -> Command {
    transfer_with_memo(from, to, amount, nonce, "")
}

pub(crate) fn admin(sequence: u64, action: AdminAction) -> Command {
    Command::Admin(SignedAdmin::sign(sequence, "ops".to_owned(), action, &chain_id(), &node()))
}

pub(crate) fn admin_transfer(to: &WalletId, amount: u64, key: Option<&str>) -> AdminAction {
    AdminAction::Transfer {
        from: wallet("founder_community"),
        to: to.clone(),
        amount: micro(amount),
        reason: "bounty".to_owned(),
        idempotency_key: key.map(str::to_owned),
    }
}

pub(crate) fn owner_request(
    person: &Person,
    name: &WalletId,
    request: OwnerRequest,
    nonce: u64,
) -> Command {
    let signed = SignedOwnerRequest::sign(name.clone(), request, nonce, &chain_id(), person);
    Command::Owner(signed.verify(&chain_id()).unwrap())
}

pub(crate) fn claim(person: &Person, name: &WalletId, to: &WalletId, nonce: u64) -> Command {
    owner_request(person, name, OwnerRequest::Claim { to: to.clone() }, nonce)
}

pub(crate) fn release(person: &Person, name: &WalletId, nonce: u64) -> Command {
    owner_request(person, name, OwnerRequest::ReleaseMachine, nonce)
}

// --- machines -------------------------------------------------------------------------------------

/// What a machine is, as far as its weight goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Hardware {
    /// A PowerPC G4 with evidence: 2.5x.
    G4,
    /// A present-day PC with evidence: 0.8x.
    Pc,
    /// A machine that measures nothing: 0x.
    Unmeasured,
}

impl Hardware {
    pub(crate) const fn millionths(self) -> u32 {
        match self {
            Self::G4 => 2_500_000,
            Self::Pc => 800_000,
            Self::Unmeasured => 0,
        }
    }

    fn device(self) -> &'static str {
        match self {
            Self::G4 => r#""family":"PowerPC","arch":"G4","cpu":"PowerPC G4 (7450)""#,
            Self::Pc | Self::Unmeasured => {
                r#""family":"x86_64","arch":"modern","cpu":"AMD Ryzen 7 5800X""#
            }
        }
    }

    fn checks(self) -> String {
        let simd = match self {
            Self::G4 => {
                r#""simd_bias":{"passed":true,"data":{"arch":"ppc","has_sse":false,"has_avx":false,"has_altivec":true,"has_neon":false}}"#
            }
            Self::Pc => {
                r#""simd_identity":{"passed":true,"data":{"arch":"x86_64","simd_flags_count":120,"has_sse":true,"has_avx":true,"has_altivec":false,"has_neon":false,"sample_flags":["fpu","vme","tsc"]}}"#
            }
            Self::Unmeasured => return "{}".to_owned(),
        };
        format!("{{{TIMINGS},{simd}}}")
    }
}

/// What a stock miner measures on real hardware.
const TIMINGS: &str = r#""anti_emulation":{"passed":true,"data":{"vm_indicators":[],"indicator_count":0,"is_likely_vm":false}},"clock_drift":{"passed":true,"data":{"mean_ns":2000000,"stdev_ns":100000,"cv":0.05,"drift_stdev":140000}},"cache_timing":{"passed":true,"data":{"l1_ns":18.2,"l2_ns":20.1,"l3_ns":23.5,"l2_l1_ratio":1.104,"l3_l2_ratio":1.169}},"thermal_drift":{"passed":true,"data":{"cold_avg_ns":5000000,"hot_avg_ns":5100000,"cold_stdev":40000,"hot_stdev":52000,"drift_ratio":1.02}},"instruction_jitter":{"passed":true,"data":{"int_avg_ns":500000,"int_stdev":9000,"fp_stdev":8000,"branch_stdev":7000}}"#;

/// The serial numbers of the disks in a box, by which it is recognised.
pub(crate) type Disks = Vec<String>;

/// A box of its own: three disks that no other box has.
pub(crate) fn box_number(number: u64) -> Disks {
    (0..3).map(|disk| format!("DISK-{number:05}-{disk}")).collect()
}

/// An attestation before it is signed.
#[derive(Clone)]
pub(crate) struct Attest {
    pub(crate) name: WalletId,
    pub(crate) hardware: Hardware,
    pub(crate) disks: Disks,
    pub(crate) challenge: Challenge,
}

/// A challenge that was never given before, good until `expiry`.
pub(crate) fn challenge(number: u64, expiry: UnixSeconds) -> Challenge {
    let mut random = [0; 12];
    random[..8].copy_from_slice(&number.to_be_bytes());
    Challenge::new(random, expiry, None, |_| [0; 16])
}

impl Attest {
    /// `name` attests box `number`; every challenge number is good once, for five minutes.
    pub(crate) fn new(
        name: &WalletId,
        hardware: Hardware,
        number: u64,
        fresh: u64,
        now: UnixMillis,
    ) -> Self {
        let expiry = UnixSeconds(now.seconds().0 + 300);
        Self {
            name: name.clone(),
            hardware,
            disks: box_number(number),
            challenge: challenge(fresh, expiry),
        }
    }

    /// The members of the submission, without braces and signature.
    pub(crate) fn body(&self) -> String {
        let Self { name, hardware, disks, challenge } = self;
        let (device, checks) = (hardware.device(), hardware.checks());
        format!(
            r#""miner":"{name}","nonce":"{challenge}","device":{{{device}}},"signals":{{"macs":[],"disks":{disks:?}}},"fingerprint":{{"checks":{checks}}}"#
        )
    }

    pub(crate) fn signed_by(&self, person: &Person) -> Command {
        let body = self.body();
        let unsigned = format!("{{{body}}}");
        let json = Json::parse(unsigned.as_bytes()).unwrap();
        let signature = person.sign(to_canonical_without(&json, &[]).unwrap().as_bytes());
        let key = person.public_key().to_hex();
        judged(&format!(
            r#"{{{body},"signature":"{}","public_key":"{key}","signature_type":"ed25519"}}"#,
            signature.to_hex()
        ))
    }

    pub(crate) fn unsigned(&self) -> Command {
        judged(&format!("{{{}}}", self.body()))
    }
}

fn judged(body: &str) -> Command {
    let signed = SignedAttestation::parse_and_verify(body.as_bytes()).unwrap();
    Command::Attest(Box::new(JudgedAttestation::judge(&signed, genesis()).unwrap()))
}

// --- books ----------------------------------------------------------------------------------------

/// Where books are kept.
pub(crate) enum Place {
    Memory(MemoryStore),
    Folder(TempDir),
}

impl Place {
    /// A fresh place of every kind.
    pub(crate) fn of_every_kind() -> [(&'static str, Self); 2] {
        [("memory", Self::memory()), ("sqlite", Self::folder())]
    }

    pub(crate) fn memory() -> Self {
        Self::Memory(MemoryStore::default())
    }

    pub(crate) fn folder() -> Self {
        Self::Folder(TempDir::new().unwrap())
    }

    pub(crate) fn found(&mut self, founding: &Founding) -> Store {
        match self {
            Self::Memory(store) => {
                *store = MemoryStore::found(founding.clone());
                store.open()
            }
            Self::Folder(folder) => SqliteStore::at(folder.path()).found(founding).unwrap(),
        }
    }

    pub(crate) fn open(&self) -> Result<Store, StoreError> {
        match self {
            Self::Memory(store) => Ok(store.open()),
            Self::Folder(folder) => SqliteStore::at(folder.path()).open(),
        }
    }

    pub(crate) fn reopen(&self) -> Result<Ledger, LedgerError> {
        Ledger::open(self.open()?, Box::new(node()), &mut |_, _| {})
    }
}

/// Books in memory, founded at the beginning of the test network.
pub(crate) fn books() -> Ledger {
    books_of(&test_founding())
}

pub(crate) fn books_of(founding: &Founding) -> Ledger {
    Ledger::found(Place::memory().found(founding), at(0), Box::new(node())).unwrap()
}

/// What tests ask of a ledger.
pub(crate) trait LedgerForTests {
    /// Executes commands as one group.
    fn give_all(&mut self, now: UnixMillis, commands: &[Command]) -> Vec<Outcome>;
    /// Executes one command in a group of its own.
    fn give(&mut self, now: UnixMillis, command: Command) -> Outcome;
    /// Seals what is open.
    fn seal(&mut self) -> Option<Seal>;
    fn account(&self, wallet: &WalletId) -> Option<Account>;
    /// What a wallet holds, in micro-RTC.
    fn balance(&self, wallet: &WalletId) -> u64;
    fn root_of_everything(&self) -> [u8; 32];
    /// The weight of a miner in the open epoch, in millionths.
    fn weight(&self, miner: &WalletId) -> Option<u32>;
}

impl LedgerForTests for Ledger {
    fn give_all(&mut self, now: UnixMillis, commands: &[Command]) -> Vec<Outcome> {
        self.commit(now, commands).unwrap()
    }

    fn give(&mut self, now: UnixMillis, command: Command) -> Outcome {
        self.give_all(now, &[command]).remove(0)
    }

    fn seal(&mut self) -> Option<Seal> {
        self.close_block().unwrap()
    }

    fn account(&self, wallet: &WalletId) -> Option<Account> {
        self.state().read().account(wallet).copied()
    }

    fn balance(&self, wallet: &WalletId) -> u64 {
        self.account(wallet).map_or(0, |account| account.balance.micro())
    }

    fn root_of_everything(&self) -> [u8; 32] {
        ledger::seal::Trees::over(&self.state().read()).state_root()
    }

    fn weight(&self, miner: &WalletId) -> Option<u32> {
        let state = self.state();
        let state = state.read();
        let enrolment = state.miner(miner)?.enrolment?;
        let open = enrolment.epoch == EpochId(state.counters.open_epoch.0);
        open.then(|| state.enrolments.get(enrolment.row).unwrap().weight.millionths())
    }
}
