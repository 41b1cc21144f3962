//! Admin keys: named, scoped, expiring, revocable; known to the node by their hash only.
//!
//! A key is 32 random bytes in hex, shown once by whoever creates it. Several keys are valid at
//! once, so that they can rotate. The file is read at every call, which is admin traffic only: a key
//! created or revoked by the command line counts at once, without a signal to the running node.

use protocol::hex;
use std::fmt;
use std::path::Path;

use parking_lot::Mutex;
use protocol::encoding::tagged_hash;
use protocol::time::UnixSeconds;
use rusqlite::{Connection, ErrorCode, TransactionBehavior};
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _};
use zeroize::Zeroizing;

use crate::node_local::key_rows::{DamagedRow, KeyRow};
use crate::node_local::{self, NodeLocalError, time_from_column, time_to_column};

mod name;
mod scope;

pub use self::name::{BadKeyName, KeyName};
pub use self::scope::{Scope, Scopes, UnknownScope};

/// Bytes of randomness in a key.
const KEY_BYTES: usize = 32;

/// The longest text that is looked at as a key.
const MAX_PRESENTED_BYTES: usize = 256;

/// The most keys that may be live at once: all of them are compared at every admin call.
const MAX_LIVE_KEYS: i64 = 256;

/// A key that was just made. The only time that its secret exists outside its holder's hands.
pub struct NewAdminKey {
    /// Whose it is.
    pub name: KeyName,
    /// 64 lower-case hex digits. Overwritten in memory when dropped.
    pub secret: Zeroizing<String>,
}

impl fmt::Debug for NewAdminKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewAdminKey").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What the node knows about a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdminKeyRecord {
    /// Whose it is.
    pub name: KeyName,
    /// What it may do.
    pub scopes: Scopes,
    /// When it was made.
    pub created_at: UnixSeconds,
    /// The first second in which it is no longer valid.
    pub expires_at: Option<UnixSeconds>,
    /// When it was revoked.
    pub revoked_at: Option<UnixSeconds>,
}

impl AdminKeyRecord {
    /// Whether the key is valid at `now`.
    pub fn is_live(&self, now: UnixSeconds) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

/// The keys of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyListing {
    /// Those whose records are what was written, by name.
    pub keys: Vec<AdminKeyRecord>,
    /// The names of the others, fit to be shown. These keys open nothing.
    pub damaged: Vec<String>,
}

/// The holder of a key that was presented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authenticated {
    /// Whose key it is.
    pub name: KeyName,
    /// What it may do.
    pub scopes: Scopes,
}

