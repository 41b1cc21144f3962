//! The bytes of a wallet file: JSON, version, key derivation, cipher. No files and no randomness.
//!
//! # Version 1
//!
//! One JSON object with exactly these members, binary values in lower-case hexadecimal:
//!
//! ```json
//! {
//!   "format": "rustchain-wallet",
//!   "version": 1,
//!   "name": "alice",
//!   "chain_id": "rustchain-mainnet-v2",
//!   "address": "RTC…",
//!   "public_key": "…32 bytes…",
//!   "scheme": "slip10-master",
//!   "backed_up": false,
//!   "created_at": 1795332270,
//!   "kdf": { "algorithm": "argon2id", "m_kib": 65536, "t": 3, "p": 1, "salt": "…16 bytes…" },
//!   "cipher": "xchacha20poly1305",
//!   "nonce": "…24 bytes…",
//!   "ciphertext": "…plaintext and 16 bytes of tag…"
//! }
//! ```
//!
//! The encryption key is Argon2id (version 0x13, 32 bytes) of the passphrase in NFKD. The plaintext
//! is the entropy of the phrase (`slip10-master`) or the 32 bytes of the key (`raw-key`).
//!
//! **Every member is authenticated.** The associated data is the object without `ciphertext`,
//! members in the order above, as JSON without any white space. It is made anew from the values
//! that were read, so a file whose white space was changed on the way still opens, and a file of
//! which any value was changed does not.
//!
//! # Versions
//!
//! `format` and `version` are read first and pick the reader; the readers of all released versions
//! stay, and a sample of each is opened by a test. An unknown version is refused, never guessed at.
//! A program writes the newest version it knows, so an old file is brought up to date when its
//! passphrase changes.
//!
//! Version 2 is kept for unlock slots: a random data key encrypts the secret, and each slot
//! (passphrase, system keyring, recovery file) holds that data key under a key of its own. The
//! `kdf` and `nonce` of today become those of the passphrase slot. Nothing outside of this file
//! knows more than "a header, a passphrase, a plaintext", so nothing outside has to change.

use chacha20poly1305::{AeadInOut as _, KeyInit as _, XChaCha20Poly1305};
use protocol::hex;
use protocol::{keys::PublicKey, time::UnixSeconds, wallet_id::WalletId};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    derivation::Scheme,
    error::KeystoreError,
    passphrase::Passphrase,
    vault::{
        header::{Header, check_chain_id},
        kdf::{KdfParams, KdfPolicy, SALT_BYTES},
    },
    wallet_name::WalletName,
};

/// Largest wallet file, in bytes. A real one has about 800.
pub(crate) const MAX_FILE_BYTES: usize = 64 * 1024;

/// Bytes of the nonce of XChaCha20-Poly1305: long enough to be drawn at random.
pub(crate) const NONCE_BYTES: usize = 24;
/// Bytes of the tag of Poly1305.
const TAG_BYTES: usize = 16;

const FORMAT: &str = "rustchain-wallet";
const VERSION: u64 = 1;
const KDF: &str = "argon2id";
const CIPHER: &str = "xchacha20poly1305";

/// A wallet file in memory: header, and the secret as ciphertext.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Envelope {
    header: Header,
    salt: [u8; SALT_BYTES],
    nonce: [u8; NONCE_BYTES],
    ciphertext: Vec<u8>,
}

impl Envelope {
    /// Encrypts `plaintext` under `passphrase`. Salt and nonce must be fresh random bytes.
    pub(crate) fn seal(
        header: Header,
        salt: [u8; SALT_BYTES],
        nonce: [u8; NONCE_BYTES],
        passphrase: &Passphrase,
        plaintext: &[u8],
    ) -> Result<Self, KeystoreError> {
        let key = header.kdf.derive(passphrase, &salt)?;
        let mut sealed = Self { header, salt, nonce, ciphertext: Vec::new() };
        // Room for the tag at once, so that no copy of the plaintext is left by growing.
        let mut buffer = Zeroizing::new(Vec::with_capacity(plaintext.len() + TAG_BYTES));
        buffer.extend_from_slice(plaintext);
        XChaCha20Poly1305::new(&(*key).into())
            .encrypt_in_place(&nonce.into(), &sealed.associated_data(), &mut *buffer)
            .map_err(|_too_large| KeystoreError::malformed("the secret is too large to encrypt"))?;
        sealed.ciphertext.extend_from_slice(&buffer);
        Ok(sealed)
    }

    /// Decrypts the plaintext, if the passphrase is right and nothing was altered.
    pub(crate) fn open(
        &self,
        passphrase: &Passphrase,
    ) -> Result<Zeroizing<Vec<u8>>, KeystoreError> {
        let key = self.header.kdf.derive(passphrase, &self.salt)?;
        let mut buffer = Zeroizing::new(self.ciphertext.clone());
        XChaCha20Poly1305::new(&(*key).into())
            .decrypt_in_place(&self.nonce.into(), &self.associated_data(), &mut *buffer)
            .map_err(|_forged| KeystoreError::WrongPassphrase)?;
        Ok(buffer)
    }

