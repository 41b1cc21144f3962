//! The newest rows of histories that were asked for, so that asking again costs no look into the
//! store. Movements never change, so what is kept is right for ever; what came since stands before
//! it.

use std::collections::HashMap;
use std::sync::Arc;

use ledger::state::{AccountNumber, HistoryRow};
use parking_lot::Mutex;
use protocol::encoding::Reader;

/// Rows that are kept of an account: a usual page.
pub(super) const MOST_ROWS: usize = 50;

/// Bytes of one generation. There are two, so twice as much is kept at most; a usual row takes some
/// 55 bytes.
const GENERATION_BYTES: usize = 16 * 1024 * 1024;

/// What an entry takes beside its rows.
const ENTRY_BYTES: usize = 128;

/// The newest rows of one history.
#[derive(Debug)]
pub(super) struct Kept {
    /// Newest first, as [`HistoryRow::write`] writes them.
    bytes: Box<[u8]>,
    newest: u64,
    rows: usize,
}

impl Kept {
    fn of(rows: &[HistoryRow]) -> Option<Self> {
        let newest = rows.first()?.number;
        let rows = rows.get(..MOST_ROWS).unwrap_or(rows);
        let mut bytes = Vec::new();
        for row in rows {
            row.write(&mut bytes);
        }
        Some(Self { bytes: bytes.into(), newest, rows: rows.len() })
    }

    /// The movement of the newest row.
    pub(super) const fn newest(&self) -> u64 {
        self.newest
    }

    /// The first rows, at most so many.
    pub(super) fn rows(&self, limit: usize) -> Vec<HistoryRow> {
        let mut reader = Reader::new(&self.bytes);
        (0..self.rows.min(limit)).map_while(|_| HistoryRow::read(&mut reader).ok()).collect()
    }
}

/// What is kept. Who was asked for last stays longest: when the younger generation is full it
/// becomes the older one, whose place it takes.
#[derive(Debug, Default)]
pub(super) struct KeptHistories(Mutex<Generations>);

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<AccountNumber, Arc<Kept>>,
    young_bytes: usize,
    old: HashMap<AccountNumber, Arc<Kept>>,
}

impl KeptHistories {
    pub(super) fn get(&self, account: AccountNumber) -> Option<Arc<Kept>> {
        let mut kept = self.0.lock();
        if let Some(found) = kept.young.get(&account) {
            return Some(Arc::clone(found));
        }
        let found = kept.old.remove(&account)?;
        kept.insert(account, Arc::clone(&found));
        Some(found)
    }

    /// Keeps the newest rows of an account, newest first.
    pub(super) fn keep(&self, account: AccountNumber, rows: &[HistoryRow]) {
        if let Some(kept) = Kept::of(rows) {
            self.0.lock().insert(account, Arc::new(kept));
        }
    }
}

impl Generations {
    fn insert(&mut self, account: AccountNumber, kept: Arc<Kept>) {
        let bytes = |kept: &Kept| kept.bytes.len() + ENTRY_BYTES;
        self.young_bytes += bytes(&kept);
        if let Some(replaced) = self.young.insert(account, kept) {
            self.young_bytes -= bytes(&replaced);
        }
        if self.young_bytes > GENERATION_BYTES {
            self.old = std::mem::take(&mut self.young);
            self.young_bytes = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use ledger::state::MovementKind;
    use protocol::money::Amount;
    use protocol::time::UnixMillis;

    use super::*;

    fn row(number: u64) -> HistoryRow {
        HistoryRow {
            number,
            previous: number - 1,
            kind: MovementKind::Transfer,
            incoming: true,
            other: Some(3),
            amount: Amount::from_micro(5).unwrap(),
            note: "n".repeat(400),
            tx_id: None,
            epoch: 1,
            height: 2,
            time: UnixMillis(3),
        }
    }

    fn rows(newest: u64, count: u64) -> Vec<HistoryRow> {
        (0..count).map(|back| row(newest - back)).collect()
    }

    #[test]
    fn rows_are_given_back_as_they_were() {
        let histories = KeptHistories::default();
        assert!(histories.get(1).is_none());
        histories.keep(1, &rows(900, 70));
        histories.keep(2, &[]);
        let kept = histories.get(1).unwrap();
        assert_eq!(kept.newest(), 900);
        assert_eq!(kept.rows(usize::MAX), rows(900, 50));
        assert_eq!(kept.rows(7), rows(900, 7));
        assert!(histories.get(2).is_none());
    }

    #[test]
    fn memory_is_bounded_and_who_is_asked_for_stays() {
        let histories = KeptHistories::default();
        histories.keep(0, &rows(900, 50));
        for account in 1..10_000 {
            histories.keep(account, &rows(900, 50));
            assert!(histories.get(0).is_some(), "{account}");
        }
        let kept = histories.0.lock();
        let entries = kept.young.len() + kept.old.len();
        let each = kept.young.values().next().unwrap().bytes.len() + ENTRY_BYTES;
        assert!(entries * each <= 2 * GENERATION_BYTES + each, "{entries} of {each} bytes");
        assert!(kept.young_bytes <= GENERATION_BYTES);
    }
}
