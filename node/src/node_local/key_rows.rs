//! The rows of admin keys. Each holds a hash over its own content: a flipped bit that gives a key
//! more rights or a longer life is found before the key is used.

use protocol::encoding::{Hash, put_bytes, put_option, tagged_hash};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

const SELECT: &str =
    "SELECT name, digest, scopes, created_at, expires_at, revoked_at, sum FROM admin_keys";

/// A row, its fields as the columns hold them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyRow {
    /// Whose key it is.
    pub(crate) name: String,
    /// The hash of the secret.
    pub(crate) digest: Hash,
    /// What it may do.
    pub(crate) scopes: String,
    /// When it was made, in Unix seconds.
    pub(crate) created_at: i64,
    /// The first second in which it is no longer valid.
    pub(crate) expires_at: Option<i64>,
    /// When it was revoked.
    pub(crate) revoked_at: Option<i64>,
}

/// A row as it was read, and whether it is what was written.
#[derive(Debug)]
pub(crate) struct ReadRow {
    /// The row.
    pub(crate) row: KeyRow,
    /// Whether its hash holds.
    pub(crate) is_whole: bool,
}

impl KeyRow {
    fn sum(&self) -> Hash {
        let mut bytes = Vec::new();
        put_bytes(&mut bytes, self.name.as_bytes());
        bytes.extend_from_slice(&self.digest);
        put_bytes(&mut bytes, self.scopes.as_bytes());
        let put = |out: &mut Vec<u8>, time: &i64| out.extend_from_slice(&time.to_be_bytes());
        put(&mut bytes, &self.created_at);
        put_option(&mut bytes, self.expires_at.as_ref(), put);
        put_option(&mut bytes, self.revoked_at.as_ref(), put);
        tagged_hash("rc/admin-key/1", &bytes)
    }

    /// Adds the row.
    pub(crate) fn insert(&self, connection: &Connection) -> rusqlite::Result<()> {
        let sql = "INSERT INTO admin_keys \
                   (name, digest, scopes, created_at, expires_at, revoked_at, sum) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let Self { name, digest, scopes, created_at, expires_at, revoked_at } = self;
        let row = params![name, digest, scopes, created_at, expires_at, revoked_at, self.sum()];
        connection.execute(sql, row).map(|_one| ())
    }

    /// Writes when it was revoked, and its hash.
    pub(crate) fn update(&self, connection: &Connection) -> rusqlite::Result<()> {
        let sql = "UPDATE admin_keys SET revoked_at = ?2, sum = ?3 WHERE name = ?1";
        let row = params![self.name, self.revoked_at, self.sum()];
        connection.execute(sql, row).map(|_one| ())
    }

    /// The row of this name.
    pub(crate) fn named(connection: &Connection, name: &str) -> rusqlite::Result<Option<ReadRow>> {
        let sql = format!("{SELECT} WHERE name = ?1");
        connection.prepare_cached(&sql)?.query_row([name], read).optional()
    }

    /// All rows, by name.
    pub(crate) fn all(connection: &Connection) -> rusqlite::Result<Vec<ReadRow>> {
        let mut statement = connection.prepare_cached(&format!("{SELECT} ORDER BY name"))?;
        statement.query_map([], read)?.collect()
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<ReadRow> {
    let sum: Vec<u8> = row.get(6)?;
    let row = KeyRow {
        name: row.get(0)?,
        digest: row.get(1)?,
        scopes: row.get(2)?,
        created_at: row.get(3)?,
        expires_at: row.get(4)?,
        revoked_at: row.get(5)?,
    };
    Ok(ReadRow { is_whole: sum == row.sum(), row })
}

/// Adds the hashes to a table of version 1, whose rows have none.
pub(super) fn add_sums(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch("ALTER TABLE admin_keys ADD COLUMN sum BLOB NOT NULL DEFAULT x''")?;
    KeyRow::all(connection)?.iter().try_for_each(|read| read.row.update(connection))
}
