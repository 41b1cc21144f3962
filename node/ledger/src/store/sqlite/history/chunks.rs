//! Chunks of a run: entries sorted by account and number, as many as fill a page of the file.
//!
//! A chunk is found by its id, which is made of the run's slot (15 bits), the account (32 bits) and
//! the place in the run (16 bits) of its first entry.

use std::ops::Range;

use protocol::encoding::{DecodeError, Reader};

use super::damaged;
use super::runs::Run;
use crate::state::{AccountNumber, HistoryRow};
use crate::store::StoreError;

/// Bytes of a chunk: two of them fill a page of 8,192 bytes with their cells, one fills 4,096.
const CHUNK_BYTES: usize = 4_000;

/// Movements whose entries have the same place in a run, as a power of two: 2^21 movements of a run
/// at most have 2^16 places.
const PLACE_SHIFT: u32 = 5;

/// Bytes of an entry before its row: account and length.
const HEAD_BYTES: usize = 6;

/// An entry as it is written: the account and the row.
pub(in crate::store::sqlite) type Entry<'b> = (AccountNumber, &'b [u8]);

/// The id of the chunk that begins with an entry of this account and movement.
pub(in crate::store::sqlite) fn id_of(run: Run, account: AccountNumber, number: u64) -> i64 {
    let place = number.saturating_sub(run.first) >> PLACE_SHIFT;
    let place = i64::from(u16::try_from(place).unwrap_or(u16::MAX));
    (i64::from(run.slot) << 48) | (i64::from(account) << 16) | place
}

/// The ids that chunks of this run may have.
pub(in crate::store::sqlite) fn ids_of(slot: u16) -> (i64, i64) {
    let first = i64::from(slot) << 48;
    (first, first | 0xffff_ffff_ffff)
}

/// Fills chunks with ascending entries.
pub(super) struct ChunkFiller<F> {
    run: Run,
    id: i64,
    body: Vec<u8>,
    keep: F,
}

impl<F: FnMut(i64, &[u8]) -> Result<(), StoreError>> ChunkFiller<F> {
    /// Fills the chunks of a run, which are given to `keep`.
    pub(super) const fn new(run: Run, keep: F) -> Self {
        Self { run, id: 0, body: Vec::new(), keep }
    }

    /// Adds the next entry. A row is far shorter than its length could say: notes are bounded.
    pub(super) fn push(&mut self, (account, row): Entry<'_>) -> Result<(), StoreError> {
        let length = self.body.len().saturating_add(HEAD_BYTES).saturating_add(row.len());
        if self.body.is_empty() || length > CHUNK_BYTES {
            let id = id_of(self.run, account, HistoryRow::number_of(row).map_err(damaged)?);
            // Chunks of one id stay together, or the second would not be found.
            if self.body.is_empty() || id != self.id {
                self.flush()?;
                self.id = id;
            }
        }
        self.body.extend_from_slice(&account.to_be_bytes());
        let length = u16::try_from(row.len()).unwrap_or(u16::MAX);
        self.body.extend_from_slice(&length.to_be_bytes());
        self.body.extend_from_slice(row);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        if !self.body.is_empty() {
            (self.keep)(self.id, &self.body)?;
            self.body.clear();
        }
        Ok(())
    }

    /// Ends the run.
    pub(super) fn finish(mut self) -> Result<(), StoreError> {
        self.flush()
    }
}

/// The entry that begins at this byte of a chunk: its account, and where its row is. `None` at the
/// end.
pub(super) fn entry_at(
    body: &[u8],
    at: usize,
) -> Result<Option<(AccountNumber, Range<usize>)>, DecodeError> {
    let mut reader = Reader::new(body.get(at..).unwrap_or_default());
    if reader.is_empty() {
        return Ok(None);
    }
    let account = reader.u32()?;
    let length = usize::from(reader.u16()?);
    reader.take(length)?;
    let begins = at.saturating_add(HEAD_BYTES);
    Ok(Some((account, begins..begins.saturating_add(length))))
}

/// The entries of a chunk, in their order.
pub(in crate::store::sqlite) fn entries_of(
    body: &[u8],
) -> impl Iterator<Item = Result<Entry<'_>, DecodeError>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (account, row) = match entry_at(body, at) {
            Ok(entry) => entry?,
            Err(error) => {
                at = body.len();
                return Some(Err(error));
            }
        };
        at = row.end;
        Some(Ok((account, body.get(row).unwrap_or_default())))
    })
}
