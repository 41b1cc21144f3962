//! Block 0: the supply appears in the reserve, and those who hold something from the start get it.

use protocol::money::{Amount, AmountError};
use protocol::wallet_id::WalletId;

use crate::draft::{Draft, Posting};
use crate::genesis::{Genesis, RESERVE, SUPPLY};
use crate::import::{Opening, Openings};
use crate::receipt::Receipt;
use crate::refusal::Refusal;
use crate::state::MovementKind;

/// Why books cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpeningError {
    /// This network's balances have to be imported.
    #[error("this network starts from an import of its balances and last nonces")]
    ImportRequired,
    /// An amount is out of range.
    #[error("{0}")]
    Amount(#[from] AmountError),
    /// The reserve does not hold what is allocated.
    #[error("the allocations exceed the supply: {0}")]
    Refused(#[from] Refusal),
    /// The name of the reserve is no wallet id.
    #[error("the reserve has no name")]
    Reserve,
}

/// What the books start with: the import, or else the genesis file's allocations.
pub fn openings(genesis: &Genesis, import: Option<Openings>) -> Result<Openings, OpeningError> {
    match import {
        Some(import) => Ok(import),
        None if genesis.import_required => Err(OpeningError::ImportRequired),
        None => Ok(Openings(
            genesis
                .allocations
                .iter()
                .map(|(wallet, balance)| {
                    (wallet.clone(), Opening { balance: *balance, last_nonce: 0 })
                })
                .collect(),
        )),
    }
}

/// Opens the books in an empty draft.
pub fn open_books(
    draft: &mut Draft<'_>,
    genesis: &Genesis,
    openings: &Openings,
) -> Result<Receipt, OpeningError> {
    let reserve = WalletId::parse(RESERVE).map_err(|_bad| OpeningError::Reserve)?;
    let reserve = draft.account_or_open(&reserve);
    draft.counters.open_epoch = draft.block.epoch;
    draft.counters.settled_before = draft.block.epoch;
    draft.counters.epochs_with_blocks = 1;
    let entry = |kind, debit, credit, amount, note: &str| Posting {
        kind,
        debit,
        credit,
        amount,
        nonce: 0,
        note: note.to_owned(),
        tx_id: None,
        epoch: draft.block.epoch,
    };
    let supply = entry(MovementKind::Supply, None, reserve, SUPPLY, "supply");
    let template = entry(MovementKind::Opening, Some(reserve), reserve, Amount::ZERO, "genesis");
    draft.post(supply)?;
    for (wallet, opening) in &openings.0 {
        let credit = draft.account_or_open(wallet);
        if !opening.balance.is_zero() {
            draft.post(Posting { credit, amount: opening.balance, ..template.clone() })?;
        }
        draft.record_signature(credit, opening.last_nonce, false);
    }
    let movements = draft.counters.movements;
    let bound = [genesis.hash().as_slice(), &openings.hash()].concat();
    let genesis = protocol::encoding::tagged_hash("rc/opening/1", &bound);
    Ok(Receipt::Opened { movements, genesis })
}
