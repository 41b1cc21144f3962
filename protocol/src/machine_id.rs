//! By what a machine is recognised: hashes of its strong identifiers.
//!
//! One machine earns for one wallet (system section 4). Two attestations come from one machine when
//! most of their identifiers agree, never by one alone: knowing a neighbour's serial number must
//! not lock him out. What thousands of machines share ("Default string") identifies none of them.

use crate::hex;
use std::collections::BTreeSet;
use std::fmt;

use crate::attestation::{Device, Signals};
use crate::encoding::tagged_hash;

/// Most identifiers that are kept of a machine.
pub const MAX_IDENTIFIERS: usize = 16;
/// Fewest identifiers by which a machine can be recognised.
pub const MIN_IDENTIFIERS: usize = 2;
/// Fewest letters and digits of an identifier that can be unique.
const MIN_SIGNIFICANT_CHARACTERS: usize = 4;

/// The hash of one strong identifier and of what kind it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identifier([u8; 16]);

impl Identifier {
    /// An identifier of these bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    fn of(kind: Kind, value: &str) -> Self {
        let digest = tagged_hash(kind.tag(), value.as_bytes());
        let mut hash = [0_u8; 16];
        hash.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Self(hash)
    }
}

impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identifier({})", hex::encode(self.0))
    }
}

/// What kind of identifier it is, strongest first.
#[derive(Clone, Copy)]
enum Kind {
    Serial,
    BoardUuid,
    CpuSerial,
    Disk,
    Mac,
}

impl Kind {
    /// What keeps equal texts of different kinds apart.
    const fn tag(self) -> &'static str {
        match self {
            Self::Serial => "rustchain/machine/serial",
            Self::BoardUuid => "rustchain/machine/board-uuid",
            Self::CpuSerial => "rustchain/machine/cpu-serial",
            Self::Disk => "rustchain/machine/disk",
            Self::Mac => "rustchain/machine/mac",
        }
    }
}

/// What firmware and clients write where nothing is known, in upper case.
const PLACEHOLDERS: [&str; 28] = [
    "DEFAULT STRING",
    "DEFAULT",
    "TO BE FILLED BY O.E.M.",
    "TO BE FILLED BY O.E.M",
    "TO BE FILLED BY OEM",
    "O.E.M.",
    "O.E.M",
    "NONE",
    "NULL",
    "N/A",
    "NOT SPECIFIED",
    "NOT APPLICABLE",
    "NOT AVAILABLE",
    "NOT PRESENT",
    "NO ASSET INFORMATION",
    "UNKNOWN",
    "UNDEFINED",
    "UNSPECIFIED",
    "INVALID",
    "EMPTY",
    "SERIAL",
    "SYSTEM SERIAL NUMBER",
    "CHASSIS SERIAL NUMBER",
    "BASE BOARD SERIAL NUMBER",
    "123456789",
    "0123456789",
    "0123456789ABCDEF",
    // The UUID that a widespread firmware gives to every board.
    "03000200-0400-0500-0006-000700080009",
];

/// The strong identifiers of a machine, sorted, each once, at most 16.
///
/// One text counts once, under its strongest kind: a board that reports its CPU's serial number as
/// its own has one identifier there, not two.
pub fn identifiers(device: &Device, signals: &Signals) -> Vec<Identifier> {
    let distinctive = signals.macs.iter().filter(|mac| mac.is_distinctive());
    let macs: Vec<String> = distinctive.map(|mac| mac.to_string().to_uppercase()).collect();
    let named = [
        (Kind::Serial, device.serial.as_deref()),
        (Kind::Serial, signals.serial.as_deref()),
        (Kind::BoardUuid, device.board_uuid.as_deref()),
        (Kind::BoardUuid, signals.board_uuid.as_deref()),
        (Kind::CpuSerial, device.cpu_serial.as_deref()),
        (Kind::CpuSerial, signals.cpu_serial.as_deref()),
    ];
    let mut seen = BTreeSet::new();
    let mut found: Vec<Identifier> = named
        .into_iter()
        .filter_map(|(kind, text)| Some((kind, text?)))
        .chain(signals.disks.iter().map(|disk| (Kind::Disk, &**disk)))
        .filter_map(|(kind, text)| Some((kind, normalised(text)?)))
        .chain(macs.into_iter().map(|mac| (Kind::Mac, mac)))
        .filter(|(_, text)| seen.insert(text.clone()))
        .map(|(kind, text)| Identifier::of(kind, &text))
        .take(MAX_IDENTIFIERS)
        .collect();
    found.sort_unstable();
    found
}

