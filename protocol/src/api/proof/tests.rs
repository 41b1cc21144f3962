//! A small chain of two blocks, its proofs, and every way of bending them.

use super::*;
use crate::block::Batch;
use crate::keys::{PublicKey, Signature, Signer};
use crate::transfer::Transfer;

struct Key(ed25519_dalek::SigningKey);

impl Key {
    fn of(seed: u8) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(&[seed; 32]))
    }
}

impl Signer for Key {
    fn public_key(&self) -> PublicKey {
        PublicKey::from_bytes(self.0.verifying_key().to_bytes())
    }

    fn sign(&self, message: &[u8]) -> Signature {
        Signature::from_bytes(ed25519_dalek::Signer::sign(&self.0, message).to_bytes())
    }
}

struct Chain {
    id: ChainId,
    validator: Key,
    validators: ValidatorSet,
    transfer: SignedTransfer,
    account: AccountProof,
    tx: TxProof,
}

const REST_ROOT: Hash = [9; 32];

fn leaf_of(key: &Key, micro: u64) -> AccountLeaf {
    AccountLeaf {
        wallet: key.public_key().address(),
        balance: Amount::from_micro(micro).unwrap(),
        last_nonce: 3,
        signs_chain_id: true,
    }
}

fn batch(chain: &ChainId, height: u64, prev: Hash, validators: &ValidatorSet) -> Batch {
    Batch {
        version: RULES_VERSION,
        chain_id: chain.clone(),
        height,
        time: UnixMillis(1_795_332_120_000).plus_millis(height),
        prev,
        tx_root: merkle::empty_root(),
        commands: 0,
        validators_hash: validators.hash(),
        next_validators_hash: validators.hash(),
        proposer: validators.primary,
        incarnation: 1,
    }
}

fn header(batch: Batch, state_root: Hash) -> Header {
    Header { batch, receipts_root: merkle::empty_root(), receipts: 0, state_root }
}

fn chain() -> Chain {
    let id: ChainId = "rustchain-dev".parse().unwrap();
    let validator = Key::of(1);
    let validators = ValidatorSet { primary: validator.public_key(), standbys: vec![] };
    let alice = Key::of(2);
    let to = Key::of(3).public_key().address();
    let amount = Amount::from_micro(1_500_000).unwrap();
    let transfer = Transfer { from: to.clone(), to, amount, nonce: 3, memo: "hi".to_owned() };
    let transfer = SignedTransfer::sign(transfer, &id, &alice);

    let command = [&[TRANSFER_COMMAND], transfer.encoded().as_slice()].concat();
    let commands = [merkle::leaf_hash(b"other"), merkle::leaf_hash(&command)];
    let leaf = leaf_of(&alice, 5_000_000);
    let accounts: Vec<Hash> = [leaf_of(&validator, 1), leaf.clone(), leaf_of(&Key::of(3), 2)]
        .iter()
        .map(|leaf| merkle::leaf_hash(&leaf.encoded()))
        .collect();
    let accounts_root = merkle::root(&accounts);

    let ordered = Batch {
        tx_root: merkle::root(&commands),
        commands: 2,
        ..batch(&id, 7, [4; 32], &validators)
    };
    let proven = header(ordered, state_root(&accounts_root, &REST_ROOT));
    let next = header(batch(&id, 8, proven.hash(), &validators), [0; 32]);
    let certificate = Certificate::sign(&next.batch, &validator);
    let block = BlockEvidence::new(&proven, &next, &certificate, &validators);
    let account = AccountProof::new(
        block.clone(),
        &leaf,
        &merkle::prove(&accounts, 1).unwrap(),
        &accounts_root,
        &REST_ROOT,
    );
    let tx = TxProof::new(block, &command, &merkle::prove(&commands, 1).unwrap());
    Chain { id, validator, validators, transfer, account, tx }
}

impl Chain {
    fn wallet(&self) -> WalletId {
        self.transfer.transfer.from.clone()
    }

    fn account_error(&self, proof: &AccountProof) -> ProofError {
        proof.verify(&self.wallet(), &self.id, Some(&self.validators)).unwrap_err()
    }

    fn tx_error(&self, proof: &TxProof) -> ProofError {
        let id = self.transfer.tx_id();
        proof.verify(id, &self.id, Some(&self.validators)).unwrap_err()
    }

    /// The account proof with another evidence of the block.
    fn with_next(&self, change: impl FnOnce(&mut Header)) -> AccountProof {
        let mut next =
            Header::decode(&hex::decode(&self.account.block.next_header).unwrap()).unwrap();
        change(&mut next);
        let certificate = Certificate::sign(&next.batch, &self.validator);
        let block = BlockEvidence {
            next_header: hex::encode(next.encoded()),
            certificate: hex::encode(certificate.encoded()),
            ..self.account.block.clone()
        };
        AccountProof { block, ..self.account.clone() }
    }
}

