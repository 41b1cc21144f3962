//! Epochs settle by themselves, pay exactly the pot, and pay once.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::harness::genesis::GenesisFile;
use crate::harness::http::Http;
use crate::harness::machines::{Hardware, Machine, attest, attested};
use crate::harness::node::TestNode;
use crate::harness::waiting::until;
use crate::harness::wallets::{Wallet, account};

const POT: u64 = 1_500_000;

/// A network whose epochs last three seconds.
fn short_epochs() -> GenesisFile {
    GenesisFile::dev().with("slot_seconds", 1).with("slots_per_epoch", 3)
}

/// What an epoch paid, by wallet; nothing as long as it has paid nothing.
fn rewards(http: &mut Http, epoch: u64) -> BTreeMap<String, u64> {
    let page = http.read(&format!("/rewards/epoch/{epoch}"));
    let share = |row: &Value| {
        (row["miner_id"].as_str().unwrap().to_owned(), row["share_i64"].as_u64().unwrap())
    };
    page["rewards"].as_array().unwrap().iter().map(share).collect()
}

/// Everybody attests within one epoch; the epoch.
fn all_attest(http: &mut Http, miners: &[(Wallet, Machine)]) -> u64 {
    until("all attest within one epoch", || {
        let epochs = miners.iter().map(|(wallet, machine)| attested(http, wallet, *machine));
        let epochs: Vec<u64> = epochs.map(|said| said["epoch"].as_u64().unwrap()).collect();
        epochs.iter().all(|epoch| *epoch == epochs[0]).then_some(epochs[0])
    })
}

#[test]
fn an_epoch_pays_its_pot_by_itself_and_once() {
    let miners = [
        (Wallet::number(0), Machine::new(Hardware::G4, 0)),
        (Wallet::number(1), Machine::new(Hardware::Pc, 1)),
        (Wallet::number(2), Machine::new(Hardware::Pc, 2)),
    ];
    let mut node = TestNode::of(&short_epochs());
    let mut http = node.http();
    let epoch = all_attest(&mut http, &miners);
    let paid = until("the epoch is settled", || {
        Some(rewards(&mut http, epoch)).filter(|paid| !paid.is_empty())
    });
    // 25/41 and twice 8/41 of the pot; the two micro-RTC that are left go to the largest remainders.
    let share = |number: usize| paid[miners[number].0.address().as_str()];
    assert_eq!(paid.len(), 3, "{paid:?}");
    assert_eq!(paid.values().sum::<u64>(), POT, "{paid:?}");
    let expected = [POT * 25 / 41, POT * 8 / 41 + 1, POT * 8 / 41 + 1];
    assert_eq!([share(0), share(1), share(2)], expected, "{paid:?}");

    let balances = |http: &mut Http| -> Vec<u64> {
        miners.iter().map(|(wallet, _)| account(http, &wallet.address()).balance).collect()
    };
    let before = balances(&mut http);
    node.kill();
    node.start();
    let mut http = node.http();
    let key = node.admin_key();
    let again = http.post_as_admin("/rewards/settle", &key, &format!("{{\"epoch\":{epoch}}}"));
    let again = again.expect(200);
    assert_eq!(again["already_settled"], true, "{again}");
    assert_eq!(rewards(&mut http, epoch), paid);
    // An attestation that straddled two epochs may have earned in another one as well.
    let of_others: u64 = (epoch.saturating_sub(25)..epoch + 25)
        .filter(|other| *other != epoch)
        .map(|other| rewards(&mut http, other).values().sum::<u64>())
        .sum();
    assert_eq!(balances(&mut http).iter().sum::<u64>(), POT + of_others);
    assert_eq!(balances(&mut http), before);
    node.stop();
    node.verify();
}

