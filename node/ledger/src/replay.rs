//! Replay: executing logged blocks again, to rebuild what is derived or to check what is claimed.

use std::sync::Arc;

use parking_lot::RwLock;
use protocol::block::{Header, ValidatorSet};
use protocol::encoding::{Encode as _, Hash, Reader, put_bytes};

use crate::apply::{Law, OpeningError, open_books, openings};
use crate::block_run::BlockRun;
use crate::changes::Touched;
use crate::command::{Command, CommandError, Trust};
use crate::draft::{BlockContext, Draft};
use crate::genesis::{Genesis, GenesisError};
use crate::import::{ImportError, Openings};
use crate::refusal::Refusal;
use crate::seal::{ClosedBlock, SealError, Tip, Trees, commands_of, header_of};
use crate::state::State;
use crate::store::{Founding, Group, LoggedBlock, StoreError};

/// Why a log cannot be replayed. Every variant says where.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The founding row does not hold a genesis file.
    #[error("the founding row: {0}")]
    Genesis(#[from] GenesisError),
    /// The founding row does not hold an import.
    #[error("the founding row: {0}")]
    Import(#[from] ImportError),
    /// The founding row does not hold a validator set.
    #[error("the founding row holds no validator set")]
    Validators,
    /// The books cannot be opened.
    #[error("block 0: {0}")]
    Opening(#[from] OpeningError),
    /// A block is missing.
    #[error("block {0} is missing")]
    Missing(u64),
    /// The groups of a block do not follow each other.
    #[error("block {height}: the group at command {first_command} does not follow the one before")]
    Chain {
        /// The block.
        height: u64,
        /// The group's first command.
        first_command: u64,
    },
    /// A command does not hold.
    #[error("block {height}, command {command}: {error}")]
    Command {
        /// The block.
        height: u64,
        /// The command's number.
        command: u64,
        /// What is wrong.
        error: CommandError,
    },
    /// A logged command is refused.
    #[error("block {height}, command {command} is not lawful: {refusal}")]
    Refused {
        /// The block.
        height: u64,
        /// The command's number.
        command: u64,
        /// Why.
        refusal: Refusal,
    },
    /// A hook fails.
    #[error("block {height}: the books are wrong: {refusal}")]
    Hook {
        /// The block.
        height: u64,
        /// Why.
        refusal: Refusal,
    },
    /// A block does not decode.
    #[error("{0}")]
    Seal(#[from] SealError),
    /// The block's time does not follow the one before.
    #[error("block {0}: its time does not follow the block before")]
    Time(u64),
    /// A block says something else than executing it does.
    #[error("block {height}: the header says another {field} than executing the block gives")]
    Diverged {
        /// The block.
        height: u64,
        /// The field of the header.
        field: &'static str,
    },
    /// A certificate does not vouch for its block.
    #[error("block {height}: {error}")]
    Certificate {
        /// The block.
        height: u64,
        /// What is wrong.
        error: protocol::block::CertificateError,
    },
}

impl ReplayError {
    /// The block whose fault this is, if it is one block's.
    pub const fn height(&self) -> Option<u64> {
        match self {
            Self::Missing(height)
            | Self::Time(height)
            | Self::Chain { height, .. }
            | Self::Command { height, .. }
            | Self::Refused { height, .. }
            | Self::Hook { height, .. }
            | Self::Seal(SealError::Decode { height, .. })
            | Self::Diverged { height, .. }
            | Self::Certificate { height, .. } => Some(*height),
            Self::Opening(_) => Some(0),
            Self::Store(_) | Self::Genesis(_) | Self::Import(_) | Self::Validators => None,
        }
    }
}

/// The law that a founding row lays down.
pub fn law_of(founding: &Founding) -> Result<Law, ReplayError> {
    let genesis = Genesis::parse(&founding.genesis)?;
    let mut reader = Reader::new(&founding.validators);
    let validators = ValidatorSet::decode(&mut reader).map_err(|_bad| ReplayError::Validators)?;
    reader.finish().map_err(|_left_over| ReplayError::Validators)?;
    Ok(Law { genesis, validators })
}

/// What the books of a founding row start with.
fn openings_of(founding: &Founding, genesis: &Genesis) -> Result<Openings, ReplayError> {
    let imported = !founding.openings.is_empty();
    let import = imported.then(|| Openings::from_bytes(&founding.openings)).transpose()?;
    Ok(openings(genesis, import)?)
}

/// Executes blocks one after the other, from block 0 or from where a state stands.
#[derive(Debug)]
pub struct Replay {
    law: Arc<Law>,
    state: Arc<RwLock<State>>,
    trees: Trees,
    tip: Option<Tip>,
    last_time: protocol::time::UnixMillis,
    chain: Hash,
}

impl Replay {
    /// Starts before block 0.
    pub fn from_nothing(law: Arc<Law>) -> Self {
        Self::at(law, State::default(), None, LoggedEnd::default())
    }

    /// Starts behind the block that `state` stands at.
    pub fn at(law: Arc<Law>, state: State, tip: Option<Tip>, end: LoggedEnd) -> Self {
        let trees = Trees::over(&state);
        let state = Arc::new(RwLock::new(state));
        Self { law, state, trees, tip, last_time: end.time, chain: end.chain }
    }

    /// The state after the newest block.
    pub fn state(&self) -> Arc<RwLock<State>> {
        Arc::clone(&self.state)
    }

    /// The trees after the newest block.
    pub const fn trees(&self) -> &Trees {
        &self.trees
    }

    /// The height of the next block.
    pub fn next_height(&self) -> u64 {
        self.tip.as_ref().map_or(0, |tip| tip.height.saturating_add(1))
    }

    /// Executes block 0.
    pub fn found(
        &mut self,
        founding: &Founding,
        block: &LoggedBlock,
    ) -> Result<(ClosedBlock, Header), ReplayError> {
        let first_command = block.open.first_command;
        if first_command != 1 || !block.groups.is_empty() {
            return Err(ReplayError::Chain { height: 0, first_command });
        }
        let openings = openings_of(founding, &self.law.genesis)?;
        let context = BlockContext::new(0, block.open.time, &self.law.genesis.calendar);
        let mut touched = Touched::default();
        let (changes, receipt) = {
            let state = self.state.read();
            let mut draft = Draft::over(&state, context);
            let receipt = open_books(&mut draft, &self.law.genesis, &openings)?;
            (draft.into_changes(), receipt)
        };
        self.state.write().merge(changes, &mut touched);
        let mut body = Vec::new();
        put_bytes(&mut body, &founding_leaf(&self.law, &openings));
        let closed = ClosedBlock {
            height: 0,
            time: block.open.time,
            incarnation: block.open.incarnation,
            first_command,
            groups: vec![body],
            receipts: vec![receipt],
            changes: self.state.read().block_changes(touched),
        };
        self.finish(closed)
    }

    /// Executes the next block.
    pub fn run(
        &mut self,
        block: &LoggedBlock,
        trust: Trust,
    ) -> Result<(ClosedBlock, Header), ReplayError> {
        let height = block.open.height;
        if height != self.next_height() {
            return Err(ReplayError::Missing(self.next_height()));
        }
        if block.open.time <= self.last_time {
            return Err(ReplayError::Time(height));
        }
        let context = BlockContext::new(height, block.open.time, &self.law.genesis.calendar);
        let mut run = BlockRun::start(context, block.open.incarnation, &self.state.read());
        if block.open.first_command != run.first_command() {
            return Err(ReplayError::Chain { height, first_command: block.open.first_command });
        }
        if run.hooks_are_due(&self.state.read()) {
            run.run_hooks(&self.state, &self.law)
                .map_err(|refusal| ReplayError::Hook { height, refusal })?;
        }
        self.check_chain(&block.groups)?;
        for group in &block.groups {
            let commands = decode_group(group, &self.law.genesis, trust)?;
            self.run_group(&mut run, group, &commands)?;
        }
        let closed = run.close(&self.state.read());
        self.finish(closed)
    }

    /// Whether the groups follow each other and what came before, by hash and by number.
    fn check_chain(&self, groups: &[Group]) -> Result<(), ReplayError> {
        let mut chain = self.chain;
        let mut next_command = self.state.read().counters.commands.saturating_add(1);
        for group in groups {
            let (height, first_command) = (group.height, group.first_command);
            chain = Group::chained(&chain, height, first_command, &group.body);
            if chain != group.chain || first_command != next_command {
                return Err(ReplayError::Chain { height, first_command });
            }
            next_command = next_command.saturating_add(u64::from(group.commands));
        }
        Ok(())
    }

    fn run_group(
        &mut self,
        run: &mut BlockRun,
        group: &Group,
        commands: &[Command],
    ) -> Result<(), ReplayError> {
        let (height, first_command) = (group.height, group.first_command);
        let applied = run.apply(&self.state.read(), commands, &self.law);
        for (outcome, command) in applied.outcomes.iter().zip(first_command..) {
            if let Err(refusal) = outcome {
                let refusal = refusal.clone();
                return Err(ReplayError::Refused { height, command, refusal });
            }
        }
        self.chain = group.chain;
        drop(run.accept(applied, &self.state));
        Ok(())
    }

    fn finish(&mut self, closed: ClosedBlock) -> Result<(ClosedBlock, Header), ReplayError> {
        let prev = self.tip.as_ref().map_or_else(Hash::default, |tip| tip.hash);
        let header = header_of(&closed, prev, &mut self.trees, &self.law)?;
        self.tip = Some(Tip { height: closed.height, hash: header.hash() });
        self.last_time = closed.time;
        Ok((closed, header))
    }

    /// Forgets recent movements, which somebody has taken from the closed block.
    pub fn forget_recent(&self) {
        let mut state = self.state.write();
        let newest = state.counters.movements;
        state.recent.forget_through(newest);
    }

    /// The end of what was replayed.
    pub const fn end(&self) -> LoggedEnd {
        LoggedEnd { time: self.last_time, chain: self.chain }
    }

    /// The newest block, and the trees at it.
    pub fn into_parts(self) -> (Arc<RwLock<State>>, Trees, Option<Tip>) {
        (self.state, self.trees, self.tip)
    }
}

/// The end of a stretch of log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LoggedEnd {
    /// The time of the newest block.
    pub time: protocol::time::UnixMillis,
    /// The chained hash of the newest group.
    pub chain: Hash,
}

/// The one leaf of block 0: the genesis, the openings and the validators.
fn founding_leaf(law: &Law, openings: &Openings) -> Vec<u8> {
    let mut leaf = b"rc/founding/1\0".to_vec();
    leaf.extend_from_slice(&law.genesis.hash());
    law.validators.encode(&mut leaf);
    leaf.extend_from_slice(&openings.to_bytes());
    leaf
}

/// Decodes the commands of a group.
pub(crate) fn decode_group(
    group: &Group,
    genesis: &Genesis,
    trust: Trust,
) -> Result<Vec<Command>, ReplayError> {
    let height = group.height;
    let raw = commands_of(&group.body).map_err(|error| SealError::Decode { height, error })?;
    if u32::try_from(raw.len()) != Ok(group.commands) {
        return Err(ReplayError::Chain { height, first_command: group.first_command });
    }
    raw.into_iter()
        .zip(group.first_command..)
        .map(|(bytes, command)| {
            Command::decode(bytes, genesis, trust).map_err(|error| ReplayError::Command {
                height,
                command,
                error,
            })
        })
        .collect()
}

/// Compares what executing a block gives with what its header says.
pub fn compare(executed: &Header, claimed: &Header) -> Result<(), ReplayError> {
    let fields: [(&'static str, bool); 9] = [
        ("prev", executed.batch.prev == claimed.batch.prev),
        ("time", executed.batch.time == claimed.batch.time),
        ("tx_root", executed.batch.tx_root == claimed.batch.tx_root),
        ("number of commands", executed.batch.commands == claimed.batch.commands),
        ("validator set", executed.batch.validators_hash == claimed.batch.validators_hash),
        ("receipts_root", executed.receipts_root == claimed.receipts_root),
        ("number of receipts", executed.receipts == claimed.receipts),
        ("state_root", executed.state_root == claimed.state_root),
        ("content", executed == claimed),
    ];
    let height = executed.batch.height;
    match fields.iter().find(|(_, equal)| !equal) {
        Some((field, _)) => Err(ReplayError::Diverged { height, field }),
        None => Ok(()),
    }
}
