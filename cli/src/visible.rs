//! Makes the invisible visible: what a node or a file says cannot steer the terminal.
//!
//! A memo or an error text from elsewhere may hold escape sequences that move the cursor, rename
//! the window or rewrite what stands above, and characters that reverse or hide text. Every string
//! that is printed passes through here, so that nobody has to remember to do it.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text with every dangerous character written as `\u{…}`.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_dangerous) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_dangerous(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// The same for a text of JSON, with JSON's own escapes, so that it stays the same JSON.
///
/// A JSON writer escapes ASCII control characters inside strings itself. What is left of the
/// dangerous ones can only stand inside strings; line ends between members stay.
pub fn visible_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c == '\n' || !is_dangerous(c) {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a String cannot fail.
            let _infallible = write!(out, "\\u{unit:04x}");
        }
    }
    out
}

/// Whether a character steers the terminal, changes the direction of text or shows nothing.
const fn is_dangerous(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}'            // control characters, ESC and CSI among them
        | '\u{ad}' | '\u{34f}' | '\u{180b}'..='\u{180f}' // soft hyphen, joiners that join nothing
        | '\u{61c}' | '\u{200e}' | '\u{200f}'            // marks of direction
        | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' // embeddings, overrides, isolates
        | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}' | '\u{feff}' // zero width
        | '\u{206a}'..='\u{206f}'                        // deprecated format characters
        | '\u{2028}' | '\u{2029}'                        // line and paragraph separators
        | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{3164}' | '\u{ffa0}' // blank letters
        | '\u{fff9}'..='\u{fffb}'                        // interlinear annotations
        | '\u{e0000}'..='\u{e007f}'                      // tags
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_of_any_script_is_left_alone() {
        for text in ["", "hello", "12.5 RTC", "naïve café", "日本語", "עברית", "😀", "a\\b"]
        {
            assert!(matches!(visible(text), Cow::Borrowed(same) if same == text), "{text}");
            assert_eq!(visible_json(text), text);
        }
    }

    #[test]
    fn escape_sequences_lose_their_power() {
        assert_eq!(visible("\u{1b}[2Jgone"), "\\u{1b}[2Jgone");
        assert_eq!(visible("a\u{9b}31mb"), "a\\u{9b}31mb");
        assert_eq!(visible("one\ntwo\r\ttab\u{7}\u{8}"), "one\\u{a}two\\u{d}\\u{9}tab\\u{7}\\u{8}");
    }

    #[test]
    fn text_can_neither_hide_nor_turn_round() {
        for c in [
            '\u{202e}',
            '\u{2066}',
            '\u{200b}',
            '\u{200d}',
            '\u{feff}',
            '\u{ad}',
            '\u{61c}',
            '\u{2028}',
            '\u{e0041}',
            '\u{3164}',
        ] {
            let shown = visible(&c.to_string()).into_owned();
            assert!(shown.starts_with("\\u{") && shown.is_ascii(), "{shown}");
        }
    }

    #[test]
    fn json_stays_the_same_json() {
        let value = serde_json::json!({
            "memo": "\u{1b}[2J \u{9b}x \u{202e} \u{e0041} \u{7f} \\ \" ü",
        });
        for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
            let safe = visible_json(&text);
            assert!(safe.chars().all(|c| c == '\n' || !is_dangerous(c)), "{safe}");
            assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).unwrap(), value);
        }
    }
}
