//! The form in which commands speak of a wallet.

use std::path::Path;

use keystore::Header;
use serde::Serialize;

use crate::output::{Output, Page};
use crate::utc::date_and_time;

/// What a wallet file says openly.
#[derive(Debug, Serialize)]
pub(super) struct DescribedWallet {
    name: String,
    address: String,
    public_key: String,
    chain_id: String,
    scheme: &'static str,
    backed_up: bool,
    created_at: u64,
    file: String,
}

impl DescribedWallet {
    pub(super) fn new(header: &Header, file: &Path) -> Self {
        Self {
            name: header.name.to_string(),
            address: header.address.to_string(),
            public_key: header.public_key.to_hex(),
            chain_id: header.chain_id.clone(),
            scheme: header.scheme.as_str(),
            backed_up: header.backed_up,
            created_at: header.created_at.0,
            file: file.display().to_string(),
        }
    }

    /// The cells of a list.
    pub(super) fn row(&self) -> Vec<String> {
        vec![self.name.clone(), self.address.clone(), self.chain_id.clone(), self.copy().to_owned()]
    }

    /// The headers of [`DescribedWallet::row`].
    pub(super) const COLUMNS: [&'static str; 4] = ["name", "address", "network", "backed up"];

    const fn copy(&self) -> &'static str {
        if self.backed_up { "yes" } else { "no" }
    }
}

impl Output for DescribedWallet {
    fn page(&self) -> Page {
        Page::new()
            .field("name", &self.name)
            .field("address", &self.address)
            .field("public key", &self.public_key)
            .field("network", &self.chain_id)
            .field("scheme", &self.scheme)
            .field("backed up", &self.copy())
            .field("created", &date_and_time(protocol::time::UnixSeconds(self.created_at)))
            .field("file", &self.file)
    }
}
