//! Where things lie: the XDG folders, or what the flags say.

use std::path::PathBuf;

use crate::args::Globals;
use crate::environment::Environment;
use crate::failure::Failure;

/// The name of our folder inside each XDG folder.
const FOLDER: &str = "rustchain";

/// The files and folders of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// The configuration file.
    pub config_file: PathBuf,
    /// Whether the file was named on the command line or in the environment, so that it must exist.
    pub config_is_named: bool,
    /// What the user keeps.
    pub data_dir: PathBuf,
    /// What the program remembers between runs: transfers whose outcome is unknown.
    pub state_dir: PathBuf,
}

impl Places {
    /// Finds the places. Nothing is read or made.
    ///
    /// # Errors
    /// A configuration failure when no flag, no XDG variable and no `HOME` says where.
    pub fn find(globals: &Globals, environment: &Environment) -> Result<Self, Failure> {
        let path = |name: &str| environment.get(name).map(PathBuf::from);
        let data_dir = globals.data_dir.clone().or_else(|| path("RUSTCHAIN_DATA_DIR"));
        let named = globals.config.clone().or_else(|| path("RUSTCHAIN_CONFIG"));
        let config_is_named = named.is_some();
        let config_file = match named {
            Some(file) => file,
            None => xdg(environment, "XDG_CONFIG_HOME", ".config")?.join("config.toml"),
        };
        let state_dir = match &data_dir {
            Some(dir) => dir.join("state"),
            None => xdg(environment, "XDG_STATE_HOME", ".local/state")?,
        };
        let data_dir = match data_dir {
            Some(dir) => dir,
            None => xdg(environment, "XDG_DATA_HOME", ".local/share")?,
        };
        Ok(Self { config_file, config_is_named, data_dir, state_dir })
    }
}

fn xdg(environment: &Environment, variable: &str, below_home: &str) -> Result<PathBuf, Failure> {
    let folder = environment
        .absolute_path(variable)
        .or_else(|| environment.absolute_path("HOME").map(|home| home.join(below_home)));
    folder.map(|folder| folder.join(FOLDER)).ok_or_else(|| {
        Failure::config(format!("neither HOME nor {variable} says where your files are"))
            .hint("name the folder: --data-dir DIR, and the configuration: --config FILE")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(globals: &Globals, environment: &Environment) -> Places {
        Places::find(globals, environment).unwrap()
    }

    #[test]
    fn xdg_folders_come_before_home() {
        let environment = Environment::from([("HOME", "/h"), ("XDG_STATE_HOME", "/s")]);
        let places = find(&Globals::default(), &environment);
        assert_eq!(places.config_file, PathBuf::from("/h/.config/rustchain/config.toml"));
        assert_eq!(places.data_dir, PathBuf::from("/h/.local/share/rustchain"));
        assert_eq!(places.state_dir, PathBuf::from("/s/rustchain"));
        assert!(!places.config_is_named);
    }

    #[test]
    fn flags_come_before_variables() {
        let environment =
            Environment::from([("RUSTCHAIN_DATA_DIR", "/env"), ("RUSTCHAIN_CONFIG", "/env.toml")]);
        let places = find(&Globals::default(), &environment);
        assert_eq!(places.data_dir, PathBuf::from("/env"));
        assert_eq!(places.config_file, PathBuf::from("/env.toml"));
        let globals = Globals { data_dir: Some("/flag".into()), ..Globals::default() };
        assert_eq!(find(&globals, &environment).state_dir, PathBuf::from("/flag/state"));
    }

    #[test]
    fn without_any_hint_of_a_place_there_is_a_failure_and_no_guess() {
        let failure = Places::find(&Globals::default(), &Environment::default()).unwrap_err();
        assert_eq!(failure.exit, crate::exit_code::ExitCode::Config);
    }
}
