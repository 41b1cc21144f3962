//! The machine's own speed, so that figures of different machines and days can be compared.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use protocol::keys::{Signature, Signer as _};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::error::BenchError;
use crate::procfs;
use crate::statistics::{float, percentile};
use crate::wallets::funded;

/// Processor time that each speed is measured for.
const EACH: Duration = Duration::from_millis(400);
/// What is hashed at once.
const PIECE: usize = 64 * 1_024;
/// Bytes of the message whose signature is verified: about those of a transfer.
const MESSAGE: [u8; 200] = [0x5a; 200];
/// Keys that verification takes turns with, as with many senders.
const KEYS: usize = 512;
/// Appends that are made durable one by one.
const APPENDS: usize = 100;
/// Bytes of an append: a page.
const PAGE: [u8; 4_096] = [0; 4_096];

/// How signatures are verified: the fastest way that both program and processor know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Backend {
    /// With AVX-512 and its integer multiplication.
    Avx512,
    /// With AVX2.
    Avx2,
    /// Without either.
    #[default]
    Serial,
}

impl Backend {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Avx512 => "AVX-512",
            Self::Avx2 => "AVX2",
            Self::Serial => "serial",
        }
    }

    /// What the processor has, by the text of `/proc/cpuinfo`; this program is built for all.
    fn of(cpuinfo: &str) -> Self {
        let flags = cpuinfo.lines().find(|line| line.starts_with("flags")).unwrap_or_default();
        let has = |wanted: &str| flags.split_ascii_whitespace().any(|flag| flag == wanted);
        if has("avx512ifma") && has("avx512vl") {
            Self::Avx512
        } else if has("avx2") {
            Self::Avx2
        } else {
            Self::Serial
        }
    }
}

/// The machine's own speed.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Machine {
    /// Processors.
    pub cores: usize,
    /// How signatures are verified.
    pub backend: Backend,
    /// SHA-256, in MB a second of processor time.
    pub sha256_mb_per_cpu_second: f64,
    /// Strict Ed25519 verifications with decompressed keys, a second of processor time.
    pub verify_per_cpu_second: f64,
    /// Half of the durable appends of 4 KiB were at least this quick, in milliseconds.
    pub durable_append_p50_ms: f64,
    /// 99 of 100 durable appends were at least this quick, in milliseconds.
    pub durable_append_p99_ms: f64,
}

/// Processor time of one verification now, in microseconds.
pub(crate) fn verify_us() -> f64 {
    1e6 / verify_speed().max(1.0)
}

impl Machine {
    /// Measures for about two seconds. `folder` is where the ledgers will be.
    pub(crate) fn calibrate(folder: &Path) -> Result<Self, BenchError> {
        let appends = durable_appends(folder)?;
        let milliseconds = |share| f64::from(percentile(&appends, share)) / 1e3;
        Ok(Self {
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            backend: Backend::of(&std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default()),
            sha256_mb_per_cpu_second: sha256_speed(),
            verify_per_cpu_second: verify_speed(),
            durable_append_p50_ms: milliseconds(0.5),
            durable_append_p99_ms: milliseconds(0.99),
        })
    }
}

/// How often `work` is done in a second of processor time.
fn speed_of(mut work: impl FnMut()) -> f64 {
    let begun = Instant::now();
    // Where the system does not tell the processor time, the clock on the wall has to do.
    let clock = || procfs::thread_cpu().unwrap_or_else(|| begun.elapsed());
    let start = clock();
    let mut done = 0_u64;
    loop {
        for _ in 0..32 {
            work();
        }
        done += 32;
        let spent = clock().saturating_sub(start);
        if spent >= EACH {
            return float(done) / spent.as_secs_f64();
        }
    }
}

fn sha256_speed() -> f64 {
    let piece = vec![0x5a_u8; PIECE];
    let mut hasher = Sha256::new();
    let pieces = speed_of(|| hasher.update(std::hint::black_box(&piece)));
    std::hint::black_box(hasher.finalize());
    pieces * f64::from(u32::try_from(PIECE).unwrap_or(0)) / 1e6
}

fn verify_speed() -> f64 {
    let signed: Vec<_> = funded(KEYS)
        .iter()
        .filter_map(|wallet| {
            let key = wallet.public_key().decompress().ok()?;
            let signature: Signature = wallet.sign(&MESSAGE);
            Some((key, signature))
        })
        .collect();
    let mut turns = signed.iter().cycle();
    speed_of(|| {
        if let Some((key, signature)) = turns.next() {
            std::hint::black_box(key.verify(std::hint::black_box(&MESSAGE), signature).is_ok());
        }
    })
}

/// Microseconds of appending a page and waiting until it is durable, sorted.
fn durable_appends(folder: &Path) -> Result<Vec<u32>, BenchError> {
    let path = folder.join("append");
    let failed = |source| BenchError::File { path: path.clone(), source };
    let mut file = OpenOptions::new().create(true).append(true).open(&path).map_err(failed)?;
    let mut times = Vec::with_capacity(APPENDS);
    for _ in 0..APPENDS {
        let begun = Instant::now();
        file.write_all(&PAGE).map_err(failed)?;
        file.sync_data().map_err(failed)?;
        times.push(u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    std::fs::remove_file(&path).map_err(failed)?;
    times.sort_unstable();
    Ok(times)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_backend_is_the_best_that_the_processor_has() {
        let with = |flags: &str| Backend::of(&format!("model name\t: X\nflags\t\t: {flags}\n"));
        assert_eq!(with("sse avx2 avx512ifma avx512vl"), Backend::Avx512);
        assert_eq!(with("sse avx2 avx512vl"), Backend::Avx2);
        assert_eq!(with("sse avx2_like"), Backend::Serial);
        assert_eq!(Backend::of(""), Backend::Serial);
    }
}
