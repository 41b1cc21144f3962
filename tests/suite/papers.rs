//! What the papers say is so: commands run, routes and codes exist, links lead somewhere.

mod tour;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use protocol::api::path;
use protocol::transfer::TransferRequest;
use serde_json::Value;

use crate::tidy::{files_with, root, rust_files};

/// A paper of the project.
pub(crate) fn paper(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A fenced block: what stands behind its opening fence, and its lines.
pub(crate) struct Fenced {
    pub(crate) kind: String,
    pub(crate) text: String,
}

/// The fenced blocks of a paper, in order.
pub(crate) fn fenced(paper: &str) -> Vec<Fenced> {
    let mut blocks = Vec::new();
    let mut lines = paper.lines();
    while let Some(line) = lines.next() {
        if let Some(kind) = line.strip_prefix("```") {
            let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            blocks.push(Fenced { kind: kind.to_owned(), text: text.join("\n") });
        }
    }
    blocks
}

/// The papers that people write; the reference of commands is generated.
fn papers() -> Vec<PathBuf> {
    let ours = |path: &PathBuf| !path.ends_with("docs/cli.md");
    files_with(&root(), "md").into_iter().filter(ours).collect()
}

/// The targets of links, `[text](target)`, outside of fenced blocks.
fn links(paper: &str) -> Vec<String> {
    let mut in_block = false;
    let mut found = Vec::new();
    for line in paper.lines() {
        in_block ^= line.starts_with("```");
        if in_block {
            continue;
        }
        for (at, _) in line.match_indices("](") {
            found.extend(line[at + 2..].split(')').next().map(str::to_owned));
        }
    }
    found
}

/// The anchor of a heading, as web pages make it.
fn anchor(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// Whether a link from a paper leads to a file, and to a heading in it.
fn resolves(from: &Path, link: &str) -> bool {
    if link.starts_with("https://") {
        return true;
    }
    let (file, wanted) = link.split_once('#').unwrap_or((link, ""));
    let path = if file.is_empty() { from.to_owned() } else { from.parent().unwrap().join(file) };
    let Ok(text) = fs::read_to_string(&path) else { return path.is_dir() };
    wanted.is_empty() || text.lines().any(|line| line.starts_with('#') && anchor(line) == wanted)
}

#[test]
fn every_link_leads_somewhere() {
    let mut dead = Vec::new();
    for path in papers() {
        let links = links(&fs::read_to_string(&path).unwrap());
        let broken = links.into_iter().filter(|link| !resolves(&path, link));
        dead.extend(broken.map(|link| format!("{}: {link}", path.display())));
    }
    assert_eq!(dead, Vec::<String>::new());
}

#[test]
fn a_dead_link_is_found() {
    let readme = root().join("README.md");
    assert_eq!(links("[a](b.md) and [c](d#e)\n```\n[f](g)\n```"), ["b.md", "d#e"]);
    assert!(resolves(&readme, "docs/ledger.md#node-verify"));
    assert!(!resolves(&readme, "docs/ledger.md#node-falsify"));
    assert!(!resolves(&readme, "docs/nothing.md"));
}

#[test]
fn every_route_is_described_and_no_other() {
    let described: BTreeSet<String> = paper("docs/api.md")
        .lines()
        .filter_map(|line| line.strip_prefix("### `")?.strip_suffix('`'))
        .map(|route| route.split_once(' ').unwrap().1.to_owned())
        .collect();
    let routed: BTreeSet<String> = path::ALL.into_iter().map(str::to_owned).collect();
    assert!(routed.len() > 50, "{routed:?}");
    assert_eq!(described, routed);
}

#[test]
fn described_routes_take_the_methods_that_are_described() {
    let router = paper("node/src/router.rs");
    let names = paper("protocol/src/api/path.rs");
    for line in paper("docs/api.md").lines() {
        let Some(route) = line.strip_prefix("### `").and_then(|line| line.strip_suffix('`')) else {
            continue;
        };
        let (method, path) = route.split_once(' ').unwrap();
        let constant = names.lines().find(|line| line.contains(&format!("\"{path}\""))).unwrap();
        let name = constant.split([' ', ':']).nth(2).unwrap();
        let takes = |with: &str| router.contains(&format!(".route(path::{name}, {with}("));
        assert!(takes(&method.to_lowercase()) || takes("any"), "{route}");
    }
}

#[test]
fn described_error_codes_exist() {
    let mut sources = rust_files(&root().join("node/src"));
    sources.extend(rust_files(&root().join("protocol/src")));
    let code: Vec<String> = sources.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let quoted = |word: &str| code.iter().any(|text| text.contains(&format!("\"{word}\"")));
    let paper = paper("docs/api.md");
    let words = paper.split('`').skip(1).step_by(2);
    let is_code = |word: &&str| {
        word.len() > 3
            && word.bytes().all(|b| b.is_ascii_uppercase() || b"_0123456789".contains(&b))
    };
    let codes: BTreeSet<&str> = words.filter(is_code).collect();
    assert!(codes.len() > 80, "{codes:?}");
    // Codes of malformed transfers are their `error` in upper case.
    let unknown: Vec<_> = codes
        .into_iter()
        .filter(|word| !quoted(word) && !quoted(&word.to_lowercase()))
        .filter(|word| !code.iter().any(|text| text.contains(&format!("\\\"{word}\\\""))))
        .collect();
    assert_eq!(unknown, Vec::<&str>::new());
}

#[test]
fn examples_in_json_are_json() {
    let mut count = 0;
    for path in papers() {
        let paper = fs::read_to_string(&path).unwrap();
        for block in fenced(&paper).iter().filter(|block| block.kind.starts_with("json")) {
            let read: Result<Value, _> = serde_json::from_str(&block.text);
            assert!(read.is_ok(), "{}: {}", path.display(), block.text);
            count += 1;
        }
    }
    assert!(count > 40, "{count}");
}

#[test]
fn the_transfer_in_the_protocol_is_signed_as_it_says() {
    let paper = paper("docs/protocol.md");
    let blocks = fenced(&paper);
    let body = blocks.iter().find(|block| block.kind == "json transfer").unwrap();
    let chain_id = "rustchain-dev".parse().unwrap();
    let request = TransferRequest::parse(body.text.as_bytes()).unwrap();
    let signed = request.verify_alone(&chain_id).unwrap();
    let message = String::from_utf8(signed.message(&chain_id)).unwrap();
    assert!(blocks.iter().any(|block| block.text == message), "{message}");
    let id = signed.tx_id().to_string();
    assert!(paper.contains(&format!("Its id is `{id}`.")), "{id}");
    // The tour of the README sends the same transfer.
    assert!(self::paper("README.md").contains(&format!("rustchain tx show {id}")), "{id}");
}

#[test]
fn the_example_of_a_configuration_is_named_where_people_look() {
    for name in ["README.md", "docs/operations.md"] {
        assert!(paper(name).contains("node/node.example.toml"), "{name}");
    }
}

#[test]
fn the_two_commands_are_those_that_are_run() {
    let readme = paper("README.md");
    let commands: Vec<String> = fenced(&readme)
        .into_iter()
        .filter(|block| block.kind == "sh")
        .take(2)
        .map(|block| block.text)
        .collect();
    assert_eq!(commands, ["cargo run --release -- devnet", "cargo nextest run --workspace"]);
    assert!(paper(".ci/run").contains(&commands[1]));
    assert!(readme.contains("`cargo test --workspace`"));
}
