//! The multiplier table: what a family and architecture weigh.
//!
//! Data, not code: it is part of the genesis file (`genesis/multipliers.toml` as shipped).

use std::collections::BTreeMap;

use protocol::multiplier::Multiplier;
use serde::Deserialize;

/// The row of a family for architectures that it does not list; every family has one.
pub const DEFAULT_ARCH: &str = "default";
/// The family of hardware that no row knows.
pub const UNKNOWN_FAMILY: &str = "unknown";

/// The table as it is written: family, architecture, millionths.
type Rows = BTreeMap<String, BTreeMap<String, u32>>;

/// What hardware weighs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Rows")]
pub struct MultiplierTable(BTreeMap<String, BTreeMap<String, Multiplier>>);

/// Why a table cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// A multiplier is above 1,000x.
    #[error("the multiplier of '{family}' '{arch}' is above 1000x")]
    TooLarge {
        /// The family.
        family: String,
        /// The architecture.
        arch: String,
    },
    /// A family has no row for architectures that it does not list.
    #[error("the family '{0}' has no row '{DEFAULT_ARCH}'")]
    NoDefault(String),
}

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row<'t> {
    /// The family, as the table spells it, or `unknown`.
    pub family: &'t str,
    /// The architecture, as the table spells it, or `default`.
    pub arch: &'t str,
    /// What it weighs.
    pub multiplier: Multiplier,
}

impl TryFrom<Rows> for MultiplierTable {
    type Error = TableError;

    fn try_from(rows: Rows) -> Result<Self, TableError> {
        let mut table = BTreeMap::new();
        for (family, archs) in rows {
            if !archs.contains_key(DEFAULT_ARCH) {
                return Err(TableError::NoDefault(family));
            }
            let mut weights = BTreeMap::new();
            for (arch, millionths) in archs {
                let Some(multiplier) = Multiplier::from_millionths(millionths) else {
                    return Err(TableError::TooLarge { family, arch });
                };
                weights.insert(arch, multiplier);
            }
            table.insert(family, weights);
        }
        Ok(Self(table))
    }
}

impl MultiplierTable {
    /// Reads a table from TOML.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// The row of a family and architecture.
    ///
    /// An architecture that the family does not list has the family's default row. A family that is
    /// not listed is taken from the architecture, from the row that weighs least where several
    /// families have it; when nobody lists it, it weighs 1.0x.
    pub fn row(&self, family: &str, arch: &str) -> Row<'_> {
        self.row_in(family, arch).or_else(|| self.row_anywhere(arch)).unwrap_or(Row {
            family: UNKNOWN_FAMILY,
            arch: DEFAULT_ARCH,
            multiplier: Multiplier::ONE,
        })
    }

    fn row_in(&self, family: &str, arch: &str) -> Option<Row<'_>> {
        let (family, archs) = find(&self.0, family)?;
        let (arch, multiplier) = find(archs, arch).or_else(|| find(archs, DEFAULT_ARCH))?;
        Some(Row { family, arch, multiplier: *multiplier })
    }

    fn row_anywhere(&self, arch: &str) -> Option<Row<'_>> {
        if arch.eq_ignore_ascii_case(DEFAULT_ARCH) {
            return None;
        }
        let rows = self.0.iter().filter_map(|(family, archs)| {
            let (arch, multiplier) = find(archs, arch)?;
            Some(Row { family, arch, multiplier: *multiplier })
        });
        rows.min_by_key(|row| row.multiplier)
    }
}

/// The entry of a key: exactly, else without regard to ASCII case.
fn find<'m, V>(map: &'m BTreeMap<String, V>, key: &str) -> Option<(&'m str, &'m V)> {
    let exact = map.get_key_value(key);
    let entry = exact.or_else(|| map.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)))?;
    Some((entry.0, entry.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped() -> MultiplierTable {
        MultiplierTable::parse(include_str!("../../genesis/multipliers.toml")).unwrap()
    }

    fn row(family: &str, arch: &str) -> (String, String, String) {
        let table = shipped();
        let row = table.row(family, arch);
        (row.family.to_owned(), row.arch.to_owned(), row.multiplier.to_string())
    }

    fn expect(family: &str, arch: &str, multiplier: &str) -> (String, String, String) {
        (family.to_owned(), arch.to_owned(), multiplier.to_owned())
    }

    #[test]
    fn the_live_table_decides() {
        assert_eq!(row("PowerPC", "G4"), expect("PowerPC", "G4", "2.5"));
        assert_eq!(row("PowerPC", "power8"), expect("PowerPC", "power8", "2.0"));
        assert_eq!(row("x86", "486"), expect("x86", "486", "2.0"));
        assert_eq!(row("x86", "pentium"), expect("x86", "pentium", "1.5"));
        assert_eq!(row("ARM", "aarch64"), expect("ARM", "aarch64", "0.0005"));
        assert_eq!(row("Apple Silicon", "M4"), expect("Apple Silicon", "M4", "1.05"));
        assert_eq!(row("console", "nes_6502"), expect("console", "nes_6502", "2.8"));
        let windows = "Intel64 Family 6 Model 60";
        assert_eq!(row("Windows", windows), expect("Windows", windows, "1.05"));
    }

    #[test]
    fn the_second_table_completes_it() {
        assert_eq!(row("SPARC", "sparc_v9"), expect("SPARC", "sparc_v9", "2.5"));
        assert_eq!(row("VAX", "vax_780"), expect("VAX", "vax_780", "3.5"));
        assert_eq!(row("M68K", "68030"), expect("M68K", "68030", "2.5"));
        assert_eq!(row("x86", "k6_2"), expect("x86", "k6_2", "2.2"));
        assert_eq!(row("PowerPC", "power1"), expect("PowerPC", "power1", "2.8"));
    }

    #[test]
    fn unknown_names_fall_back() {
        assert_eq!(row("PowerPC", "G6"), expect("PowerPC", "default", "1.5"));
        assert_eq!(row("x86_64", "haswell"), expect("x86_64", "default", "0.8"));
        assert_eq!(row("powerpc", "g4"), expect("PowerPC", "G4", "2.5"));
        assert_eq!(row("Foo", "itanium2"), expect("IA-64", "itanium2", "2.3"));
        assert_eq!(row("Foo", "bar"), expect("unknown", "default", "1.0"));
        assert_eq!(row("Foo", "default"), expect("unknown", "default", "1.0"));
        assert_eq!(row("", ""), expect("unknown", "default", "1.0"));
    }

    #[test]
    fn bad_tables_are_refused() {
        let parse = |text| MultiplierTable::parse(text).map_err(|e| e.to_string());
        assert!(parse("[x]\ndefault = 1\n").is_ok());
        assert!(parse("x = { default = 1_000_000_001 }").unwrap_err().contains("above 1000x"));
        assert!(parse("x = { y = 1 }").unwrap_err().contains("no row 'default'"));
        assert!(parse("x = { default = 1.5 }").is_err());
        assert!(parse("x = { default = -1 }").is_err());
    }
}
