//! The node's own key: it seals blocks and vouches for admin commands.
//!
//! 32 secret bytes in a file of mode 0600, made once by `node init`. Two processes never run with
//! one validator key; whoever copies the folder copies the key and has to know that.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;
use ed25519_dalek::ed25519::signature::Signer as _;
use protocol::keys::{PublicKey, Signature, Signer};
use zeroize::Zeroizing;

/// Permission bits that only the owner's may be set of.
const FORBIDDEN_MODE: u32 = 0o077;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum NodeKeyError {
    /// The file cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file holds something else.
    #[error("{0}: not a node key")]
    Malformed(PathBuf),
    /// Others can read the file.
    #[error("{0}: others can read this file; make it mode 0600")]
    Exposed(PathBuf),
    /// The system gives no random bytes.
    #[error("no random bytes: {0}")]
    Random(getrandom::Error),
}

/// The node's key.
pub struct NodeKey {
    key: SigningKey,
}

impl std::fmt::Debug for NodeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NodeKey({}, [redacted])", self.public_key().to_hex())
    }
}

impl NodeKey {
    /// Makes a key and writes it to a file that must not exist yet. The file is there with the whole
    /// key in it, or not at all.
    pub fn create(path: &Path) -> Result<Self, NodeKeyError> {
        if path.exists() {
            let source = std::io::Error::from(ErrorKind::AlreadyExists);
            return Err(NodeKeyError::Io { path: path.to_owned(), source });
        }
        let mut secret = Zeroizing::new([0_u8; 32]);
        getrandom::fill(secret.as_mut_slice()).map_err(NodeKeyError::Random)?;
        let io = |source| NodeKeyError::Io { path: path.to_owned(), source };
        let unfinished = path.with_extension("unfinished");
        match fs::remove_file(&unfinished) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(io(error)),
            _removed_or_not_there => {}
        }
        let mut options = OpenOptions::new();
        let options = options.write(true).create_new(true).mode(0o600);
        let mut file = options.open(&unfinished).map_err(io)?;
        file.write_all(secret.as_slice()).map_err(io)?;
        file.sync_all().map_err(io)?;
        fs::rename(&unfinished, path).map_err(io)?;
        Ok(Self { key: SigningKey::from_bytes(&secret) })
    }

    /// Reads a key.
    pub fn load(path: &Path) -> Result<Self, NodeKeyError> {
        let io = |source| NodeKeyError::Io { path: path.to_owned(), source };
        let file = OpenOptions::new().read(true).open(path).map_err(io)?;
        if file.metadata().map_err(io)?.mode() & FORBIDDEN_MODE != 0 {
            return Err(NodeKeyError::Exposed(path.to_owned()));
        }
        let mut secret = Zeroizing::new(Vec::with_capacity(64));
        (&file).take(64).read_to_end(&mut secret).map_err(io)?;
        let secret = <&[u8; 32]>::try_from(secret.as_slice())
            .map_err(|_other_length| NodeKeyError::Malformed(path.to_owned()))?;
        Ok(Self { key: SigningKey::from_bytes(secret) })
    }

    /// The same key again, for another thread.
    #[must_use]
    pub fn share(&self) -> Self {
        Self { key: self.key.clone() }
    }

    /// A secret that only this node knows, for `purpose`.
    pub fn derived_secret(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        use hmac::{Hmac, KeyInit as _, Mac as _};
        let mut secret = Zeroizing::new([0_u8; 32]);
        let own = Zeroizing::new(self.key.to_bytes());
        if let Ok(hmac) = Hmac::<sha2::Sha256>::new_from_slice(own.as_slice()) {
            let digest = hmac.chain_update(purpose.as_bytes()).finalize().into_bytes();
            secret.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        }
        secret
    }
}

impl Signer for NodeKey {
    fn public_key(&self) -> PublicKey {
        PublicKey::from_bytes(self.key.verifying_key().to_bytes())
    }

    fn sign(&self, message: &[u8]) -> Signature {
        Signature::from_bytes(self.key.sign(message).to_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::hex;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_key_is_made_once_and_kept_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("node.key");
        let made = NodeKey::create(&path).unwrap();
        assert!(NodeKey::create(&path).is_err());
        let loaded = NodeKey::load(&path).unwrap();
        assert_eq!(made.public_key(), loaded.public_key());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(!format!("{made:?}").contains(&hex::encode(made.key.to_bytes())));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(NodeKey::load(&path), Err(NodeKeyError::Exposed(_))));
    }

    #[test]
    fn derived_secrets_differ_by_purpose() {
        let folder = tempfile::tempdir().unwrap();
        let key = NodeKey::create(&folder.path().join("node.key")).unwrap();
        assert_eq!(key.derived_secret("a"), key.derived_secret("a"));
        assert_ne!(key.derived_secret("a"), key.derived_secret("b"));
    }
}
