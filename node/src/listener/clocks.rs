//! The time limits of one connection: which phase it is in and when that phase is over.
//!
//! The socket, the service and the answer's body report what happens; [`Watchdog`] wakes when the
//! earliest deadline has passed. A timer is set again only when a deadline moves forward, so a
//! busy connection does not touch the timer wheel at every request.

use std::future::Future as _;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Instant, Sleep};

use super::Timeouts;

/// How long a watchdog sleeps that has no deadline to watch.
const NAP: Duration = Duration::from_mins(1);

/// Stands for "no deadline".
const NEVER: u64 = u64::MAX;

const FRESH: u8 = 0;
const READING_HEAD: u8 = 1;
const ANSWERING: u8 = 2;
const SENDING: u8 = 3;
const IDLE: u8 = 4;
const CLOSING: u8 = 5;

/// The phase of one connection and its deadlines.
///
/// The connection's own task uses it, and the handler's when it drops a body. The fields are atomic
/// because tasks move between threads; no other memory is published through them, hence `Relaxed`.
#[derive(Debug)]
pub(super) struct Clocks {
    timeouts: Timeouts,
    started: Instant,
    phase: AtomicU8,
    /// When the phase is over, in microseconds since `started`.
    phase_ends_us: AtomicU64,
    /// When a write that does not move is given up, likewise.
    write_ends_us: AtomicU64,
    /// The handler did not want the rest of the last request's body.
    body_left: AtomicBool,
}

impl Clocks {
    /// A connection that was accepted just now and owes its first header.
    pub(super) fn new(timeouts: Timeouts) -> Self {
        Self {
            timeouts,
            started: Instant::now(),
            phase: AtomicU8::new(FRESH),
            phase_ends_us: AtomicU64::new(micros(timeouts.header)),
            write_ends_us: AtomicU64::new(NEVER),
            body_left: AtomicBool::new(false),
        }
    }

    /// Bytes came in: the first after a pause begin a header.
    pub(super) fn bytes_arrived(&self) {
        match self.phase.load(Ordering::Relaxed) {
            // The first header is timed from the connection.
            FRESH => self.phase.store(READING_HEAD, Ordering::Relaxed),
            IDLE => self.enter(READING_HEAD, self.timeouts.header),
            _ => {}
        }
    }

    /// A header is complete and its request goes to the router: now, which is given back.
    pub(super) fn request_began(&self) -> Instant {
        let now = Instant::now();
        self.body_left.store(false, Ordering::Relaxed);
        self.enter_at(now, ANSWERING, Some(self.timeouts.answer));
        now
    }

    /// The router has answered. From here on only a socket that takes nothing is a reason to stop.
    pub(super) fn answer_began(&self) {
        self.phase.store(SENDING, Ordering::Relaxed);
        self.phase_ends_us.store(NEVER, Ordering::Relaxed);
    }

    /// The whole answer is with the socket's writer.
    pub(super) fn answer_ended(&self) {
        self.enter(IDLE, self.timeouts.idle);
    }

    /// A request's body was dropped before its end.
    pub(super) fn body_abandoned(&self) {
        self.body_left.store(true, Ordering::Relaxed);
    }

    /// Whether the last request's body was dropped before its end.
    pub(super) fn has_unread_body(&self) -> bool {
        self.body_left.load(Ordering::Relaxed)
    }

    /// Whether the client may still be sending what nobody reads.
    pub(super) fn has_unread_input(&self) -> bool {
        let is_quiet = matches!(self.phase.load(Ordering::Relaxed), FRESH | IDLE);
        !is_quiet || self.has_unread_body()
    }

    /// Our side is closed; the client has a moment to notice. Only the first call counts.
    pub(super) fn closing(&self) {
        if self.phase.load(Ordering::Relaxed) != CLOSING {
            self.enter(CLOSING, self.timeouts.linger);
        }
    }

    /// The socket took bytes.
    pub(super) fn write_moved(&self) {
        if self.write_ends_us.load(Ordering::Relaxed) != NEVER {
            self.write_ends_us.store(NEVER, Ordering::Relaxed);
        }
    }

    /// The socket takes no bytes. Only the first call in a row counts.
    pub(super) fn write_stalled(&self) {
        if self.write_ends_us.load(Ordering::Relaxed) == NEVER {
            let ends = self.since_start(Instant::now() + self.timeouts.write);
            self.write_ends_us.store(ends, Ordering::Relaxed);
        }
    }

    fn enter(&self, phase: u8, limit: Duration) {
        self.enter_at(Instant::now(), phase, Some(limit));
    }

    fn enter_at(&self, now: Instant, phase: u8, limit: Option<Duration>) {
        let ends = limit.map_or(NEVER, |limit| self.since_start(now + limit));
        self.phase.store(phase, Ordering::Relaxed);
        self.phase_ends_us.store(ends, Ordering::Relaxed);
    }

    fn since_start(&self, at: Instant) -> u64 {
        micros(at.saturating_duration_since(self.started))
    }

