//! A thousand clients that hold connections and let the node wait: they are shed within the limits of
//! the listener, and nobody else notices.

mod honest;
mod sockets;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use node::listener::ListenerSettings;

use self::honest::{HONEST, Honest};
use self::sockets::{SlowSocket, Slowness, connected, may_open, read_to_end};
use crate::harness::genesis::GenesisFile;
use crate::harness::node::TestNode;
use crate::harness::tier::{Tries, verdict};
use crate::harness::waiting::until;
use crate::harness::wallets::Wallet;

const SLOW: usize = 1_000;

/// Slow clients of one address. The cap of an address is far above that.
const OF_ONE_ADDRESS: usize = 20;

/// How much more memory a node may hold for a thousand slow connections, in KiB.
const MEMORY_KIB: u64 = 64 * 1_024;

/// What is small anyway need not stay small: a p99 below this counts as this.
const FLOOR: Duration = Duration::from_millis(5);

/// The longest that a client may send nothing, or take nothing, while the node waits for it.
const LIMIT: Duration = Duration::from_secs(15);
/// The same with what a busy machine may add.
const SHED_WITHIN: Duration = Duration::from_secs(30);
/// Longer than the limit on idle connections.
const IDLE_SHED_WITHIN: Duration = Duration::from_secs(90);

fn node_for_honest_clients() -> TestNode {
    let wallets = (0..HONEST).map(|number| Wallet::number(number).address());
    let genesis =
        wallets.fold(GenesisFile::dev(), |genesis, wallet| genesis.funding(&wallet, 1_000));
    TestNode::of(&genesis)
}

fn address_of(node: &TestNode) -> SocketAddrV4 {
    match node.url().trim_start_matches("http://").parse().unwrap() {
        SocketAddr::V4(address) => address,
        SocketAddr::V6(address) => panic!("{address}"),
    }
}

/// Loopback addresses that no honest client uses.
fn host(number: usize) -> Ipv4Addr {
    let [high, low] = u16::try_from(number + 2).unwrap().to_be_bytes();
    Ipv4Addr::new(127, 1, high, low)
}

/// How many sockets the node's process holds.
fn sockets_of(node: &TestNode) -> usize {
    let entries = fs::read_dir(format!("/proc/{}/fd", node.pid())).unwrap();
    let targets = entries.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    targets.filter(|target| target.to_string_lossy().starts_with("socket:")).count()
}

fn resident_kib(node: &TestNode) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", node.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn open_slow(node: &TestNode) -> Vec<SlowSocket> {
    let address = address_of(node);
    let kinds = Slowness::ALL.iter().cycle();
    let sockets = (0..SLOW).zip(kinds);
    sockets
        .map(|(number, kind)| SlowSocket::open(*kind, host(number / OF_ONE_ADDRESS), address))
        .collect()
}

/// Waits for something, letting everybody trickle; how long it took.
fn until_trickling(
    what: &str,
    within: Duration,
    slow: &mut [SlowSocket],
    mut is_so: impl FnMut(&mut [SlowSocket]) -> bool,
) -> Duration {
    let started = Instant::now();
    while !is_so(slow) {
        assert!(started.elapsed() < within, "waited in vain until {what}");
        slow.iter_mut().for_each(SlowSocket::trickle);
        thread::park_timeout(Duration::from_millis(200));
    }
    started.elapsed()
}

/// How many of each kind have noticed that they were shed.
fn shed(slow: &mut [SlowSocket], kinds: &[Slowness]) -> BTreeMap<Slowness, usize> {
    let mut counts = BTreeMap::new();
    for socket in slow.iter_mut().filter(|socket| kinds.contains(&socket.slowness)) {
        *counts.entry(socket.slowness).or_default() += usize::from(socket.is_shed());
    }
    counts
}

/// Waits until all of these kinds have been closed by the node; how long it took.
fn expect_shed(slow: &mut [SlowSocket], kinds: &[Slowness], within: Duration) -> Duration {
    let all = SLOW / Slowness::ALL.len();
    let what = format!("{kinds:?} are shed");
    until_trickling(&what, within, slow, |slow| {
        shed(slow, kinds).values().all(|count| *count == all)
    })
}

