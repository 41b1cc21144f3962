//! Reads the configuration file: which keys it has, with their lines.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use toml::Spanned;

use super::KEYS;
use crate::failure::Failure;

/// Largest file that is read; a real one has a few hundred bytes.
const MAX_BYTES: usize = 64 * 1024;

/// The values of the file with the lines that they stand on.
pub(super) type Values = BTreeMap<String, (String, usize)>;

/// The members of the file with their places in it.
type Members = BTreeMap<Spanned<String>, Spanned<toml::Value>>;

/// Reads a file; one that need not exist can be missing.
pub(super) fn read(path: &Path, must_exist: bool) -> Result<Values, Failure> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) if text.len() > MAX_BYTES => {
            return Err(Failure::config(format!("{} is too large", path.display())));
        }
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound && !must_exist => {
            return Ok(Values::new());
        }
        Err(error) => {
            return Err(Failure::config(format!("cannot read {}: {error}", path.display())));
        }
    };
    parse(&text).map_err(|(line, reason)| {
        Failure::config(format!("{}:{line}: {reason}", path.display()))
            .hint("rustchain config example")
    })
}

/// Reads the text of a file; a mistake is given with its line.
fn parse(text: &str) -> Result<Values, (usize, String)> {
    let line_of = |offset: usize| text.bytes().take(offset).filter(|b| *b == b'\n').count() + 1;
    let members: Members = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_of(span.start));
        (line, error.message().lines().next().unwrap_or("not TOML").to_owned())
    })?;
    let mut values = Values::new();
    for (name, value) in members {
        let line = line_of(name.span().start);
        let name = name.into_inner();
        if !KEYS.iter().any(|key| key.name == name) {
            return Err((line, format!("unknown key '{name}'")));
        }
        let toml::Value::String(value) = value.into_inner() else {
            return Err((line, format!("'{name}' has to be a text in quotes")));
        };
        values.insert(name, (value, line));
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_with_their_lines() {
        let values = parse("# a\n\nnode_url = \"https://n\"\nwallet = 'alice'\n").unwrap();
        assert_eq!(values["node_url"], ("https://n".to_owned(), 3));
        assert_eq!(values["wallet"], ("alice".to_owned(), 4));
        assert!(parse("").unwrap().is_empty());
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        for (text, line, said) in [
            ("node_url = \"x\"\nnode_ulr = \"y\"", 2, "unknown key 'node_ulr'"),
            ("\nwallet = 5", 2, "'wallet' has to be a text in quotes"),
            ("[node]\nport = 1", 1, "unknown key 'node'"),
            ("wallet = \"a\"\nwallet = \"b\"", 2, "duplicate key"),
        ] {
            let (found, reason) = parse(text).unwrap_err();
            assert_eq!(found, line, "{text}: {reason}");
            assert!(reason.contains(said), "{reason}");
        }
        assert!(parse("wallet = ").is_err());
    }
}