    /// The earliest deadline, if there is one.
    fn deadline(&self) -> Option<Instant> {
        let ends = self
            .phase_ends_us
            .load(Ordering::Relaxed)
            .min(self.write_ends_us.load(Ordering::Relaxed));
        if ends == NEVER {
            return None;
        }
        self.started.checked_add(Duration::from_micros(ends))
    }

    /// What the connection was doing, for the log.
    pub(super) fn phase(&self) -> &'static str {
        if self.write_ends_us.load(Ordering::Relaxed) != NEVER {
            return "writing";
        }
        match self.phase.load(Ordering::Relaxed) {
            FRESH => "fresh",
            READING_HEAD => "reading a header",
            ANSWERING => "answering",
            SENDING => "sending",
            IDLE => "idle",
            _ => "closing",
        }
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(NEVER)
}

/// Wakes the connection's task when a deadline of its clocks has passed.
pub(super) struct Watchdog {
    clocks: Arc<Clocks>,
    sleep: Pin<Box<Sleep>>,
    armed_for: Instant,
}

impl Watchdog {
    pub(super) fn new(clocks: Arc<Clocks>) -> Self {
        let armed_for = clocks.deadline().unwrap_or(clocks.started);
        Self { clocks, sleep: Box::pin(tokio::time::sleep_until(armed_for)), armed_for }
    }

    /// Ready once a deadline has passed. Must be polled after everything that reports to the
    /// clocks: a deadline that has moved forward is noticed here.
    pub(super) fn poll_expired(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            let deadline = self.clocks.deadline();
            if let Some(deadline) = deadline
                && deadline < self.armed_for
            {
                self.arm(deadline);
            }
            ready!(self.sleep.as_mut().poll(cx));
            match deadline {
                Some(deadline) if deadline <= self.armed_for => return Poll::Ready(()),
                Some(deadline) => self.arm(deadline),
                // Nothing to watch. A deadline set later is noticed by the next poll.
                None => self.arm(Instant::now() + NAP),
            }
        }
    }

    fn arm(&mut self, deadline: Instant) {
        self.armed_for = deadline;
        self.sleep.as_mut().reset(deadline);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clocks() -> Clocks {
        Clocks::new(Timeouts::default())
    }

    /// Checks that `report` starts a phase of that name and, if any, that limit.
    fn check(clocks: &Clocks, report: fn(&Clocks), phase: &str, limit_s: Option<u64>) {
        let tick = Duration::from_micros(1);
        let before = Instant::now() - tick;
        report(clocks);
        let after = Instant::now() + tick;
        assert_eq!(clocks.phase(), phase);
        match (clocks.deadline(), limit_s.map(Duration::from_secs)) {
            (None, None) => {}
            (Some(deadline), Some(limit)) => {
                assert!(before + limit <= deadline && deadline <= after + limit, "{phase}");
            }
            other => panic!("{phase}: {other:?}"),
        }
    }

    #[tokio::test]
    async fn every_phase_has_its_own_limit() {
        let clocks = clocks();
        assert_eq!(clocks.phase(), "fresh");
        let began = |clocks: &Clocks| {
            clocks.request_began();
        };
        check(&clocks, began, "answering", Some(30));
        check(&clocks, Clocks::answer_began, "sending", None);
        check(&clocks, Clocks::answer_ended, "idle", Some(60));
        check(&clocks, Clocks::bytes_arrived, "reading a header", Some(10));
        check(&clocks, Clocks::closing, "closing", Some(2));
    }

    #[tokio::test]
    async fn trickling_bytes_do_not_move_a_headers_deadline() {
        let clocks = clocks();
        let first = clocks.deadline();
        clocks.bytes_arrived();
        clocks.bytes_arrived();
        assert_eq!(clocks.phase(), "reading a header");
        assert_eq!(clocks.deadline(), first);

        clocks.answer_ended();
        clocks.bytes_arrived();
        let first = clocks.deadline();
        clocks.bytes_arrived();
        assert_eq!(clocks.deadline(), first);
    }

    #[tokio::test]
    async fn input_is_unread_in_the_middle_of_a_request_or_after_an_abandoned_body() {
        let clocks = clocks();
        assert!(!clocks.has_unread_input());
        clocks.bytes_arrived();
        assert!(clocks.has_unread_input());
        clocks.request_began();
        clocks.answer_began();
        clocks.answer_ended();
        assert!(!clocks.has_unread_input());
        clocks.request_began();
        clocks.body_abandoned();
        clocks.answer_ended();
        assert!(clocks.has_unread_input());
    }

    #[tokio::test]
    async fn a_stalled_write_counts_from_its_first_stall_until_it_moves() {
        let clocks = clocks();
        clocks.answer_began();
        clocks.write_stalled();
        let first = clocks.deadline();
        assert!(first.is_some());
        assert_eq!(clocks.phase(), "writing");
        clocks.write_stalled();
        assert_eq!(clocks.deadline(), first);
        clocks.write_moved();
        assert_eq!(clocks.deadline(), None);
    }
}