/// Why a key cannot be made, revoked or checked.
#[derive(Debug, thiserror::Error)]
pub enum AdminKeyError {
    /// A key with that name exists or existed.
    #[error("an admin key named {0} exists or existed")]
    NameTaken(KeyName),
    /// No key has that name.
    #[error("no admin key is named {0}")]
    NoSuchKey(KeyName),
    /// The key would be dead on arrival.
    #[error("expiry is not in the future")]
    AlreadyExpired,
    /// The key could do nothing.
    #[error("an admin key needs at least one scope")]
    NoScope,
    /// 256 keys are live.
    #[error("{MAX_LIVE_KEYS} admin keys are live, revoke one first")]
    TooMany,
    /// The system has no random numbers.
    #[error("no random numbers")]
    Random(#[from] getrandom::Error),
    /// A row is not what was written. Its key opens nothing, other keys do.
    #[error("the record of the admin key \"{0}\" is not what was written: revoke that key")]
    Damaged(String),
    /// Trouble with the file.
    #[error(transparent)]
    Store(#[from] NodeLocalError),
}

impl From<rusqlite::Error> for AdminKeyError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

/// The admin keys of one node.
#[derive(Debug)]
pub struct AdminKeys {
    connection: Mutex<Connection>,
}

impl AdminKeys {
    /// Opens the node's local database at `path`; makes it when its folder exists and it does not.
    pub fn open(path: &Path) -> Result<Self, NodeLocalError> {
        Ok(Self { connection: Mutex::new(node_local::open(path)?) })
    }

    /// Checks every row in the file at `path`, which is only read, and says how many there are;
    /// `None` where there is no file, or one in which a former version left rows without hashes.
    pub fn check(path: &Path) -> Result<Option<usize>, AdminKeyError> {
        let Some(connection) = node_local::open_to_check(path)? else { return Ok(None) };
        if !node_local::keys_have_sums(&connection)? {
            return Ok(None);
        }
        let listing = Self { connection: Mutex::new(connection) }.list()?;
        match listing.damaged.into_iter().next() {
            None => Ok(Some(listing.keys.len())),
            Some(name) => Err(AdminKeyError::Damaged(name)),
        }
    }

    /// Makes a key. The secret is in the answer and nowhere else.
    pub fn create(
        &self,
        name: KeyName,
        scopes: Scopes,
        expires_at: Option<UnixSeconds>,
        now: UnixSeconds,
    ) -> Result<NewAdminKey, AdminKeyError> {
        if scopes.is_empty() {
            return Err(AdminKeyError::NoScope);
        }
        if expires_at.is_some_and(|end| end <= now) {
            return Err(AdminKeyError::AlreadyExpired);
        }
        let secret = draw_secret()?;
        let mut connection = self.connection.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let live: i64 = transaction.query_row(
            "SELECT count(*) FROM admin_keys
             WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?1)",
            [time_to_column(now)],
            |row| row.get(0),
        )?;
        if live >= MAX_LIVE_KEYS {
            return Err(AdminKeyError::TooMany);
        }
        let row = KeyRow {
            name: name.as_str().to_owned(),
            digest: digest(secret.as_bytes()),
            scopes: scopes.to_string(),
            created_at: time_to_column(now),
            expires_at: expires_at.map(time_to_column),
            revoked_at: None,
        };
        match row.insert(&transaction) {
            Ok(()) => transaction.commit()?,
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                return Err(AdminKeyError::NameTaken(name));
            }
            Err(error) => return Err(error.into()),
        }
        Ok(NewAdminKey { name, secret })
    }

    /// All keys, live or not, by name.
    pub fn list(&self) -> Result<KeyListing, AdminKeyError> {
        let (keys, damaged) = self.read_all()?;
        Ok(KeyListing { keys: keys.into_iter().map(|(_digest, record)| record).collect(), damaged })
    }

    /// Revokes a key, at once and for good. Says `false` when it was revoked before; the first
    /// time stands.
    pub fn revoke(&self, name: &KeyName, now: UnixSeconds) -> Result<bool, AdminKeyError> {
        let mut connection = self.connection.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let row = match KeyRow::named(&transaction, name.as_str())? {
            None => return Err(AdminKeyError::NoSuchKey(name.clone())),
            Some(Ok(row)) if row.revoked_at.is_some() => return Ok(false),
            Some(Ok(row)) => row,
            Some(Err(_damaged)) => unknown_key(name, now),
        };
        KeyRow { revoked_at: Some(time_to_column(now)), ..row }.update(&transaction)?;
        transaction.commit()?;
        Ok(true)
    }

    /// Whose key `presented` is, if it is anybody's and valid at `now`.
    ///
    /// What is compared are digests, every live key's, in constant time: the time that this takes
    /// tells nothing about how close a guess came or which key matched.
    pub fn authenticate(
        &self,
        presented: &[u8],
        now: UnixSeconds,
    ) -> Result<Option<Authenticated>, AdminKeyError> {
        if presented.is_empty() || presented.len() > MAX_PRESENTED_BYTES {
            return Ok(None);
        }
        let presented = digest(presented);
        let mut keys = self.whole()?;
        keys.retain(|(_digest, record)| record.is_live(now));

        let mut found = Choice::from(0);
        let mut position = 0_u64;
        for (index, (digest, _record)) in (0_u64..).zip(&keys) {
            let is_this = digest.ct_eq(&presented);
            position.conditional_assign(&index, is_this);
            found |= is_this;
        }
        if !bool::from(found) {
            return Ok(None);
        }
        let holder =
            usize::try_from(position).ok().and_then(|position| keys.into_iter().nth(position));
        Ok(holder
            .map(|(_digest, record)| Authenticated { name: record.name, scopes: record.scopes }))
    }

