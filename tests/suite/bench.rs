//! `rustchain bench` from outside: every bar is in its report, whatever the machine is like. How
//! fast anything is is no matter of tests.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

use protocol::wallet_id::WalletId;
use serde_json::Value;

use crate::harness::fake_node::nobody;
use crate::harness::genesis::GenesisFile;
use crate::harness::node::TestNode;
use crate::harness::program::{Ended, Home};

/// The smallest run of everything.
const SMALL: &str = "--rounds 1 --seconds 0.1 --connections 3 --wallets 13 --history 60 \
                     --small-history 20 --miners 6 --accounts 20000 --rate 50 --rate-seconds 0.5";

/// Runs a measurement. A bar that this machine misses is no fault of the program.
fn report(home: &Home, arguments: &str) -> Value {
    let ended = home.run(&format!("bench {arguments} --json --quiet"));
    assert!(ended.exit <= 1, "{ended:?}");
    let envelope = ended.envelope();
    assert_eq!(envelope["ok"], true, "{envelope}");
    envelope["data"].clone()
}

fn bars(report: &Value) -> Vec<(&str, &str)> {
    let bars = report["bars"].as_array().unwrap().iter();
    bars.map(|bar| (bar["id"].as_str().unwrap(), bar["verdict"].as_str().unwrap())).collect()
}

/// Whether a bar has a figure, in the range that the word of its verdict promises.
fn is_measured(report: &Value, id: &str) -> bool {
    let bar = report["bars"].as_array().unwrap().iter().find(|bar| bar["id"] == id).unwrap();
    bar["value"].as_f64().is_some_and(|value| value > 0.0)
}

fn assert_measured(report: &Value, ids: &[&str]) {
    let missing: Vec<_> = ids.iter().filter(|id| !is_measured(report, id)).collect();
    assert!(missing.is_empty(), "{missing:?}: {report:#}");
}

#[test]
fn transfers_and_attestations_are_measured_on_ledgers_that_are_kept() {
    let home = Home::new();
    let modes = "--only transfer,history,latency,attest,mixed --dir {dir}/ledgers";
    let report = report(&home, &format!("{SMALL} {modes}"));
    let expected = [
        "verify_share",
        "durable_share",
        "durable_cpu_share",
        "verify_rate_share",
        "parse_share",
        "sum_of_parts",
        "commit_bytes",
        "derived_bytes",
        "transfers_per_commit",
        "p99_closed",
        "p99_open",
        "lone_transfer",
        "past_share",
        "past_cpu_share",
        "past_verify_share",
        "file_growth",
        "rss_rest",
        "rss_load",
        "attest_pair",
        "attest_known",
        "mixed_share",
    ];
    let found: Vec<&str> = bars(&report).into_iter().map(|(id, _)| id).collect();
    assert_eq!(found, expected);
    // Of so few transfers hardly any are derived within the window.
    let written: Vec<&str> = expected.into_iter().filter(|id| *id != "derived_bytes").collect();
    assert_measured(&report, &written);
    for figure in report["figures"].as_array().unwrap() {
        assert_eq!(figure["refused"], 0, "{figure:#}");
        assert!(figure["answered"].as_u64().unwrap() > 0, "{figure:#}");
        assert!(figure["server_cpu_us"].as_f64().unwrap() > 0.0, "{figure:#}");
        assert!(figure["resident_mb"].as_f64().unwrap() > 0.0, "{figure:#}");
    }
    let kept = |name: &str| home.path(&format!("ledgers/{name}/loaded.json")).exists();
    assert!(kept("ledger-60-transfers-13-wallets-6-miners"));
    assert!(kept("ledger-20-transfers-13-wallets-6-miners"));
    let left = std::fs::read_dir(home.path("ledgers")).unwrap().count();
    assert_eq!(left, 2, "what only one measurement used is gone");
}

#[test]
fn reads_starts_and_growth_are_measured() {
    let home = Home::new();
    let modes = "--only balance,health,epoch,miners,blocks,pages,start,growth,roots,verify";
    let report = report(&home, &format!("{SMALL} {modes}"));
    let measured = [
        "balance_share",
        "health_share",
        "epoch_share",
        "miners_share",
        "blocks_share",
        "history_share",
        "stored_history_share",
        "roots_share",
        "ready_after_stop",
        "ready_after_kill",
        "start_cpu",
        "start_cpu_killed",
        "open_growth",
        "balance_growth",
        "history_growth",
        "stored_history_growth",
        "open_time_growth",
        "rss_growth",
        "verify_time",
        "verify_cpu",
    ];
    assert_eq!(bars(&report).into_iter().map(|(id, _)| id).collect::<Vec<_>>(), measured);
    assert_measured(&report, &measured);
}

