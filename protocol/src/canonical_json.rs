//! What clients sign: JSON byte for byte as CPython writes it.
//!
//! `json.dumps(value, sort_keys=True, separators=(",", ":"))` (wire section 3.2): keys in the order
//! of their code points, no spaces, everything outside ASCII escaped as `\uXXXX` (pairs of
//! surrogates beyond the basic plane), floats as `repr(float)` prints them.

use crate::json::Json;

/// Longest integer that CPython converts from text (its `int_max_str_digits`).
const MAX_PYTHON_INTEGER_DIGITS: usize = 4_300;

/// Bytes that are set aside for the text of a signed body: most are shorter.
const USUAL_BODY: usize = 2_048;

/// Why CPython would not write this value back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// A float is too large to be finite.
    #[error("a number is not finite")]
    NotFinite,
    /// An integer has more than 4,300 digits.
    #[error("an integer is longer than {MAX_PYTHON_INTEGER_DIGITS} digits")]
    IntegerTooLong,
}

/// How characters outside ASCII are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escaping {
    /// As `\uXXXX`, which is CPython's default.
    Ascii,
    /// As themselves, which is what JavaScript's and most Rust writers do.
    Utf8,
}

/// The canonical text of a value.
pub fn to_canonical(value: &Json<'_>) -> Result<String, CanonicalError> {
    let mut out = String::new();
    write_value(&mut out, value)?;
    Ok(out)
}

/// The canonical text of an object without some of its members.
///
/// A value that is not an object is written whole.
pub fn to_canonical_without(value: &Json<'_>, left_out: &[&str]) -> Result<String, CanonicalError> {
    let Some(members) = value.as_object() else { return to_canonical(value) };
    let mut out = String::with_capacity(USUAL_BODY);
    let signed = members.iter().filter(|(key, _)| !left_out.contains(&key.as_ref()));
    write_members(&mut out, signed.map(|(key, value)| (key.as_ref(), value)))?;
    Ok(out)
}

fn write_value(out: &mut String, value: &Json<'_>) -> Result<(), CanonicalError> {
    match value {
        Json::Null => out.push_str("null"),
        Json::Bool(true) => out.push_str("true"),
        Json::Bool(false) => out.push_str("false"),
        Json::Number(text) => write_number(out, text)?,
        Json::String(text) => write_string(out, text, Escaping::Ascii),
        Json::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_value(out, item)?;
            }
            out.push(']');
        }
        Json::Object(members) => {
            write_members(out, members.iter().map(|(key, value)| (key.as_ref(), value)))?;
        }
    }
    Ok(())
}

fn write_members<'v, 'a: 'v>(
    out: &mut String,
    members: impl Iterator<Item = (&'v str, &'v Json<'a>)>,
) -> Result<(), CanonicalError> {
    out.push('{');
    for (index, (key, value)) in members.enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_string(out, key, Escaping::Ascii);
        out.push(':');
        write_value(out, value)?;
    }
    out.push('}');
    Ok(())
}

/// Whether a text is written alike whichever way characters outside ASCII are. DEL is not: CPython
/// escapes it, others do not.
pub fn is_written_alike(text: &str) -> bool {
    text.bytes().all(|byte| byte < 0x7f)
}

/// How many bytes at the start of a text stand for themselves.
fn plain_start(text: &str) -> usize {
    text.bytes()
        .position(|byte| !matches!(byte, b' '..=b'~') || matches!(byte, b'"' | b'\\'))
        .unwrap_or(text.len())
}

/// Appends a string with its quotes.
pub fn write_string(out: &mut String, text: &str, escaping: Escaping) {
    out.push('"');
    let (plain, rest) = text.split_at(plain_start(text));
    out.push_str(plain);
    for character in rest.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(character),
            '\0'..='\u{1f}' => write_escape(out, character),
            _ if escaping == Escaping::Utf8 => out.push(character),
            _ => write_escape(out, character),
        }
    }
    out.push('"');
}

fn write_escape(out: &mut String, character: char) {
    let mut units = [0_u16; 2];
    for unit in character.encode_utf16(&mut units) {
        out.push_str("\\u");
        for shift in [12_u32, 8, 4, 0] {
            let digit = u32::from(unit.wrapping_shr(shift) & 0xf);
            out.push(char::from_digit(digit, 16).unwrap_or('0'));
        }
    }
}

