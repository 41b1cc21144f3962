//! Finds admin keys where they must never be: in the query string, which proxies and browsers log.

use protocol::hex;

/// Parameter names that stand for an admin key, as [`normalised`] writes them.
const KEY_NAMES: [&[u8]; 8] = [
    b"adminkey",
    b"xadminkey",
    b"apikey",
    b"xapikey",
    b"rcadminkey",
    b"admintoken",
    b"adminsecret",
    b"accesstoken",
];

/// Longer names than this are none of ours.
const MAX_NAME: usize = 16;

/// Whether a parameter of `query` is named like an admin key, however it is spelt: upper case,
/// `-`, `_`, `.` or nothing between the words, percent-encoded.
pub(super) fn carries_admin_key(query: &str) -> bool {
    let mut rest = query.as_bytes();
    loop {
        let end = rest.iter().position(|byte| matches!(byte, b'=' | b'&' | b';'));
        let (name, behind) = rest.split_at(end.unwrap_or(rest.len()));
        if is_key_name(name) {
            return true;
        }
        // Whatever the value is, the next name stands behind the next of these.
        let Some(next) = behind.iter().position(|byte| matches!(byte, b'&' | b';')) else {
            return false;
        };
        rest = behind.get(next + 1..).unwrap_or_default();
    }
}

fn is_key_name(name: &[u8]) -> bool {
    // All of them have a K or a C, which most names have not.
    if !name.iter().any(|byte| matches!(byte, b'k' | b'K' | b'c' | b'C' | b'%')) {
        return false;
    }
    let mut buffer = [0_u8; MAX_NAME];
    normalised(name, &mut buffer).is_some_and(|name| KEY_NAMES.contains(&name))
}

/// The letters and digits of `name` in lower case, percent-decoded; `None` when too long.
fn normalised<'a>(name: &[u8], buffer: &'a mut [u8; MAX_NAME]) -> Option<&'a [u8]> {
    let mut length = 0;
    let mut rest = name;
    while let Some((byte, tail)) = next_byte(rest) {
        rest = tail;
        if byte.is_ascii_alphanumeric() {
            *buffer.get_mut(length)? = byte.to_ascii_lowercase();
            length += 1;
        }
    }
    buffer.get(..length)
}

/// The first byte of a percent-encoded text, and what follows it.
fn next_byte(text: &[u8]) -> Option<(u8, &[u8])> {
    if let [b'%', high, low, tail @ ..] = text {
        let mut byte = [0_u8];
        if hex::decode_to_slice([*high, *low], &mut byte).is_ok() {
            return Some((byte[0], tail));
        }
    }
    text.split_first().map(|(byte, tail)| (*byte, tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_however_they_are_spelt() {
        for query in [
            "admin_key=s3cret",
            "admin_key",
            "limit=5&admin_key=s3cret",
            "limit=5;ADMIN-KEY=s3cret",
            "X-Admin-Key=s3cret",
            "api_key=s3cret",
            "apiKey=s3cret",
            "x-api-key=",
            "admin%5Fkey=s3cret",
            "%61dmin_key=s3cret",
            "admin.key=s3cret",
            "access_token=s3cret",
        ] {
            assert!(carries_admin_key(query), "{query}");
        }
    }

    #[test]
    fn the_first_look_misses_none() {
        for name in KEY_NAMES {
            assert!(name.iter().any(|byte| matches!(byte, b'k' | b'c')), "{name:?}");
        }
    }

    #[test]
    fn ordinary_queries_pass() {
        for query in [
            "",
            "&&=;",
            "miner_id=admin_key",
            "limit=5&offset=10",
            "key=1",
            "public_key=00",
            "admin_keys=1",
            "q=api_key%3D1",
            "%",
            "%zz=1",
            "a_very_long_parameter_name_with_admin_key=1",
        ] {
            assert!(!carries_admin_key(query), "{query}");
        }
    }
}