    /// Whether any key is valid at `now`. When none is, admin routes answer 503
    /// `ADMIN_KEY_UNSET`: there is nothing that a caller could present.
    pub fn any_live(&self, now: UnixSeconds) -> Result<bool, AdminKeyError> {
        Ok(self.whole()?.iter().any(|(_digest, record)| record.is_live(now)))
    }

    /// The keys whose rows are what was written; of others the log tells.
    fn whole(&self) -> Result<Vec<KnownKey>, AdminKeyError> {
        let (keys, damaged) = self.read_all()?;
        for name in damaged {
            tracing::error!(name, "the record of an admin key is not what was written");
        }
        Ok(keys)
    }

    /// The keys whose rows are what was written, and the names of the others.
    fn read_all(&self) -> Result<(Vec<KnownKey>, Vec<String>), AdminKeyError> {
        let (mut keys, mut damaged) = (Vec::new(), Vec::new());
        for row in KeyRow::all(&self.connection.lock())? {
            match row.and_then(|row| known_key(&row)) {
                Ok(key) => keys.push(key),
                Err(DamagedRow { name }) => damaged.push(name),
            }
        }
        Ok((keys, damaged))
    }
}

/// The digest of a key, and what is known about it.
type KnownKey = ([u8; 32], AdminKeyRecord);

fn known_key(row: &KeyRow) -> Result<KnownKey, DamagedRow> {
    let damaged = || DamagedRow { name: row.name.escape_debug().to_string() };
    let record = AdminKeyRecord {
        name: row.name.parse().map_err(|BadKeyName| damaged())?,
        scopes: row.scopes.parse().map_err(|_unknown: UnknownScope| damaged())?,
        created_at: time_from_column(row.created_at),
        expires_at: row.expires_at.map(time_from_column),
        revoked_at: row.revoked_at.map(time_from_column),
    };
    Ok((row.digest, record))
}

/// What is put in place of a damaged row, which no secret opens.
fn unknown_key(name: &KeyName, now: UnixSeconds) -> KeyRow {
    KeyRow {
        name: name.as_str().to_owned(),
        digest: tagged_hash("rc/lost-admin-key/1", name.as_str().as_bytes()),
        scopes: Scope::Read.name().to_owned(),
        created_at: time_to_column(now),
        expires_at: None,
        revoked_at: None,
    }
}

fn draw_secret() -> Result<Zeroizing<String>, getrandom::Error> {
    let mut bytes = Zeroizing::new([0_u8; KEY_BYTES]);
    getrandom::fill(bytes.as_mut_slice())?;
    Ok(Zeroizing::new(hex::encode(bytes.as_slice())))
}

