//! When what was written to the derived tables moves from their WAL into the database.
//!
//! Left to itself SQLite does it within the commit that makes the WAL too long, so a block would be
//! seen later because of the ones before it. Here it comes behind a block, and when there is little
//! else to do: then a stopped or killed node has less to read again.

use rusqlite::Connection;

use super::rolled_back;
use crate::store::StoreError;

/// So many rows are moved whatever comes.
const MANY: u64 = 250_000;
/// So many are moved once it is quiet. Fewer are not worth the fsyncs that moving takes.
const SOME: u64 = 10_000;
/// It is quiet when a block wrote no more rows than this.
const QUIET: u64 = 1_000;

/// Counts rows by what the connection has written altogether.
#[derive(Debug, Default)]
pub(super) struct WalMoves {
    moved: u64,
    before_block: u64,
}

impl WalMoves {
    /// A block is about to be written.
    pub(super) fn block_begins(&mut self, connection: &Connection) {
        self.before_block = connection.total_changes();
    }

    /// Moves the rows if that is due behind the block that was written. Readers do not wait for it;
    /// what one of them still needs is moved the next time.
    pub(super) fn move_if_due(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let written = connection.total_changes();
        if !is_due(written.saturating_sub(self.moved), written.saturating_sub(self.before_block)) {
            return Ok(());
        }
        self.moved = written;
        connection
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_moved| Ok(()))
            .map_err(rolled_back)
    }
}

const fn is_due(rows: u64, of_this_block: u64) -> bool {
    rows >= MANY || (rows >= SOME && of_this_block <= QUIET)
}

#[cfg(test)]
mod tests {
    use super::super::{int, number};
    use super::*;

    /// The rows that are in the database itself, without its WAL.
    fn rows_in(database: &std::path::Path) -> u64 {
        let alone = database.with_extension("alone");
        std::fs::copy(database, &alone).unwrap();
        let connection = Connection::open(&alone).unwrap();
        connection.query_row("SELECT count(*) FROM t", [], |row| number(row, 0)).unwrap()
    }

    #[test]
    fn rows_are_in_the_database_once_it_is_quiet() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("d.db");
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch("CREATE TABLE t (n INTEGER) STRICT").unwrap();
        connection.pragma_update(None, "journal_mode", "WAL").unwrap();
        connection.pragma_update(None, "wal_autocheckpoint", 0).unwrap();
        let mut moves = WalMoves::default();
        let mut block = |rows: u64| {
            moves.block_begins(&connection);
            connection.execute_batch("BEGIN").unwrap();
            let mut insert = connection.prepare_cached("INSERT INTO t VALUES (?)").unwrap();
            (0..rows).for_each(|n| assert_eq!(insert.execute([int(n)]).unwrap(), 1));
            connection.execute_batch("COMMIT").unwrap();
            moves.move_if_due(&connection).unwrap();
            rows_in(&path)
        };
        assert_eq!(block(SOME), 0, "it may go on like this");
        assert_eq!(block(1), SOME + 1);
        assert_eq!(block(1), SOME + 1, "a row is not worth the fsyncs");
        assert_eq!(block(MANY), SOME + MANY + 2);
    }

    #[test]
    fn a_busy_node_moves_many_rows_at_once_and_a_quiet_one_what_it_has() {
        assert!(!is_due(150_000, 150_000));
        assert!(is_due(300_000, 150_000));
        assert!(is_due(150_000, 3));
        assert!(!is_due(9_000, 3), "a payment now and then is not worth the fsyncs");
    }
}
