//! What somebody might try: every kind of command, lawful or not, chosen by chance and signed.

use ledger::command::{Command, JudgedAttestation};
use protocol::admin::{AdminAction, SignedAdmin};
use protocol::attestation::SignedAttestation;
use protocol::canonical_json::to_canonical_without;
use protocol::json::Json;
use protocol::keys::Signer as _;
use protocol::owner_request::{OwnerRequest, SignedOwnerRequest};
use protocol::time::UnixSeconds;
use protocol::transfer::{SignedTransfer, Transfer, TransferForm};
use protocol::verified::Verified;
use protocol::wallet_id::WalletId;

use super::choices::Choices;
use super::naive::Naive;
use crate::world::*;

const PEOPLE: usize = 12;
const NAMES: [&str; 7] = ["rig-1", "rig-2", "rig-3", "treasury", "old", "reserve", "founder_team"];

/// What somebody tries.
#[derive(Clone, Debug)]
pub(crate) enum Attempt {
    Transfer {
        from: usize,
        to: usize,
        amount: u64,
        nonce: u64,
        with_chain_id: bool,
    },
    Attest {
        who: usize,
        name: WalletId,
        hardware: Hardware,
        number: u64,
        challenge: u64,
        expiry: u64,
        is_signed: bool,
    },
    Release {
        who: usize,
        name: WalletId,
        nonce: u64,
    },
    Claim {
        who: usize,
        name: WalletId,
        to: WalletId,
        nonce: u64,
    },
    Admin {
        sequence: u64,
        by_validator: bool,
        action: AdminAttempt,
    },
}

/// What an admin tries.
#[derive(Clone, Debug)]
pub(crate) enum AdminAttempt {
    Transfer { from: WalletId, to: WalletId, amount: u64, key: Option<String>, too_wordy: bool },
    BindKey { name: WalletId, who: usize },
    Release { name: WalletId },
}

impl Attempt {
    /// What kind of command it is.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Transfer { .. } => "transfer",
            Self::Attest { .. } => "attestation",
            Self::Release { .. } => "release",
            Self::Claim { .. } => "claim",
            Self::Admin { action: AdminAttempt::Transfer { .. }, .. } => "admin transfer",
            Self::Admin { action: AdminAttempt::BindKey { .. }, .. } => "admin binds a key",
            Self::Admin { action: AdminAttempt::Release { .. }, .. } => "admin releases",
        }
    }
}

/// Everybody who may try something.
pub(crate) struct Crowd {
    people: Vec<Person>,
    pub(crate) wallets: Vec<WalletId>,
    names: Vec<WalletId>,
    challenges: u64,
}

impl Crowd {
    pub(crate) fn new() -> Self {
        let mut people: Vec<Person> = (100..).take(PEOPLE - 1).map(Person::new).collect();
        people.push(alice());
        let wallets = people.iter().map(Person::wallet).collect();
        let names = NAMES.iter().map(|name| wallet(name)).collect();
        Self { people, wallets, names, challenges: 0 }
    }

    // --- chosen by chance -------------------------------------------------------------------------

    /// Anything, `now` milliseconds after the beginning.
    pub(crate) fn any_attempt(&mut self, by: &mut Choices, books: &Naive, now: u64) -> Attempt {
        match by.below(100) {
            0..45 => self.any_transfer(by, books),
            45..75 => self.any_attestation(by, now),
            75..82 => {
                let (who, name) = self.somebody_and_a_name(by);
                let nonce = nonce_after(by, books.owner_nonce(&name));
                Attempt::Release { who, name, nonce }
            }
            82..90 => {
                let (who, name) = (by.index(PEOPLE), self.any_name(by));
                let to = self.any_wallet(by);
                let last = books.names.get(&name).map_or(0, |pinned| pinned.nonce);
                let nonce = nonce_after(by, last);
                Attempt::Claim { who, name, to, nonce }
            }
            _ => self.any_admin_command(by, books),
        }
    }

    fn any_name(&self, by: &mut Choices) -> WalletId {
        by.pick(&self.names).clone()
    }

