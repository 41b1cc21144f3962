//! `rustchain epoch`: the running epoch.

use protocol::api::amount_from_f64;
use protocol::api::network::EpochInfo;
use serde::Serialize;

use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::money::Money;
use crate::output::{Answer, Output, Page};
use crate::session::Session;

/// Show the running epoch.
#[derive(Debug, clap::Args)]
pub struct Args {}

#[derive(Debug, Serialize)]
struct RunningEpoch {
    epoch: u64,
    slot: u64,
    slot_in_epoch: u64,
    slots_per_epoch: u64,
    enrolled_miners: u64,
    pot: Money,
    total_supply_rtc: u64,
}

impl RunningEpoch {
    fn new(info: &EpochInfo) -> Result<Self, Failure> {
        let pot = amount_from_f64(info.epoch_pot).ok_or_else(|| {
            let message = format!("the node says a pot of {} RTC", info.epoch_pot);
            Failure::new(ExitCode::Other, "bad_answer", message)
        })?;
        Ok(Self {
            epoch: info.epoch,
            slot: info.slot,
            slot_in_epoch: info.slot.checked_rem(info.blocks_per_epoch).unwrap_or(0),
            slots_per_epoch: info.blocks_per_epoch,
            enrolled_miners: info.enrolled_miners,
            pot: Money(pot),
            total_supply_rtc: info.total_supply_rtc,
        })
    }
}

impl Output for RunningEpoch {
    fn page(&self) -> Page {
        let slot_from_1 = self.slot_in_epoch.saturating_add(1);
        Page::new()
            .field("epoch", &self.epoch)
            .field("slot", &format!("{} ({slot_from_1} of {})", self.slot, self.slots_per_epoch))
            .field("enrolled miners", &self.enrolled_miners)
            .field("pot", &self.pot)
            .field("supply", &format!("{} RTC", self.total_supply_rtc))
    }
}

pub(crate) fn run(_args: &Args, session: &Session) -> Result<Answer, Failure> {
    let node = session.node()?;
    let info = session.wait(node.epoch())?;
    Ok(Answer::of(&RunningEpoch::new(&info)?))
}