/// A plain hash is enough here, unlike for passwords: 256 random bits cannot be guessed.
fn digest(secret: &[u8]) -> [u8; 32] {
    Sha256::digest(secret).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    const NOW: UnixSeconds = UnixSeconds(1_800_000_000);

    fn later(seconds: u64) -> UnixSeconds {
        UnixSeconds(NOW.0 + seconds)
    }

    fn name(text: &str) -> KeyName {
        text.parse().unwrap()
    }

    fn scopes(text: &str) -> Scopes {
        text.parse().unwrap()
    }

    fn fresh() -> (TempDir, AdminKeys) {
        let folder = tempfile::tempdir().unwrap();
        let keys = AdminKeys::open(&folder.path().join("node-local.db")).unwrap();
        (folder, keys)
    }

    #[test]
    fn the_right_key_opens_and_nothing_else_does() {
        let (_folder, keys) = fresh();
        let alice = keys.create(name("alice"), scopes("transfer,read"), None, NOW).unwrap();
        let bob = keys.create(name("bob"), scopes("all"), None, NOW).unwrap();
        let who = |presented: &str| keys.authenticate(presented.as_bytes(), NOW).unwrap();

        let found = who(&alice.secret).unwrap();
        assert_eq!((found.name.as_str(), found.scopes), ("alice", scopes("read,transfer")));
        assert_eq!(who(&bob.secret).unwrap().name, bob.name);

        let mut one_off = alice.secret.to_string();
        let last = one_off.pop().unwrap();
        one_off.push(if last == '0' { '1' } else { '0' });
        let digest = hex::encode(digest(alice.secret.as_bytes()));
        for wrong in [
            "",
            " ",
            "changeme",
            "alice",
            &one_off,
            &alice.secret[1..],
            &alice.secret.to_uppercase(),
            &format!("{} ", *alice.secret),
            &digest,
            &"0".repeat(64),
            &"x".repeat(10_000),
        ] {
            assert_eq!(who(wrong), None, "{wrong:?}");
        }
        assert_eq!(keys.authenticate(&[0xff, 0x00], NOW).unwrap(), None);
    }

    #[test]
    fn a_key_is_valid_until_it_expires_or_is_revoked() {
        let (_folder, keys) = fresh();
        let brief = keys.create(name("brief"), scopes("all"), Some(later(10)), NOW).unwrap();
        let long = keys.create(name("long"), scopes("all"), None, NOW).unwrap();
        let opens = |key: &NewAdminKey, now| {
            keys.authenticate(key.secret.as_bytes(), now).unwrap().is_some()
        };
        assert!(opens(&brief, later(9)));
        assert!(!opens(&brief, later(10)), "the end is not part of it");
        assert!(opens(&long, later(1_000_000)));

        assert!(keys.revoke(&long.name, later(20)).unwrap());
        assert!(!opens(&long, NOW), "revoked is revoked, whatever the clock says");
        assert!(!keys.revoke(&long.name, later(30)).unwrap());
        assert_eq!(
            keys.list().unwrap().keys[1].revoked_at,
            Some(later(20)),
            "the first time stands"
        );
        assert!(matches!(keys.revoke(&name("nobody"), NOW), Err(AdminKeyError::NoSuchKey(_))));
    }

    #[test]
    fn any_live_says_whether_a_caller_could_succeed() {
        let (_folder, keys) = fresh();
        assert!(!keys.any_live(NOW).unwrap());
        let key = keys.create(name("ops"), scopes("read"), Some(later(10)), NOW).unwrap();
        assert!(keys.any_live(NOW).unwrap());
        assert!(!keys.any_live(later(10)).unwrap());
        keys.revoke(&key.name, NOW).unwrap();
        assert!(!keys.any_live(NOW).unwrap());
    }

    #[test]
    fn bad_requests_make_no_key() {
        let (_folder, keys) = fresh();
        keys.create(name("ops"), scopes("read"), None, NOW).unwrap();
        keys.revoke(&name("ops"), NOW).unwrap();
        let matrix = [
            keys.create(name("ops"), scopes("read"), None, NOW),
            keys.create(name("b"), Scopes::default(), None, NOW),
            keys.create(name("c"), scopes("read"), Some(NOW), NOW),
        ];
        assert!(matches!(&matrix[0], Err(AdminKeyError::NameTaken(_))));
        assert!(matches!(&matrix[1], Err(AdminKeyError::NoScope)));
        assert!(matches!(&matrix[2], Err(AdminKeyError::AlreadyExpired)));
        assert_eq!(keys.list().unwrap().keys.len(), 1);
        for text in ["", "Ops", "a b", "ä", "a\n", &"x".repeat(65)] {
            assert_eq!(text.parse::<KeyName>(), Err(BadKeyName), "{text:?}");
        }
    }

    #[test]
    fn live_keys_are_bounded_and_dead_ones_do_not_count() {
        let (_folder, keys) = fresh();
        let make =
            |number: i64| keys.create(name(&format!("k{number}")), scopes("read"), None, NOW);
        for number in 0..MAX_LIVE_KEYS {
            make(number).unwrap();
        }
        assert!(matches!(make(MAX_LIVE_KEYS), Err(AdminKeyError::TooMany)));
        keys.revoke(&name("k0"), NOW).unwrap();
        make(MAX_LIVE_KEYS).unwrap();
    }

    #[test]
    fn another_process_is_seen_at_once() {
        let (folder, node) = fresh();
        let command_line = AdminKeys::open(&folder.path().join("node-local.db")).unwrap();
        let key = command_line.create(name("ops"), scopes("settle"), None, NOW).unwrap();
        let opens = || node.authenticate(key.secret.as_bytes(), NOW).unwrap().is_some();
        assert!(opens());
        command_line.revoke(&key.name, NOW).unwrap();
        assert!(!opens());
    }

    #[test]
    fn a_key_whose_record_was_changed_opens_nothing_and_can_be_revoked() {
        for change in [
            "name = 'opt'",
            "name = CAST(x'6f70f3' AS TEXT)",
            "digest = zeroblob(32)",
            "scopes = 'all'",
            "scopes = 'reae'",
            "created_at = created_at + 1",
            "expires_at = NULL",
            "expires_at = expires_at + 1",
            "revoked_at = 7",
            "sum = zeroblob(32)",
            "sum = x'00'",
        ] {
            let (folder, keys) = fresh();
            let path = folder.path().join("node-local.db");
            let key = keys.create(name("ops"), scopes("read"), Some(later(9)), NOW).unwrap();
            let other = keys.create(name("other"), scopes("read"), None, NOW).unwrap();
            assert_eq!(AdminKeys::check(&path).unwrap(), Some(2));
            let tampering = format!("UPDATE admin_keys SET {change} WHERE name = 'ops'");
            keys.connection.lock().execute_batch(&tampering).unwrap();
            let opens = |key: &NewAdminKey| {
                keys.authenticate(key.secret.as_bytes(), NOW).unwrap().is_some()
            };
            assert_eq!([opens(&key), opens(&other)], [false, true], "{change}");
            let listing = keys.list().unwrap();
            assert_eq!((listing.keys.len(), listing.damaged.len()), (1, 1), "{change}");
            let found = AdminKeys::check(&path).unwrap_err().to_string();
            assert!(found.contains(&format!("\"{}\"", listing.damaged[0])), "{found}");
            let Ok(called) = listing.damaged[0].parse() else { continue };
            assert!(keys.revoke(&called, NOW).unwrap(), "{change}");
            assert!(!keys.revoke(&called, NOW).unwrap(), "{change}");
            assert_eq!([opens(&key), opens(&other)], [false, true], "{change}");
            assert_eq!(AdminKeys::check(&path).unwrap(), Some(2), "{change}");
        }
    }

    #[test]
    fn keys_of_a_former_version_go_on_opening() {
        let (folder, keys) = fresh();
        let path = folder.path().join("node-local.db");
        let live = keys.create(name("live"), scopes("all"), None, NOW).unwrap();
        let dead = keys.create(name("dead"), scopes("all"), None, NOW).unwrap();
        keys.revoke(&dead.name, NOW).unwrap();
        let former = "ALTER TABLE admin_keys DROP COLUMN sum; PRAGMA user_version = 1";
        keys.connection.lock().execute_batch(former).unwrap();
        drop(keys);
        assert_eq!(AdminKeys::check(&path).unwrap(), None);
        let keys = AdminKeys::open(&path).unwrap();
        assert_eq!(AdminKeys::check(&path).unwrap(), Some(2));
        assert!(keys.authenticate(live.secret.as_bytes(), NOW).unwrap().is_some());
        assert_eq!(keys.authenticate(dead.secret.as_bytes(), NOW).unwrap(), None);
    }

    #[test]
    fn the_secret_is_in_no_file_and_in_no_debug_output() {
        let (folder, keys) = fresh();
        let key = keys.create(name("ops"), scopes("all"), None, NOW).unwrap();
        assert_eq!(key.secret.len(), 64);
        assert!(!format!("{key:?}").contains(key.secret.as_str()));
        let raw = hex::decode(key.secret.as_bytes()).unwrap();
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            let holds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
            assert!(!holds(key.secret.as_bytes()) && !holds(&raw));
        }
    }
}