/// Appends a JSON number as CPython reads and writes it back.
fn write_number(out: &mut String, text: &str) -> Result<(), CanonicalError> {
    if text.contains(['.', 'e', 'E']) {
        let value: f64 = text.parse().map_err(|_not_a_float| CanonicalError::NotFinite)?;
        out.push_str(&python_float(value)?);
        return Ok(());
    }
    if text.len() > MAX_PYTHON_INTEGER_DIGITS {
        return Err(CanonicalError::IntegerTooLong);
    }
    out.push_str(if text == "-0" { "0" } else { text });
    Ok(())
}

/// A float as CPython's `repr` prints it: the shortest digits that read back to the same float,
/// with an exponent below 1e-4 and from 1e16 on (CPython `float_repr_style` "short").
pub fn python_float(value: f64) -> Result<String, CanonicalError> {
    if !value.is_finite() {
        return Err(CanonicalError::NotFinite);
    }
    let scientific = shortest_scientific(value);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if !(-4..16).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return Ok(format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs()));
    }
    let (sign, unsigned) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    Ok(format!("{sign}{}", without_exponent(unsigned, exponent)))
}

/// The shortest digits that read back to the same float; of several, the closest; of two equally
/// close, the even one. Rust's own shortest form differs in the last point.
fn shortest_scientific(value: f64) -> String {
    let shortest = format!("{value:e}");
    let mantissa = shortest.split('e').next().unwrap_or_default();
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
    let rounded = format!("{value:.*e}", digits.saturating_sub(1));
    let same = |text: &str| text.parse().is_ok_and(|read: f64| read.to_bits() == value.to_bits());
    if same(&rounded) { rounded } else { shortest }
}

/// `d.ddd` times ten to the `exponent` (-4 to 15) with the point where it belongs.
fn without_exponent(mantissa: &str, exponent: i32) -> String {
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let Ok(before_point) = usize::try_from(exponent.saturating_add(1)) else {
        let zeros = usize::try_from(exponent.unsigned_abs()).unwrap_or(0).saturating_sub(1);
        return format!("0.{}{digits}", "0".repeat(zeros));
    };
    match digits.split_at_checked(before_point) {
        Some(("", fraction)) => format!("0.{fraction}"),
        Some((whole, "")) => format!("{whole}.0"),
        Some((whole, fraction)) => format!("{whole}.{fraction}"),
        None => {
            let zeros = before_point.saturating_sub(digits.len());
            format!("{digits}{}.0", "0".repeat(zeros))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> Result<String, CanonicalError> {
        match Json::parse(text.as_bytes()) {
            Ok(value) => to_canonical(&value),
            Err(error) => panic!("{text} is no JSON: {error}"),
        }
    }

    #[test]
    fn floats_print_like_cpython() {
        // The list of observed/crypto_vectors.txt.
        let printed = "1.0 0.1 1.5 100.0 0.0001 1e-05 1.9e-06 1e-06 123456789.123456 \
            1000000000000000.0 1e+16 1e+22 8388608.0 0.30000000000000004 5e-324";
        for text in printed.split_whitespace() {
            assert_eq!(canonical(text).unwrap(), text);
        }
        assert_eq!(canonical("-0.0").unwrap(), "-0.0");
        assert_eq!(canonical("1e5").unwrap(), "100000.0");
        assert_eq!(canonical("123456.5e-9").unwrap(), "0.0001234565");
        // Exactly between two shortest texts: CPython takes the even one.
        assert_eq!(canonical("87543613907184.125").unwrap(), "87543613907184.12");
        assert_eq!(canonical("1E400"), Err(CanonicalError::NotFinite));
    }

    #[test]
    fn integers_are_unbounded() {
        assert_eq!(canonical("123456789012345678901234567890").unwrap().len(), 30);
        assert_eq!(canonical("-0").unwrap(), "0");
        assert_eq!(canonical(&"9".repeat(4_301)), Err(CanonicalError::IntegerTooLong));
    }

    #[test]
    fn strings_are_ascii_and_keys_sorted() {
        assert_eq!(
            canonical("{\"é\":\"h\u{7f}\\u0000😀\\u2028\",\"Z\":[ null , true ]}").unwrap(),
            "{\"Z\":[null,true],\"\\u00e9\":\"h\\u007f\\u0000\\ud83d\\ude00\\u2028\"}"
        );
    }

    #[test]
    fn members_can_be_left_out() {
        let value = Json::parse(br#"{"signature":"s","b":{"signature":1},"a":1}"#).unwrap();
        let text = to_canonical_without(&value, &["signature"]).unwrap();
        assert_eq!(text, r#"{"a":1,"b":{"signature":1}}"#);
    }
}
