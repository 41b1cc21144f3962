//! Applying commands: rules decide, the draft records, a receipt says what it led to.

mod admin;
mod attest;
mod epochs;
mod opening;
mod owner;
mod payouts;
mod transfer;

use protocol::block::ValidatorSet;

pub use admin::action_hash;
pub use epochs::end_epoch_if_over;
pub use opening::{OpeningError, open_books, openings};
pub use owner::claim_id;
pub use payouts::Slice;

use crate::command::Command;
use crate::draft::Draft;
use crate::genesis::Genesis;
use crate::receipt::Receipt;
use crate::refusal::Refusal;

/// What every rule may look at beside the books.
#[derive(Debug, Clone)]
pub struct Law {
    /// The network's choices.
    pub genesis: Genesis,
    /// Who may vouch for admin commands and seal blocks.
    pub validators: ValidatorSet,
}

/// Carries out a command, or says why not. A refusal leaves the draft as it was.
pub fn apply(draft: &mut Draft<'_>, command: &Command, law: &Law) -> Result<Receipt, Refusal> {
    let receipt = match command {
        Command::Transfer(signed) => transfer::apply(draft, signed, law),
        Command::Attest(judged) => attest::apply(draft, judged, law),
        Command::Owner(request) => owner::apply(draft, request, law),
        Command::Admin(admin) => admin::apply(draft, admin, law),
    }?;
    draft.counters.commands = draft.counters.commands.saturating_add(1);
    Ok(receipt)
}
