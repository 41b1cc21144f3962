//! Drives [`Session`]: does what it says, and tells it what came of that.
//!
//! Nothing is printed here; whoever runs a miner is told through a callback.

mod evidence;
mod payload;

use std::sync::Arc;
use std::time::Duration;

use client::{ClientError, NodeClient};
use protocol::api::attest::{EnrolReply, FailedCheck, SubmitReply};
use protocol::epoch::EpochId;
use protocol::keys::Signer;
use protocol::time::{UnixMillis, UnixSeconds};
use protocol::wallet_id::MinerId;
use serde_json::Value;
use tokio::time::Instant;

pub use evidence::{Evidence, EvidenceError, Measured};

use crate::session::{Action, Event, Failure, Pace, Session, Trouble};

/// The longest sleep without a look at the clock, so that a machine that was suspended notices.
const LONGEST_NAP: Duration = Duration::from_secs(30);

/// A miner with everything it needs.
pub struct Miner<'a> {
    /// The node.
    pub client: &'a NodeClient,
    /// The key that attests. It owns the name from the first attestation on.
    pub signer: &'a dyn Signer,
    /// The machine.
    pub evidence: Arc<dyn Evidence>,
    /// The wallet that earns, and the miner's name.
    pub name: MinerId,
    /// The wall clock.
    pub clock: &'a dyn Fn() -> UnixMillis,
}

/// What happened, for a person.
#[derive(Debug, Clone, PartialEq)]
pub enum Progress {
    /// The node gave a challenge.
    Challenged,
    /// The machine was measured.
    Measured,
    /// The node accepted the attestation.
    Accepted(Box<SubmitReply>),
    /// The node enrolled the miner on request.
    Enrolled(Box<EnrolReply>),
    /// Something went wrong.
    Trouble(Trouble),
    /// Nothing happens until then.
    Sleeping(UnixMillis),
}

/// What a round came to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Summary {
    /// Whether the attestation was accepted.
    pub accepted: bool,
    /// Whether the evidence speaks for real hardware.
    pub fingerprint_passed: bool,
    /// What the miner weighs in the epoch, if the node said so.
    pub multiplier: Option<f64>,
    /// The epoch, if the node said so.
    pub epoch: Option<u64>,
    /// Whether the miner is enrolled in it.
    pub enrolled: bool,
    /// The checks that failed, and why.
    pub failed_checks: Vec<FailedCheck>,
    /// Why it weighs that much, or why it is not enrolled.
    pub reasons: Vec<String>,
}

/// What a round has come to so far.
#[derive(Default)]
struct Round {
    challenge: String,
    evidence: Value,
    summary: Summary,
}

