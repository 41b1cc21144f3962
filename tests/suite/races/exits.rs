//! Every way out of a wallet at the same moment, each with all that there is: one of them gets it.

use std::collections::BTreeMap;

use protocol::transfer::ChainId;
use protocol::wallet_id::WalletId;

use super::{SUBMIT, all_at_once, clients_of, rounds, tell, winners};
use crate::harness::genesis::GenesisFile;
use crate::harness::http::{Http, Reply};
use crate::harness::machines::{Hardware, Machine, challenge};
use crate::harness::node::TestNode;
use crate::harness::waiting::until;
use crate::harness::wallets::{RTC, Wallet, account};

const CLAIM: &str = "/wallet/claim";
const ADMIN: &str = "/wallet/transfer";
const POT: u64 = 1_500_000;

/// A request that would take money out of a wallet.
struct Exit {
    path: &'static str,
    body: String,
}

fn transfer(wallet: &Wallet, chain: &ChainId, to: &WalletId, micro: u64, nonce: u64) -> Exit {
    Exit { path: SUBMIT, body: wallet.pays(chain, to, micro, nonce).body }
}

fn claim(wallet: &Wallet, chain: &ChainId, name: &WalletId, to: &WalletId, nonce: u64) -> Exit {
    Exit { path: CLAIM, body: wallet.claims(chain, name, to, nonce) }
}

/// By an admin; with a key to be told apart by, or without one.
fn payout(from: &str, to: &WalletId, micro: u64, key: Option<&str>) -> Exit {
    let rtc = format!("{}.{:06}", micro / RTC, micro % RTC);
    let key = key.map_or_else(|| "null".to_owned(), |key| format!("\"{key}\""));
    let body = format!(
        r#"{{"from_miner":"{from}","to_miner":"{to}","amount_rtc":{rtc},"idempotency_key":{key}}}"#
    );
    Exit { path: ADMIN, body }
}

/// All of them at once, one client each. Who is late is refused with one of these codes, and how
/// often each was.
fn one_way_out(
    clients: &mut [Http],
    key: &str,
    exits: &[Exit],
    codes: &[&str],
    seen: &mut BTreeMap<String, u64>,
) -> usize {
    assert_eq!(clients.len(), exits.len());
    let replies = all_at_once(clients, |index, client| {
        let Exit { path, body } = &exits[index];
        client.post_as_admin(path, key, body)
    });
    let is_refusal = |reply: &Reply| codes.contains(&reply.code().as_str());
    assert_eq!(winners(&replies, is_refusal), 1, "{replies:?}");
    for reply in replies.iter().filter(|reply| reply.status != 200) {
        *seen.entry(reply.code()).or_default() += 1;
    }
    replies.iter().position(|reply| reply.status == 200).unwrap()
}

fn balances(http: &mut Http, wallets: &[&WalletId]) -> Vec<u64> {
    wallets.iter().map(|wallet| account(http, wallet).balance).collect()
}

/// Three payments of sixty, and schedulers of the existing network that confirm whatever they can.
#[test]
fn three_payments_of_sixty_out_of_a_hundred_leave_forty() {
    let (alice, bob) = (Wallet::number(0), Wallet::number(1));
    let mut node = TestNode::of(&GenesisFile::dev().funding(&alice.address(), 100));
    let (key, chain) = (node.admin_key(), node.chain_id().clone());
    let mut clients = clients_of(&node, 3 + 8);
    let mut for_want_of_money = 0;
    for round in 1..=rounds() {
        let last = account(&mut clients[0], &alice.address()).last_nonce;
        let payments: Vec<String> = (1..=3)
            .map(|next| alice.pays(&chain, &bob.address(), 60 * RTC, last + next).body)
            .collect();
        let replies = all_at_once(&mut clients, |index, client| match payments.get(index) {
            Some(payment) => client.post(SUBMIT, payment),
            None => client.post_as_admin("/pending/confirm", &key, "{}"),
        });
        for confirmed in &replies[3..] {
            assert_eq!(confirmed.expect(200)["confirmed_count"], 0);
        }
        let codes = ["INSUFFICIENT_BALANCE", "OUT_OF_ORDER_NONCE"];
        let won = winners(&replies[..3], |reply| codes.contains(&reply.code().as_str()));
        assert_eq!(won, 1, "round {round}");
        let poor = replies[..3].iter().filter(|reply| reply.status != 200);
        for_want_of_money += poor.filter(|reply| reply.code() == codes[0]).count();
        let held = balances(&mut clients[0], &[&alice.address(), &bob.address()]);
        assert_eq!(held, [40 * RTC, 60 * RTC], "round {round}");
        let back = bob.pays(&chain, &alice.address(), 60 * RTC, round);
        clients[0].post(SUBMIT, back.body).expect(200);
    }
    assert!(for_want_of_money > 0, "all were stopped by their nonces");
    node.stop();
    node.verify();
    tell("three payments of 60 out of 100: one of them paid");
}

