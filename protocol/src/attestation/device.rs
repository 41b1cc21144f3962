//! What an attestation says about the machine: `device` and `signals`.

use crate::hex;
use std::fmt;

use super::shape::{AttestationShapeError, Section};
use crate::json::Json;

/// Longest text in `device` and `signals`, in bytes.
pub const MAX_FIELD_BYTES: usize = 256;
/// Most MAC addresses and most disks that are read.
pub const MAX_LISTED: usize = 64;
/// Most cores that a device may claim (wire section 4.2).
pub const MAX_CORES: u16 = 4_096;

/// The machine, as its miner describes it. Texts are trimmed; empty ones are absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Device {
    /// `device_family` or `family`, such as `PowerPC`.
    pub family: Option<Box<str>>,
    /// `device_arch` or `arch`, such as `G4`.
    pub arch: Option<Box<str>>,
    /// `device_model` or `model`.
    pub model: Option<Box<str>>,
    /// The CPU's name for itself.
    pub cpu: Option<Box<str>>,
    /// Number of cores, 1 to 4,096.
    pub cores: Option<u16>,
    /// Memory in GB, as it was written.
    pub memory_gb: Option<Box<str>>,
    /// `serial_number` or `serial`.
    pub serial: Option<Box<str>>,
    /// The architecture that the operating system names, such as `ppc` or `x86_64`.
    pub machine: Option<Box<str>>,
    /// The operating system.
    pub platform_system: Option<Box<str>>,
    /// The vendor's name for the CPU, where it is not in `cpu`.
    pub brand: Option<Box<str>>,
    /// The serial number of the CPU.
    pub cpu_serial: Option<Box<str>>,
    /// The UUID of the mainboard.
    pub board_uuid: Option<Box<str>>,
}

/// What the machine can be recognised by. Texts are trimmed; empty ones are absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Signals {
    /// MAC addresses, in the order in which they were sent; what is none is left out.
    pub macs: Vec<MacAddress>,
    /// The host's name; free text that proves nothing.
    pub hostname: Option<Box<str>>,
    /// A serial number.
    pub serial: Option<Box<str>>,
    /// The UUID of the mainboard.
    pub board_uuid: Option<Box<str>>,
    /// Serial numbers of disks.
    pub disks: Vec<Box<str>>,
    /// The serial number of the CPU.
    pub cpu_serial: Option<Box<str>>,
}

/// The 48-bit address of a network interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MacAddress([u8; 6]);

impl MacAddress {
    /// Reads 12 hexadecimal digits, with or without `:`, `-` or `.` between them.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|c| !matches!(c, ':' | '-' | '.')).collect();
        let mut bytes = [0_u8; 6];
        hex::decode_to_slice(digits, &mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// The six bytes.
    pub const fn as_bytes(&self) -> &[u8; 6] {
        &self.0
    }

    /// Whether it tells one machine from others: neither a group address, nor one of those that
    /// Docker gives out alike on every machine (02:42), nor the near-zero ones that miners send
    /// when they find none.
    pub fn is_distinctive(&self) -> bool {
        let [first, second, ..] = self.0;
        let group = first & 1 != 0;
        let docker = (first, second) == (0x02, 0x42);
        let near_zero = self.0.iter().take(5).all(|byte| *byte == 0);
        !group && !docker && !near_zero
    }
}

/// Twelve lower-case hexadecimal digits.
impl fmt::Display for MacAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&hex::encode(self.0))
    }
}

