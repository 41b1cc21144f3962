//! Hexadecimal digits: written in lower case, read in either. There is no prefix and no white space.

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};

/// The text is not hexadecimal digits, or not as many as there have to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the hexadecimal digits that there have to be")]
pub struct NotHex;

/// Two digits for every byte.
pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    HEXLOWER.encode(bytes.as_ref())
}

/// Two digits for every byte, into a buffer of just that length.
pub fn encode_to_slice(bytes: impl AsRef<[u8]>, digits: &mut [u8]) -> Result<(), NotHex> {
    let bytes = bytes.as_ref();
    if digits.len() != HEXLOWER.encode_len(bytes.len()) {
        return Err(NotHex);
    }
    HEXLOWER.encode_mut(bytes, digits);
    Ok(())
}

/// The bytes that these digits stand for.
pub fn decode(digits: impl AsRef<[u8]>) -> Result<Vec<u8>, NotHex> {
    HEXLOWER_PERMISSIVE.decode(digits.as_ref()).map_err(|_bad| NotHex)
}

/// The same, into a buffer that they have to fill.
pub fn decode_to_slice(digits: impl AsRef<[u8]>, bytes: &mut [u8]) -> Result<(), NotHex> {
    let digits = digits.as_ref();
    if HEXLOWER_PERMISSIVE.decode_len(digits.len()) != Ok(bytes.len()) {
        return Err(NotHex);
    }
    HEXLOWER_PERMISSIVE.decode_mut(digits, bytes).map(drop).map_err(|_bad| NotHex)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn digits_of_either_case_are_read_back(bytes: Vec<u8>) {
            let digits = encode(&bytes);
            prop_assert_eq!(digits.len() / 2, bytes.len());
            prop_assert!(digits.bytes().all(|d| matches!(d, b'0'..=b'9' | b'a'..=b'f')));
            prop_assert_eq!(decode(&digits), Ok(bytes.clone()));
            let mut buffer = vec![0; bytes.len()];
            decode_to_slice(digits.to_uppercase(), &mut buffer).unwrap();
            prop_assert_eq!(&buffer, &bytes);
            let mut written = vec![0; digits.len()];
            encode_to_slice(&bytes, &mut written).unwrap();
            prop_assert_eq!(written, digits.into_bytes());
        }
    }

    #[test]
    fn nothing_else_is_read() {
        for text in ["a", "abc", "0x", "0xab", "zz", " a", "a ", "ab\n", "a_", "ä", "--", "+1"] {
            assert_eq!(decode(text), Err(NotHex), "{text:?}");
        }
        let mut two = [7; 2];
        for text in ["", "ab", "abcdef", "abcg", "0xab", "abc"] {
            assert_eq!(decode_to_slice(text, &mut two), Err(NotHex), "{text:?}");
        }
        assert_eq!(encode_to_slice([1], &mut [0; 3]), Err(NotHex));
    }
}
