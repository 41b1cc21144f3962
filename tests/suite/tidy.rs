//! The house rules that no lint knows: lengths, heads, names, forgotten files, pure rules.

use std::fs;
use std::path::{Path, PathBuf};

/// Longest file, in lines. Aim at 100 to 400.
const MAX_LINES: usize = 600;

/// Names of files that would admit anything.
const DRAWERS: [&str; 5] = ["mod.rs", "utils.rs", "common.rs", "helpers.rs", "types.rs"];

/// Words of unfinished work, put together so that this file does not hold them.
const UNFINISHED: [&str; 5] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("to", "do!("),
    concat!("unimple", "mented!("),
];

/// What the rules must not know.
const NOT_IN_RULES: [&str; 4] = ["Books", "Store", "rusqlite", "Draft"];

/// Folders that hold nothing of ours.
const SKIPPED: [&str; 4] = ["target", ".git", ".venv", "fixtures"];

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The Rust files below a folder.
pub(crate) fn rust_files(folder: &Path) -> Vec<PathBuf> {
    files_with(folder, "rs")
}

/// The files below a folder that end in `.extension`, in order.
pub(crate) fn files_with(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && !SKIPPED.contains(&name.as_str()) {
                folders.push(path);
            } else if path.is_file() && path.extension().is_some_and(|is| is == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// What is untidy about a file.
fn complaints(path: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let lines = text.lines().count();
    if lines > MAX_LINES {
        found.push(format!("{lines} lines, at most {MAX_LINES}"));
    }
    if !text.starts_with("//! ") {
        found.push("does not begin with what it is for".to_owned());
    }
    let name = path.file_name().unwrap().to_string_lossy();
    if DRAWERS.contains(&name.as_ref()) {
        found.push("a name that admits anything".to_owned());
    }
    let unfinished = UNFINISHED.iter().filter(|word| has_word(text, word));
    found.extend(unfinished.map(|word| format!("unfinished: {word}")));
    if path.to_string_lossy().contains("ledger/src/rules") {
        let known = NOT_IN_RULES.iter().filter(|word| has_word(text, word));
        found.extend(known.map(|word| format!("a rule that knows {word}")));
    }
    found
}

/// Whether a word stands in a text, not as a part of another.
fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    text.match_indices(word).any(|(at, _)| {
        let (before, behind) =
            (text[..at].chars().next_back(), text[at + word.len()..].chars().next());
        !is_part(before) && (word.ends_with('(') || !is_part(behind))
    })
}

/// Whether a file is a root that Cargo finds by itself: a library, a program, a test.
fn is_found_by_cargo(path: &Path) -> bool {
    let name = path.file_name().unwrap().to_string_lossy();
    let in_tests = path.parent().is_some_and(|folder| {
        folder.ends_with("tests") && folder.with_file_name("Cargo.toml").exists()
    });
    matches!(name.as_ref(), "lib.rs" | "main.rs" | "build.rs") || in_tests
}

/// The files that can declare the module of a file: `a/b.rs` is declared in `a.rs`, or in the root
/// of its folder.
fn parents(path: &Path) -> Vec<PathBuf> {
    let folder = path.parent().unwrap();
    vec![folder.with_extension("rs"), folder.join("lib.rs"), folder.join("main.rs")]
}

/// Whether a text declares a module.
fn declares(text: &str, module: &str) -> bool {
    let declaration = format!("mod {module};");
    text.lines().map(str::trim).any(|line| {
        line == declaration
            || (line.starts_with("pub") && line.ends_with(&format!(" {declaration}")))
    })
}

fn is_declared(path: &Path) -> bool {
    let module = path.file_stem().unwrap().to_string_lossy().into_owned();
    parents(path)
        .iter()
        .any(|parent| fs::read_to_string(parent).is_ok_and(|text| declares(&text, &module)))
}

#[test]
fn every_file_is_tidy() {
    let files = rust_files(&root());
    assert!(files.len() > 200, "the walk finds {} files", files.len());
    let mut untidy = Vec::new();
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let shown = path.strip_prefix(root()).unwrap().display().to_string();
        untidy.extend(complaints(&path, &text).into_iter().map(|what| format!("{shown}: {what}")));
    }
    assert_eq!(untidy, Vec::<String>::new());
}

#[test]
fn no_file_is_forgotten() {
    let files = rust_files(&root());
    let forgotten: Vec<_> =
        files.iter().filter(|path| !is_found_by_cargo(path) && !is_declared(path)).collect();
    assert_eq!(forgotten, Vec::<&PathBuf>::new());
}

#[test]
fn every_mistake_is_a_file_that_is_read() {
    // The runner reads the whole folder; a file of another kind would be passed over in silence.
    for entry in fs::read_dir(root().join("tests/mistakes")).unwrap() {
        let path = entry.unwrap().path();
        assert!(path.extension().is_some_and(|is| is == "toml"), "{}", path.display());
    }
}

#[test]
fn what_is_untidy_is_found() {
    let path = Path::new("node/ledger/src/rules/utils.rs");
    let text = format!("//! A head.\n// {}: later\nuse crate::store::Store;\n", UNFINISHED[0]);
    assert_eq!(complaints(path, &text).len(), 3);
    let long = "//! A head.\n".repeat(MAX_LINES + 1);
    assert_eq!(complaints(Path::new("a.rs"), &long).len(), 1);
    assert_eq!(complaints(Path::new("a.rs"), "use x;").len(), 1);
    assert_eq!(complaints(Path::new("a.rs"), "//! Stored, Bookshelf.").len(), 0);
    assert!(declares("pub(crate) mod a;", "a") && declares("  mod a;", "a"));
    assert!(!declares("// mod a;", "a") && !declares("mod ab;", "b"));
    assert!(!is_declared(&root().join("tests/suite/nobody_declares_me.rs")));
}