#[test]
fn a_settlement_of_ten_times_as_many_is_measured() {
    let home = Home::new();
    let report = report(&home, &format!("{SMALL} --only settle"));
    let bars = [
        "settle_cpu",
        "settle_cpu_many",
        "settle_growth",
        "settle_reads_p99",
        "settle_reads_p99_many",
    ];
    assert_measured(&report, &bars);
    let remarks = report["remarks"].to_string();
    assert!(remarks.contains("6 machines were paid"), "{remarks}");
    assert!(remarks.contains("60 machines were paid"), "{remarks}");
}

#[test]
fn commits_are_seen_by_strace_or_it_is_said_that_it_is_missing() {
    let home = Home::new();
    let seeing = |path: &OsStr| {
        let mut command = home.program(&format!("bench {SMALL} --only commits --json --quiet"));
        let ended = Ended::of(command.env("PATH", path).output().unwrap());
        ended.envelope()["data"].clone()
    };
    let without = seeing(home.path("no-such-folder").as_os_str());
    for bar in without["bars"].as_array().unwrap() {
        assert_eq!(bar["verdict"], "not_measured");
        assert_eq!(bar["reason"], "strace is missing");
    }
    let with = seeing(&std::env::var_os("PATH").unwrap());
    if with["bars"][0]["reason"] == "strace is missing" {
        return;
    }
    assert_measured(&with, &["fsyncs", "replies_after_fsync", "slow_disk"]);
    let order = &with["bars"][1];
    assert_eq!(
        (order["value"].as_f64(), order["on"].as_str()),
        (Some(1.0), Some("64 of 64 replies"))
    );
}

/// A node of another make: JSON, no length, every connection closed, half of the routes missing.
fn foreign_node() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    // Ends with the process of the test.
    thread::spawn(move || {
        for stream in listener.incoming() {
            thread::spawn(move || answer(stream.unwrap()));
        }
    });
    url
}

fn answer(stream: TcpStream) {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    if reader.read_line(&mut line).unwrap_or(0) == 0 {
        return;
    }
    let mut header = String::new();
    while reader.read_line(&mut header).unwrap_or(0) > 2 {
        header.clear();
    }
    let path = line.split(' ').nth(1).unwrap_or_default();
    let answer = match path.split('?').next().unwrap_or_default() {
        "/health" => "HTTP/1.0 200 OK\r\n\r\n{\"ok\":true}",
        "/epoch" => {
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n\
             2\r\n{}\r\n0\r\n\r\n"
        }
        "/wallet/balance" => "HTTP/1.0 500 Oops\r\ncontent-length: 4\r\n\r\noops",
        "/wallet/history" => "garbage\r\n\r\n",
        _ => "HTTP/1.0 404 Not Found\r\n\r\n<html>",
    };
    let mut stream = reader.into_inner();
    // A client that hangs up is no fault of the server.
    let _sent = stream.write_all(answer.as_bytes());
    let _closed = stream.shutdown(std::net::Shutdown::Write);
    let _rest = stream.read(&mut [0; 64]);
}

#[test]
fn a_node_of_another_make_is_measured_as_far_as_it_goes() {
    let home = Home::new();
    let arguments = format!("--rounds 1 --seconds 0.1 --connections 2 --url {}", foreign_node());
    let report = report(&home, &arguments);
    let figures = report["figures"].as_array().unwrap();
    for name in ["GET /health", "GET /epoch"] {
        let figure = figures.iter().find(|figure| figure["name"] == name).unwrap();
        assert!(figure["answered"].as_u64().unwrap() > 0, "{figure:#}");
        assert_eq!(figure["server_cpu_us"], Value::Null, "{figure:#}");
        assert_eq!(figure["other_programs_cores"], Value::Null, "{figure:#}");
    }
    let reason = |id: &str| {
        let bar = report["bars"].as_array().unwrap().iter().find(|bar| bar["id"] == id);
        bar.unwrap()["reason"].as_str().unwrap().to_owned()
    };
    assert_eq!(reason("blocks_share"), "404");
    assert_eq!(reason("miners_share"), "404");
    assert_eq!(reason("balance_share"), "500");
    assert_eq!(reason("history_share"), "the answer is not HTTP/1.1");
    assert_eq!(reason("health_share"), "what the server uses is not known");
    let remarks = report["remarks"].to_string();
    assert!(remarks.contains("of the answers a second of bare GET"), "{remarks}");
}

/// What is found of a node that somebody else has started, and whether it was enough.
fn found_at(home: &Home, url: &str, modes: &str) -> (i32, Value) {
    let arguments = "--rounds 1 --seconds 0.1 --connections 2 --miners 5 --json --quiet";
    let ended = home.run(&format!("bench --url {url} {modes} {arguments}"));
    (ended.exit, ended.envelope()["data"].clone())
}

