//! Whose turn it is: miners in their slots (wire section 4.5), validators in their epochs.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use protocol::api::attest::Eligibility;
use protocol::epoch::{EpochId, Slot};
use protocol::keys::PublicKey;
use protocol::wallet_id::MinerId;
use serde::Serialize;

use crate::app::AppState;
use crate::extract::{Params, wallet_id};
use crate::problem::Problem;
use crate::reply::json;
use crate::rotation::Turn;

/// Epochs that the calendar looks ahead when nothing is asked for, and at most.
const LOOKAHEAD: u64 = 10;
const MAX_LOOKAHEAD: u64 = 100;

/// `GET /lottery/eligibility?miner_id=`: whether it is the miner's turn in the running slot.
pub async fn eligibility(State(app): State<AppState>, params: Params) -> Result<Response, Problem> {
    let text = params.text("miner_id").ok_or_else(|| {
        Problem::new(StatusCode::BAD_REQUEST, "MINER_ID_REQUIRED", "miner_id required")
            .with_message("Name the miner, as in ?miner_id=NAME.")
    })?;
    let miner: MinerId = wallet_id(text)?;
    let slot = app.books.law().genesis.calendar.slot_at(app.clock.now());
    let turn = app.rotation.turn(&miner, slot, app.clock.now_seconds());
    Ok(json(&verdict(&turn, slot)))
}

/// What a turn means in a slot, in the words of the existing network.
pub(super) fn verdict(turn: &Turn, slot: Slot) -> Eligibility {
    let (eligible, reason) = match turn.next_turn {
        Some(next) if next == slot => (true, "your_turn"),
        Some(_) => (false, "not_your_turn"),
        None => (false, "not_attested"),
    };
    let takes_turns = turn.next_turn.is_some();
    Eligibility {
        eligible,
        reason: reason.to_owned(),
        rotation_size: turn.size,
        slot: slot.0,
        slot_producer: turn.producer.as_ref().filter(|_| takes_turns).map(MinerId::to_string),
        your_turn_at_slot: turn.next_turn.filter(|_| !eligible).map(|next| next.0),
    }
}

/// The answer of `GET /epoch/proposer-duty-calendar`.
#[derive(Debug, Serialize)]
struct DutyCalendar {
    current_epoch: u64,
    current_node_is_proposer: bool,
    current_proposer: String,
    /// Votes of the past: none are taken, one validator decides.
    history: [(); 0],
    node_count: usize,
    node_id: String,
    ok: bool,
    schedule: Vec<Duty>,
}

/// Who proposes in an epoch.
#[derive(Debug, Serialize)]
struct Duty {
    epoch: u64,
    is_current: bool,
    offset: u64,
    proposer: String,
}

/// `GET /epoch/proposer-duty-calendar`: who puts blocks together. The primary validator does in
/// every epoch; standbys take over when it is lost, which no calendar knows.
pub async fn proposer_duty_calendar(
    State(app): State<AppState>,
    params: Params,
) -> Result<Response, Problem> {
    let lookahead = params.integer("lookahead", LOOKAHEAD, &(0..=MAX_LOOKAHEAD))?;
    let law = app.books.law();
    let epoch = law.genesis.calendar.epoch_at(app.clock.now());
    let node_count = law.validators.standbys.len().saturating_add(1);
    Ok(json(&calendar(epoch, lookahead, &law.validators.primary, node_count)))
}

fn calendar(
    epoch: EpochId,
    lookahead: u64,
    primary: &PublicKey,
    node_count: usize,
) -> DutyCalendar {
    let proposer = primary.address().to_string();
    let schedule = (0..=lookahead).map(|offset| Duty {
        epoch: epoch.0.saturating_add(offset),
        is_current: offset == 0,
        offset,
        proposer: proposer.clone(),
    });
    DutyCalendar {
        current_epoch: epoch.0,
        current_node_is_proposer: true,
        current_proposer: proposer.clone(),
        history: [],
        node_count,
        schedule: schedule.collect(),
        node_id: proposer,
        ok: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(turn: &Turn) -> String {
        serde_json::to_string(&verdict(turn, Slot(51_043))).unwrap()
    }

    #[test]
    fn turns_are_told_in_the_words_of_the_network() {
        let producer = Some(MinerId::parse("noserial").unwrap());
        let turn = |next| Turn { producer: producer.clone(), size: 3, next_turn: next };
        assert_eq!(
            text(&turn(Some(Slot(51_045)))),
            r#"{"eligible":false,"reason":"not_your_turn","rotation_size":3,"slot":51043,"slot_producer":"noserial","your_turn_at_slot":51045}"#
        );
        assert_eq!(
            text(&turn(Some(Slot(51_043)))),
            r#"{"eligible":true,"reason":"your_turn","rotation_size":3,"slot":51043,"slot_producer":"noserial"}"#
        );
        assert_eq!(
            text(&turn(None)),
            r#"{"eligible":false,"reason":"not_attested","rotation_size":3,"slot":51043,"slot_producer":null}"#
        );
    }

    #[test]
    fn the_primary_has_every_duty() {
        let key = PublicKey::from_bytes([7; 32]);
        let calendar = calendar(EpochId(4), 2, &key, 1);
        let epochs: Vec<u64> = calendar.schedule.iter().map(|duty| duty.epoch).collect();
        assert_eq!(epochs, [4, 5, 6]);
        assert!(calendar.schedule.iter().all(|duty| duty.proposer == key.address().to_string()));
        assert_eq!(calendar.schedule.iter().filter(|duty| duty.is_current).count(), 1);
    }
}
