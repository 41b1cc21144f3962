//! A chain of two blocks, and what a node could prove about it.

use keystore::SecretKey;
use protocol::account::{AccountLeaf, state_root};
use protocol::api::proof::{AccountProof, BlockEvidence, TRANSFER_COMMAND, TxProof};
use protocol::block::{Batch, Certificate, Header, RULES_VERSION, ValidatorSet};
use protocol::encoding::{Encode as _, Hash};
use protocol::keys::Signer as _;
use protocol::merkle;
use protocol::time::UnixMillis;
use protocol::transfer::{ChainId, SignedTransfer, Transfer, TxId};
use protocol::wallet_id::WalletId;

/// A chain whose block 1 holds one transfer and whose block 2 certifies it.
pub(crate) struct Chain {
    validator: SecretKey,
    set: ValidatorSet,
    network: ChainId,
}

impl Chain {
    /// A chain of the network `rustchain-dev` whose validator's key is made of `byte`.
    pub(crate) fn of_validator(byte: u8) -> Self {
        let validator = SecretKey::from_bytes(&[byte; 32]);
        let set = ValidatorSet { primary: validator.public_key(), standbys: Vec::new() };
        Self { validator, set, network: "rustchain-dev".parse().unwrap() }
    }

    /// A transfer of 1.5 RTC, and the proof that it is in block 1.
    pub(crate) fn transfer(&self) -> (TxId, TxProof) {
        let to = WalletId::parse(super::program::BOB).unwrap();
        let amount = "1.5".parse().unwrap();
        let memo = "\u{1b}[2Jthanks".to_owned();
        let transfer = Transfer { from: to.clone(), to, amount, nonce: 1, memo };
        let payer = SecretKey::from_bytes(&[1; 32]);
        let signed = SignedTransfer::sign(transfer, &self.network, &payer);
        let mut command = vec![TRANSFER_COMMAND];
        signed.encode(&mut command);
        let leaf = merkle::leaf_hash(&command);
        let block = self.block(merkle::root(&[leaf]), [0; 32]);
        let proof = TxProof::new(block, &command, &merkle::prove(&[leaf], 0).unwrap());
        (signed.tx_id(), proof)
    }

    /// The proof that a wallet held 42 RTC after block 1.
    pub(crate) fn account(&self, wallet: &str) -> AccountProof {
        let leaf = AccountLeaf {
            wallet: WalletId::parse(wallet).unwrap(),
            balance: "42".parse().unwrap(),
            last_nonce: 9,
            signs_chain_id: true,
        };
        let leaves = [merkle::leaf_hash(&leaf.encoded()), merkle::leaf_hash(b"another")];
        let (accounts_root, rest_root) = (merkle::root(&leaves), [5; 32]);
        let block = self.block(merkle::empty_root(), state_root(&accounts_root, &rest_root));
        let path = merkle::prove(&leaves, 0).unwrap();
        AccountProof::new(block, &leaf, &path, &accounts_root, &rest_root)
    }

    fn block(&self, tx_root: Hash, state_root: Hash) -> BlockEvidence {
        let commands = u32::from(tx_root != merkle::empty_root());
        let header = self.header(1, [0; 32], tx_root, commands, state_root);
        let next = self.header(2, header.hash(), merkle::empty_root(), 0, state_root);
        let certificate = Certificate::sign(&next.batch, &self.validator);
        BlockEvidence::new(&header, &next, &certificate, &self.set)
    }

    fn header(
        &self,
        height: u64,
        prev: Hash,
        tx_root: Hash,
        commands: u32,
        state_root: Hash,
    ) -> Header {
        let batch = Batch {
            version: RULES_VERSION,
            chain_id: self.network.clone(),
            height,
            time: UnixMillis(1_795_332_270_000 + height),
            prev,
            tx_root,
            commands,
            validators_hash: self.set.hash(),
            next_validators_hash: self.set.hash(),
            proposer: self.validator.public_key(),
            incarnation: 0,
        };
        Header { batch, receipts_root: merkle::empty_root(), receipts: 0, state_root }
    }
}