#[test]
fn machines_attest_to_a_node_that_runs_already() {
    let (home, node) = (Home::new(), TestNode::of(&GenesisFile::dev()));
    let (exit, report) = found_at(&home, node.url(), "--only attest,health");
    assert_eq!(exit, 0, "{report:#}");
    let figures = report["figures"].as_array().unwrap();
    let attested = figures.iter().find(|figure| figure["name"] == "challenge and submission");
    assert_eq!(attested.unwrap()["answered"], 5, "{report:#}");
    let (exit, report) = found_at(&home, &foreign_node(), "--only attest");
    assert_eq!(exit, 1, "{report:#}");
    let trouble = report["trouble"].to_string();
    assert!(trouble.contains("attest") && trouble.contains("404"), "{trouble}");
}

/// A network on which the first wallets of the measurement are funded.
fn funding_the_first(home: &Home, count: usize) -> GenesisFile {
    let listed = home.run(&format!("bench wallets --count {} --json", count.max(2))).envelope();
    let wallets = listed["data"]["wallets"].as_array().unwrap().iter().take(count);
    let wallets = wallets.map(|wallet| WalletId::parse(wallet.as_str().unwrap()).unwrap());
    wallets
        .fold(GenesisFile::dev().with_long_epochs(), |genesis, wallet| genesis.funding(&wallet, 1))
}

#[test]
fn funded_wallets_pay_each_other_on_a_node_that_runs_already() {
    let home = Home::new();
    let node = TestNode::of(&funding_the_first(&home, 2));
    // The second time nonces go on where they were.
    for _ in 0..2 {
        let (exit, report) = found_at(&home, node.url(), "--only transfer,mixed");
        assert_eq!(exit, 0, "{report:#}");
        for name in ["signed transfers", "mixed, 90 % reads"] {
            let figures = report["figures"].as_array().unwrap();
            let figure = figures.iter().find(|figure| figure["name"] == name).unwrap();
            assert!(figure["answered"].as_u64().unwrap() > 0, "{figure:#}");
            assert_eq!(figure["refused"], 0, "{figure:#}");
        }
        for bar in report["bars"].as_array().unwrap() {
            assert_eq!(bar["verdict"], "not_measured", "{bar:#}");
        }
    }
    let listed = node.http().read("/api/transactions");
    assert!(listed["total"].as_u64().unwrap() > 0, "{listed:#}");
}

#[test]
fn whoever_has_funded_nobody_is_told_whom_to_fund() {
    let home = Home::new();
    for funded in [0, 1] {
        let node = TestNode::of(&funding_the_first(&home, funded));
        let (exit, report) = found_at(&home, node.url(), "--only transfer");
        assert_eq!(exit, 1, "{report:#}");
        let trouble = report["trouble"].to_string();
        assert!(trouble.contains("`rustchain bench wallets` lists"), "{trouble}");
    }
}

#[test]
fn a_url_takes_what_it_can_be_asked_for_and_says_when_nobody_is_there() {
    let home = Home::new();
    let url = nobody();
    let refused = home.run(&format!("bench --url {url} --only settle --json"));
    assert_eq!(refused.exit, 2, "{refused:?}");
    let message = refused.envelope()["error"]["message"].to_string();
    assert!(message.contains("settle needs a node of our own"), "{message}");
    for modes in ["", "--only attest", "--only transfer"] {
        let (exit, report) = found_at(&home, &url, modes);
        assert_eq!(exit, 1, "{report:#}");
        assert_eq!(report["trouble"].as_array().unwrap().len(), 1, "{report:#}");
        for bar in report["bars"].as_array().unwrap() {
            assert_eq!(bar["verdict"], "not_measured", "{bar:#}");
        }
    }
}

#[test]
fn a_node_without_storage_serves_the_dev_network_to_this_machine_only() {
    let home = Home::new();
    home.private_file("node.toml", "");
    home.private_file("test.toml", node::boot::Network::Testnet.genesis_text());
    home.private_file("dev.toml", node::boot::Network::Dev.genesis_text());
    let with = |rest: &str| {
        let common = "bench memory-node --node-config {dir}/node.toml --node-dir {dir}/memory";
        home.run(&format!("{common} {rest} --json"))
    };
    let other_network = with("--genesis {dir}/test.toml");
    assert_eq!(other_network.exit, 9, "{other_network:?}");
    let other_machines = with("--genesis {dir}/dev.toml --listen 0.0.0.0:0");
    assert_eq!(other_machines.exit, 9, "{other_machines:?}");
    assert!(!home.path("memory").exists(), "nothing was made");
}