    /// The open part.
    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    /// Reads a wallet file of any version. No key is derived.
    pub(crate) fn parse(bytes: &[u8], policy: KdfPolicy) -> Result<Self, KeystoreError> {
        if bytes.len() > MAX_FILE_BYTES {
            return Err(KeystoreError::malformed(format!("larger than {MAX_FILE_BYTES} bytes")));
        }
        let marks: Marks = from_json(bytes)?;
        match (marks.format.as_str(), marks.version) {
            (FORMAT, VERSION) => from_json::<FileV1>(bytes)?.into_envelope(policy),
            (FORMAT, found) => Err(KeystoreError::Version { found }),
            _ => Err(KeystoreError::malformed("another format")),
        }
    }

    /// The file: indented JSON, ended by a line feed.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let file = self.to_file(Some(hex::encode(&self.ciphertext)));
        let mut bytes = serde_json::to_vec_pretty(&file).expect(SERIALISES);
        bytes.push(b'\n');
        bytes
    }

    /// The bytes that the cipher authenticates beside the plaintext: see the head of this file.
    fn associated_data(&self) -> Vec<u8> {
        serde_json::to_vec(&self.to_file(None)).expect(SERIALISES)
    }

    fn to_file(&self, ciphertext: Option<String>) -> FileV1 {
        let Header { name, chain_id, address, public_key, scheme, backed_up, created_at, kdf } =
            &self.header;
        FileV1 {
            format: FORMAT.to_owned(),
            version: VERSION,
            name: name.as_str().to_owned(),
            chain_id: chain_id.clone(),
            address: address.as_str().to_owned(),
            public_key: public_key.to_hex(),
            scheme: scheme.as_str().to_owned(),
            backed_up: *backed_up,
            created_at: created_at.0,
            kdf: KdfV1 {
                algorithm: KDF.to_owned(),
                m_kib: kdf.m_kib(),
                t: kdf.t(),
                p: kdf.p(),
                salt: hex::encode(self.salt),
            },
            cipher: CIPHER.to_owned(),
            nonce: hex::encode(self.nonce),
            ciphertext,
        }
    }
}

const SERIALISES: &str = "a struct of texts and numbers always serialises";

/// The two members that say how to read the rest.
#[derive(Deserialize)]
struct Marks {
    format: String,
    version: u64,
}

/// The members of a version 1 file, in their order.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileV1 {
    format: String,
    version: u64,
    name: String,
    chain_id: String,
    address: String,
    public_key: String,
    scheme: String,
    backed_up: bool,
    created_at: u64,
    kdf: KdfV1,
    cipher: String,
    nonce: String,
    /// Absent only from the associated data.
    #[serde(skip_serializing_if = "Option::is_none")]
    ciphertext: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KdfV1 {
    algorithm: String,
    m_kib: u32,
    t: u32,
    p: u32,
    salt: String,
}

impl FileV1 {
    fn into_envelope(self, policy: KdfPolicy) -> Result<Envelope, KeystoreError> {
        expect_text("kdf", &self.kdf.algorithm, KDF)?;
        expect_text("cipher", &self.cipher, CIPHER)?;
        let kdf = KdfParams::checked(self.kdf.m_kib, self.kdf.t, self.kdf.p, policy)?;
        let name = WalletName::parse(&self.name).map_err(|_wrong| bad_member("name"))?;
        check_chain_id(&self.chain_id).map_err(|_wrong| bad_member("chain_id"))?;
        let address = WalletId::parse(&self.address).map_err(|_wrong| bad_member("address"))?;
        let public_key = PublicKey::from_bytes(fixed_hex("public_key", &self.public_key)?);
        if public_key.address() != address {
            return Err(KeystoreError::malformed("address and public_key do not belong together"));
        }
        let scheme = Scheme::from_name(&self.scheme).ok_or_else(|| bad_member("scheme"))?;
        let ciphertext = self.ciphertext.ok_or_else(|| bad_member("ciphertext"))?;
        let header = Header {
            name,
            chain_id: self.chain_id,
            address,
            public_key,
            scheme,
            backed_up: self.backed_up,
            created_at: UnixSeconds(self.created_at),
            kdf,
        };
        Ok(Envelope {
            header,
            salt: fixed_hex("salt", &self.kdf.salt)?,
            nonce: fixed_hex("nonce", &self.nonce)?,
            ciphertext: lower_hex("ciphertext", &ciphertext)?,
        })
    }
}

/// Reads JSON; an error gives the place and repeats nothing of the file.
fn from_json<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, KeystoreError> {
    serde_json::from_slice(bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        KeystoreError::malformed(format!("unexpected JSON at line {line}, column {column}"))
    })
}

fn bad_member(member: &str) -> KeystoreError {
    KeystoreError::malformed(format!("bad {member}"))
}

fn expect_text(member: &str, found: &str, known: &str) -> Result<(), KeystoreError> {
    if found == known { Ok(()) } else { Err(bad_member(member)) }
}

/// Reads hexadecimal digits in lower case alone: one value has one spelling.
fn lower_hex(member: &str, text: &str) -> Result<Vec<u8>, KeystoreError> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(bad_member(member));
    }
    hex::decode(text).map_err(|_not_hex| bad_member(member))
}

fn fixed_hex<const N: usize>(member: &str, text: &str) -> Result<[u8; N], KeystoreError> {
    lower_hex(member, text)?.try_into().map_err(|_wrong_length| bad_member(member))
}
