//! The binary form of what only nodes read: commands, batches, headers.
//!
//! Fields in fixed order, integers big-endian, byte strings behind a 32-bit length. There is one
//! encoding of a value and one value of an encoding: readers refuse what is left over.

use sha2::{Digest as _, Sha256};

/// A SHA-256 digest.
pub type Hash = [u8; 32];

/// Why bytes do not decode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The bytes end inside a field.
    #[error("the bytes end too early")]
    TooShort,
    /// Bytes are left over.
    #[error("bytes are left over")]
    LeftOver,
    /// A field holds a value outside of its range.
    #[error("the field '{0}' is out of range")]
    BadField(&'static str),
}

/// SHA-256 of a domain tag and data; the tag keeps hashes of different things apart.
pub fn tagged_hash(tag: &str, data: &[u8]) -> Hash {
    tagged_hash_of_parts(tag, &[data])
}

/// [`tagged_hash`] of data whose parts stand in several places: they are not put together first.
pub fn tagged_hash_of_parts(tag: &str, parts: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(tag.as_bytes());
    hasher.update([0]);
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// Appends fields to a byte string.
pub trait Encode {
    /// Appends the encoding of `self`.
    fn encode(&self, out: &mut Vec<u8>);

    /// The encoding of `self` alone.
    fn encoded(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.encode(&mut out);
        out
    }
}

/// Appends a length and the bytes. Lengths above 2^32 - 1 do not occur: bodies are capped far below.
pub fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(bytes);
}

/// Appends the length of an encoding, and the encoding.
pub fn put_encoded(out: &mut Vec<u8>, value: &impl Encode) {
    let begins = out.len();
    out.extend_from_slice(&[0; 4]);
    value.encode(out);
    if let Some((length, encoding)) =
        out.get_mut(begins..).and_then(<[u8]>::split_first_chunk_mut::<4>)
    {
        *length = u32::try_from(encoding.len()).unwrap_or(u32::MAX).to_be_bytes();
    }
}

/// Appends 0, or 1 and the value.
pub fn put_option<T>(out: &mut Vec<u8>, value: Option<&T>, put: impl FnOnce(&mut Vec<u8>, &T)) {
    match value {
        None => out.push(0),
        Some(value) => {
            out.push(1);
            put(out, value);
        }
    }
}

/// Takes fields off the front of a byte string.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Starts at the front of `bytes`.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Whether nothing is left.
    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Fails unless everything has been read.
    pub const fn finish(self) -> Result<(), DecodeError> {
        if self.rest.is_empty() { Ok(()) } else { Err(DecodeError::LeftOver) }
    }

    /// Takes the next `count` bytes.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], DecodeError> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(DecodeError::TooShort)?;
        self.rest = rest;
        Ok(taken)
    }

    /// Takes a byte string of fixed length.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let (taken, rest) = self.rest.split_first_chunk::<N>().ok_or(DecodeError::TooShort)?;
        self.rest = rest;
        Ok(*taken)
    }

    /// Takes one byte.
    pub fn u8(&mut self) -> Result<u8, DecodeError> {
        self.array().map(u8::from_be_bytes)
    }

    /// Takes a 16-bit integer.
    pub fn u16(&mut self) -> Result<u16, DecodeError> {
        self.array().map(u16::from_be_bytes)
    }

    /// Takes a 32-bit integer.
    pub fn u32(&mut self) -> Result<u32, DecodeError> {
        self.array().map(u32::from_be_bytes)
    }

    /// Takes a 64-bit integer.
    pub fn u64(&mut self) -> Result<u64, DecodeError> {
        self.array().map(u64::from_be_bytes)
    }

    /// Takes a byte that must be 0 or 1.
    pub fn bool(&mut self, field: &'static str) -> Result<bool, DecodeError> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(DecodeError::BadField(field)),
        }
    }

    /// Takes a length and that many bytes.
    pub fn bytes(&mut self) -> Result<&'a [u8], DecodeError> {
        let length = self.u32()?;
        usize::try_from(length)
            .map_err(|_too_long| DecodeError::TooShort)
            .and_then(|length| self.take(length))
    }

    /// Takes a length and that many bytes of UTF-8.
    pub fn str(&mut self, field: &'static str) -> Result<&'a str, DecodeError> {
        std::str::from_utf8(self.bytes()?).map_err(|_not_utf8| DecodeError::BadField(field))
    }

    /// Takes 0, or 1 and a value.
    pub fn option<T>(
        &mut self,
        field: &'static str,
        read: impl FnOnce(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<Option<T>, DecodeError> {
        if self.bool(field)? { read(self).map(Some) } else { Ok(None) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_what_was_put() {
        let mut out = vec![7];
        out.extend_from_slice(&513_u16.to_be_bytes());
        put_bytes(&mut out, b"abc");
        put_option(&mut out, Some(&9_u8), |out, value| out.push(*value));
        put_option::<u8>(&mut out, None, |_, _| {});
        let mut reader = Reader::new(&out);
        assert_eq!(reader.u8(), Ok(7));
        assert_eq!(reader.u16(), Ok(513));
        assert_eq!(reader.str("text"), Ok("abc"));
        assert_eq!(reader.option("nine", Reader::u8), Ok(Some(9)));
        assert_eq!(reader.option("none", Reader::u8), Ok(None));
        assert_eq!(reader.finish(), Ok(()));
    }

    #[test]
    fn refuses_torn_and_trailing_bytes() {
        assert_eq!(Reader::new(&[0, 0, 0, 5, 1]).bytes(), Err(DecodeError::TooShort));
        assert_eq!(Reader::new(&[2]).bool("flag"), Err(DecodeError::BadField("flag")));
        assert_eq!(Reader::new(&[1]).finish(), Err(DecodeError::LeftOver));
    }
}
