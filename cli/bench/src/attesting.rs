//! Machines that attest, each with its own key and identifiers, over kept connections.

use std::cell::{Cell, RefCell};
use std::io;
use std::ops::Range;
use std::rc::Rc;
use std::time::Instant;

use protocol::api::path;
use protocol::canonical_json::to_canonical;
use protocol::json::Json;
use protocol::keys::Signer as _;
use serde_json::Value;
use tokio::task::LocalSet;

use crate::error::BenchError;
use crate::http::{self, Connection};
use crate::load::Driven;
use crate::server::Server;
use crate::wallets::Wallet;
use crate::window::{Moment, Sample, come_to_rest};

/// What all machines say, with gaps for what only one of them can say.
const TEMPLATE: &str = include_str!("attestation.json");
/// What stands around the name of a gap.
const GAP: char = '@';

/// An attestation in canonical form, cut at its gaps.
#[derive(Debug)]
pub(crate) struct Template {
    pieces: Vec<String>,
}

/// What only one machine can say.
struct Machine {
    wallet: Wallet,
    number: usize,
}

impl Template {
    /// Cuts the built-in template.
    pub(crate) fn load() -> Result<Self, BenchError> {
        let broken = |answer: String| BenchError::Answer {
            request: "the built-in attestation".to_owned(),
            answer,
        };
        let json = Json::parse(TEMPLATE.as_bytes()).map_err(|error| broken(error.to_string()))?;
        let canonical = to_canonical(&json).map_err(|error| broken(error.to_string()))?;
        Ok(Self { pieces: canonical.split(GAP).map(str::to_owned).collect() })
    }

    /// The body that a machine submits in answer to a challenge.
    fn body(&self, machine: &Machine, challenge: &str) -> String {
        let mut text = String::with_capacity(2_560);
        for (place, piece) in self.pieces.iter().enumerate() {
            // Texts and names of gaps take turns.
            if place % 2 == 0 {
                text.push_str(piece);
            } else {
                text.push_str(&machine.says(piece, challenge));
            }
        }
        let signature = machine.wallet.sign(text.as_bytes()).to_hex();
        let key = machine.wallet.public_key().to_hex();
        text.pop();
        text.push_str(",\"public_key\":\"");
        text.push_str(&key);
        text.push_str("\",\"signature\":\"");
        text.push_str(&signature);
        text.push_str("\",\"signature_type\":\"ed25519\"}");
        text
    }
}

impl Machine {
    fn of(number: usize) -> Self {
        Self { wallet: Wallet::of("miner", number), number }
    }

    fn says(&self, gap: &str, challenge: &str) -> String {
        let number = self.number;
        match gap {
            "MINER" => self.wallet.address().to_string(),
            "NONCE" => challenge.to_owned(),
            "SERIAL" => format!("BENCH-S{number:08}"),
            "DISK" => format!("BENCH-D{number:08}"),
            "UUID" => format!("6b656e63-6800-4000-8000-{number:012x}"),
            // The first three bytes belong to a manufacturer.
            _ => format!(
                "00:1b:21:{:02x}:{:02x}:{:02x}",
                number >> 16 & 0xff,
                number >> 8 & 0xff,
                number & 0xff
            ),
        }
    }
}

/// Bodies that machines of these numbers would submit, in answer to a challenge that nobody gave:
/// enough to be read, verified and judged.
pub(crate) fn payloads(machines: Range<usize>) -> Result<Vec<String>, BenchError> {
    let template = Template::load()?;
    let challenge = "5a".repeat(32);
    Ok(machines.map(|number| template.body(&Machine::of(number), &challenge)).collect())
}

