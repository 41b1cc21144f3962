//! The log's writing side.

use protocol::encoding::Encode as _;
use rusqlite::{Connection, TransactionBehavior, params};

use super::migrate::LOG;
use super::tail::Tail;
use super::{int, rolled_back, unreadable};
use crate::store::{Append, Founding, Log, StoreError};

/// The connection that appends to the log.
#[derive(Debug)]
pub(super) struct SqliteLog {
    connection: Connection,
    tail: Tail,
}

impl SqliteLog {
    pub(super) fn new(connection: Connection, tail: Tail) -> Self {
        connection.set_prepared_statement_cache_capacity(16);
        Self { connection, tail }
    }
}

impl Log for SqliteLog {
    fn append(&mut self, append: Append<'_>) -> Result<(), StoreError> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(rolled_back)?;
        if let Some(seal) = append.seal {
            let mut insert = transaction
                .prepare_cached("INSERT INTO seals (height, header, certificate) VALUES (?, ?, ?)")
                .map_err(rolled_back)?;
            let height = int(seal.header.batch.height);
            insert
                .execute(params![height, seal.header.encoded(), seal.certificate.encoded()])
                .map_err(rolled_back)?;
        }
        if let Some(open) = append.open {
            let mut insert = transaction
                .prepare_cached(
                    "INSERT INTO opens (height, time_ms, incarnation, first_command) \
                     VALUES (?, ?, ?, ?)",
                )
                .map_err(rolled_back)?;
            let (height, time) = (int(open.height), int(open.time.0));
            insert
                .execute(params![height, time, open.incarnation, int(open.first_command)])
                .map_err(rolled_back)?;
        }
        if let Some(group) = append.group {
            let mut insert = transaction
                .prepare_cached(
                    "INSERT INTO groups (first_command, height, commands, body, chain) \
                     VALUES (?, ?, ?, ?, ?)",
                )
                .map_err(rolled_back)?;
            let (first, height) = (int(group.first_command), int(group.height));
            insert
                .execute(params![first, height, group.commands, group.body, group.chain])
                .map_err(rolled_back)?;
        }
        transaction.commit().map_err(rolled_back)?;
        self.tail.follow(&append);
        Ok(())
    }

    fn probe(&mut self) -> Result<(), StoreError> {
        LOG.rewrite_version(&mut self.connection)
    }
}

/// Writes what the books are opened with.
pub(super) fn write_founding(
    connection: &mut Connection,
    founding: &Founding,
) -> Result<(), StoreError> {
    connection
        .execute(
            "INSERT INTO founding (id, genesis, openings, validators) VALUES (1, ?, ?, ?)",
            params![founding.genesis, founding.openings, founding.validators],
        )
        .map_err(rolled_back)
        .map(|_one| ())
}

/// Whether the founding row is there, which is written in one transaction.
pub(super) fn is_founded(connection: &Connection) -> Result<bool, StoreError> {
    connection
        .query_row("SELECT EXISTS (SELECT 1 FROM founding)", [], |row| row.get(0))
        .map_err(unreadable)
}

/// Reads what the books were opened with.
pub(super) fn read_founding(connection: &Connection) -> Result<Founding, StoreError> {
    connection
        .query_row("SELECT genesis, openings, validators FROM founding WHERE id = 1", [], |row| {
            Ok(Founding { genesis: row.get(0)?, openings: row.get(1)?, validators: row.get(2)? })
        })
        .map_err(|error| match error {
            rusqlite::Error::QueryReturnedNoRows => {
                StoreError::Corrupt("the log has no founding row".to_owned())
            }
            other => unreadable(other),
        })
}