impl Miner<'_> {
    /// Attests at this pace until all rounds are over or it makes no sense to go on. Can be
    /// dropped at any point.
    ///
    /// `seed` is any random number; it spreads the delays of miners that failed together.
    pub async fn run(
        &self,
        pace: Pace,
        seed: u64,
        tell: &mut dyn FnMut(Progress),
    ) -> Result<Summary, Failure> {
        self.check_name()?;
        let mut session = Session::new(pace, seed);
        let mut round = Round::default();
        let mut event = Event::Started;
        loop {
            let mut next = Action::Finish;
            for action in session.on(event, (self.clock)()) {
                match action {
                    Action::Tell(trouble) => {
                        round.note(&trouble);
                        tell(Progress::Trouble(trouble));
                    }
                    step => next = step,
                }
            }
            event = match next {
                Action::Finish => return Ok(round.summary),
                Action::GiveUp(failure) => return Err(failure),
                step => match self.perform(step, &mut round, tell).await {
                    Ok(event) => event,
                    Err(failure) => Event::Failed(failure),
                },
            };
        }
    }

    /// An address can be attested by its own key only; better said before anything is measured.
    fn check_name(&self) -> Result<(), Failure> {
        let address = self.signer.public_key().address();
        if self.name.is_address() && self.name != address {
            let text = format!("{} belongs to another key; this key is {address}", self.name);
            return Err(Failure::local(text));
        }
        Ok(())
    }

    async fn perform(
        &self,
        step: Action,
        round: &mut Round,
        tell: &mut dyn FnMut(Progress),
    ) -> Result<Event, Failure> {
        match step {
            Action::FetchChallenge => self.fetch_challenge(round, tell).await,
            Action::Measure => self.measure(round, tell).await,
            Action::Submit => self.submit(round, tell).await,
            Action::FetchEpoch => {
                let epoch = self.client.epoch().await.map_err(failed)?;
                Ok(Event::EpochKnown(EpochId(epoch.epoch)))
            }
            Action::Enrol(epoch) => self.enrol(epoch, round, tell).await,
            Action::SleepUntil(until) => {
                tell(Progress::Sleeping(until));
                self.sleep_until(until).await;
                Ok(Event::Woke)
            }
            // `run` has dealt with these.
            Action::Tell(_) | Action::Finish | Action::GiveUp(_) => Ok(Event::Woke),
        }
    }

    async fn fetch_challenge(
        &self,
        round: &mut Round,
        tell: &mut dyn FnMut(Progress),
    ) -> Result<Event, Failure> {
        let reply = self.client.challenge(Some(&self.name)).await.map_err(failed)?;
        *round = Round { challenge: reply.nonce, ..Round::default() };
        tell(Progress::Challenged);
        Ok(Event::Challenged {
            expires_at: UnixSeconds(reply.expires_at),
            server_time: reply.server_time.map(UnixSeconds),
        })
    }

    async fn measure(
        &self,
        round: &mut Round,
        tell: &mut dyn FnMut(Progress),
    ) -> Result<Event, Failure> {
        let evidence = Arc::clone(&self.evidence);
        let measuring = tokio::task::spawn_blocking(move || evidence.measure());
        let measured = measuring.await.map_err(|_panicked| {
            Failure::local("measuring the machine failed; this is a bug of the miner")
        })?;
        round.evidence = measured.map_err(|error| Failure::local(error.to_string()))?;
        tell(Progress::Measured);
        Ok(Event::Measured)
    }

    async fn submit(
        &self,
        round: &mut Round,
        tell: &mut dyn FnMut(Progress),
    ) -> Result<Event, Failure> {
        let body = payload::attestation(&round.evidence, &round.challenge, &self.name, self.signer)
            .map_err(|error| Failure::local(error.to_string()))?;
        let reply = self.client.submit_attestation(body).await.map_err(failed)?;
        let enrolled = reply.enrolled == Some(true);
        round.summary = Summary {
            accepted: true,
            fingerprint_passed: reply.fingerprint_passed,
            multiplier: reply.multiplier,
            epoch: reply.epoch,
            enrolled,
            failed_checks: reply.failed_checks.clone(),
            reasons: reply.reasons.clone(),
        };
        tell(Progress::Accepted(Box::new(reply)));
        Ok(Event::Accepted { enrolled })
    }

    async fn enrol(
        &self,
        epoch: EpochId,
        round: &mut Round,
        tell: &mut dyn FnMut(Progress),
    ) -> Result<Event, Failure> {
        let body = payload::enrolment(&self.name, epoch, self.signer);
        let reply = self.client.enrol(&body).await.map_err(failed)?;
        round.summary.enrolled = true;
        round.summary.epoch = Some(reply.epoch);
        round.summary.multiplier = Some(reply.weight);
        tell(Progress::Enrolled(Box::new(reply)));
        Ok(Event::Enrolled)
    }

    /// Sleeps until the wall clock says so, or until the time that was planned has passed: a wall
    /// clock that is set back must not stop a miner for hours.
    async fn sleep_until(&self, until: UnixMillis) {
        let planned = Duration::from_millis(until.millis_since((self.clock)()));
        let end = Instant::now() + planned;
        loop {
            let by_wall_clock = Duration::from_millis(until.millis_since((self.clock)()));
            let left = by_wall_clock.min(end.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left.min(LONGEST_NAP)).await;
        }
    }
}

impl Round {
    fn note(&mut self, trouble: &Trouble) {
        if let Trouble::NotEnrolled(failure) = trouble {
            self.summary.reasons.push(failure.message.clone());
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "takes the error out of a Result")]
fn failed(error: ClientError) -> Failure {
    Failure::from(&error)
}

#[cfg(test)]
pub(crate) mod test_key;

#[cfg(test)]
mod tests;
