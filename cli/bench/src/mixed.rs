//! Nine reads and a transfer, over and over, as people and their programs do.

use std::rc::Rc;

use protocol::api::path;

use crate::elsewhere::{Senders, answered_elsewhere};
use crate::error::BenchError;
use crate::loaded::loaded;
use crate::options::Mode;
use crate::reads::paths_about;
use crate::report::Report;
use crate::run::Bench;
use crate::script::{Repeat, Script, share_out};
use crate::server::Server;
use crate::statistics::{float_len, whole};
use crate::transfers::{FIRST_GUESS, LOWEST_GUESS};
use crate::wallets::TransferSource;
use crate::window::{Sample, figure, measure, others, seconds_of_load};

/// Reads for every transfer.
const READS: usize = 9;
/// How many more requests are written than the last round suggests.
const RESERVE: f64 = 1.6;

/// What the rounds have shown: the parts alone, and the mixture.
#[derive(Default)]
struct Rounds {
    reads: Vec<Sample>,
    transfers: Vec<Sample>,
    both: Vec<Sample>,
}

/// Measures the mixture and its parts on a copy of the ledger with a past.
pub(crate) async fn run(bench: &Bench<'_>, report: &mut Report) -> Result<(), BenchError> {
    let past = loaded(bench, bench.options.history).await?;
    let folder = past.copy(bench, "mixed")?;
    let node = bench.start(&folder).await?;
    let mut source = past.transfers(bench);
    let rounds = measure_all(bench, &node, &mut source, bench.options.connections).await?;
    node.discard(bench.surroundings)?;
    folder.remove()?;
    rounds.tell(report);
    let parts = rounds.reads.iter().zip(&rounds.transfers).zip(&rounds.both);
    let shares = parts.map(|((reads, transfers), both)| of_parts(reads, transfers, both));
    report.measured("mixed_share", past.says(), shares, others(&rounds.both));
    Ok(())
}

/// Measures them on a node that somebody else has started.
pub(crate) async fn run_elsewhere(
    bench: &Bench<'_>,
    node: &Server,
    senders: &mut Senders<'_>,
    report: &mut Report,
) -> Result<(), BenchError> {
    let rounds = measure_all(bench, node, &mut senders.source, senders.connections).await?;
    rounds.tell(report);
    report.not_known_elsewhere(Mode::Mixed);
    answered_elsewhere("reads and transfers", &rounds.both)
}

impl Rounds {
    fn tell(&self, report: &mut Report) {
        report.add(figure("the reads of the mixture alone", &self.reads));
        report.add(figure("the transfers of the mixture alone", &self.transfers));
        report.add(figure("mixed, 90 % reads", &self.both));
    }
}

async fn measure_all(
    bench: &Bench<'_>,
    node: &Server,
    source: &mut TransferSource<'_>,
    connections: usize,
) -> Result<Rounds, BenchError> {
    let window = bench.options.window;
    let pages = pages(bench, node);
    let reads: Rc<[Script]> = share_out(&pages, connections).into();
    let mut rounds = Rounds::default();
    let (mut rate, mut mixed_rate) = (FIRST_GUESS, 2.0 * FIRST_GUESS);
    for round in 0..bench.options.rounds {
        bench.tell_round("mixed", round);
        let all = [node];
        rounds.reads.push(measure(node, &all, &reads, Repeat::Always, window).await?);
        let scripts = bench.enough_transfers(source, connections, rate);
        let sample = measure(node, &all, &scripts, Repeat::Never, window).await?;
        rate = sample.rate.max(LOWEST_GUESS);
        rounds.transfers.push(sample);
        let needed = mixed_rate * seconds_of_load(window) * RESERVE;
        let each = whole(needed / float_len(connections * (READS + 1))).max(1);
        let scripts = source.scripts(connections, each);
        let scripts: Rc<[Script]> =
            scripts.iter().enumerate().map(|(number, own)| mixture(number, own, &pages)).collect();
        let sample = measure(node, &all, &scripts, Repeat::Never, window).await?;
        mixed_rate = sample.rate.max(LOWEST_GUESS);
        rounds.both.push(sample);
    }
    Ok(rounds)
}

/// What the parts would use of a processor, by what the mixture does.
fn of_parts(reads: &Sample, transfers: &Sample, both: &Sample) -> f64 {
    let reads_share = float_len(READS) / float_len(READS + 1);
    let parts = reads_share * reads.server_us + (1.0 - reads_share) * transfers.server_us;
    parts / both.server_us
}

/// What is read, again and again: mostly balances.
fn pages(bench: &Bench<'_>, node: &Server) -> Vec<Vec<u8>> {
    let about = |path: &str| paths_about(bench, path).iter().map(|path| node.page(path)).collect();
    let (balances, histories): (Vec<_>, Vec<_>) =
        (about(path::WALLET_BALANCE), about(path::WALLET_HISTORY));
    let mut pages = Vec::new();
    for (some, history) in balances.chunks(6).zip(histories) {
        pages.extend_from_slice(some);
        pages.extend([history, node.page(path::HEALTH), node.page(path::EPOCH)]);
    }
    pages
}

/// A transfer behind so many reads each.
fn mixture(number: usize, transfers: &Script, pages: &[Vec<u8>]) -> Script {
    let mut script = Script::default();
    let mut reads = pages.iter().cycle().skip(number * READS % pages.len().max(1));
    for transfer in (0..transfers.len()).filter_map(|place| transfers.request(place)) {
        reads.by_ref().take(READS).for_each(|read| script.push(read));
        script.push(transfer);
    }
    script
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tenth_request_is_a_transfer() {
        let mut transfers = Script::default();
        transfers.push(b"one");
        transfers.push(b"two");
        let script = mixture(3, &transfers, &[b"a".to_vec(), b"b".to_vec()]);
        assert_eq!(script.len(), 20);
        assert_eq!((script.request(9), script.request(19)), (Some(&b"one"[..]), Some(&b"two"[..])));
        assert_eq!((script.request(0), script.request(10)), (Some(&b"b"[..]), Some(&b"a"[..])));
    }

    #[test]
    fn parts_count_as_often_as_they_occur() {
        let of = |server_us| Sample { server_us, ..Sample::default() };
        let share = of_parts(&of(10.0), &of(50.0), &of(28.0));
        assert!((share - 0.5).abs() < 1e-9, "{share}");
    }
}
