//! The patches in `tests/broken` still fit the program, and the tests that they name exist. That they
//! are caught is shown by `tests/broken/run`, which takes longer.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::tidy::{files_with, root, rust_files};

/// Fewer would mean that somebody gave up.
const AT_LEAST: usize = 10;

fn patches() -> Vec<PathBuf> {
    let found = files_with(&root().join("tests/broken"), "patch");
    assert!(found.len() >= AT_LEAST, "{found:?}");
    found
}

/// The folder with the sources of a target of a package.
fn sources(package: &str, target: &str) -> PathBuf {
    let (package, tests) = match package {
        "rustchain" => ("tests", "suite"),
        "rustchain-protocol" => ("protocol", "tests"),
        "rustchain-ledger" => ("node/ledger", "tests"),
        "rustchain-node" => ("node", "tests"),
        other => panic!("{other}: say where it is"),
    };
    root().join(package).join(if target == "lib" { "src" } else { tests })
}

/// Whether a file of this folder that is named like one of the modules holds the test.
fn holds(folder: &Path, target: &str, test: &str) -> bool {
    let (modules, name) = test.rsplit_once("::").unwrap_or((target, test));
    let declaration = format!("fn {name}()");
    let is_one_of_them = |path: &&PathBuf| {
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        modules.split("::").any(|module| module == stem)
    };
    let files = rust_files(folder);
    files
        .iter()
        .filter(is_one_of_them)
        .any(|path| fs::read_to_string(path).unwrap().contains(&declaration))
}

#[test]
fn the_tests_that_catch_broken_programs_exist() {
    for patch in patches() {
        let content = fs::read_to_string(&patch).unwrap();
        let (head, _) = content.split_once("\ndiff --git ").unwrap();
        let mut named = 0;
        for line in head.lines().filter_map(|line| line.strip_prefix("Caught-by: ")) {
            let [package, target, test] = line.split(' ').collect::<Vec<_>>()[..] else {
                panic!("{}: {line}", patch.display());
            };
            let folder = sources(package, target);
            assert!(holds(&folder, target, test), "{}: there is no {line}", patch.display());
            named += 1;
        }
        let words = head.lines().next().unwrap_or_default();
        assert!(
            named > 0 && words.len() > 20,
            "{}: what is broken, who finds it?",
            patch.display()
        );
    }
}

#[test]
fn the_patches_that_break_the_program_still_fit() {
    for patch in patches() {
        let checked =
            Command::new("git").args(["apply", "--check"]).arg(&patch).current_dir(root()).output();
        match checked {
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success(), "{}: {said}", patch.display());
            }
            Err(error) => {
                assert!(std::env::var("CI").as_deref() != Ok("true"), "git: {error}");
                eprintln!("LEFT OUT: git is needed to see whether patches fit: {error}");
                return;
            }
        }
    }
}
