//! The machine, driven by hand.

use proptest::prelude::*;

use super::*;

const NOW: UnixMillis = UnixMillis(1_795_332_120_000);
const INTERVAL_MS: u64 = 600_000;

fn pace(rounds: Rounds) -> Pace {
    Pace { interval: Duration::from_millis(INTERVAL_MS), backoff: Backoff::default(), rounds }
}

fn after(millis: u64) -> UnixMillis {
    NOW.plus_millis(millis)
}

fn failure(kind: FailureKind) -> Failure {
    Failure { kind, code: Some("CODE".to_owned()), message: "why".to_owned(), retry_after: None }
}

fn challenged() -> Event {
    let server_time = UnixSeconds(1_000);
    Event::Challenged { expires_at: UnixSeconds(1_300), server_time: Some(server_time) }
}

/// A session that has just been told to submit.
fn submitting(rounds: Rounds) -> Session {
    let mut session = Session::new(pace(rounds), 7);
    assert_eq!(session.on(Event::Started, NOW), [Action::FetchChallenge]);
    assert_eq!(session.on(challenged(), NOW), [Action::Measure]);
    assert_eq!(session.on(Event::Measured, after(2_000)), [Action::Submit]);
    session
}

fn step(actions: &[Action]) -> &Action {
    actions.last().unwrap()
}

fn wakes_at(actions: &[Action]) -> UnixMillis {
    let Action::SleepUntil(at) = step(actions) else { panic!("no sleep: {actions:?}") };
    *at
}

#[test]
fn rounds_keep_their_pace() {
    let mut session = submitting(Rounds::Forever);
    let actions = session.on(Event::Accepted { enrolled: true }, after(3_000));
    assert_eq!(actions, [Action::SleepUntil(after(INTERVAL_MS))]);
    assert_eq!(session.on(Event::Woke, after(INTERVAL_MS)), [Action::FetchChallenge]);
    session.on(challenged(), after(INTERVAL_MS));
    session.on(Event::Measured, after(INTERVAL_MS + 2_000));
    let late = after(INTERVAL_MS * 2 + 1);
    let actions = session.on(Event::Accepted { enrolled: true }, late);
    assert_eq!(wakes_at(&actions), late.plus_millis(INTERVAL_MS / 10));
}

#[test]
fn existing_nodes_are_asked_to_enrol() {
    let mut session = submitting(Rounds::Once);
    assert_eq!(session.on(Event::Accepted { enrolled: false }, NOW), [Action::FetchEpoch]);
    assert_eq!(session.on(Event::EpochKnown(EpochId(354)), NOW), [Action::Enrol(EpochId(354))]);
    assert_eq!(session.on(Event::Enrolled, NOW), [Action::Finish]);
}

#[test]
fn an_outage_is_met_with_patience_and_then_with_the_usual_pace() {
    let mut session = submitting(Rounds::Forever);
    for attempt in 1..=2 {
        let actions = session.on(Event::Failed(failure(FailureKind::Temporary)), NOW);
        let told = matches!(&actions[0], Action::Tell(Trouble::Retrying { failed_attempts, .. })
            if *failed_attempts == attempt);
        assert!(told, "{actions:?}");
        assert!(wakes_at(&actions) <= after(2_000 << (attempt - 1)));
        assert_eq!(session.on(Event::Woke, NOW), [Action::FetchChallenge]);
    }
    let actions = session.on(Event::Failed(failure(FailureKind::Temporary)), NOW);
    assert!(matches!(actions[0], Action::Tell(Trouble::RoundLost(_))));
    assert_eq!(wakes_at(&actions), after(INTERVAL_MS));
    session.on(Event::Woke, after(INTERVAL_MS));
    let actions = session.on(Event::Failed(failure(FailureKind::Temporary)), after(INTERVAL_MS));
    assert!(matches!(actions[0], Action::Tell(Trouble::Retrying { failed_attempts: 1, .. })));
}

#[test]
fn retry_after_is_obeyed() {
    let mut session = submitting(Rounds::Forever);
    let retry_after = Some(Duration::from_secs(90));
    let busy = Failure { retry_after, ..failure(FailureKind::Temporary) };
    let actions = session.on(Event::Failed(busy), NOW);
    assert_eq!(wakes_at(&actions), after(90_000));
    let long =
        Failure { retry_after: Some(Duration::from_hours(1)), ..failure(FailureKind::Temporary) };
    session.on(Event::Failed(long.clone()), NOW);
    let actions = session.on(Event::Failed(long), NOW);
    assert_eq!(wakes_at(&actions), after(3_600_000), "even where the round is lost");
}