/// Whether two machines are one: at least two identifiers agree, and they are the most part of
/// the longer list. Both lists are sorted and have every identifier once.
pub fn same_machine(a: &[Identifier], b: &[Identifier]) -> bool {
    let agreeing = a.iter().filter(|identifier| b.binary_search(identifier).is_ok()).count();
    agreeing >= MIN_IDENTIFIERS && agreeing.saturating_mul(2) > a.len().max(b.len())
}

/// The identifier in the spelling that is hashed; `None` when it identifies nothing.
fn normalised(text: &str) -> Option<String> {
    let text = text.trim().to_uppercase();
    let significant: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
    let all_same = significant.iter().all(|c| Some(c) == significant.first());
    let known = PLACEHOLDERS.contains(&text.as_str());
    (significant.len() >= MIN_SIGNIFICANT_CHARACTERS && !all_same && !known).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attestation::MacAddress;

    fn machine(serial: &str, cpu_serial: &str, macs: &[&str], disks: &[&str]) -> Vec<Identifier> {
        let device = Device {
            serial: Some(serial.into()),
            cpu_serial: Some(cpu_serial.into()),
            ..Device::default()
        };
        let signals = Signals {
            macs: macs.iter().map(|mac| MacAddress::parse(mac).unwrap()).collect(),
            disks: disks.iter().map(|disk| (*disk).into()).collect(),
            ..Signals::default()
        };
        identifiers(&device, &signals)
    }

    #[test]
    fn spelling_does_not_matter_but_kind_does() {
        let one = machine("ab12c", "", &["00:03:93:aa:bb:cc"], &[]);
        assert_eq!(one, machine(" AB12C ", "", &["000393AABBCC"], &[]));
        assert_eq!(one.len(), 2);
        assert!(one.is_sorted());
        assert_ne!(machine("ab12c", "", &[], &[]), machine("", "ab12c", &[], &[]));
    }

    #[test]
    fn placeholders_identify_nothing() {
        for text in [
            "Default string",
            "To be filled by O.E.M.",
            "None",
            "0000000000",
            "FFFF-FFFF",
            "x",
            "........",
            "",
            "System Serial Number",
            "00000000-0000-0000-0000-000000000000",
            "03000200-0400-0500-0006-000700080009",
            "N/A",
        ] {
            assert_eq!(machine(text, text, &[], &[text]), [], "{text}");
        }
        assert_eq!(machine("", "", &["02:42:ac:11:00:02", "00:00:00:00:00:01"], &[]), []);
    }

    #[test]
    fn one_text_counts_once() {
        assert_eq!(machine("100000003d1d1c36", "100000003D1D1C36", &[], &[]).len(), 1);
    }

    #[test]
    fn a_machine_has_at_most_sixteen() {
        let disks: Vec<String> = (0..40).map(|n| format!("DISK-{n:03}")).collect();
        let disks: Vec<&str> = disks.iter().map(String::as_str).collect();
        assert_eq!(machine("SERIAL-1", "", &[], &disks).len(), MAX_IDENTIFIERS);
    }

    #[test]
    fn most_identifiers_must_agree() {
        let a = machine("SERIAL-1", "CPU-0001", &["00:03:93:00:00:01"], &["DISK-001"]);
        let new_disk = machine("SERIAL-1", "CPU-0001", &["00:03:93:00:00:01"], &["DISK-002"]);
        let half = machine("SERIAL-1", "CPU-0001", &["00:03:93:00:00:02"], &["DISK-002"]);
        let stolen_serial = machine("SERIAL-1", "CPU-0009", &["00:03:93:00:00:09"], &[]);
        assert!(same_machine(&a, &a));
        assert!(same_machine(&a, &new_disk));
        assert!(!same_machine(&a, &half));
        assert!(!same_machine(&a, &stolen_serial));
        let serial_alone = machine("SERIAL-1", "", &[], &[]);
        assert!(!same_machine(&serial_alone, &serial_alone));
        assert!(!same_machine(&[], &[]));
    }
}
