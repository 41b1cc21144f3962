//! Stops a command that carries a secret in its arguments, before anything else looks at them.
//!
//! Arguments are visible to every user of the machine while the program runs, and stay in the
//! shell's history. So a phrase or a key that was typed there has to be given up, and the person
//! has to hear it.

use std::ffi::OsString;

use keystore::mnemonic::words_starting_with;

use crate::exit_code::ExitCode;
use crate::failure::Failure;

/// So many words of the BIP39 list in a row are a recovery phrase: the shortest has twelve.
const PHRASE_WORDS: usize = 12;
/// Hexadecimal digits of a secret key.
const KEY_DIGITS: usize = 64;
/// Options whose value is public and has the length of a secret key.
const PUBLIC_VALUES: [&str; 3] = ["--public-key", "--block-hash", "--genesis-hash"];

/// Refuses arguments that hold a recovery phrase or a secret key. The secret is not repeated.
///
/// # Errors
/// A usage failure that tells what to do now.
pub fn check_arguments(arguments: &[OsString]) -> Result<(), Failure> {
    let texts: Vec<_> = arguments.iter().map(|argument| argument.to_string_lossy()).collect();
    let words = texts.iter().flat_map(|text| text.split(|c: char| !c.is_ascii_alphabetic()));
    let words = words.filter(|word| !word.is_empty());
    if longest_run(words.map(is_phrase_word)) >= PHRASE_WORDS {
        return Err(refused("a recovery phrase"));
    }
    let mut previous = "";
    for text in &texts {
        let (name, value) = text.split_once('=').unwrap_or((previous, text));
        if !PUBLIC_VALUES.contains(&name) && looks_like_key(value.trim()) {
            return Err(refused("what looks like a secret key"));
        }
        previous = text;
    }
    Ok(())
}

fn refused(what: &str) -> Failure {
    Failure::new(
        ExitCode::Usage,
        "secret_in_arguments",
        format!("{what} was given on the command line, where other programs can read it"),
    )
    .hint("treat it as stolen: move the money to a new wallet (rustchain wallet new NAME)")
    .hint("remove the line from the shell's history")
    .hint("to import a wallet, run: rustchain wallet import NAME (it asks for the words)")
}

fn longest_run(fits: impl Iterator<Item = bool>) -> usize {
    let (mut run, mut longest) = (0, 0);
    for fits in fits {
        run = if fits { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

fn is_phrase_word(text: &str) -> bool {
    let word = text.to_ascii_lowercase();
    // The list is sorted, so a word comes before those that it begins.
    words_starting_with(&word).next() == Some(word.as_str())
}

fn looks_like_key(text: &str) -> bool {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    digits.len() == KEY_DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHRASE: &str =
        "legal winner thank year wave sausage worth useful legal winner thank yellow";

    fn check(arguments: &[&str]) -> Result<(), Failure> {
        check_arguments(&arguments.iter().map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn phrases_are_stopped_however_they_are_split() {
        assert!(check(&["wallet", "import", "alice", PHRASE]).is_err());
        let mut apart = vec!["wallet", "import"];
        apart.extend(PHRASE.split(' '));
        assert!(check(&apart).is_err());
        assert!(check(&["send", "--memo", &PHRASE.to_uppercase().replace(' ', ", ")]).is_err());
        assert!(check(&["send", &format!("--memo={PHRASE}")]).is_err());
        let numbered: Vec<_> = PHRASE.split(' ').enumerate().collect();
        let numbered = numbered.iter().map(|(n, word)| format!("{}.{word}", n + 1));
        assert!(check(&[&numbered.collect::<Vec<_>>().join(" ")]).is_err());
    }

    #[test]
    fn keys_are_stopped_unless_they_are_public() {
        let key = "eae1c8793b5597c4b3f490e76ac31172c439690f8ee14142bb851a61f9a49f0e";
        assert!(check(&["wallet", "import", key]).is_err());
        assert!(check(&["wallet", "import", &format!("0x{key}")]).is_err());
        assert!(check(&["wallet", "import", &format!("--key={key}")]).is_err());
        assert!(check(&["--public-key", key]).is_ok());
        assert!(check(&[&format!("--public-key={key}")]).is_ok());
    }

    #[test]
    fn the_secret_is_not_repeated() {
        let failure = check(&[PHRASE]).unwrap_err();
        let said = format!("{failure:?}");
        assert!(!said.contains("winner") && !said.contains("sausage"), "{said}");
    }

    #[test]
    fn ordinary_commands_pass() {
        let memo = "please find the money that I promised to you for the old machine";
        assert!(check(&["send", "RTC2c4e4d1de6fbfc05d950fc7e6461be3007dd16e4", "12.5"]).is_ok());
        assert!(check(&["send", "--memo", memo]).is_ok());
        assert!(check(&["tx", "show", "c84d43485620136d5b9397c961bbe4b8"]).is_ok());
    }
}