#[test]
fn a_no_is_asked_again_ever_more_rarely() {
    let mut session = submitting(Rounds::Forever);
    let mut now = NOW;
    for intervals in [1, 2, 4, 6, 6] {
        let actions = session.on(Event::Failed(failure(FailureKind::Refused)), now);
        assert!(matches!(actions[0], Action::Tell(Trouble::Refused(_))));
        assert_eq!(wakes_at(&actions), now.plus_millis(intervals * INTERVAL_MS));
        now = wakes_at(&actions);
        assert_eq!(session.on(Event::Woke, now), [Action::FetchChallenge]);
    }
    session.on(Event::Accepted { enrolled: true }, now);
    session.on(Event::Woke, now);
    let actions = session.on(Event::Failed(failure(FailureKind::Refused)), now);
    assert_eq!(wakes_at(&actions), now.plus_millis(INTERVAL_MS), "a yes is remembered, too");
}

#[test]
fn one_round_ends_with_the_first_no() {
    let mut session = submitting(Rounds::Once);
    let no = failure(FailureKind::Refused);
    assert_eq!(session.on(Event::Failed(no.clone()), NOW), [Action::GiveUp(no)]);
    let mut session = submitting(Rounds::Once);
    for _ in 0..2 {
        session.on(Event::Failed(failure(FailureKind::Temporary)), NOW);
    }
    let actions = session.on(Event::Failed(failure(FailureKind::Temporary)), NOW);
    assert!(matches!(step(&actions), Action::GiveUp(_)));
}

#[test]
fn a_failed_enrolment_does_not_repeat_the_attestation() {
    let mut session = submitting(Rounds::Forever);
    session.on(Event::Accepted { enrolled: false }, NOW);
    session.on(Event::EpochKnown(EpochId(1)), NOW);
    session.on(Event::Failed(failure(FailureKind::Temporary)), NOW);
    assert_eq!(session.on(Event::Woke, NOW), [Action::FetchEpoch]);
    let actions = session.on(Event::Failed(failure(FailureKind::Refused)), NOW);
    assert!(matches!(actions[0], Action::Tell(Trouble::NotEnrolled(_))));
    assert_eq!(wakes_at(&actions), after(INTERVAL_MS));
    assert_eq!(session.on(Event::Woke, after(INTERVAL_MS)), [Action::FetchChallenge]);
}

#[test]
fn one_round_counts_even_without_enrolment() {
    let mut session = submitting(Rounds::Once);
    session.on(Event::Accepted { enrolled: false }, NOW);
    let actions = session.on(Event::Failed(failure(FailureKind::Refused)), NOW);
    assert!(matches!(actions[..], [Action::Tell(Trouble::NotEnrolled(_)), Action::Finish]));
}

#[test]
fn an_expired_challenge_is_not_answered() {
    let mut session = Session::new(pace(Rounds::Forever), 7);
    session.on(Event::Started, NOW);
    session.on(challenged(), NOW);
    let actions = session.on(Event::Measured, after(295_000));
    assert!(matches!(actions[0], Action::Tell(Trouble::Retrying { .. })));
    assert_eq!(session.on(Event::Woke, after(296_000)), [Action::FetchChallenge]);
}

#[test]
fn a_wrong_clock_does_not_shorten_a_challenge() {
    let expires_at = UnixSeconds(300);
    assert_eq!(challenge_end(expires_at, Some(UnixSeconds(0)), NOW), after(300_000));
    assert_eq!(challenge_end(expires_at, None, NOW), after(300_000));
    assert_eq!(challenge_end(expires_at, Some(UnixSeconds(290)), NOW), after(10_000));
    let absurd = UnixSeconds(u64::MAX);
    assert_eq!(challenge_end(absurd, Some(UnixSeconds(0)), NOW), after(300_000));
}

#[test]
fn what_this_machine_cannot_do_is_given_up() {
    let mut session = submitting(Rounds::Forever);
    let broken = Failure::local("mining is not supported on macos yet");
    assert_eq!(session.on(Event::Failed(broken.clone()), NOW), [Action::GiveUp(broken)]);
}

fn any_event() -> impl Strategy<Value = Event> {
    let kinds = prop_oneof![Just(FailureKind::Temporary), Just(FailureKind::Refused)];
    prop_oneof![
        Just(Event::Started),
        Just(challenged()),
        Just(Event::Measured),
        any::<bool>().prop_map(|enrolled| Event::Accepted { enrolled }),
        any::<u64>().prop_map(|epoch| Event::EpochKnown(EpochId(epoch))),
        Just(Event::Enrolled),
        kinds.prop_map(|kind| Event::Failed(failure(kind))),
        Just(Event::Woke),
    ]
}

proptest! {
    #[test]
    fn there_is_always_exactly_one_next_step(events in prop::collection::vec(any_event(), 1..60)) {
        let mut session = Session::new(pace(Rounds::Forever), 1);
        for event in events {
            let actions = session.on(event, NOW);
            let told = |action: &Action| matches!(action, Action::Tell(_));
            prop_assert!(!told(step(&actions)));
            prop_assert!(actions.iter().rev().skip(1).all(told));
            let ended = matches!(step(&actions), Action::Finish | Action::GiveUp(_));
            prop_assert!(!ended);
        }
    }
}
