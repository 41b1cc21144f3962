//! The miner's loop as a machine: events in, actions out. It reads no clock, sleeps nowhere and
//! sends nothing; [`crate::run`] does that for it.
//!
//! A round is: challenge, measure, submit, and where the node did not enrol by itself, epoch and
//! enrol. Rounds begin at a fixed pace, so a miner keeps its place among thousands even after an
//! outage. What may go better soon is tried again with exponential back-off and full jitter; a
//! lawful no is shown and then asked again ever more rarely.

mod failure;

use std::time::Duration;

use client::backoff::Backoff;
use protocol::challenge::CHALLENGE_TTL_SECONDS;
use protocol::epoch::EpochId;
use protocol::time::{UnixMillis, UnixSeconds};

pub use failure::{Failure, FailureKind};

/// How much of a challenge's life has to be left when the attestation is sent.
const CHALLENGE_MARGIN_MS: u64 = 5_000;
/// After refusals in a row the pace slows down to this many intervals.
const SLOWEST_INTERVALS: u32 = 6;

/// How often to attest, and how patiently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// From the beginning of one round to that of the next.
    pub interval: Duration,
    /// The attempts within a round.
    pub backoff: Backoff,
    /// How many rounds.
    pub rounds: Rounds,
}

/// How many rounds a miner does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounds {
    /// One, and no second after a refusal.
    Once,
    /// As many as come.
    Forever,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The miner was started.
    Started,
    /// The node gave a challenge.
    Challenged {
        /// From then on it is no longer good, by the node's clock.
        expires_at: UnixSeconds,
        /// The node's clock, if it told.
        server_time: Option<UnixSeconds>,
    },
    /// The machine was measured.
    Measured,
    /// The node accepted the attestation.
    Accepted {
        /// Whether the node says that the miner is enrolled.
        enrolled: bool,
    },
    /// The node said which epoch is running.
    EpochKnown(EpochId),
    /// The node enrolled the miner.
    Enrolled,
    /// The step that was asked for failed.
    Failed(Failure),
    /// The sleep is over.
    Woke,
}

/// What to do; the last of a list is the next step, those before are for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Ask for a challenge.
    FetchChallenge,
    /// Measure the machine.
    Measure,
    /// Sign and send the attestation.
    Submit,
    /// Ask which epoch is running.
    FetchEpoch,
    /// Sign and send the enrolment.
    Enrol(EpochId),
    /// Do nothing until then.
    SleepUntil(UnixMillis),
    /// Tell the person what went wrong.
    Tell(Trouble),
    /// All rounds are over.
    Finish,
    /// It makes no sense to go on.
    GiveUp(Failure),
}

/// What a person should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// A step failed and will be tried again.
    Retrying {
        /// Why it failed.
        failure: Failure,
        /// How many attempts have failed.
        failed_attempts: u32,
        /// When the next begins.
        at: UnixMillis,
    },
    /// All attempts of the round have failed.
    RoundLost(Failure),
    /// The node refused the attestation.
    Refused(Failure),
    /// The attestation was accepted, but the enrolment was refused or never arrived.
    NotEnrolled(Failure),
}

/// Where a round stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Before or at the attestation.
    Attesting,
    /// The attestation is accepted; the enrolment is not done.
    Enrolling,
}

/// The machine.
#[derive(Debug, Clone)]
pub struct Session {
    pace: Pace,
    stage: Stage,
    /// Whether the round that is slept towards is a new one.
    next_is_new: bool,
    round_began: UnixMillis,
    challenge_ends: UnixMillis,
    failed_attempts: u32,
    refusals_in_a_row: u32,
    random: u64,
}

impl Session {
    /// A machine that has not started. `seed` is any random number; it spreads the delays.
    pub const fn new(pace: Pace, seed: u64) -> Self {
        Self {
            pace,
            stage: Stage::Attesting,
            next_is_new: true,
            round_began: UnixMillis(0),
            challenge_ends: UnixMillis(0),
            failed_attempts: 0,
            refusals_in_a_row: 0,
            random: seed,
        }
    }

