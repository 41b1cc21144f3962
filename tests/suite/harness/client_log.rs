//! What a client knows: every request before it is sent, every answer after it was read, on the
//! disk, so that it outlives whoever ends.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::wallets::Payment;

/// A log, a line per event: `intent`, and then `ack` or `refused` when an answer was read.
pub(crate) struct ClientLog {
    path: PathBuf,
    file: File,
    /// The newest request.
    last: Option<(Sent, Fate)>,
}

/// What a client knows of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It was carried out: the whole answer was read.
    Acknowledged,
    /// It was not: the whole answer was read.
    Refused,
    /// No answer, or one that does not know either.
    Unknown,
}

/// A request that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    /// In micro-RTC.
    pub(crate) amount: u64,
    pub(crate) payment: Payment,
}

impl ClientLog {
    /// An empty one.
    pub(crate) fn new(path: &Path) -> Self {
        let file = OpenOptions::new().create_new(true).append(true).open(path).unwrap();
        Self { path: path.to_owned(), file, last: None }
    }

    fn write(&mut self, line: &str) {
        self.file.write_all(line.as_bytes()).unwrap();
        self.file.sync_data().unwrap();
    }

    /// Before the first byte is sent.
    pub(crate) fn intent(&mut self, sent: &Sent) {
        let Payment { tx_id, body } = &sent.payment;
        self.write(&format!("intent {tx_id} {} {body}\n", sent.amount));
        self.last = Some((sent.clone(), Fate::Unknown));
    }

    /// After the whole answer was read.
    pub(crate) fn answered(&mut self, sent: &Sent, fate: Fate) {
        let word = match fate {
            Fate::Acknowledged => "ack",
            Fate::Refused => "refused",
            Fate::Unknown => return,
        };
        self.write(&format!("{word} {}\n", sent.payment.tx_id));
        self.last = Some((sent.clone(), fate));
    }

    /// Whether this was the newest request, and was never answered.
    pub(crate) fn is_open(&self, sent: &Sent) -> bool {
        self.last.as_ref().is_some_and(|(last, fate)| last == sent && *fate == Fate::Unknown)
    }

    /// Every request, and what became of it at last, in the order of the first intents.
    pub(crate) fn read(&self) -> Vec<(Sent, Fate)> {
        let mut known: Vec<(Sent, Fate)> = Vec::new();
        for line in fs::read_to_string(&self.path).unwrap().lines() {
            let fields: Vec<&str> = line.splitn(4, ' ').collect();
            let at = known.iter().rposition(|(sent, _)| sent.payment.tx_id == fields[1]);
            match (fields.as_slice(), at) {
                (["intent", ..], Some(at)) => known[at].1 = Fate::Unknown,
                (["intent", tx_id, amount, body], None) => {
                    let payment = Payment { tx_id: (*tx_id).to_owned(), body: (*body).to_owned() };
                    known.push((Sent { amount: amount.parse().unwrap(), payment }, Fate::Unknown));
                }
                (["ack", _], Some(at)) => known[at].1 = Fate::Acknowledged,
                (["refused", _], Some(at)) => known[at].1 = Fate::Refused,
                _ => panic!("{line}"),
            }
        }
        known
    }
}