#[test]
fn an_epoch_without_miners_pays_nobody() {
    let node = TestNode::of(&short_epochs());
    let (mut http, key) = (node.http(), node.admin_key());
    let epoch = http.read("/epoch")["epoch"].as_u64().unwrap();
    until("the epoch is over", || {
        (http.read("/epoch")["epoch"].as_u64().unwrap() > epoch).then_some(())
    });
    let settle = |http: &mut Http, epoch: &str| {
        http.post_as_admin("/rewards/settle", &key, &format!("{{\"epoch\":{epoch}}}"))
    };
    let said = settle(&mut http, &epoch.to_string()).expect(200);
    assert_eq!((&said["ok"], &said["error"]), (&false.into(), &"no_eligible_miners".into()));
    assert!(rewards(&mut http, epoch).is_empty());
    let running = http.read("/epoch")["epoch"].as_u64().unwrap();
    for early in [running + 1, running + 2, u64::MAX] {
        let refused = settle(&mut http, &early.to_string());
        assert_eq!((refused.status, refused.code().as_str()), (400, "EPOCH_NOT_REACHED"));
    }
}

/// A virtual machine on the live network is recorded, told why, and weighs nothing.
#[test]
fn a_virtual_machine_is_told_why_it_earns_nothing() {
    let node = TestNode::of(&GenesisFile::mainnet());
    let (mut http, guest) = (node.http(), Wallet::number(0));
    let said = attested(&mut http, &guest, Machine::new(Hardware::VirtualMachine, 0));
    assert_eq!(said["fingerprint_passed"], false, "{said}");
    assert_eq!(said["multiplier"].as_f64(), Some(0.0), "{said}");
    let failed = said["failed_checks"].as_array().unwrap_or_else(|| panic!("{said}"));
    assert!(failed.iter().any(|check| check["check"] == "anti_emulation"), "{said}");
    assert!(failed.iter().all(|check| !check["reason"].as_str().unwrap().is_empty()), "{said}");
    assert!(said["message"].as_str().unwrap().contains("virtual machine"), "{said}");
    let listed = http.read("/api/miners");
    assert_eq!(listed["miners"][0]["miner"], guest.address().as_str(), "{listed}");

    let honest = attested(&mut http, &Wallet::number(1), Machine::new(Hardware::G4, 1));
    assert_eq!(honest["fingerprint_passed"], true, "{honest}");
    assert_eq!(honest["multiplier"].as_f64(), Some(2.5), "{honest}");
}

/// On the network of one machine a virtual one may earn, and is still called what it is.
#[test]
fn a_virtual_machine_earns_on_a_dev_network() {
    let node = TestNode::of(&short_epochs());
    let (mut http, guest) = (node.http(), Wallet::number(0));
    let said = attested(&mut http, &guest, Machine::new(Hardware::VirtualMachine, 0));
    assert_eq!(said["fingerprint_passed"], false, "{said}");
    assert!(said["multiplier"].as_f64().unwrap() > 0.0, "{said}");
    let epoch = said["epoch"].as_u64().unwrap();
    let paid = until("the epoch is settled", || {
        Some(rewards(&mut http, epoch)).filter(|paid| !paid.is_empty())
    });
    assert_eq!(paid, BTreeMap::from([(guest.address().to_string(), POT)]));
}

/// What an epoch has seen of a miner counts at its best; more than ten per slot are refused.
#[test]
fn a_miner_is_accepted_ten_times_per_slot() {
    let node = TestNode::of(&GenesisFile::mainnet());
    let (mut http, miner) = (node.http(), Wallet::number(0));
    let machine = Machine::new(Hardware::G4, 0);
    let statuses: Vec<u16> = (0..12).map(|_| attest(&mut http, &miner, machine).status).collect();
    // A slot of ten minutes may end in between, which allows another ten.
    let accepted = statuses.iter().filter(|status| **status == 200).count();
    assert!(accepted >= 10 && statuses.iter().all(|status| [200, 429].contains(status)));
    assert!(statuses.contains(&429) || accepted == 12, "{statuses:?}");
}
