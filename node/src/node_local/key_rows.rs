//! The rows of admin keys. Each holds a hash over its own content: a flipped bit that gives a key
//! more rights or a longer life is found before the key is used.

use std::borrow::Cow;

use protocol::encoding::{Hash, put_bytes, put_option, tagged_hash};
use rusqlite::types::ValueRef;
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

/// A row that is not what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DamagedRow {
    /// What stands for the name, fit to be shown.
    pub(crate) name: String,
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
        self.execute(connection, sql)
    }

    /// Writes all of the row but its name.
    pub(crate) fn update(&self, connection: &Connection) -> rusqlite::Result<()> {
        let sql = "UPDATE admin_keys SET digest = ?2, scopes = ?3, created_at = ?4, \
                   expires_at = ?5, revoked_at = ?6, sum = ?7 WHERE name = ?1";
        self.execute(connection, sql)
    }

    fn execute(&self, connection: &Connection, sql: &str) -> rusqlite::Result<()> {
        let Self { name, digest, scopes, created_at, expires_at, revoked_at } = self;
        let row = params![name, digest, scopes, created_at, expires_at, revoked_at, self.sum()];
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

/// What a row turned out to be.
pub(crate) type ReadRow = Result<KeyRow, DamagedRow>;

fn read(row: &Row<'_>) -> rusqlite::Result<ReadRow> {
    // A value of another type or length is damage as well.
    if let Ok((key, sum)) = fields(row)
        && key.sum() == sum
    {
        return Ok(Ok(key));
    }
    let name = match row.get_ref(0)? {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes),
        _ => Cow::default(),
    };
    Ok(Err(DamagedRow { name: name.escape_debug().to_string() }))
}

fn fields(row: &Row<'_>) -> rusqlite::Result<(KeyRow, Hash)> {
    let key = KeyRow {
        name: row.get(0)?,
        digest: row.get(1)?,
        scopes: row.get(2)?,
        created_at: row.get(3)?,
        expires_at: row.get(4)?,
        revoked_at: row.get(5)?,
    };
    Ok((key, row.get(6)?))
}

/// Adds the hashes to a table of version 1, whose rows have none.
pub(super) fn add_sums(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch("ALTER TABLE admin_keys ADD COLUMN sum BLOB NOT NULL DEFAULT x''")?;
    let without = "SELECT name, digest, scopes, created_at, expires_at, revoked_at, zeroblob(32) \
                   FROM admin_keys";
    let mut statement = connection.prepare(without)?;
    let rows = statement.query_map([], |row| fields(row).map(|(key, _none)| key))?;
    let rows: Vec<KeyRow> = rows.collect::<rusqlite::Result<_>>()?;
    rows.iter().try_for_each(|row| row.update(connection))
}
