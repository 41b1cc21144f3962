//! Who may import whom. A line in one of these tables *is* the architecture, see `ARCHITECTURE.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::tidy::{root, rust_files};

/// Every room, and the rooms that it imports. Exhaustive.
const ARROWS: [(&str, &[&str]); 9] = [
    ("bench", &["protocol"]),
    ("cli", &["bench", "client", "keystore", "miner", "node", "protocol"]),
    ("client", &["protocol"]),
    ("keystore", &["protocol"]),
    ("ledger", &["protocol"]),
    ("miner", &["client", "protocol"]),
    ("node", &["ledger", "protocol", "vitals"]),
    ("protocol", &[]),
    ("vitals", &[]),
];

/// Crates from outside that only some rooms may use, because each stands for a power: to listen, to
/// store, to draw on a terminal, to hold a secret. Tests may use them anywhere.
const OWNERS: [(&str, &[&str]); 18] = [
    ("argon2", &["keystore"]),
    ("axum", &["bench", "node"]),
    ("bip39", &["keystore"]),
    ("blake2", &["protocol"]),
    ("chacha20poly1305", &["keystore"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("comfy-table", &["cli"]),
    ("hyper", &["node"]),
    ("hyper-util", &["node"]),
    ("parking_lot", &["ledger", "node"]),
    ("reqwest", &["client"]),
    ("rpassword", &["cli"]),
    // The books are the ledger's; the node's own tables (admin keys, audit) are no part of them.
    ("rusqlite", &["ledger", "node"]),
    ("tokio", &["bench", "cli", "client", "miner", "node"]),
    ("tower", &["node"]),
    ("tracing-subscriber", &["cli"]),
];

/// What a room's own code must not reach for in the standard library.
const OUT_OF_REACH: [(&str, &[&str]); 3] = [
    (
        "protocol/src",
        &["std::fs", "std::net", "std::env", "std::process", "std::thread", "Instant"],
    ),
    ("vitals/src", &["std::fs", "std::net", "std::env", "std::process", "std::thread", "Instant"]),
    ("node/ledger/src", &["std::net", "std::env", "std::process", "std::thread", "Instant"]),
];

/// What one room imports, tests left out.
type Imports = BTreeMap<String, BTreeSet<String>>;

/// The rooms as Cargo knows them.
fn metadata() -> Value {
    let cargo = env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from);
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The room of a package: `rustchain-node` is `node`, the binary's own package is `cli`.
fn room_of(package: &str) -> &str {
    if package == "rustchain" { "cli" } else { package.trim_start_matches("rustchain-") }
}

fn imports(metadata: &Value) -> Imports {
    let packages = metadata["packages"].as_array().unwrap();
    let of_package = |package: &Value| {
        let dependencies = package["dependencies"].as_array().unwrap().iter();
        let normal = dependencies.filter(|dependency| dependency["kind"] != "dev");
        let names = normal.map(|dependency| dependency["name"].as_str().unwrap().to_owned());
        (room_of(package["name"].as_str().unwrap()).to_owned(), names.collect())
    };
    packages.iter().map(of_package).collect()
}

/// Every difference between the arrows that are drawn and those that are allowed.
fn wrong_arrows(imports: &Imports) -> Vec<String> {
    let drawn: BTreeMap<&str, BTreeSet<&str>> = imports
        .iter()
        .map(|(room, names)| {
            let ours = names.iter().filter(|name| name.starts_with("rustchain"));
            (room.as_str(), ours.map(|name| room_of(name)).collect())
        })
        .collect();
    let allowed: BTreeMap<&str, BTreeSet<&str>> =
        ARROWS.iter().map(|(room, rooms)| (*room, rooms.iter().copied().collect())).collect();
    let rooms: BTreeSet<&&str> = drawn.keys().chain(allowed.keys()).collect();
    rooms
        .into_iter()
        .filter(|room| drawn.get(*room) != allowed.get(*room))
        .map(|room| format!("{room}: {:?}, allowed {:?}", drawn.get(room), allowed.get(room)))
        .collect()
}

/// Every use of an owned crate by somebody else, and every row that nobody needs.
fn wrong_owners(imports: &Imports) -> Vec<String> {
    let mut wrong = Vec::new();
    for (owned, owners) in OWNERS {
        let users: BTreeSet<&str> = imports
            .iter()
            .filter(|(_, names)| names.contains(owned))
            .map(|(room, _)| room.as_str())
            .collect();
        let owners: BTreeSet<&str> = owners.iter().copied().collect();
        if users != owners {
            wrong.push(format!("{owned} is used by {users:?} and owned by {owners:?}"));
        }
    }
    wrong
}

/// The forbidden words that stand in the code, that is above the tests, of a file.
fn reaches(text: &str, forbidden: &[&str]) -> Vec<String> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code.lines().map(str::trim).filter(|line| !line.starts_with("//"));
    let code: Vec<&str> = lines.collect();
    let stands = |word: &&&str| code.iter().any(|line| line.contains(**word));
    forbidden.iter().filter(stands).map(|word| (*word).to_owned()).collect()
}

#[test]
fn rooms_import_what_the_map_says() {
    assert_eq!(wrong_arrows(&imports(&metadata())), Vec::<String>::new());
}

#[test]
fn crates_from_outside_stay_with_their_owners() {
    assert_eq!(wrong_owners(&imports(&metadata())), Vec::<String>::new());
}

#[test]
fn the_language_and_the_books_touch_nothing_outside() {
    let mut wrong = Vec::new();
    for (folder, forbidden) in OUT_OF_REACH {
        let files = rust_files(&root().join(folder));
        assert!(!files.is_empty(), "{folder} is gone");
        for file in files {
            let found = reaches(&fs::read_to_string(&file).unwrap(), forbidden);
            if !found.is_empty() {
                wrong.push(format!("{}: {found:?}", file.display()));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn a_crate_lives_where_its_importers_can_reach_it() {
    let metadata = metadata();
    let folders: BTreeMap<String, PathBuf> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| {
            let manifest = Path::new(package["manifest_path"].as_str().unwrap());
            let room = room_of(package["name"].as_str().unwrap()).to_owned();
            (room, manifest.parent().unwrap().strip_prefix(root()).unwrap().to_owned())
        })
        .collect();
    for (room, imported) in ARROWS {
        for other in imported {
            let owner = folders[*other].parent().unwrap();
            let reachable = owner.as_os_str().is_empty() || folders[room].starts_with(owner);
            assert!(reachable, "{room} imports {other}, which lives in {}", owner.display());
        }
    }
}

#[test]
fn a_wrong_arrow_is_found() {
    let mut imports = imports(&metadata());
    imports.get_mut("node").unwrap().insert("rustchain-keystore".to_owned());
    imports.get_mut("cli").unwrap().insert("rusqlite".to_owned());
    imports.get_mut("client").unwrap().remove("reqwest");
    imports.insert("tui".to_owned(), BTreeSet::new());
    assert_eq!(wrong_arrows(&imports).len(), 2);
    assert_eq!(wrong_owners(&imports).len(), 2);
    assert_eq!(
        reaches("//! std::fs\nuse std::net::X;\n#[cfg(test)] Instant", &["std::fs"]).len(),
        0
    );
    assert_eq!(reaches("use std::net::X;", &["std::net", "Instant"]), ["std::net"]);
}