    fn any_wallet(&self, by: &mut Choices) -> WalletId {
        if by.once_in(4) { self.any_name(by) } else { by.pick(&self.wallets).clone() }
    }

    fn any_transfer(&self, by: &mut Choices, books: &Naive) -> Attempt {
        let (from, to) = (by.index(PEOPLE), by.index(PEOPLE));
        let held = books.balances.get(&self.wallets[from]).copied().unwrap_or(0);
        let amount = any_amount(by, held);
        let nonce = nonce_after(by, books.nonce(from));
        Attempt::Transfer { from, to, amount, nonce, with_chain_id: !by.once_in(40) }
    }

    fn somebody_and_a_name(&self, by: &mut Choices) -> (usize, WalletId) {
        let who = by.index(PEOPLE);
        let own = !by.once_in(3);
        (who, if own { self.wallets[who].clone() } else { self.any_name(by) })
    }

    fn any_attestation(&mut self, by: &mut Choices, now: u64) -> Attempt {
        let (who, name) = self.somebody_and_a_name(by);
        if !by.once_in(20) {
            self.challenges += 1;
        }
        let seconds = at(now).seconds().0;
        let expiry = if by.once_in(20) { seconds } else { seconds + 300 };
        let challenge = self.challenges;
        let hardware = *by.pick(&[Hardware::G4, Hardware::Pc, Hardware::Unmeasured]);
        let number = by.below(14);
        let is_signed = !by.once_in(40);
        Attempt::Attest { who, name, hardware, number, challenge, expiry, is_signed }
    }

    /// Somebody who attests again and again, more often than a slot allows.
    pub(crate) fn rush(&mut self, by: &mut Choices, now: u64) -> Vec<Attempt> {
        let (who, number) = (by.index(PEOPLE), by.below(14));
        let (name, hardware) = (self.wallets[who].clone(), Hardware::Pc);
        let expiry = at(now).seconds().0 + 300;
        let challenges = self.challenges + 1..=self.challenges + 12;
        self.challenges += 12;
        challenges
            .map(|challenge| {
                let name = name.clone();
                Attempt::Attest { who, name, hardware, number, challenge, expiry, is_signed: true }
            })
            .collect()
    }

    fn any_admin_command(&self, by: &mut Choices, books: &Naive) -> Attempt {
        let next = books.admin_commands + 1;
        let sequence = if by.once_in(8) { by.below(next + 3) } else { next };
        let action = match by.below(4) {
            0 => AdminAttempt::Release { name: self.any_wallet(by) },
            1 => AdminAttempt::BindKey { name: self.any_wallet(by), who: by.index(PEOPLE) },
            _ => {
                let to = by.pick(&self.wallets).clone();
                let to = if by.once_in(5) { wallet("old") } else { to };
                let from = wallet("founder_community");
                let from = if by.once_in(12) { self.any_wallet(by) } else { from };
                let key = by.once_in(2).then(|| format!("k{}", by.below(900)));
                let amount = by.below(5 * RTC) * u64::from(!by.once_in(30));
                AdminAttempt::Transfer { from, to, amount, key, too_wordy: by.once_in(40) }
            }
        };
        Attempt::Admin { sequence, by_validator: !by.once_in(40), action }
    }

    // --- signed -----------------------------------------------------------------------------------