impl Device {
    pub(super) fn read(device: &Json<'_>) -> Result<Self, AttestationShapeError> {
        let text = |fields: &[&'static str]| strict_text(device, Section::Device, fields);
        let loose = |field: &str| loose_text(device, field);
        Ok(Self {
            cores: read_cores(device)?,
            family: text(&["device_family", "family"])?,
            arch: text(&["device_arch", "arch"])?,
            model: text(&["device_model", "model"])?,
            cpu: text(&["cpu"])?,
            serial: text(&["serial_number", "serial"])?,
            memory_gb: device.get("memory_gb").and_then(Json::as_number).and_then(short),
            machine: loose("machine"),
            platform_system: loose("platform_system").or_else(|| loose("platform")),
            brand: loose("brand").or_else(|| loose("cpu_brand")),
            cpu_serial: loose("cpu_serial"),
            board_uuid: loose("board_uuid"),
        })
    }
}

impl Signals {
    pub(super) fn read(signals: &Json<'_>) -> Result<Self, AttestationShapeError> {
        Ok(Self {
            macs: read_macs(signals)?,
            hostname: strict_text(signals, Section::Signals, &["hostname"])?,
            serial: strict_text(signals, Section::Signals, &["serial"])?,
            board_uuid: loose_text(signals, "board_uuid"),
            disks: read_disks(signals),
            cpu_serial: loose_text(signals, "cpu_serial"),
        })
    }
}

fn read_cores(device: &Json<'_>) -> Result<Option<u16>, AttestationShapeError> {
    let Some(cores) = device.get("cores") else { return Ok(None) };
    cores
        .as_number()
        .and_then(|text| text.parse::<u16>().ok())
        .filter(|cores| (1..=MAX_CORES).contains(cores))
        .map(Some)
        .ok_or(AttestationShapeError::BadCores)
}

fn read_macs(signals: &Json<'_>) -> Result<Vec<MacAddress>, AttestationShapeError> {
    let Some(macs) = signals.get("macs") else { return Ok(Vec::new()) };
    let items = macs.as_array().ok_or(AttestationShapeError::BadMacs)?;
    if items.len() > MAX_LISTED {
        return Err(AttestationShapeError::BadMacs);
    }
    let mut read = Vec::new();
    for item in items {
        let text = item.as_str().map(str::trim).filter(|text| !text.is_empty());
        let text = text.ok_or(AttestationShapeError::BadMacs)?;
        read.extend(MacAddress::parse(text).filter(|mac| !read.contains(mac)));
    }
    Ok(read)
}

/// Disks are our own addition to the wire: what is not a text is left out.
fn read_disks(signals: &Json<'_>) -> Vec<Box<str>> {
    let items = signals.get("disks").and_then(Json::as_array).unwrap_or(&[]);
    items.iter().take(MAX_LISTED).filter_map(|item| item.as_str().and_then(short)).collect()
}

/// The first of `fields` that is given; wrong types are refused, as the existing nodes do.
pub(super) fn strict_text(
    section: &Json<'_>,
    named: Section,
    fields: &[&'static str],
) -> Result<Option<Box<str>>, AttestationShapeError> {
    let mut found = None;
    for field in fields {
        let Some(value) = section.get(field).filter(|value| !value.is_null()) else { continue };
        let refused =
            AttestationShapeError::BadText { section: named, field, max: MAX_FIELD_BYTES };
        let text = trimmed(value.as_str().ok_or(refused)?);
        if text.len() > MAX_FIELD_BYTES || text.contains(char::is_control) {
            return Err(refused);
        }
        if found.is_none() && !text.is_empty() {
            found = Some(text.into());
        }
    }
    Ok(found)
}

/// A text that the existing nodes drop unread: what does not fit is absent, never an error.
pub(super) fn loose_text(section: &Json<'_>, field: &str) -> Option<Box<str>> {
    section.get(field).and_then(Json::as_str).and_then(short)
}

fn short(text: &str) -> Option<Box<str>> {
    let text = trimmed(text);
    let fits = (1..=MAX_FIELD_BYTES).contains(&text.len()) && !text.contains(char::is_control);
    fits.then(|| text.into())
}

/// Firmware tables end texts with zero bytes and blanks.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\0')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json<'_> {
        Json::parse(text.as_bytes()).unwrap()
    }

    fn signals(text: &str) -> Result<Signals, AttestationShapeError> {
        Signals::read(&json(text))
    }

    fn device(text: &str) -> Result<Device, AttestationShapeError> {
        Device::read(&json(text))
    }

    #[test]
    fn macs_are_read_in_every_spelling() {
        let read =
            signals(r#"{"macs":["AA:BB:CC:00:00:01"," aa-bb-cc-00-00-01","aabb.cc00.0002","lo"]}"#);
        let macs: Vec<String> = read.unwrap().macs.iter().map(ToString::to_string).collect();
        assert_eq!(macs, ["aabbcc000001", "aabbcc000002"]);
        for bad in [r#"{"macs":null}"#, r#"{"macs":{}}"#, r#"{"macs":[" "]}"#, r#"{"macs":[null]}"#]
        {
            assert_eq!(signals(bad), Err(AttestationShapeError::BadMacs), "{bad}");
        }
    }

    #[test]
    fn addresses_that_many_machines_share_are_not_distinctive() {
        for (text, distinctive) in [
            ("00:03:93:12:34:56", true),
            ("aa:bb:cc:00:00:01", true),
            ("00:00:00:00:00:00", false),
            ("00:00:00:00:00:01", false),
            ("ff:ff:ff:ff:ff:ff", false),
            ("01:00:5e:00:00:01", false),
            ("02:42:ac:11:00:02", false),
        ] {
            assert_eq!(MacAddress::parse(text).unwrap().is_distinctive(), distinctive, "{text}");
        }
    }

    #[test]
    fn device_keeps_what_existing_nodes_drop() {
        let read = device(
            r#"{"device_family":"PowerPC","family":"x86","arch":" G4\u0000","cores":2,"memory_gb":1.5,
                "machine":"Power Macintosh","cpu_serial":7,"brand":"Motorola","serial_number":null,"serial":"S1"}"#,
        )
        .unwrap();
        assert_eq!(read.family.as_deref(), Some("PowerPC"));
        assert_eq!(read.arch.as_deref(), Some("G4"));
        assert_eq!(read.cores, Some(2));
        assert_eq!(read.memory_gb.as_deref(), Some("1.5"));
        assert_eq!(read.machine.as_deref(), Some("Power Macintosh"));
        assert_eq!(read.serial.as_deref(), Some("S1"));
        assert_eq!(read.cpu_serial, None);
    }

    #[test]
    fn device_refuses_wrong_types() {
        for cores in ["0", "4097", "true", "null", "\"8\"", "1.0", "-1", "99999999999999999999"] {
            let body = format!("{{\"cores\":{cores}}}");
            assert_eq!(device(&body), Err(AttestationShapeError::BadCores), "{cores}");
        }
        for bad in [
            "{\"cpu\":7}".to_owned(),
            "{\"cpu\":\"a\\u001bb\"}".to_owned(),
            format!("{{\"cpu\":\"{}\"}}", "a".repeat(MAX_FIELD_BYTES + 1)),
        ] {
            assert_eq!(device(&bad).unwrap_err().code(), "INVALID_DEVICE", "{bad}");
        }
    }
}
