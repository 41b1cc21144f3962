//! One file for every human mistake, in `tests/mistakes`: what was typed, how it ends, and the
//! exact words that the person reads.
//!
//! `{dir}` stands for the folder of the test and `{nobody}` for a node that is not there. With
//! `RUSTCHAIN_BLESS=1` the words and the exit code are written down as they are.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::harness::fake_node::nobody;
use crate::harness::program::{Ended, Home};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mistake {
    /// What the person was up to, for readers of the file.
    about: String,
    arguments: Vec<String>,
    /// Whether the wallet `alice` is there.
    #[serde(default)]
    alice: bool,
    #[serde(default)]
    environment: BTreeMap<String, String>,
    /// Private files in the folder.
    #[serde(default)]
    files: BTreeMap<String, String>,
    exit: i32,
    stderr: String,
}

#[test]
fn mistakes_are_answered_in_these_words() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/mistakes");
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() > 10, "{paths:?}");
    let bless = env::var_os("RUSTCHAIN_BLESS").is_some();
    let mut wrong = String::new();
    for path in paths {
        let mistake: Mistake = toml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        assert!(!mistake.about.is_empty());
        let ended = make(&mistake);
        assert_eq!(ended.stdout, "", "{}: a failure has no result", path.display());
        let told = (ended.exit, ended.stderr.as_str());
        if told == (mistake.exit, mistake.stderr.as_str()) {
            continue;
        }
        if bless {
            rewrite(&path, &ended);
        } else {
            writeln!(wrong, "{}: exit {}\n{}", path.display(), ended.exit, ended.stderr).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn make(mistake: &Mistake) -> Ended {
    let home = if mistake.alice { Home::with_alice() } else { Home::new() };
    let url = nobody();
    let fill = |text: &String| home.fill(text).replace("{nobody}", &url);
    for (name, content) in &mistake.files {
        home.private_file(name, content);
    }
    let arguments: Vec<String> = mistake.arguments.iter().map(fill).collect();
    let mut program = home.program_with(&arguments);
    program.envs(mistake.environment.iter().map(|(name, value)| (name, fill(value))));
    let ended = Ended::of(program.output().unwrap());
    let stderr = home.redact(&ended.stderr).replace(&url, "{nobody}");
    Ended { stderr, ..ended }
}

/// Puts what was said in the place of the last two members.
fn rewrite(path: &Path, ended: &Ended) {
    let text = fs::read_to_string(path).unwrap();
    let end = text.find("\nexit = ").unwrap() + 1;
    let said = format!("exit = {}\nstderr = '''\n{}'''\n", ended.exit, ended.stderr);
    fs::write(path, format!("{}{said}", &text[..end])).unwrap();
}
