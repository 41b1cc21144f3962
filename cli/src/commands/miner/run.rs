//! `rustchain miner run`: attest this machine, again and again.

use std::path::PathBuf;
use std::sync::Arc;

use client::NodeClient;
use keystore::WalletName;
use miner::config::{ConfigError, MinerConfig};
use miner::fingerprint::stopwatch::SystemStopwatch;
use miner::host::system::SystemHost;
use miner::run::{Measured, Miner, Progress, Summary};
use miner::session::{Failure as MinerFailure, FailureKind, Rounds, Trouble};
use protocol::keys::Signer as _;
use protocol::wallet_id::MinerId;
use serde::Serialize;

use crate::config;
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::hardening::harden_process;
use crate::output::{Answer, Output, Page};
use crate::secret_input::PassphraseSource;
use crate::session::Session;

/// Attest this machine every ten minutes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    rustchain miner run --wallet alice\n  \
    rustchain miner run --once --wallet alice --passphrase-file /dev/fd/3 3<FILE\n  \
    rustchain miner run --miner-config miner.toml")]
pub struct Args {
    /// The wallet whose key attests; by default the one that is set or the only one
    #[arg(long, value_name = "WALLET")]
    pub wallet: Option<WalletName>,
    /// Attest as this miner instead of as the wallet's address
    #[arg(long, value_name = "ID", value_parser = miner_id)]
    pub miner_id: Option<MinerId>,
    /// Read the wallet, the node and the pace from a TOML file
    #[arg(long, value_name = "FILE", conflicts_with = "miner_id")]
    pub miner_config: Option<PathBuf>,
    /// Attest once and stop
    #[arg(long)]
    pub once: bool,
    /// What unlocks the wallet.
    #[command(flatten)]
    pub passphrase: PassphraseSource,
}

fn miner_id(text: &str) -> Result<MinerId, String> {
    MinerId::parse(text).map_err(|error| error.to_string())
}

/// What is said while a miner runs.
#[derive(Debug, Serialize)]
struct Said {
    event: &'static str,
    text: String,
}

impl Output for Said {
    fn page(&self) -> Page {
        Page::new().line(&self.text)
    }
}

#[derive(Debug, Serialize)]
struct Attested {
    miner: String,
    accepted: bool,
    fingerprint_passed: bool,
    multiplier: Option<f64>,
    epoch: Option<u64>,
    enrolled: bool,
    failed_checks: Vec<String>,
    reasons: Vec<String>,
}

impl Attested {
    fn of(miner: &MinerId, summary: Summary) -> Self {
        let failed = summary.failed_checks.iter();
        Self {
            miner: miner.to_string(),
            accepted: summary.accepted,
            fingerprint_passed: summary.fingerprint_passed,
            multiplier: summary.multiplier,
            epoch: summary.epoch,
            enrolled: summary.enrolled,
            failed_checks: failed
                .map(|check| format!("{}: {}", check.check, check.reason))
                .collect(),
            reasons: summary.reasons,
        }
    }
}

impl Output for Attested {
    fn page(&self) -> Page {
        let yes_no = |yes: bool| if yes { "yes" } else { "no" };
        let page = Page::new()
            .field("miner", &self.miner)
            .field("accepted", &yes_no(self.accepted))
            .field("fingerprint passed", &yes_no(self.fingerprint_passed))
            .optional("multiplier", self.multiplier)
            .optional("epoch", self.epoch)
            .field("enrolled", &yes_no(self.enrolled));
        let failed = self.failed_checks.iter().map(|check| ("failed check", check));
        let reasons = self.reasons.iter().map(|reason| ("reason", reason));
        failed.chain(reasons).fold(page, |page, (name, text)| page.field(name, text))
    }
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Answer, Failure> {
    harden_process();
    let vault = session.wallet(args.wallet.as_ref())?;
    let passphrase = args.passphrase.existing(vault.header().name.as_str(), session.printer())?;
    let key = vault.unlock(&passphrase)?.into_key();
    let config = if let Some(path) = &args.miner_config {
        MinerConfig::load(path)?
    } else {
        let name = args.miner_id.clone().unwrap_or_else(|| key.public_key().address());
        MinerConfig::new(name, session.config()?.value(&config::NODE_URL))
    };
    let client = NodeClient::new(config.endpoint()?)?;
    let evidence = Measured { host: SystemHost, stopwatch: SystemStopwatch::start() };
    let miner = Miner {
        client: &client,
        signer: &key,
        evidence: Arc::new(evidence),
        name: config.wallet_id.clone(),
        clock: &|| session.now(),
    };
    let rounds = if args.once { Rounds::Once } else { Rounds::Forever };
    let mut tell = |progress: Progress| say(&progress, args.once, session);
    let seed = session.now().0;
    let summary = session.wait(miner.run(config.pace(rounds), seed, &mut tell))?;
    let accepted = summary.accepted;
    let answer = Answer::of(&Attested::of(&config.wallet_id, summary));
    Ok(if accepted { answer } else { answer.with_exit(ExitCode::Refused) })
}

/// A single round is summed up by its result, so what happens on the way is a note; a miner that
/// goes on reports as it goes.
fn say(progress: &Progress, once: bool, session: &Session) {
    let (event, text) = match progress {
        Progress::Challenged => ("challenged", "the node gave a challenge".to_owned()),
        Progress::Measured => ("measured", "this machine is measured".to_owned()),
        Progress::Accepted(reply) => {
            let passed = if reply.fingerprint_passed { "passed" } else { "not passed" };
            let weight = reply.multiplier.map_or_else(|| "?".to_owned(), |times| times.to_string());
            ("accepted", format!("accepted: fingerprint {passed}, multiplier {weight}"))
        }
        Progress::Enrolled(reply) => ("enrolled", format!("enrolled in epoch {}", reply.epoch)),
        Progress::Trouble(trouble) => ("trouble", describe(trouble)),
        Progress::Sleeping(until) => {
            let seconds = until.millis_since(session.now()) / 1_000;
            ("sleeping", format!("sleeping for {seconds} s"))
        }
    };
    if once {
        session.printer().note(&text);
    } else {
        session.printer().event(&Said { event, text });
    }
}

fn describe(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Retrying { failure, failed_attempts, .. } => {
            format!("attempt {failed_attempts} failed, trying again: {}", failure.message)
        }
        Trouble::RoundLost(failure) => format!("all attempts failed: {}", failure.message),
        Trouble::Refused(failure) => format!("refused: {}", with_code(failure)),
        Trouble::NotEnrolled(failure) => format!("not enrolled: {}", with_code(failure)),
    }
}

fn with_code(failure: &MinerFailure) -> String {
    match &failure.code {
        Some(code) => format!("{code}: {}", failure.message),
        None => failure.message.clone(),
    }
}

impl From<MinerFailure> for Failure {
    fn from(failure: MinerFailure) -> Self {
        let (exit, code) = match failure.kind {
            FailureKind::Temporary => (ExitCode::Unreachable, "node_unavailable"),
            FailureKind::Refused => (ExitCode::Refused, "attestation_refused"),
            FailureKind::Local => (ExitCode::Other, "attestation_impossible"),
        };
        let code = failure.code.as_deref().unwrap_or(code).to_owned();
        Self::new(exit, code, failure.message)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::config(error.to_string())
    }
}
