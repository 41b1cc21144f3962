//! Ledgers with a past: loaded once over the API, kept in the folder of the run, and copied for
//! whoever changes them.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::attesting::attest;
use crate::error::BenchError;
use crate::ledger_folder::LedgerFolder;
use crate::run::Bench;
use crate::server::Server;
use crate::statistics::{float, float_len};
use crate::wallets::TransferSource;
use crate::window::{come_to_rest, send_all};

/// Says what a loaded ledger holds. It is written last, so a folder without it is not finished.
const MARKER: &str = "loaded.json";
/// The format of what a node writes. To be raised when that changes while the versions of its schemas
/// do not, as kept ledgers of the former format would be measured otherwise.
const FORMAT: u32 = 1;
/// Where a ledger is while it is loaded.
const UNFINISHED: &str = "bench-loading";
/// Transfers that are signed and sent at once.
const AT_ONCE: usize = 200_000;

/// What a loaded ledger holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Marker {
    /// The format of what the node wrote.
    format: u32,
    /// Wallets that hold money.
    wallets: usize,
    /// Machines that have attested.
    miners: usize,
    /// Transfers that were asked for; a few more were sent, so that all connections send as many.
    transfers: usize,
    /// No wallet has used a higher nonce.
    newest_nonce: u64,
    /// By how much the files grew for each transfer.
    bytes_per_transfer: f64,
}

/// A ledger with a past. Its node is stopped.
#[derive(Debug)]
pub(crate) struct Loaded {
    folder: LedgerFolder,
    marker: Marker,
}

impl Loaded {
    /// The ledger, for whoever changes nothing.
    pub(crate) const fn folder(&self) -> &LedgerFolder {
        &self.folder
    }

    /// A copy, for whoever does.
    pub(crate) fn copy(&self, bench: &Bench<'_>, name: &str) -> Result<LedgerFolder, BenchError> {
        let path = bench.own_folder(name);
        copy_folder(self.folder.path(), &path)?;
        Ok(LedgerFolder::at(path))
    }

    /// Transfers that go on where those of the past end.
    pub(crate) fn transfers<'w>(&self, bench: &'w Bench<'_>) -> TransferSource<'w> {
        TransferSource::behind(bench.wallets(), bench.chain_id(), self.marker.newest_nonce)
    }

    /// By how much the files grew for each transfer.
    pub(crate) const fn bytes_per_transfer(&self) -> f64 {
        self.marker.bytes_per_transfer
    }

    /// What it holds, in a few words.
    pub(crate) fn says(&self) -> String {
        let Marker { transfers, miners, wallets, .. } = self.marker;
        format!("{transfers} transfers, {wallets} wallets, {miners} miners")
    }
}

/// The ledger with so many past transfers, from an earlier run or made now: on top of the largest
/// smaller one, if there is one.
pub(crate) async fn loaded(bench: &Bench<'_>, transfers: usize) -> Result<Loaded, BenchError> {
    let wanted = Marker {
        format: FORMAT,
        wallets: bench.options.wallets,
        miners: bench.options.miners,
        transfers,
        newest_nonce: 0,
        bytes_per_transfer: 0.0,
    };
    let found = kept(&bench.surroundings.folder, &wanted);
    if let Some(same) = found.iter().find(|marker| marker.transfers == transfers) {
        let folder = LedgerFolder::at(bench.surroundings.folder.join(name_of(same)));
        return Ok(Loaded { folder, marker: same.clone() });
    }
    let base = found.into_iter().max_by_key(|marker| marker.transfers);
    let path = bench.own_folder(UNFINISHED);
    let marker = match base {
        Some(base) => {
            copy_folder(&bench.surroundings.folder.join(name_of(&base)), &path)?;
            remove_marker(&path)?;
            base
        }
        None => with_miners(bench, &wanted).await?,
    };
    let folder = LedgerFolder::at(path.clone());
    let marker = with_transfers(bench, &folder, marker, transfers).await?;
    let failed = |source| BenchError::File { path: path.clone(), source };
    let text = serde_json::to_string_pretty(&marker).unwrap_or_default();
    fs::write(path.join(MARKER), text).map_err(failed)?;
    let place = bench.surroundings.folder.join(name_of(&marker));
    remove_folder(&place)?;
    fs::rename(&path, &place).map_err(failed)?;
    Ok(Loaded { folder: LedgerFolder::at(place), marker })
}

fn name_of(marker: &Marker) -> String {
    let Marker { wallets, miners, transfers, .. } = marker;
    format!("ledger-{transfers}-transfers-{wallets}-wallets-{miners}-miners")
}

/// Kept ledgers of the same wallets and miners, with at most as many transfers.
fn kept(folder: &Path, wanted: &Marker) -> Vec<Marker> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let markers = entries.filter_map(|entry| {
        let text = fs::read_to_string(entry.path().join(MARKER)).ok()?;
        let marker: Marker = serde_json::from_str(&text).ok()?;
        (entry.file_name().to_string_lossy() == name_of(&marker)).then_some(marker)
    });
    let fits = |marker: &Marker| {
        let of = |marker: &Marker| (marker.format, marker.wallets, marker.miners);
        of(marker) == of(wanted) && marker.transfers <= wanted.transfers
    };
    markers.filter(fits).collect()
}

