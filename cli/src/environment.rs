//! The environment variables that matter here, read once, and a refusal of secrets in them.

use std::collections::BTreeMap;
use std::env;
use std::path::PathBuf;

use crate::failure::Failure;

/// Every variable of ours begins with this.
const PREFIX: &str = "RUSTCHAIN_";
/// Variables of other makers that we read.
const OTHERS: [&str; 4] = ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"];
/// How names of secrets end. Other processes of the same user can read an environment.
const SECRETS: [&str; 7] =
    ["PASSPHRASE", "PASSWORD", "MNEMONIC", "WORDS", "SECRET", "PRIVATE_KEY", "ADMIN_KEY"];

/// A snapshot of the variables that this program reads.
#[derive(Debug, Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// Reads the process's environment. Empty variables count as unset.
    ///
    /// # Errors
    /// A configuration failure when one of our variables is not text, or named like a secret.
    pub fn of_process() -> Result<Self, Failure> {
        let mut variables = BTreeMap::new();
        for (name, value) in env::vars_os() {
            let Some(name) = name.to_str().filter(|name| is_read(name)) else { continue };
            refuse_secret(name)?;
            let value = value.into_string().map_err(|_not_text| {
                Failure::config(format!("the environment variable {name} is not UTF-8 text"))
            })?;
            if !value.is_empty() {
                variables.insert(name.to_owned(), value);
            }
        }
        Ok(Self(variables))
    }

    /// The value of a variable.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The value of a variable that must be an absolute path to count, as XDG demands.
    pub fn absolute_path(&self, name: &str) -> Option<PathBuf> {
        self.get(name).map(PathBuf::from).filter(|path| path.is_absolute())
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Environment {
    fn from(variables: [(&str, &str); N]) -> Self {
        Self(variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into())
    }
}

fn is_read(name: &str) -> bool {
    name.starts_with(PREFIX) || OTHERS.contains(&name)
}

fn refuse_secret(name: &str) -> Result<(), Failure> {
    let ours = name.strip_prefix(PREFIX);
    if ours.is_some_and(|rest| SECRETS.iter().any(|secret| rest.ends_with(secret))) {
        return Err(Failure::config(format!(
            "{name} is set, and secrets are never read from the environment"
        ))
        .hint(format!("unset {name}"))
        .hint("give a file or a descriptor instead: --passphrase-file PATH (or - or /dev/fd/3)"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_refused_by_name() {
        for name in ["RUSTCHAIN_PASSPHRASE", "RUSTCHAIN_WALLET_PASSWORD", "RUSTCHAIN_ADMIN_KEY"] {
            assert!(refuse_secret(name).is_err(), "{name}");
        }
        for name in ["RUSTCHAIN_NODE_URL", "RUSTCHAIN_PASSPHRASE_FILE", "PASSPHRASE"] {
            assert!(refuse_secret(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn relative_xdg_folders_do_not_count() {
        let environment = Environment::from([("XDG_DATA_HOME", "data"), ("HOME", "/home/a")]);
        assert_eq!(environment.absolute_path("XDG_DATA_HOME"), None);
        assert_eq!(environment.absolute_path("HOME"), Some(PathBuf::from("/home/a")));
    }
}