/// Transfers to different payees with the same nonce and with others, a claim that takes the address
/// for a name, an admin who takes it for a founder's. The money goes round and round.
#[test]
fn a_wallet_is_emptied_by_one_of_all_exits() {
    let wallets = Wallet::several(3);
    let addresses: Vec<WalletId> = wallets.iter().map(Wallet::address).collect();
    let mut node = TestNode::of(&GenesisFile::dev().funding(&addresses[0], 100));
    let (key, chain) = (node.admin_key(), node.chain_id().clone());
    let mut clients = clients_of(&node, 8);
    let (mut holder, mut seen) = (0, BTreeMap::new());
    for round in 0..rounds() {
        let (one, other) = (&addresses[(holder + 1) % 3], &addresses[(holder + 2) % 3]);
        let (wallet, address) = (&wallets[holder], &addresses[holder]);
        let next = account(&mut clients[0], address).last_nonce + 1;
        let all = |to: &WalletId, nonce| transfer(wallet, &chain, to, 100 * RTC, nonce);
        let exits = [
            all(one, next),
            all(other, next),
            all(one, next + 1),
            all(other, next + 1),
            all(one, next + 2),
            all(other, next + 3),
            claim(wallet, &chain, address, one, next),
            payout(address.as_str(), one, 100 * RTC, None),
        ];
        let codes = [
            "INSUFFICIENT_BALANCE",
            "OUT_OF_ORDER_NONCE",
            "NAME_HAS_NO_KEY",
            "NOT_A_FOUNDERS_WALLET",
        ];
        let winner = one_way_out(&mut clients, &key, &exits, &codes, &mut seen);
        let to = (holder + [1, 2, 1, 2, 1, 2][winner]) % 3;
        let held = balances(&mut clients[0], &addresses.iter().collect::<Vec<_>>());
        let expected = [0, 1, 2].map(|index| if index == to { 100 * RTC } else { 0 });
        assert_eq!(held, expected, "round {round}");
        holder = to;
    }
    assert_eq!(seen.len(), 4, "an exit was never closed for its own reason: {seen:?}");
    node.stop();
    node.verify();
    tell("every exit of a wallet at once: emptied by one");
}

