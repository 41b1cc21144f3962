//! The miners of the network.

use serde::{Deserialize, Serialize};

/// The answer of `GET /api/miners`, newest attestation first.
///
/// Old nodes answer with the bare array; that is read, too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "MinersAnswer")]
pub struct MinersPage {
    /// The miners.
    pub miners: Vec<MinerRow>,
    /// Which part of all miners this is.
    pub pagination: Pagination,
}

/// One miner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MinerRow {
    /// What it weighs.
    #[serde(default)]
    pub antiquity_multiplier: f64,
    /// The class of its machine.
    #[serde(default)]
    pub device_arch: String,
    /// The family of its machine.
    #[serde(default)]
    pub device_family: String,
    /// How irregular its timings are.
    #[serde(default)]
    pub entropy_score: f64,
    /// Its first attestation, in Unix seconds.
    #[serde(default)]
    pub first_attest: Option<u64>,
    /// Its machine in words: `PowerPC G4 (Vintage)`.
    #[serde(default)]
    pub hardware_type: String,
    /// Its newest attestation, in Unix seconds.
    #[serde(default)]
    pub last_attest: Option<u64>,
    /// Its name.
    pub miner: String,
}

/// Which part of a list an answer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Pagination {
    /// Rows in this answer.
    #[serde(default)]
    pub count: u64,
    /// At most so many were asked for.
    #[serde(default)]
    pub limit: u64,
    /// So many were skipped.
    #[serde(default)]
    pub offset: u64,
    /// Rows in all.
    #[serde(default)]
    pub total: u64,
    /// Miners enrolled in the running epoch.
    #[serde(default)]
    pub total_enrolled: u64,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum MinersAnswer {
    Page {
        miners: Vec<MinerRow>,
        #[serde(default)]
        pagination: Option<Pagination>,
    },
    Bare(Vec<MinerRow>),
}

impl From<MinersAnswer> for MinersPage {
    fn from(answer: MinersAnswer) -> Self {
        let (miners, pagination) = match answer {
            MinersAnswer::Page { miners, pagination } => (miners, pagination),
            MinersAnswer::Bare(miners) => (miners, None),
        };
        let pagination = pagination.unwrap_or_else(|| {
            let count = u64::try_from(miners.len()).unwrap_or(u64::MAX);
            Pagination { count, limit: count, total: count, ..Pagination::default() }
        });
        Self { miners, pagination }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: &str = r#"{"antiquity_multiplier":0.8,"device_arch":"modern","device_family":"x86","entropy_score":0.1,"first_attest":1795332784,"hardware_type":"x86-64 (Modern)","last_attest":1795332785,"miner":"noserial"}"#;

    #[test]
    fn reads_and_writes_the_existing_page() {
        let text = format!(
            r#"{{"miners":[{ROW}],"pagination":{{"count":1,"limit":100,"offset":0,"total":1,"total_enrolled":1}}}}"#
        );
        let page: MinersPage = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_string(&page).unwrap(), text);
    }

    #[test]
    fn reads_a_bare_array() {
        let page: MinersPage =
            serde_json::from_str(&format!("[{ROW},{{\"miner\":\"g4\"}}]")).unwrap();
        assert_eq!(page.miners.len(), 2);
        assert_eq!(page.pagination.total, 2);
        assert!(serde_json::from_str::<MinersPage>("{}").is_err());
    }
}
