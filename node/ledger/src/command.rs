//! Commands: every change of state that somebody asked for, in the form that the log keeps.

use std::sync::Arc;

use protocol::admin::SignedAdmin;
use protocol::attestation::{AttestationError, SignedAttestation};
use protocol::challenge::{BadChallenge, Challenge};
use protocol::encoding::{DecodeError, Encode, Reader, put_bytes};
use protocol::keys::{KeyError, PublicKey};
use protocol::machine_id::{Identifier, identifiers};
use protocol::owner_request::SignedOwnerRequest;
use protocol::transfer::{ChainId, SignedTransfer};
use protocol::verified::Verified;
use protocol::wallet_id::MinerId;

use crate::genesis::Genesis;
use crate::rules::verdict::{AttestationPolicy, Verdict, judge};

/// A change of state that is asked for. Its signature has been checked.
#[derive(Debug, Clone)]
pub enum Command {
    /// Moves money of the signer.
    Transfer(Verified<SignedTransfer>),
    /// Attests a machine.
    Attest(Box<JudgedAttestation>),
    /// Claims earnings of a name, or releases a machine.
    Owner(Verified<SignedOwnerRequest>),
    /// A privileged operation that a node vouches for.
    Admin(Verified<SignedAdmin>),
}

/// What the books need of an attestation: who attests, with which machine, and what its evidence is
/// worth.
///
/// Judging is a pure function of what was sent and of the genesis, so it happens before the books
/// are asked, on any thread, and again at every replay. The evidence itself stays behind with
/// whoever judged it: it is large, in many small pieces, and the bytes that were sent hold it.
#[derive(Debug, Clone)]
pub struct JudgedAttestation {
    /// What the miner sent.
    raw: Arc<[u8]>,
    /// Who attests.
    pub miner: MinerId,
    /// Whose signature it bears; `None` when it bears none.
    pub key: Option<PublicKey>,
    /// The challenge that it answers.
    pub challenge: Challenge,
    /// What identifies the machine.
    pub identifiers: Vec<Identifier>,
    /// What the evidence is worth.
    pub verdict: Verdict,
}

impl JudgedAttestation {
    /// Judges an attestation.
    pub fn judge(
        signed: &Verified<SignedAttestation>,
        genesis: &Genesis,
    ) -> Result<Self, BadChallenge> {
        let attestation = signed.attestation();
        let challenge = attestation.nonce.parse()?;
        let policy = AttestationPolicy::new(genesis.policy.virtual_machines_earn);
        let verdict = judge(attestation, signed.scheme(), &policy, &genesis.multipliers);
        let identifiers = identifiers(&attestation.device, &attestation.signals);
        Ok(Self {
            raw: signed.shared_raw(),
            miner: attestation.miner.clone(),
            key: signed.key(),
            challenge,
            identifiers,
            verdict,
        })
    }

    /// The bytes that the miner sent.
    pub fn raw(&self) -> &Arc<[u8]> {
        &self.raw
    }
}

/// Whether signatures in a log are checked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// They are: blocks from elsewhere, and `node verify`.
    CheckSignatures,
    /// They are not: this node checked them before it wrote them, and the log's chained hash holds.
    OwnLog,
}

/// Why bytes of a log are no command.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// They do not decode.
    #[error("a command does not decode: {0}")]
    Decode(#[from] DecodeError),
    /// A signature does not hold.
    #[error("the signature of a command does not hold: {0}")]
    Key(#[from] KeyError),
    /// An attestation does not parse or verify.
    #[error("an attestation does not hold: {0:?}")]
    Attestation(AttestationError),
    /// An attestation names no challenge.
    #[error("an attestation names no challenge")]
    Challenge(#[from] BadChallenge),
}

const TRANSFER: u8 = protocol::api::proof::TRANSFER_COMMAND;
const ATTEST: u8 = 2;
const OWNER: u8 = 3;
const ADMIN: u8 = 4;

impl Encode for Command {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Transfer(transfer) => {
                out.push(TRANSFER);
                transfer.encode(out);
            }
            Self::Attest(judged) => {
                out.push(ATTEST);
                put_bytes(out, judged.raw());
            }
            Self::Owner(request) => {
                out.push(OWNER);
                request.encode(out);
            }
            Self::Admin(admin) => {
                out.push(ADMIN);
                admin.encode(out);
            }
        }
    }
}

impl Command {
    /// Reads what [`Encode`] wrote.
    pub fn decode(bytes: &[u8], genesis: &Genesis, trust: Trust) -> Result<Self, CommandError> {
        let mut reader = Reader::new(bytes);
        let command = match reader.u8()? {
            TRANSFER => {
                let transfer = SignedTransfer::decode(&mut reader, &genesis.chain_id)?;
                Self::Transfer(believe(transfer, &genesis.chain_id, trust, SignedTransfer::verify)?)
            }
            ATTEST => {
                let raw = reader.bytes()?;
                let signed = match trust {
                    Trust::CheckSignatures => SignedAttestation::parse_and_verify(raw),
                    Trust::OwnLog => SignedAttestation::decode_trusted(raw),
                };
                let signed = signed.map_err(CommandError::Attestation)?;
                Self::Attest(Box::new(JudgedAttestation::judge(&signed, genesis)?))
            }
            OWNER => {
                let request = SignedOwnerRequest::decode(&mut reader)?;
                Self::Owner(believe(request, &genesis.chain_id, trust, SignedOwnerRequest::verify)?)
            }
            ADMIN => {
                let admin = SignedAdmin::decode(&mut reader)?;
                Self::Admin(believe(admin, &genesis.chain_id, trust, SignedAdmin::verify)?)
            }
            _ => return Err(DecodeError::BadField("command").into()),
        };
        reader.finish()?;
        Ok(command)
    }
}

fn believe<T>(
    value: T,
    chain_id: &ChainId,
    trust: Trust,
    verify: impl FnOnce(T, &ChainId) -> Result<Verified<T>, KeyError>,
) -> Result<Verified<T>, KeyError> {
    match trust {
        Trust::CheckSignatures => verify(value, chain_id),
        Trust::OwnLog => Ok(Verified::trusted_from_own_log(value)),
    }
}
