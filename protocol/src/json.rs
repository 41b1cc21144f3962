//! JSON as signed bodies need it: numbers keep their text, duplicate keys are refused.
//!
//! Signatures of this network cover JSON that was re-written from parsed values, so a reader that
//! turns numbers into floats, or keeps the last of two equal keys, changes what was signed. This
//! one reads RFC 8259 strictly and refuses, beyond it, duplicate keys, lone surrogates and deep
//! nesting. `NaN` and `Infinity`, which CPython accepts, are no JSON.

use std::borrow::Cow;

/// Deepest nesting of arrays and objects that is read.
pub const MAX_DEPTH: usize = 32;

/// A JSON value that borrows from the text it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as it was written.
    Number(&'a str),
    /// A string; borrowed exactly when its token has no escape in it.
    String(Cow<'a, str>),
    /// An array.
    Array(Vec<Self>),
    /// An object, its members in the order of their keys' code points, every key once.
    Object(Vec<(Cow<'a, str>, Self)>),
}

/// Why a text is not JSON that we read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// It is not JSON.
    #[error("not JSON at byte {0}")]
    Syntax(usize),
    /// It is nested deeper than 32 levels.
    #[error("nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
    /// An object has a key twice.
    #[error("an object has the same key twice")]
    DuplicateKey,
    /// A string has half of a surrogate pair.
    #[error("a string has a lone surrogate at byte {0}")]
    LoneSurrogate(usize),
}

impl<'a> Json<'a> {
    /// Reads one value and nothing behind it but white space.
    pub fn parse(text: &'a [u8]) -> Result<Self, JsonError> {
        let text =
            std::str::from_utf8(text).map_err(|error| JsonError::Syntax(error.valid_up_to()))?;
        let mut parser = Parser { text, at: 0 };
        let value = parser.value(0)?;
        parser.skip_white_space();
        if parser.at == text.len() { Ok(value) } else { Err(JsonError::Syntax(parser.at)) }
    }

    /// The member `key` of an object; `None` for other values.
    pub fn get(&self, key: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        let index = members.binary_search_by(|(name, _)| name.as_ref().cmp(key)).ok()?;
        members.get(index).map(|(_, value)| value)
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(text) = self { Some(text) } else { None }
    }

    /// The text of a number.
    pub const fn as_number(&self) -> Option<&'a str> {
        if let Self::Number(text) = self { Some(text) } else { None }
    }

    /// The value of a boolean.
    pub const fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(value) = self { Some(*value) } else { None }
    }

    /// The items of an array.
    pub fn as_array(&self) -> Option<&[Self]> {
        if let Self::Array(items) = self { Some(items) } else { None }
    }

    /// The members of an object, in the order of their keys.
    pub fn as_object(&self) -> Option<&[(Cow<'a, str>, Self)]> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }

    /// Whether this is `null`.
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

/// Whether a byte of a string does not stand for itself.
const fn ends(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | 0..=0x1f)
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    const fn advance(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes);
    }

    const fn syntax<T>(&self) -> Result<T, JsonError> {
        Err(JsonError::Syntax(self.at))
    }

    fn skip_white_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.advance(1);
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), JsonError> {
        if self.peek() == Some(byte) {
            self.advance(1);
            Ok(())
        } else {
            self.syntax()
        }
    }

    fn slice(&self, from: usize) -> &'a str {
        self.text.get(from..self.at).unwrap_or_default()
    }

    fn value(&mut self, depth: usize) -> Result<Json<'a>, JsonError> {
        if depth > MAX_DEPTH {
            return Err(JsonError::TooDeep);
        }
        self.skip_white_space();
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(Json::String),
            Some(b'-' | b'0'..=b'9') => self.number().map(Json::Number),
            Some(b't') => self.literal("true", Json::Bool(true)),
            Some(b'f') => self.literal("false", Json::Bool(false)),
            Some(b'n') => self.literal("null", Json::Null),
            _ => self.syntax(),
        }
    }

    fn literal(&mut self, word: &str, value: Json<'a>) -> Result<Json<'a>, JsonError> {
        match self.text.get(self.at..) {
            Some(rest) if rest.starts_with(word) => {
                self.advance(word.len());
                Ok(value)
            }
            _ => self.syntax(),
        }
    }

    fn array(&mut self, depth: usize) -> Result<Json<'a>, JsonError> {
        self.expect(b'[')?;
        let mut items = Vec::new();
        self.skip_white_space();
        if self.peek() == Some(b']') {
            self.advance(1);
            return Ok(Json::Array(items));
        }
        loop {
            items.push(self.value(depth.saturating_add(1))?);
            self.skip_white_space();
            match self.peek() {
                Some(b',') => self.advance(1),
                Some(b']') => {
                    self.advance(1);
                    return Ok(Json::Array(items));
                }
                _ => return self.syntax(),
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json<'a>, JsonError> {
        self.expect(b'{')?;
        let mut members = Vec::new();
        self.skip_white_space();
        if self.peek() == Some(b'}') {
            self.advance(1);
            return Ok(Json::Object(members));
        }
        loop {
            self.skip_white_space();
            let key = self.string()?;
            self.skip_white_space();
            self.expect(b':')?;
            members.push((key, self.value(depth.saturating_add(1))?));
            self.skip_white_space();
            match self.peek() {
                Some(b',') => self.advance(1),
                Some(b'}') => {
                    self.advance(1);
                    return sorted(members);
                }
                _ => return self.syntax(),
            }
        }
    }

    /// A number of RFC 8259's grammar; its value is not looked at.
    fn number(&mut self) -> Result<&'a str, JsonError> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.advance(1);
        }
        match self.peek() {
            Some(b'0') => self.advance(1),
            Some(b'1'..=b'9') => self.digits()?,
            _ => return self.syntax(),
        }
        if self.peek() == Some(b'.') {
            self.advance(1);
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.advance(1);
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.advance(1);
            }
            self.digits()?;
        }
        Ok(self.slice(start))
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.advance(1);
        }
        if self.at == start { self.syntax() } else { Ok(()) }
    }

    fn string(&mut self) -> Result<Cow<'a, str>, JsonError> {
        self.expect(b'"')?;
        let start = self.at;
        self.skip_plain();
        if self.peek() == Some(b'"') {
            let text = self.slice(start);
            self.advance(1);
            return Ok(Cow::Borrowed(text));
        }
        let mut owned = self.slice(start).to_owned();
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.advance(1);
                    return Ok(Cow::Owned(owned));
                }
                Some(b'\\') => {
                    self.advance(1);
                    owned.push(self.escape()?);
                }
                _ => return self.syntax(),
            }
            let plain = self.at;
            self.skip_plain();
            owned.push_str(self.slice(plain));
        }
    }

    /// Skips what stands for itself in a string: all but quotes, backslashes and control characters.
    fn skip_plain(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        // Sixteen at a time without a branch, which the compiler turns into a few instructions.
        let (chunks, _) = rest.as_chunks::<16>();
        let is_plain = |chunk: &&[u8; 16]| !chunk.iter().fold(false, |any, byte| any | ends(*byte));
        let skipped = chunks.iter().take_while(is_plain).count().saturating_mul(16);
        let behind = rest.get(skipped..).unwrap_or_default();
        let plain = behind.iter().position(|byte| ends(*byte)).unwrap_or(behind.len());
        self.advance(skipped.saturating_add(plain));
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let character = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.advance(1);
                return self.unicode_escape();
            }
            _ => return self.syntax(),
        };
        self.advance(1);
        Ok(character)
    }

    fn unicode_escape(&mut self) -> Result<char, JsonError> {
        let start = self.at;
        let first = self.hex4()?;
        let lone = JsonError::LoneSurrogate(start);
        if !(0xd800..=0xdfff).contains(&first) {
            return char::from_u32(u32::from(first)).ok_or(lone);
        }
        if self.text.as_bytes().get(self.at..self.at.saturating_add(2)) != Some(b"\\u") {
            return Err(lone);
        }
        self.advance(2);
        let second = self.hex4()?;
        char::decode_utf16([first, second]).next().and_then(Result::ok).ok_or(lone)
    }

    fn hex4(&mut self) -> Result<u16, JsonError> {
        let end = self.at.saturating_add(4);
        let digits = self.text.get(self.at..end).ok_or(JsonError::Syntax(self.at))?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return self.syntax();
        }
        let value = u16::from_str_radix(digits, 16).map_err(|_bad| JsonError::Syntax(self.at))?;
        self.at = end;
        Ok(value)
    }
}

