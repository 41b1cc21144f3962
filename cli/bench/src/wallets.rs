//! Wallets of the measurement: always the same keys, so that a run can be repeated.

use std::thread;

use ed25519_dalek::SigningKey;
use protocol::api::path;
use protocol::api::transfer::TransferBody;
use protocol::keys::{PublicKey, Signature, Signer};
use protocol::money::Amount;
use protocol::transfer::{ChainId, SignedTransfer, Transfer};
use protocol::wallet_id::WalletId;
use sha2::{Digest as _, Sha256};

use crate::http;
use crate::script::Script;
use crate::statistics::splitmix;

/// About the bytes of a transfer with its head.
const REQUEST_BYTES: usize = 700;
/// The largest amount that is moved on ledgers of our own, in micro-RTC: nobody runs out of money.
const LARGEST: u64 = 1_000;

/// A key and its address.
#[derive(Debug)]
pub(crate) struct Wallet {
    key: SigningKey,
    public: PublicKey,
    address: WalletId,
}

impl Wallet {
    /// The wallet of this number among those called `kind`.
    pub(crate) fn of(kind: &str, number: usize) -> Self {
        let seed = Sha256::digest(format!("rustchain bench {kind} {number}"));
        let key = SigningKey::from_bytes(&seed.into());
        let public = PublicKey::from_bytes(key.verifying_key().to_bytes());
        Self { address: public.address(), key, public }
    }

    /// Its address.
    pub(crate) const fn address(&self) -> &WalletId {
        &self.address
    }
}

impl Signer for Wallet {
    fn public_key(&self) -> PublicKey {
        self.public
    }

    fn sign(&self, message: &[u8]) -> Signature {
        Signature::from_bytes(ed25519_dalek::Signer::sign(&self.key, message).to_bytes())
    }
}

/// The first `count` wallets that hold money.
pub(crate) fn funded(count: usize) -> Vec<Wallet> {
    (0..count).map(|number| Wallet::of("wallet", number)).collect()
}

/// Writes and signs transfers between the wallets of one ledger.
#[derive(Debug)]
pub(crate) struct TransferSource<'w> {
    wallets: &'w [Wallet],
    chain_id: ChainId,
    /// What a request names as its host.
    host: String,
    /// The largest amount that is moved, in micro-RTC.
    largest: u64,
    /// The newest nonce that each wallet has used.
    nonces: Vec<u64>,
    seed: u64,
}

impl<'w> TransferSource<'w> {
    /// Transfers for a ledger on which nobody has sent anything.
    pub(crate) fn new(wallets: &'w [Wallet], chain_id: ChainId) -> Self {
        Self::behind(wallets, chain_id, 0)
    }

    /// Transfers for a ledger on which nobody has used a higher nonce.
    pub(crate) fn behind(wallets: &'w [Wallet], chain_id: ChainId, newest: u64) -> Self {
        Self {
            wallets,
            chain_id,
            host: http::HOST.to_owned(),
            largest: LARGEST,
            nonces: vec![newest; wallets.len()],
            seed: newest.wrapping_add(1),
        }
    }

    /// The same for a server elsewhere, of the least amount that there is: so wallets that were
    /// funded once last for many runs.
    pub(crate) fn elsewhere(
        host: &str,
        wallets: &'w [Wallet],
        chain_id: ChainId,
        newest: u64,
    ) -> Self {
        Self { host: host.to_owned(), largest: 1, ..Self::behind(wallets, chain_id, newest) }
    }

    /// No wallet has used a higher nonce.
    pub(crate) fn newest_nonce(&self) -> u64 {
        self.nonces.iter().copied().max().unwrap_or(0)
    }