    /// What follows from an event.
    pub fn on(&mut self, event: Event, now: UnixMillis) -> Vec<Action> {
        match event {
            Event::Started => self.begin_round(now),
            Event::Woke if self.next_is_new => self.begin_round(now),
            Event::Woke if self.stage == Stage::Enrolling => vec![Action::FetchEpoch],
            Event::Woke => vec![Action::FetchChallenge],
            Event::Challenged { expires_at, server_time } => {
                self.challenge_ends = challenge_end(expires_at, server_time, now);
                vec![Action::Measure]
            }
            Event::Measured if now.plus_millis(CHALLENGE_MARGIN_MS) >= self.challenge_ends => {
                self.after_temporary(too_slow(), now)
            }
            Event::Measured => vec![Action::Submit],
            Event::Accepted { enrolled } => {
                self.failed_attempts = 0;
                self.refusals_in_a_row = 0;
                if enrolled { vec![self.end_round(1, now)] } else { self.begin_enrolment() }
            }
            Event::EpochKnown(epoch) => vec![Action::Enrol(epoch)],
            Event::Enrolled => vec![self.end_round(1, now)],
            Event::Failed(failure) => match failure.kind {
                FailureKind::Temporary => self.after_temporary(failure, now),
                FailureKind::Refused => self.after_refusal(failure, now),
                FailureKind::Local => vec![Action::GiveUp(failure)],
            },
        }
    }

    fn begin_round(&mut self, now: UnixMillis) -> Vec<Action> {
        self.round_began = now;
        self.next_is_new = false;
        self.stage = Stage::Attesting;
        self.failed_attempts = 0;
        vec![Action::FetchChallenge]
    }

    fn begin_enrolment(&mut self) -> Vec<Action> {
        self.stage = Stage::Enrolling;
        vec![Action::FetchEpoch]
    }

    /// Waits for the beginning of a later round, at the earliest a tenth of an interval from now.
    fn end_round(&mut self, intervals: u32, now: UnixMillis) -> Action {
        if self.pace.rounds == Rounds::Once {
            return Action::Finish;
        }
        self.next_is_new = true;
        let interval = millis(self.pace.interval);
        let regular = self.round_began.plus_millis(interval.saturating_mul(intervals.into()));
        Action::SleepUntil(regular.max(now.plus_millis(interval / 10)))
    }

    fn after_temporary(&mut self, failure: Failure, now: UnixMillis) -> Vec<Action> {
        self.failed_attempts = self.failed_attempts.saturating_add(1);
        let left_alone_until = now.plus_millis(failure.retry_after.map_or(0, millis));
        let random = self.draw();
        if let Some(delay) = self.pace.backoff.delay(self.failed_attempts, random) {
            let at = now.plus_millis(millis(delay)).max(left_alone_until);
            let failed_attempts = self.failed_attempts;
            let trouble = Trouble::Retrying { failure, failed_attempts, at };
            return vec![Action::Tell(trouble), Action::SleepUntil(at)];
        }
        self.lose_round(failure, left_alone_until, now)
    }

    fn lose_round(
        &mut self,
        failure: Failure,
        left_alone_until: UnixMillis,
        now: UnixMillis,
    ) -> Vec<Action> {
        let trouble = match (self.stage, self.pace.rounds) {
            (Stage::Enrolling, _) => Trouble::NotEnrolled(failure),
            (Stage::Attesting, Rounds::Once) => return vec![Action::GiveUp(failure)],
            (Stage::Attesting, Rounds::Forever) => Trouble::RoundLost(failure),
        };
        let next = match self.end_round(1, now) {
            Action::SleepUntil(at) => Action::SleepUntil(at.max(left_alone_until)),
            other => other,
        };
        vec![Action::Tell(trouble), next]
    }

    fn after_refusal(&mut self, failure: Failure, now: UnixMillis) -> Vec<Action> {
        let (trouble, intervals) = match (self.stage, self.pace.rounds) {
            (Stage::Enrolling, _) => (Trouble::NotEnrolled(failure), 1),
            (Stage::Attesting, Rounds::Once) => return vec![Action::GiveUp(failure)],
            (Stage::Attesting, Rounds::Forever) => {
                let slower = 2_u32.saturating_pow(self.refusals_in_a_row).min(SLOWEST_INTERVALS);
                self.refusals_in_a_row = self.refusals_in_a_row.saturating_add(1);
                (Trouble::Refused(failure), slower)
            }
        };
        vec![Action::Tell(trouble), self.end_round(intervals, now)]
    }

    /// The next number of the `SplitMix64` sequence, which spreads delays well enough.
    const fn draw(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// When a challenge ends by our clock. Clocks can differ by hours, so what counts is how long it
/// has left by the node's; a node that does not tell its time gives what all nodes give.
fn challenge_end(
    expires_at: UnixSeconds,
    server_time: Option<UnixSeconds>,
    now: UnixMillis,
) -> UnixMillis {
    let left = match server_time {
        Some(server_time) => expires_at.seconds_since(server_time).min(CHALLENGE_TTL_SECONDS),
        None => CHALLENGE_TTL_SECONDS,
    };
    now.plus_millis(left.saturating_mul(1_000))
}

fn too_slow() -> Failure {
    Failure {
        kind: FailureKind::Temporary,
        code: None,
        message: "the challenge expired while the machine was measured".to_owned(),
        retry_after: None,
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