fn sorted<'a>(mut members: Vec<(Cow<'a, str>, Json<'a>)>) -> Result<Json<'a>, JsonError> {
    // UTF-8 sorts like its code points, which is how CPython sorts keys.
    members.sort_by(|(left, _), (right, _)| left.cmp(right));
    let twice = members.iter().zip(members.iter().skip(1)).any(|((a, _), (b, _))| a == b);
    if twice { Err(JsonError::DuplicateKey) } else { Ok(Json::Object(members)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Json<'_>, JsonError> {
        Json::parse(text.as_bytes())
    }

    #[test]
    fn numbers_keep_their_text() {
        let value = parse(r#"{"b":1.50,"a":[1E5,-0]}"#).unwrap();
        assert_eq!(value.get("b"), Some(&Json::Number("1.50")));
        let Some(Json::Array(items)) = value.get("a") else { panic!("no array") };
        assert_eq!(items, &[Json::Number("1E5"), Json::Number("-0")]);
    }

    #[test]
    fn strings_decode_escapes_and_surrogate_pairs() {
        assert_eq!(parse(r#""h\u00e9 \ud83d\ude00\n\/""#).unwrap().as_str(), Some("hé 😀\n/"));
        assert!(matches!(parse("\"hé\""), Ok(Json::String(Cow::Borrowed("hé")))));
    }

    #[test]
    fn refuses_what_two_readers_could_read_differently() {
        for text in [
            "",
            "{",
            "[1,]",
            "{\"a\":1,}",
            "01",
            "1.",
            ".5",
            "+1",
            "1e",
            "NaN",
            "Infinity",
            "-",
            "tru",
            "nul",
            "\"\t\"",
            "\"\\x\"",
            "\"\\u12g4\"",
            "1 2",
            "{a:1}",
            "'a'",
            "\u{feff}1",
            "\"\\u+123\"",
        ] {
            assert!(matches!(parse(text), Err(JsonError::Syntax(_))), "{text:?}");
        }
        assert_eq!(parse(r#"{"a":1,"b":2,"a":1}"#), Err(JsonError::DuplicateKey));
        assert_eq!(parse(r#"{"a":1,"\u0061":1}"#), Err(JsonError::DuplicateKey));
        assert!(matches!(parse(r#""\ud800""#), Err(JsonError::LoneSurrogate(_))));
        assert!(matches!(parse(r#""\udc00\ud800""#), Err(JsonError::LoneSurrogate(_))));
        assert!(Json::parse(b"\"\xff\"").is_err());
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(parse(&nested(MAX_DEPTH + 1)).is_ok());
        assert_eq!(parse(&nested(MAX_DEPTH + 2)), Err(JsonError::TooDeep));
        assert_eq!(parse(&"[".repeat(200_000)), Err(JsonError::TooDeep));
    }
}