/// A new ledger on which machines have attested.
async fn with_miners(bench: &Bench<'_>, wanted: &Marker) -> Result<Marker, BenchError> {
    let folder = bench.long_ledger(UNFINISHED)?;
    let node = bench.start_fresh(&folder).await?;
    let tell = bench.surroundings.tell;
    if wanted.miners > 0 {
        tell(&format!("{} machines attest on the ledger that is loaded", wanted.miners));
        attest(&node, 0..wanted.miners, bench.options.connections)
            .await?
            .none_refused("loading a ledger")?;
    }
    node.stop()?;
    Ok(Marker { transfers: 0, ..wanted.clone() })
}

/// Sends what transfers a ledger still lacks, and stops its node.
async fn with_transfers(
    bench: &Bench<'_>,
    folder: &LedgerFolder,
    marker: Marker,
    wanted: usize,
) -> Result<Marker, BenchError> {
    let before = folder.bytes();
    let missing = wanted.saturating_sub(marker.transfers);
    let node = Server::start_node(bench.surroundings, folder)?;
    node.get_ready().await?;
    let mut source = TransferSource::behind(bench.wallets(), bench.chain_id(), marker.newest_nonce);
    let connections = bench.options.connections;
    let mut done = 0;
    while done < missing {
        let each = (missing - done).min(AT_ONCE).div_ceil(connections);
        let scripts = source.scripts(connections, each).into();
        let sample = send_all(&node, &[&node], &scripts).await?;
        let sample = sample.none_refused("loading a ledger")?;
        done += each * connections;
        let so_far = marker.transfers + done;
        let text = format!("loaded {so_far} of {wanted} transfers, {:.0} a second", sample.rate);
        (bench.surroundings.tell)(&text);
    }
    come_to_rest(&[&node]).await;
    node.stop()?;
    let grown = float(folder.bytes().saturating_sub(before));
    let bytes_per_transfer =
        if done > 0 { grown / float_len(done) } else { marker.bytes_per_transfer };
    let newest_nonce = source.newest_nonce();
    Ok(Marker { transfers: wanted, newest_nonce, bytes_per_transfer, ..marker })
}

fn remove_marker(folder: &Path) -> Result<(), BenchError> {
    let path = folder.join(MARKER);
    fs::remove_file(&path).map_err(|source| BenchError::File { path, source })
}

/// Removes a folder of ours, if it is there.
pub(crate) fn remove_folder(path: &Path) -> Result<(), BenchError> {
    match fs::remove_dir_all(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(BenchError::File { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}

/// Copies a folder, and waits until the copy is on the disk: writing it back later would disturb
/// what is measured.
fn copy_folder(from: &Path, to: &Path) -> Result<(), BenchError> {
    remove_folder(to)?;
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| BenchError::File { path, source }
    };
    fs::create_dir_all(to).map_err(failed(to))?;
    let permissions = fs::metadata(from).map_err(failed(from))?.permissions();
    fs::set_permissions(to, permissions).map_err(failed(to))?;
    for entry in fs::read_dir(from).map_err(failed(from))? {
        let entry = entry.map_err(failed(from))?;
        let (path, copy) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy_folder(&path, &copy)?;
        } else {
            fs::copy(&path, &copy).map_err(failed(&copy))?;
            let file = fs::File::open(&copy).map_err(failed(&copy))?;
            file.sync_all().map_err(failed(&copy))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marker(wallets: usize, transfers: usize) -> Marker {
        Marker {
            format: FORMAT,
            wallets,
            miners: 7,
            transfers,
            newest_nonce: 9,
            bytes_per_transfer: 222.5,
        }
    }

    fn keep(folder: &Path, name: &str, marker: &Marker) {
        fs::create_dir(folder.join(name)).unwrap();
        let text = serde_json::to_string(marker).unwrap();
        fs::write(folder.join(name).join(MARKER), text).unwrap();
    }

    fn temporary(name: &str) -> std::path::PathBuf {
        let path = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
        remove_folder(&path).unwrap();
        fs::create_dir(&path).unwrap();
        path
    }

    #[test]
    fn only_finished_ledgers_of_the_same_kind_and_no_larger_are_taken() {
        let folder = temporary("rustchain-bench-kept");
        for kept in [marker(4, 100), marker(4, 1_000), marker(4, 5_000), marker(5, 200)] {
            keep(&folder, &name_of(&kept), &kept);
        }
        keep(&folder, "somebody's", &marker(4, 300));
        let older = Marker { format: FORMAT - 1, ..marker(4, 600) };
        keep(&folder, &name_of(&older), &older);
        fs::create_dir(folder.join(name_of(&marker(4, 400)))).unwrap();
        let mut found = kept(&folder, &marker(4, 1_000));
        found.sort_by_key(|marker| marker.transfers);
        assert_eq!(found, [marker(4, 100), marker(4, 1_000)]);
        remove_folder(&folder).unwrap();
    }

    #[test]
    fn a_copy_has_the_same_files_and_an_old_one_is_gone() {
        let folder = temporary("rustchain-bench-copy");
        let (from, to) = (folder.join("from"), folder.join("to"));
        fs::create_dir_all(from.join("node")).unwrap();
        fs::write(from.join("node/log.db"), "log").unwrap();
        fs::create_dir_all(to.join("left")).unwrap();
        copy_folder(&from, &to).unwrap();
        assert_eq!(fs::read_to_string(to.join("node/log.db")).unwrap(), "log");
        assert!(!to.join("left").exists());
        remove_folder(&folder).unwrap();
        remove_folder(&folder).unwrap();
    }
}
