//! Nine reads and a transfer, over and over, as people and their programs do.

use std::rc::Rc;

use protocol::api::path;

use crate::error::BenchError;
use crate::http;
use crate::loaded::loaded;
use crate::reads::about;
use crate::report::Report;
use crate::run::Bench;
use crate::script::{Repeat, Script, share_out};
use crate::statistics::{float_len, whole};
use crate::transfers::{FIRST_GUESS, LOWEST_GUESS};
use crate::window::{Sample, figure, measure, others, seconds_of_load};

/// Reads for every transfer.
const READS: usize = 9;
/// How many more requests are written than the last round suggests.
const RESERVE: f64 = 1.6;

/// Measures the mixture and its parts on a copy of the ledger with a past.
pub(crate) async fn run(bench: &Bench<'_>, report: &mut Report) -> Result<(), BenchError> {
    let past = loaded(bench, bench.options.history).await?;
    let folder = past.copy(bench, "mixed")?;
    let node = bench.start(&folder).await?;
    let (connections, window) = (bench.options.connections, bench.options.window);
    let pages = pages(bench);
    let reads: Rc<[Script]> = share_out(&pages, connections).into();
    let mut source = past.transfers(bench);
    let (mut alone, mut transfers, mut both) = (Vec::new(), Vec::new(), Vec::new());
    let (mut rate, mut mixed_rate) = (FIRST_GUESS, 2.0 * FIRST_GUESS);
    for round in 0..bench.options.rounds {
        bench.tell_round("mixed", round);
        let all = [&node];
        alone.push(measure(&node, &all, &reads, Repeat::Always, window).await?);
        let scripts = bench.enough_transfers(&mut source, connections, rate);
        let sample = measure(&node, &all, &scripts, Repeat::Never, window).await?;
        rate = sample.rate.max(LOWEST_GUESS);
        transfers.push(sample);
        let needed = mixed_rate * seconds_of_load(window) * RESERVE;
        let each = whole(needed / float_len(connections * (READS + 1))).max(1);
        let scripts = source.scripts(connections, each);
        let scripts: Rc<[Script]> =
            scripts.iter().enumerate().map(|(number, own)| mixture(number, own, &pages)).collect();
        let sample = measure(&node, &all, &scripts, Repeat::Never, window).await?;
        mixed_rate = sample.rate.max(LOWEST_GUESS);
        both.push(sample);
    }
    node.discard(bench.surroundings)?;
    folder.remove()?;
    report.add(figure("the reads of the mixture alone", &alone));
    report.add(figure("the transfers of the mixture alone", &transfers));
    report.add(figure("mixed, 90 % reads", &both));
    let parts = alone.iter().zip(&transfers).zip(&both);
    let shares = parts.map(|((reads, transfers), both)| of_parts(reads, transfers, both));
    report.measured("mixed_share", past.says(), shares, others(&both));
    Ok(())
}

/// What the parts would use of a processor, by what the mixture does.
fn of_parts(reads: &Sample, transfers: &Sample, both: &Sample) -> f64 {
    let reads_share = float_len(READS) / float_len(READS + 1);
    let parts = reads_share * reads.server_us + (1.0 - reads_share) * transfers.server_us;
    parts / both.server_us
}

/// What is read, again and again: mostly balances.
fn pages(bench: &Bench<'_>) -> Vec<Vec<u8>> {
    let (balances, histories) =
        (about(bench, path::WALLET_BALANCE, ""), about(bench, path::WALLET_HISTORY, ""));
    let mut pages = Vec::new();
    for (some, history) in balances.chunks(6).zip(histories) {
        pages.extend_from_slice(some);
        pages.extend([history, http::get(path::HEALTH), http::get(path::EPOCH)]);
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
