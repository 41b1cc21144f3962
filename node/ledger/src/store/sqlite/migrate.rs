//! Schema versions: numbered SQL files that are never edited, only added.

use std::fmt;

use rusqlite::{Connection, TransactionBehavior};

use super::{rolled_back, unreadable};
use crate::store::StoreError;

/// The migrations of one file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Migrations {
    application_id: u32,
    steps: &'static [&'static str],
}

/// Of the log; the application id spells `RTCl`.
pub(super) const LOG: Migrations = Migrations {
    application_id: 0x5254_436c,
    steps: &[
        include_str!("../../../migrations/sqlite/log/0001_log.sql"),
        include_str!("../../../migrations/sqlite/log/0002_pruned.sql"),
    ],
};

/// Of the derived tables; the application id spells `RTCd`.
pub(super) const DERIVED: Migrations = Migrations {
    application_id: 0x5254_4364,
    steps: &[
        include_str!("../../../migrations/sqlite/derived/0001_derived.sql"),
        include_str!("../../../migrations/sqlite/derived/0002_enrolment_epochs.sql"),
        include_str!("../../../migrations/sqlite/derived/0003_history.sql"),
    ],
};

impl Migrations {
    /// The newest version that this program knows.
    pub(super) fn known(self) -> u32 {
        u32::try_from(self.steps.len()).unwrap_or(u32::MAX)
    }

    /// Brings a file up to date, every step in its own transaction.
    pub(super) fn migrate(self, connection: &mut Connection) -> Result<(), StoreError> {
        self.migrate_to(connection, self.known())
    }

    /// Brings a file to a version that this program knows.
    pub(super) fn migrate_to(
        self,
        connection: &mut Connection,
        wanted: u32,
    ) -> Result<(), StoreError> {
        let known = self.known();
        let found = self.version(connection)?;
        if found > known {
            return Err(StoreError::TooNew { found, known });
        }
        let skipped = usize::try_from(found).unwrap_or(usize::MAX);
        let steps = self.steps.iter().zip(1_u32..).skip(skipped);
        for (step, version) in steps.take_while(|(_, version)| *version <= wanted) {
            let transaction = connection
                .transaction_with_behavior(TransactionBehavior::Immediate)
                .map_err(rolled_back)?;
            transaction.execute_batch(step).map_err(rolled_back)?;
            transaction
                .pragma_update(None, "application_id", self.application_id)
                .map_err(rolled_back)?;
            transaction.pragma_update(None, "user_version", version).map_err(rolled_back)?;
            transaction.commit().map_err(rolled_back)?;
        }
        Ok(())
    }

    /// Compares the tables of a file that is up to date with those that the migrations make: a
    /// damaged definition would come to light later, as anything.
    pub(super) fn check_tables(self, connection: &Connection) -> Result<(), StoreError> {
        let mut fresh = Connection::open_in_memory().map_err(unreadable)?;
        self.migrate(&mut fresh)?;
        if definitions(connection)? == definitions(&fresh)? {
            return Ok(());
        }
        let path = connection.path().unwrap_or_default();
        Err(StoreError::Corrupt(format!("{path}: its tables are not those of this program")))
    }

    /// Writes the version again: it changes nothing, but it has to reach the disk.
    pub(super) fn rewrite_version(self, connection: &mut Connection) -> Result<(), StoreError> {
        let version = self.version(connection)?;
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(rolled_back)?;
        transaction.pragma_update(None, "user_version", version).map_err(rolled_back)?;
        transaction.commit().map_err(rolled_back)
    }

    /// The version of a file; 0 when nothing was ever made in it.
    pub(super) fn version(self, connection: &Connection) -> Result<u32, StoreError> {
        let pragma = |name: &str| {
            connection
                .pragma_query_value(None, name, |row| row.get::<_, u32>(0))
                .map_err(unreadable)
        };
        let (version, application_id) = (pragma("user_version")?, pragma("application_id")?);
        if version > 0 && application_id != self.application_id {
            return Err(StoreError::Corrupt("another program's database".to_owned()));
        }
        Ok(version)
    }
}

/// A table, index, view or trigger, as its file defines it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Definition {
    kind: String,
    name: String,
    table: String,
    sql: Option<String>,
}

impl fmt::Display for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} of {}", self.kind, self.name, self.table)
    }
}

/// Everything that a file defines, in order. A value that is not text is damage, even where SQLite
/// takes its bytes for text.
pub(super) fn definitions(connection: &Connection) -> Result<Vec<Definition>, StoreError> {
    let sql = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name, tbl_name";
    let mut query = connection.prepare(sql).map_err(unreadable)?;
    let rows = query.query_map([], |row| {
        Ok(Definition {
            kind: row.get(0)?,
            name: row.get(1)?,
            table: row.get(2)?,
            sql: row.get(3)?,
        })
    });
    rows.and_then(Iterator::collect).map_err(unreadable)
}