    /// Scripts of `each` transfers. Every connection owns its senders, so that the nonces of a
    /// wallet arrive in order; payees are drawn from all wallets.
    pub(crate) fn scripts(&mut self, connections: usize, each: usize) -> Vec<Script> {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let per_thread = connections.div_ceil(threads).max(1);
        self.seed = self.seed.wrapping_add(1);
        let all: Vec<usize> = (0..connections).collect();
        let source = &*self;
        let scripts = thread::scope(|scope| {
            let write = |chunk: &[usize]| -> Vec<Script> {
                chunk.iter().map(|own| source.script(*own, connections, each)).collect()
            };
            let workers: Vec<_> =
                all.chunks(per_thread).map(|chunk| scope.spawn(move || write(chunk))).collect();
            workers.into_iter().filter_map(|worker| worker.join().ok()).flatten().collect()
        });
        for (wallet, nonce) in self.nonces.iter_mut().enumerate() {
            let senders = senders_of(wallet % connections, connections, self.wallets.len());
            *nonce = nonce.saturating_add(whole_u64(each.div_ceil(senders)));
        }
        scripts
    }

    fn script(&self, connection: usize, connections: usize, each: usize) -> Script {
        let senders = senders_of(connection, connections, self.wallets.len());
        let mut random = self.seed.wrapping_mul(0x1_0000).wrapping_add(whole_u64(connection));
        let mut script = Script::with_room(each, REQUEST_BYTES);
        for number in 0..each {
            let sender = connection + connections * (number % senders);
            let nonce = self.nonces[sender] + 1 + whole_u64(number / senders);
            script.push(&self.request(sender, nonce, &mut random));
        }
        script
    }

    fn request(&self, sender: usize, nonce: u64, random: &mut u64) -> Vec<u8> {
        let others = whole_u64(self.wallets.len().saturating_sub(1)).max(1);
        let step = 1 + usize::try_from(splitmix(random) % others).unwrap_or(0);
        let payee = (sender + step) % self.wallets.len();
        let amount = 1 + splitmix(random) % self.largest;
        let transfer = Transfer {
            from: self.wallets[sender].address.clone(),
            to: self.wallets[payee].address.clone(),
            amount: Amount::from_micro(amount).unwrap_or(Amount::ZERO),
            nonce,
            memo: String::new(),
        };
        let signed = SignedTransfer::sign(transfer, &self.chain_id, &self.wallets[sender]);
        let body = TransferBody::from(&signed, &self.chain_id);
        http::post_to(&self.host, path::TRANSFER_SIGNED, body.as_str())
    }
}

/// How many wallets send over one connection: those whose number leaves its number as remainder.
const fn senders_of(connection: usize, connections: usize, wallets: usize) -> usize {
    let senders = wallets.saturating_sub(connection).div_ceil(connections);
    if senders == 0 { 1 } else { senders }
}

fn whole_u64(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use protocol::transfer::TransferRequest;

    use super::*;

    fn requests(scripts: &[Script]) -> Vec<TransferRequest> {
        let bodies = scripts.iter().flat_map(|script| {
            (0..script.len()).filter_map(|place| script.request(place)).map(|request| {
                let text = std::str::from_utf8(request).unwrap();
                text.split_once("\r\n\r\n").unwrap().1.to_owned()
            })
        });
        bodies.map(|body| TransferRequest::parse(body.as_bytes()).unwrap()).collect()
    }

    #[test]
    fn transfers_hold_and_nonces_of_a_sender_ascend_over_all_scripts() {
        let wallets = funded(7);
        let chain_id: ChainId = "rustchain-dev".parse().unwrap();
        let mut source = TransferSource::new(&wallets, chain_id.clone());
        let mut newest: HashMap<WalletId, u64> = HashMap::new();
        for _ in 0..2 {
            let scripts = source.scripts(3, 10);
            assert_eq!(scripts.len(), 3);
            for request in requests(&scripts) {
                let transfer = request.transfer().clone();
                let before = newest.insert(transfer.from, transfer.nonce).unwrap_or(0);
                assert!(transfer.nonce > before);
                request.verify_alone(&chain_id).unwrap();
            }
        }
        assert_eq!(newest.len(), 7);
        assert_eq!(source.newest_nonce(), newest.into_values().max().unwrap());
        let mut behind = TransferSource::behind(&wallets, chain_id, 40);
        let first = requests(&behind.scripts(3, 1));
        assert!(first.iter().all(|request| request.transfer().nonce > 40));
    }

    #[test]
    fn keys_are_always_the_same() {
        assert_eq!(Wallet::of("wallet", 3).address(), Wallet::of("wallet", 3).address());
        assert_ne!(Wallet::of("wallet", 3).address(), Wallet::of("miner", 3).address());
    }
}