/// Lets machines of these numbers attest, that nobody has seen before, as fast as they are answered.
/// What the node does afterwards because of them counts as its processor time, too.
pub(crate) async fn attest(
    node: &Server,
    machines: Range<usize>,
    connections: usize,
) -> Result<Sample, BenchError> {
    let template = Rc::new(Template::load()?);
    let is_accepted = if node.is_elsewhere() { is_no_refusal } else { weighs_something };
    let next = Rc::new(Cell::new(machines.start));
    let driven = Rc::new(RefCell::new(Driven::default()));
    let before = Moment::now(node, &[node]);
    let tasks = LocalSet::new();
    let mut running = Vec::new();
    for _ in 0..connections.min(machines.len()) {
        let (template, next, driven) = (Rc::clone(&template), Rc::clone(&next), Rc::clone(&driven));
        let (peer, host, end) = (node.peer().clone(), node.host().to_owned(), machines.end);
        running.push(tasks.spawn_local(async move {
            let mut connection = Connection::open(&peer).await?;
            while next.get() < end {
                let machine = Machine::of(next.replace(next.get() + 1));
                let begun = Instant::now();
                let answer = attest_one(&mut connection, &host, &template, &machine).await?;
                let answer = answer.and_then(|said| {
                    if is_accepted(&said) { Ok(()) } else { Err(format!("200: {said}")) }
                });
                note(&mut driven.borrow_mut(), begun, answer);
            }
            Ok::<(), io::Error>(())
        }));
    }
    let all_done = async {
        for task in running {
            if let Ok(Err(error)) = task.await {
                return Err(BenchError::system("a connection of the attesting machines", error));
            }
        }
        Ok(())
    };
    tasks.run_until(all_done).await?;
    drop(tasks);
    let answered = Moment::now(node, &[node]);
    come_to_rest(&[node]).await;
    let rested = Moment::now(node, &[node]);
    let mut driven = driven.take();
    driven.latencies.sort_unstable();
    Ok(Sample::until_rest(&before, &answered, &rested, driven))
}

fn note(driven: &mut Driven, begun: Instant, answer: Result<(), String>) {
    match answer {
        Ok(()) => {
            driven.answered += 1;
            let micros = begun.elapsed().as_micros();
            driven.latencies.push(u32::try_from(micros).unwrap_or(u32::MAX));
        }
        Err(said) => {
            driven.refused += 1;
            driven.first_refusal.get_or_insert(said);
        }
    }
}

/// Whether a node of our own lets a machine weigh something: one that does not would be paid nothing,
/// and settling it would cost nothing.
fn weighs_something(said: &str) -> bool {
    said.contains("\"fingerprint_passed\":true")
}

/// Whether somebody else's node, which need not say what a machine weighs, has accepted one.
fn is_no_refusal(said: &str) -> bool {
    serde_json::from_str::<Value>(said).is_ok_and(|said| said["ok"] != false)
}

/// Challenge and submission; gives what the node said to the second one, or to what it refused.
async fn attest_one(
    connection: &mut Connection,
    host: &str,
    template: &Template,
    machine: &Machine,
) -> io::Result<Result<String, String>> {
    let body = format!("{{\"miner\":\"{}\"}}", machine.wallet.address());
    let answer = connection.exchange(&http::post_to(host, path::ATTEST_CHALLENGE, &body)).await?;
    let said: Value = serde_json::from_slice(answer.body).unwrap_or_default();
    let (200, Some(challenge)) = (answer.status, said["nonce"].as_str()) else {
        return Ok(Err(format!("{}: {said}", answer.status)));
    };
    let body = template.body(machine, challenge);
    let answer = connection.exchange(&http::post_to(host, path::ATTEST_SUBMIT, &body)).await?;
    let said = String::from_utf8_lossy(answer.body).into_owned();
    Ok(if answer.status == 200 { Ok(said) } else { Err(format!("{}: {said}", answer.status)) })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use protocol::attestation::{SignatureScheme, SignedAttestation};
    use protocol::machine_id::{Identifier, identifiers};

    use super::*;

    const CHALLENGE: &str = "bf3e8ec0b7e4ba4f00bc50086555d61548b3dc23e5c7f625c40229db1f1f8415";

    #[test]
    fn every_machine_signs_for_itself_and_shares_no_identifier() {
        let template = Template::load().unwrap();
        let mut seen: BTreeSet<Identifier> = BTreeSet::new();
        for number in [0, 1, 255, 256, 99_999] {
            let machine = Machine::of(number);
            let body = template.body(&machine, CHALLENGE);
            let signed = SignedAttestation::parse_and_verify(body.as_bytes()).unwrap();
            assert_eq!(signed.scheme(), Some(SignatureScheme::CanonicalJson));
            let said = signed.attestation();
            assert_eq!((&said.miner, &*said.nonce), (machine.wallet.address(), CHALLENGE));
            let own = identifiers(&said.device, &said.signals);
            assert_eq!(own.len(), 4);
            assert!(own.into_iter().all(|identifier| seen.insert(identifier)));
        }
    }
}
