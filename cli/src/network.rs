//! Which network a node is on, and the guard that keeps a wallet off every other one.

use client::{ClientError, NodeClient};
use protocol::transfer::ChainId;

use crate::exit_code::ExitCode;
use crate::failure::Failure;

/// Asks a node for its network: at `/network/info`, or at `/api/stats` where that is missing.
///
/// # Errors
/// Trouble with the node, or a name that no network can have.
pub async fn chain_id_of(node: &NodeClient) -> Result<ChainId, Failure> {
    let text = match node.network_info().await {
        Ok(info) => info.chain_id,
        Err(ClientError::Refused(_) | ClientError::NotANode { .. }) => node.stats().await?.chain_id,
        Err(error) => return Err(error.into()),
    };
    text.parse().map_err(|error| {
        let message = format!("the node is on a network called '{text}': {error}");
        Failure::new(ExitCode::Other, "bad_answer", message)
    })
}

/// Refuses to go on when the node is on another network than `expected`; `who_asks` says who
/// expects it, as in `the wallet alice is for`.
///
/// # Errors
/// Exit 7.
pub async fn require(node: &NodeClient, expected: &ChainId, who_asks: &str) -> Result<(), Failure> {
    let found = chain_id_of(node).await?;
    if found == *expected {
        return Ok(());
    }
    let url = node.endpoint();
    Err(mismatch(format!("{who_asks} {expected}, and the node at {url} is on {found}"))
        .hint("name a node of the right network with --node URL"))
}

/// Refuses to go on when the command line asks for another network than the wallet's.
///
/// # Errors
/// Exit 7.
pub fn require_flag(flag: Option<&str>, wallet: &ChainId) -> Result<(), Failure> {
    match flag {
        Some(flag) if flag != wallet.as_str() => {
            Err(mismatch(format!("the wallet is for {wallet}, and --chain-id asks for {flag}")))
        }
        _ => Ok(()),
    }
}

fn mismatch(message: String) -> Failure {
    Failure::new(ExitCode::Refused, "chain_id_mismatch", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_never_makes_a_wallet_sign_for_another_network() {
        let wallet: ChainId = "rustchain-dev".parse().unwrap();
        assert!(require_flag(None, &wallet).is_ok());
        assert!(require_flag(Some("rustchain-dev"), &wallet).is_ok());
        let failure = require_flag(Some("rustchain-mainnet-v2"), &wallet).unwrap_err();
        assert_eq!(failure.exit, ExitCode::Refused);
    }
}