#[test]
fn a_thousand_slow_clients_are_shed_and_nobody_else_notices() {
    use Slowness::{BodyByBytes, HalfALine, HeaderByBytes, Idle};

    let limits = ListenerSettings::default().timeouts;
    assert!([limits.header, limits.body, limits.write].iter().all(|limit| *limit < LIMIT));
    if !may_open(3 * SLOW as u64) {
        return;
    }
    let node = node_for_honest_clients();
    let mut honest = Honest::of(&node);
    honest.ask(20);
    let (sockets, memory) = (sockets_of(&node), resident_kib(&node));
    let mut slow = open_slow(&node);
    until_trickling("all are let in", SHED_WITHIN, &mut slow, |_| {
        sockets_of(&node) == sockets + SLOW
    });
    let grown = honest.ask_during(|| {
        let headers = expect_shed(&mut slow, &[HalfALine, HeaderByBytes], SHED_WITHIN);
        let grown = resident_kib(&node).saturating_sub(memory);
        let bodies = headers + expect_shed(&mut slow, &[BodyByBytes], SHED_WITHIN);
        // Who reads nothing does not see the end either; the node's own sockets tell.
        let idle = SLOW / Slowness::ALL.len();
        let reads = bodies
            + until_trickling("those who read nothing are shed", SHED_WITHIN, &mut slow, |_| {
                sockets_of(&node) <= sockets + idle
            });
        verdict(&format!(
            "{SLOW} slow clients shed: headers within {headers:.1?}, bodies {bodies:.1?}, who reads \
             nothing {reads:.1?}"
        ));
        // To be idle for so long is no offence; for a minute it is.
        assert_eq!(shed(&mut slow, &[Idle])[&Idle], 0);
        if (Tries { gate: 0, long: 1, longer: 1 }).now() == 1 {
            expect_shed(&mut slow, &[Idle], IDLE_SHED_WITHIN);
            until_trickling("all are forgotten", SHED_WITHIN, &mut slow, |_| {
                sockets_of(&node) == sockets
            });
        }
        grown
    });
    verdict(&format!("{grown} KiB more memory with {SLOW} slow clients"));
    assert!(grown < MEMORY_KIB, "{grown} KiB");
    honest.check(&mut node.http());
}

/// How much longer answers take, as if none took less than the floor.
fn ratio(quiet: Duration, slow: Duration) -> f64 {
    slow.max(FLOOR).as_secs_f64() / quiet.max(FLOOR).as_secs_f64()
}

fn median(mut ratios: Vec<f64>) -> f64 {
    ratios.sort_by(f64::total_cmp);
    ratios[ratios.len() / 2]
}

/// Does something while slow clients go on being slow.
fn beside<T: Send>(slow: &mut [SlowSocket], act: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let acting = scope.spawn(act);
        while !acting.is_finished() {
            slow.iter_mut().for_each(SlowSocket::trickle);
            thread::park_timeout(Duration::from_millis(200));
        }
        acting.join().unwrap()
    })
}

/// Rounds without and with a thousand slow clients take turns, so that whatever else the machine does
/// meets both. A short run prints what it measured; a long one judges it.
#[test]
fn honest_clients_wait_no_longer_beside_a_thousand_slow_ones() {
    if !may_open(3 * SLOW as u64) {
        return;
    }
    let node = node_for_honest_clients();
    let mut honest = Honest::of(&node);
    honest.ask(20);
    let sockets = sockets_of(&node);
    let rounds = Tries { gate: 3, long: 11, longer: 31 }.now();
    let requests = Tries { gate: 30, long: 200, longer: 200 }.now();
    let (mut reads, mut writes) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let quiet = honest.ask(requests);
        let mut slow = open_slow(&node);
        until_trickling("all are let in", SHED_WITHIN, &mut slow, |_| {
            sockets_of(&node) == sockets + SLOW
        });
        let beside = beside(&mut slow, || honest.ask(requests));
        println!("quiet {quiet:?}, beside {SLOW} slow clients {beside:?}");
        reads.push(ratio(quiet.reads_p99, beside.reads_p99));
        writes.push(ratio(quiet.writes_p99, beside.writes_p99));
        slow.clear();
        until_trickling("all have left", SHED_WITHIN, &mut slow, |_| sockets_of(&node) == sockets);
    }
    let (reads, writes) = (median(reads), median(writes));
    verdict(&format!(
        "beside {SLOW} slow clients p99 of reads {reads:.2}x, of transfers {writes:.2}x, of what is \
         below {FLOOR:?} as if it took that (medians of {rounds} rounds)"
    ));
    if rounds > 3 {
        assert!(reads <= 2.0 && writes <= 2.0, "{reads:.2}, {writes:.2}");
    }
    honest.check(&mut node.http());
}

