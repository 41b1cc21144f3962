//! How a node is.

use serde::{Deserialize, Serialize};

/// The answer of `GET /health`: 200 when `ok`, else 503.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Health {
    /// Age of the newest backup that was verified, in hours; null when there is none, or when
    /// backups are switched off.
    pub backup_age_hours: Option<f64>,
    /// Whether the database can be written.
    pub db_rw: bool,
    /// Whether all is well.
    pub ok: bool,
    /// Why not all is well, one sentence each. Only from our nodes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// Age of the newest block in slots; null when there is none.
    pub tip_age_slots: Option<i64>,
    /// How long the node has run, in seconds.
    pub uptime_s: u64,
    /// The version of the node's software.
    pub version: String,
}

/// The answer of `GET /ready`: 200 when `ready`, else 503.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ready {
    /// Whether requests are taken.
    pub ready: bool,
    /// The version of the node's software.
    pub version: String,
}

/// The answer of `GET /ops/readiness`: 200 when `ok`, else 503.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Readiness {
    /// What was checked; only for those who send an admin key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checks: Option<Vec<ReadinessCheck>>,
    /// Whether every check passed.
    pub ok: bool,
}

/// One check of [`Readiness`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadinessCheck {
    /// What stopped the check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub err: Option<String>,
    /// The name of the check.
    pub name: String,
    /// Whether it passed.
    pub ok: bool,
    /// The figure it judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub val: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_the_existing_answer() {
        let text = r#"{"backup_age_hours":null,"db_rw":true,"ok":true,"tip_age_slots":null,"uptime_s":1,"version":"2.2.1-rip200"}"#;
        let health: Health = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&health).unwrap(), text);
    }

    #[test]
    fn other_json_is_no_health() {
        for text in ["{}", "[]", r#"{"ok":true}"#, r#"{"status":"up"}"#, "null"] {
            assert!(serde_json::from_str::<Health>(text).is_err(), "{text}");
        }
    }
}
