//! What a wallet keeps: a phrase or a bare key, and the bytes of it that get encrypted.

use zeroize::Zeroizing;

use crate::{
    derivation::{ExtendedKey, Scheme},
    error::KeystoreError,
    mnemonic::Mnemonic,
    secret_key::{SECRET_KEY_BYTES, SecretKey},
};

/// The secret of a wallet. `Debug` shows nothing of it.
#[derive(Debug)]
pub enum Secret {
    /// A recovery phrase; the key follows from it by [`Scheme::Slip10Master`].
    Phrase(Mnemonic),
    /// A bare key, for instance one exported by another wallet.
    Key(SecretKey),
}

impl Secret {
    /// How the key comes from this secret.
    pub fn scheme(&self) -> Scheme {
        match self {
            Self::Phrase(_) => Scheme::Slip10Master,
            Self::Key(_) => Scheme::RawKey,
        }
    }

    /// The key that signs.
    pub fn secret_key(&self) -> SecretKey {
        match self {
            Self::Phrase(phrase) => ExtendedKey::master(phrase.seed("").as_slice()).secret_key(),
            Self::Key(key) => SecretKey::from_bytes(key.expose_bytes()),
        }
    }

    /// The bytes to encrypt: the entropy of the phrase, so that the words can be shown again, or
    /// the bytes of the key.
    pub(crate) fn plaintext(&self) -> Zeroizing<Vec<u8>> {
        match self {
            Self::Phrase(phrase) => phrase.entropy(),
            Self::Key(key) => Zeroizing::new(key.expose_bytes().to_vec()),
        }
    }

    /// The secret behind decrypted bytes.
    pub(crate) fn from_plaintext(scheme: Scheme, bytes: &[u8]) -> Result<Self, KeystoreError> {
        match scheme {
            Scheme::Slip10Master => Ok(Self::Phrase(Mnemonic::from_entropy(bytes)?)),
            Scheme::RawKey => {
                let bytes =
                    <&[u8; SECRET_KEY_BYTES]>::try_from(bytes).map_err(|_wrong_length| {
                        KeystoreError::malformed("the key inside does not have 32 bytes")
                    })?;
                Ok(Self::Key(SecretKey::from_bytes(bytes)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plaintext_gives_back_the_same_secret() {
        let phrase = Secret::Phrase(Mnemonic::generate().unwrap());
        let key = Secret::Key(SecretKey::from_bytes(&[9; 32]));
        for secret in [phrase, key] {
            let back = Secret::from_plaintext(secret.scheme(), &secret.plaintext()).unwrap();
            assert_eq!(back.scheme(), secret.scheme());
            assert_eq!(back.secret_key().address(), secret.secret_key().address());
        }
    }

    #[test]
    fn plaintext_of_a_wrong_length_is_refused() {
        assert!(Secret::from_plaintext(Scheme::Slip10Master, &[1; 31]).is_err());
        assert!(Secret::from_plaintext(Scheme::RawKey, &[1; 31]).is_err());
        assert!(Secret::from_plaintext(Scheme::RawKey, &[1; 33]).is_err());
    }
}