/// Founders' wallets pay by admins only: with different idempotency keys and with none. The money
/// goes round and round.
#[test]
fn a_founders_wallet_is_emptied_by_one_of_all_exits() {
    let owner = Wallet::number(0);
    let founders = ["founder_team_bounty", "founder_one", "founder_two"]
        .map(|name| WalletId::parse(name).unwrap());
    let mut node = TestNode::of(&GenesisFile::dev());
    let (key, chain) = (node.admin_key(), node.chain_id().clone());
    let mut clients = clients_of(&node, 8);
    let all = account(&mut clients[0], &founders[0]).balance;
    let (mut holder, mut seen) = (0, BTreeMap::new());
    for round in 0..rounds() {
        let from = &founders[holder];
        let payee = |number: usize| (holder + 1 + number % 2) % 3;
        let exits: Vec<Exit> = (0..7)
            .map(|number| {
                let name = format!("{round}.{number}");
                let name = (number < 5).then_some(name.as_str());
                payout(from.as_str(), &founders[payee(number)], all, name)
            })
            .chain([claim(&owner, &chain, from, &owner.address(), round + 1)])
            .collect();
        let codes = ["INSUFFICIENT_BALANCE", "NAME_HAS_NO_KEY"];
        holder = payee(one_way_out(&mut clients, &key, &exits, &codes, &mut seen));
        let held = balances(&mut clients[0], &founders.each_ref());
        let expected = [0, 1, 2].map(|index| if index == holder { all } else { 0 });
        assert_eq!(held, expected, "round {round}");
    }
    assert_eq!(seen.len(), 2, "an exit was never closed for its own reason: {seen:?}");
    node.stop();
    node.verify();
    tell("every exit of a founders' wallet at once: emptied by one");
}

/// So many names that have earned something, and what all of them hold.
fn names_with_earnings(http: &mut Http, owner: &Wallet, count: u64) -> Vec<(WalletId, u64)> {
    let names: Vec<WalletId> =
        (0..count).map(|number| WalletId::parse(&format!("rig-{number}")).unwrap()).collect();
    for (number, name) in (0..).zip(&names) {
        let nonce = challenge(http);
        let body = Machine::new(Hardware::G4, number).signed(owner, name.as_str(), &nonce);
        http.post("/attest/submit", body).expect(200);
    }
    let held = |http: &mut Http, name: &WalletId| account(http, name).balance;
    let last = names.last().unwrap();
    until("the last name is paid", || (held(http, last) > 0).then_some(()));
    names.into_iter().map(|name| (name.clone(), held(http, &name))).collect()
}

/// What a name has earned leaves by claims of its owner: to different payees, with the same nonce and
/// with others, while an admin tries to take it and to have the epoch paid again.
#[test]
fn the_earnings_of_a_name_are_claimed_by_one_of_all_exits() {
    let (owner, stranger) = (Wallet::number(0), Wallet::number(1));
    let payees = [Wallet::number(2).address(), Wallet::number(3).address()];
    let genesis = GenesisFile::dev().with("slot_seconds", 1).with("slots_per_epoch", 3);
    let genesis = genesis.with("epoch_pot", POT * 100);
    let mut node = TestNode::of(&genesis.funding(&payees[0], 1).funding(&payees[1], 1));
    let (key, chain) = (node.admin_key(), node.chain_id().clone());
    let mut clients = clients_of(&node, 8);
    let names = names_with_earnings(&mut clients[0], &owner, rounds());
    let (mut received, mut seen) = ([RTC, RTC], BTreeMap::new());
    for (name, earned) in &names {
        let by_owner = |payee: usize, nonce| claim(&owner, &chain, name, &payees[payee], nonce);
        let exits = [
            by_owner(0, 1),
            by_owner(1, 1),
            by_owner(0, 2),
            by_owner(1, 2),
            by_owner(0, 3),
            by_owner(1, 4),
            claim(&stranger, &chain, name, &payees[0], 5),
            payout(name.as_str(), &payees[0], *earned, None),
        ];
        let codes = [
            "NOTHING_TO_CLAIM",
            "OUT_OF_ORDER_NONCE",
            "OTHER_KEY_OWNS_NAME",
            "NOT_A_FOUNDERS_WALLET",
        ];
        let winner = one_way_out(&mut clients, &key, &exits, &codes, &mut seen) % 2;
        received[winner] += earned;
        let held = balances(&mut clients[0], &[name, &payees[0], &payees[1]]);
        assert_eq!(held, [0, received[0], received[1]], "{name}");
    }
    assert_eq!(seen.len(), 4, "an exit was never closed for its own reason: {seen:?}");
    node.stop();
    node.verify();
    tell("many claims of the same earnings: paid once");
}