    /// The command of an attempt.
    ///
    /// It is signed here, so verifying it at once would say nothing; the replays of unsealed blocks
    /// and of whole histories check every signature that got into the log.
    pub(crate) fn signed(&self, attempt: &Attempt) -> Command {
        match attempt {
            Attempt::Transfer { from, to, amount, nonce, with_chain_id } => {
                let transfer = Transfer {
                    from: self.wallets[*from].clone(),
                    to: self.wallets[*to].clone(),
                    amount: micro(*amount),
                    nonce: *nonce,
                    memo: String::new(),
                };
                let person = &self.people[*from];
                let signed = if *with_chain_id {
                    SignedTransfer::sign(transfer, &chain_id(), person)
                } else {
                    signed_for_any_chain(transfer, person)
                };
                Command::Transfer(Verified::trusted_from_own_log(signed))
            }
            Attempt::Attest {
                who,
                name,
                hardware,
                number,
                challenge: fresh,
                expiry,
                is_signed,
            } => {
                let challenge = challenge(*fresh, UnixSeconds(*expiry));
                let (name, disks) = (name.clone(), box_number(*number));
                let attest = Attest { name, hardware: *hardware, disks, challenge };
                judged(&if *is_signed {
                    sealed(&attest, &self.people[*who])
                } else {
                    format!("{{{}}}", attest.body())
                })
            }
            Attempt::Release { who, name, nonce } => {
                self.owner_request(*who, name, OwnerRequest::ReleaseMachine, *nonce)
            }
            Attempt::Claim { who, name, to, nonce } => {
                self.owner_request(*who, name, OwnerRequest::Claim { to: to.clone() }, *nonce)
            }
            Attempt::Admin { sequence, by_validator, action } => {
                let signer = if *by_validator { node() } else { alice() };
                let (name, action) = ("ops".to_owned(), self.admin_action(action));
                Command::Admin(SignedAdmin::sign(*sequence, name, action, &chain_id(), &signer))
            }
        }
    }

    fn owner_request(
        &self,
        who: usize,
        name: &WalletId,
        request: OwnerRequest,
        nonce: u64,
    ) -> Command {
        let person = &self.people[who];
        let signed = SignedOwnerRequest::sign(name.clone(), request, nonce, &chain_id(), person);
        Command::Owner(Verified::trusted_from_own_log(signed))
    }

    fn admin_action(&self, action: &AdminAttempt) -> AdminAction {
        match action.clone() {
            AdminAttempt::Transfer { from, to, amount, key, too_wordy } => AdminAction::Transfer {
                from,
                to,
                amount: micro(amount),
                reason: if too_wordy { "bounty ".repeat(20) } else { "bounty".to_owned() },
                idempotency_key: key,
            },
            AdminAttempt::BindKey { name, who } => {
                AdminAction::BindKey { name, key: self.people[who].public_key() }
            }
            AdminAttempt::Release { name } => AdminAction::ReleaseMachine { miner: name },
        }
    }
}

fn nonce_after(by: &mut Choices, last: u64) -> u64 {
    match by.below(12) {
        0 => last,
        1 => last + 2 + by.below(1_000),
        2 => last + (1 << 20),
        3 => by.next(),
        _ => last + 1,
    }
}

fn any_amount(by: &mut Choices, held: u64) -> u64 {
    match by.below(20) {
        0..2 => by.below(1_200),
        2..4 => held,
        4..6 => held + 1,
        6 => 0,
        _ => by.below(held / 3 + 2_000),
    }
}

/// A transfer whose signature does not cover the chain id, as old clients make them.
fn signed_for_any_chain(transfer: Transfer, person: &Person) -> SignedTransfer {
    let form = TransferForm { chain_id: false, ..TransferForm::OURS }.normalised(&transfer);
    let signature = person.sign(&form.message(&transfer, &chain_id()));
    SignedTransfer::unchecked(transfer, form, person.public_key(), signature, &chain_id())
}

/// A signed submission that names its scheme, so that reading it does not take the signature.
fn sealed(attest: &Attest, person: &Person) -> String {
    let body = attest.body();
    let unsigned = format!("{{{body}}}");
    let json = Json::parse(unsigned.as_bytes()).unwrap();
    let signature = person.sign(to_canonical_without(&json, &[]).unwrap().as_bytes()).to_hex();
    let key = person.public_key().to_hex();
    format!(
        r#"{{{body},"signature":"{signature}","public_key":"{key}","signature_type":"canonical_json"}}"#
    )
}

fn judged(body: &str) -> Command {
    let signed = SignedAttestation::decode_trusted(body.as_bytes()).unwrap();
    Command::Attest(Box::new(JudgedAttestation::judge(&signed, genesis()).unwrap()))
}