#[test]
fn sound_proofs_prove_through_json() {
    let chain = chain();
    let text = serde_json::to_string(&chain.account).unwrap();
    let account: AccountProof = serde_json::from_str(&text).unwrap();
    for trusted in [None, Some(&chain.validators)] {
        let proven = account.verify(&chain.wallet(), &chain.id, trusted).unwrap();
        assert_eq!(proven.balance.micro(), 5_000_000);
        assert_eq!((proven.last_nonce, proven.height), (3, 7));
        assert_eq!(proven.validators, chain.validators);
    }
    let text = serde_json::to_string(&chain.tx).unwrap();
    let tx: TxProof = serde_json::from_str(&text).unwrap();
    let id = chain.transfer.tx_id();
    let proven = tx.verify(id, &chain.id, Some(&chain.validators)).unwrap();
    assert_eq!(proven.transfer.into_inner(), chain.transfer);
    assert_eq!((proven.index, proven.height), (1, 7));
}

#[test]
fn any_changed_digit_is_noticed() {
    let chain = chain();
    let text = serde_json::to_string(&chain.account).unwrap();
    let (wallet, trusted) = (chain.wallet(), Some(&chain.validators));
    for (at, digit) in text.char_indices().filter(|(_, c)| c.is_ascii_hexdigit()) {
        let other = if digit == '0' { "1" } else { "0" };
        let mut bent = text.clone();
        bent.replace_range(at..=at, other);
        let Ok(proof) = serde_json::from_str::<AccountProof>(&bent) else { continue };
        let Ok(proven) = proof.verify(&wallet, &chain.id, trusted) else { continue };
        // What is left unnoticed changes nothing of what is proven: the roots of the next header,
        // which nobody vouches for yet.
        assert_eq!((proven.balance.micro(), proven.last_nonce), (5_000_000, 3), "at {at}");
        assert_eq!(proof.leaf, chain.account.leaf);
        assert_eq!(proof.block.header, chain.account.block.header);
    }
}

#[test]
fn a_foreign_block_proves_nothing() {
    let chain = chain();
    let wallet = chain.wallet();
    let elsewhere: ChainId = "rustchain-mainnet-v2".parse().unwrap();
    assert_eq!(
        chain.account.verify(&wallet, &elsewhere, None).unwrap_err(),
        ProofError::OtherNetwork
    );
    let stranger = ValidatorSet { primary: Key::of(8).public_key(), standbys: vec![] };
    assert_eq!(
        chain.account.verify(&wallet, &chain.id, Some(&stranger)).unwrap_err(),
        ProofError::NotTrusted
    );
    let not_linked = [
        chain.with_next(|next| next.batch.prev = [0; 32]),
        chain.with_next(|next| next.batch.height = 9),
        chain.with_next(|next| next.batch.validators_hash = [0; 32]),
    ];
    for proof in not_linked {
        assert_eq!(chain.account_error(&proof), ProofError::NotLinked);
    }
    let newer = chain.with_next(|next| next.batch.version = 2);
    assert_eq!(chain.account_error(&newer), ProofError::UnknownRules);
}

#[test]
fn a_certificate_of_somebody_else_proves_nothing() {
    let chain = chain();
    let next = Header::decode(&hex::decode(&chain.account.block.next_header).unwrap()).unwrap();
    let forged = Certificate::sign(&next.batch, &Key::of(8));
    let mut proof = chain.account.clone();
    proof.block.certificate = hex::encode(forged.encoded());
    let not_signed = ProofError::Certificate(CertificateError::NotSigned);
    assert_eq!(chain.account_error(&proof), not_signed);
}

#[test]
fn other_subjects_prove_nothing() {
    let chain = chain();
    let bob = Key::of(3).public_key().address();
    assert_eq!(chain.account.verify(&bob, &chain.id, None).unwrap_err(), ProofError::OtherSubject);
    let other = TxId::from_bytes([0; 16]);
    assert_eq!(chain.tx.verify(other, &chain.id, None).unwrap_err(), ProofError::OtherSubject);
    let state = AccountProof { rest_root: "00".repeat(32), ..chain.account.clone() };
    assert_eq!(chain.account_error(&state), ProofError::OtherState);
    let richer = AccountLeaf { balance: Amount::MAX, ..leaf_of(&Key::of(2), 0) };
    let richer = AccountProof { leaf: hex::encode(richer.encoded()), ..chain.account.clone() };
    assert_eq!(chain.account_error(&richer), ProofError::NotInTree);
}

#[test]
fn malformed_members_are_named() {
    let chain = chain();
    let odd = AccountProof { leaf: "abc".to_owned(), ..chain.account.clone() };
    assert_eq!(chain.account_error(&odd), ProofError::BadHex("leaf"));
    let short = AccountProof { accounts_root: "00".to_owned(), ..chain.account.clone() };
    assert_eq!(chain.account_error(&short), ProofError::BadHex("accounts_root"));
    let mut torn = chain.tx.clone();
    torn.block.header.truncate(64);
    let too_short = ProofError::Undecodable { what: "header", error: DecodeError::TooShort };
    assert_eq!(chain.tx_error(&torn), too_short);
    let mut long = chain.tx.clone();
    long.merkle.path = vec!["00".repeat(32); MAX_PATH + 1];
    assert_eq!(chain.tx_error(&long), ProofError::NotInTree);
}