// --- caps -----------------------------------------------------------------------------------------

/// What is said to a client that connects and waits.
fn told(from: Ipv4Addr, node: SocketAddrV4) -> String {
    read_to_end(&mut connected(from, node, None))
}

fn is_refusal(answer: &str) -> bool {
    answer.starts_with("HTTP/1.1 503") && answer.contains("\"TOO_MANY_CONNECTIONS\"")
}

/// Whether a client of this address is let in and answered.
fn is_served(from: Ipv4Addr, node: SocketAddrV4) -> bool {
    let mut stream = connected(from, node, None);
    let request = b"GET /ready HTTP/1.1\r\nhost: node\r\nconnection: close\r\n\r\n";
    stream.write_all(request).is_ok() && read_to_end(&mut stream).starts_with("HTTP/1.1 200")
}

/// So many connections of one address that were answered once and say nothing more: they may stay
/// for a minute, which is long enough to open all of them on a busy machine.
fn silent(from: Ipv4Addr, node: SocketAddrV4, count: usize) -> Vec<TcpStream> {
    let answered = |_| {
        let mut stream = connected(from, node, None);
        stream.write_all(b"GET /ready HTTP/1.1\r\nhost: node\r\n\r\n").unwrap();
        let mut answer = [0; 4_096];
        let length = stream.read(&mut answer).unwrap();
        assert!(answer[..length].starts_with(b"HTTP/1.1 "), "{answer:?}");
        stream
    };
    (0..count).map(answered).collect()
}

fn until_it_holds(node: &TestNode, sockets: usize) {
    until("the node holds as many sockets", || (sockets_of(node) == sockets).then_some(()));
}

#[test]
fn an_address_at_its_cap_keeps_nobody_else_out() {
    let cap = ListenerSettings::default().max_connections_per_client;
    if !may_open(2 * cap as u64) {
        return;
    }
    let node = node_for_honest_clients();
    let mut honest = Honest::of(&node);
    honest.ask(1);
    let (address, greedy, sockets) = (address_of(&node), host(0), sockets_of(&node));
    let mut held = silent(greedy, address, cap);
    until_it_holds(&node, sockets + cap);
    for _ in 0..50 {
        let answer = told(greedy, address);
        assert!(is_refusal(&answer), "{answer}");
    }
    until_it_holds(&node, sockets + cap);
    honest.ask(5);
    assert!(is_served(host(1), address), "a neighbour without a connection is kept out");
    held.truncate(cap - 1);
    until("whoever leaves makes room", || is_served(greedy, address).then_some(()));
    honest.check(&mut node.http());
}

#[test]
fn a_full_house_serves_those_who_are_in() {
    let settings = ListenerSettings::default();
    let (total, of_one) = (settings.max_connections, settings.max_connections_per_client);
    if !may_open(2 * total as u64) {
        return;
    }
    let node = node_for_honest_clients();
    let mut honest = Honest::of(&node);
    honest.ask(1);
    let (address, sockets) = (address_of(&node), sockets_of(&node));
    let free = total - usize::try_from(HONEST).unwrap();
    let counts = (0..free).step_by(of_one).map(|first| of_one.min(free - first));
    let mut held: Vec<TcpStream> = (0..)
        .zip(counts)
        .flat_map(|(number, count)| silent(host(number), address, count))
        .collect();
    until_it_holds(&node, sockets + free);
    for number in 0..50 {
        let answer = told(host(100 + number), address);
        assert!(is_refusal(&answer), "{answer}");
    }
    honest.ask(5);
    held.truncate(free - 10);
    until("there is room again", || is_served(host(200), address).then_some(()));
    honest.check(&mut node.http());
}
