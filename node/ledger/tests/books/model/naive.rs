//! The rules again, as simply as they can be written: maps, no drafts, no undo, no numbers of rows.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use protocol::wallet_id::WalletId;

use super::attempts::{AdminAttempt, Attempt};
use crate::story::reserve_at_start;
use crate::world::*;

/// Slots of the test network, in milliseconds.
const SLOT_MILLIS: u64 = 2_000;

#[derive(Clone, Default)]
pub(crate) struct Miner {
    slot: u64,
    in_slot: u32,
    pub(crate) bound_to: Option<u64>,
    owner_nonce: u64,
}

#[derive(Clone, Default)]
pub(crate) struct PinnedName {
    owner: usize,
    pub(crate) claimable: u64,
    pub(crate) nonce: u64,
}

#[derive(Clone)]
struct BoundBox {
    owner: WalletId,
    seen_at: u64,
    free_from: Option<u64>,
}

/// The naive books.
#[derive(Clone)]
pub(crate) struct Naive {
    people: Vec<WalletId>,
    payouts_per_block: usize,
    pub(crate) balances: BTreeMap<WalletId, u64>,
    pub(crate) nonces: BTreeMap<WalletId, u64>,
    pub(crate) miners: BTreeMap<WalletId, Miner>,
    pub(crate) names: BTreeMap<WalletId, PinnedName>,
    boxes: BTreeMap<u64, BoundBox>,
    used: BTreeSet<(u64, u64)>,
    keys: BTreeSet<String>,
    pub(crate) admin_commands: u64,
    /// Best weights of the open epoch, in the order of enrolment.
    pub(crate) enrolled: Vec<(WalletId, u64)>,
    waiting: VecDeque<(WalletId, u64)>,
    epoch: u64,
    epochs_with_blocks: u64,
    last_time: u64,
    block: Option<u64>,
    /// The time before the open block, as long as nothing has happened in it.
    before_block: Option<u64>,
}

impl Naive {
    pub(crate) fn new(people: &[WalletId], payouts_per_block: usize) -> Self {
        let mut balances: BTreeMap<WalletId, u64> = genesis()
            .allocations
            .iter()
            .map(|(wallet, amount)| (wallet.clone(), amount.micro()))
            .collect();
        balances.insert(wallet("reserve"), reserve_at_start());
        Self {
            people: people.to_vec(),
            payouts_per_block,
            balances,
            nonces: BTreeMap::new(),
            miners: BTreeMap::new(),
            names: BTreeMap::new(),
            boxes: BTreeMap::new(),
            used: BTreeSet::new(),
            keys: BTreeSet::new(),
            admin_commands: 0,
            enrolled: Vec::new(),
            waiting: VecDeque::new(),
            epoch: 0,
            epochs_with_blocks: 1,
            last_time: 0,
            block: None,
            before_block: None,
        }
    }

    pub(crate) fn nonce(&self, who: usize) -> u64 {
        self.nonces.get(&self.people[who]).copied().unwrap_or(0)
    }

    pub(crate) fn owner_nonce(&self, name: &WalletId) -> u64 {
        self.miners.get(name).map_or(0, |miner| miner.owner_nonce)
    }

    // --- time -------------------------------------------------------------------------------------

    /// Ends the open block, if any.
    pub(crate) const fn close(&mut self) {
        (self.block, self.before_block) = (None, None);
    }

    /// A block that was opened for commands that were all refused was never there.
    pub(crate) fn end_group(&mut self) {
        if let Some(before) = self.before_block.take() {
            (self.block, self.last_time) = (None, before);
        }
    }

    /// What a commit at `now` does before its commands.
    pub(crate) fn ready_block(&mut self, now: u64) {
        if self.block.is_some_and(|time| time / SLOT_MILLIS != now / SLOT_MILLIS) {
            self.close();
        }
        if self.block.is_some() {
            return;
        }
        let time = now.max(self.last_time + 1);
        let epoch = time / EPOCH_MILLIS;
        let nothing_due = epoch == self.epoch && self.waiting.is_empty();
        self.before_block = nothing_due.then_some(self.last_time);
        (self.block, self.last_time) = (Some(time), time);
        if epoch > self.epoch {
            self.pay(usize::MAX);
            self.end_epoch(epoch);
        }
        self.pay(self.payouts_per_block);
    }

    fn end_epoch(&mut self, epoch: u64) {
        self.epoch = epoch;
        self.epochs_with_blocks += 1;
        let enrolled = std::mem::take(&mut self.enrolled);
        let total: u128 = enrolled.iter().map(|(_, weight)| u128::from(*weight)).sum();
        if total == 0 {
            return;
        }
        let pot = u128::from(POT.min(self.balances[&wallet("reserve")]));
        let exact = |weight: &u64| pot * u128::from(*weight);
        let left = pot - enrolled.iter().map(|(_, weight)| exact(weight) / total).sum::<u128>();
        let mut order: Vec<&(WalletId, u64)> = enrolled.iter().collect();
        order.sort_by_key(|(id, weight)| (std::cmp::Reverse(exact(weight) % total), id.clone()));
        let lucky: BTreeSet<&WalletId> =
            order.iter().take(usize::try_from(left).unwrap()).map(|(id, _)| id).collect();
        for (id, weight) in &enrolled {
            let share = exact(weight) / total + u128::from(lucky.contains(id));
            self.waiting.push_back((id.clone(), u64::try_from(share).unwrap()));
        }
    }

    fn pay(&mut self, most: usize) {
        for _ in 0..most.min(self.waiting.len()) {
            let (id, share) = self.waiting.pop_front().unwrap();
            if share == 0 {
                continue;
            }
            *self.balances.get_mut(&wallet("reserve")).unwrap() -= share;
            *self.balances.entry(id.clone()).or_default() += share;
            if let Some(name) = self.names.get_mut(&id) {
                name.claimable += share;
            }
        }
    }

    // --- commands ---------------------------------------------------------------------------------

    /// Tries it; `None` is a refusal.
    pub(crate) fn attempt(&mut self, attempt: &Attempt) -> Option<()> {
        self.carry_out(attempt)?;
        self.before_block = None;
        Some(())
    }

    fn carry_out(&mut self, attempt: &Attempt) -> Option<()> {
        match attempt.clone() {
            Attempt::Transfer { from, to, amount, nonce, with_chain_id } => {
                let (from, to) = (self.people[from].clone(), self.people[to].clone());
                let last = self.nonces.get(&from).copied().unwrap_or(0);
                self.check_nonce(nonce, last)?;
                (with_chain_id && from != to && amount > 0).then_some(())?;
                self.move_money(&from, &to, amount)?;
                self.nonces.insert(from, nonce);
            }
            Attempt::Attest { who, name, hardware, number, challenge, expiry, is_signed } => {
                is_signed.then_some(())?;
                self.attest(who, &name, hardware, number, (challenge, expiry))?;
            }
            Attempt::Release { who, name, nonce } => {
                self.owns(who, &name).then_some(())?;
                let last = self.miners.get(&name)?.owner_nonce;
                self.check_nonce(nonce, last)?;
                self.release(&name)?;
                self.miners.get_mut(&name)?.owner_nonce = nonce;
            }
            Attempt::Claim { who, name, to, nonce } => self.claim(who, &name, &to, nonce)?,
            Attempt::Admin { sequence, by_validator, action } => {
                (by_validator && sequence == self.admin_commands + 1).then_some(())?;
                self.carry_out_for_admin(action)?;
                self.admin_commands += 1;
            }
        }
        Some(())
    }

    fn carry_out_for_admin(&mut self, action: AdminAttempt) -> Option<()> {
        match action {
            AdminAttempt::Transfer { from, to, amount, key, too_wordy } => {
                (is_founder(&from) && from != to && amount > 0 && !too_wordy).then_some(())?;
                (!key.as_ref().is_some_and(|key| self.keys.contains(key))).then_some(())?;
                self.move_money(&from, &to, amount)?;
                self.keys.extend(key);
            }
            AdminAttempt::BindKey { name, who } => {
                (!name.is_address() && !is_off_limits(&name)).then_some(())?;
                self.names.entry(name).or_default().owner = who;
            }
            AdminAttempt::Release { name } => self.release(&name)?,
        }
        Some(())
    }

    fn check_nonce(&self, nonce: u64, last: u64) -> Option<()> {
        let highest = (last + (1 << 20)).max(at(self.block?).0 + 86_400_000);
        (nonce > last && nonce <= highest).then_some(())
    }

    fn move_money(&mut self, from: &WalletId, to: &WalletId, amount: u64) -> Option<()> {
        let held = self.balances.get(from).copied().unwrap_or(0);
        let opens = !self.balances.contains_key(to) && amount < 1_000;
        (amount <= held && !opens).then_some(())?;
        *self.balances.get_mut(from)? -= amount;
        *self.balances.entry(to.clone()).or_default() += amount;
        Some(())
    }

    fn owns(&self, who: usize, name: &WalletId) -> bool {
        *name == self.people[who] || self.names.get(name).is_some_and(|pinned| pinned.owner == who)
    }

    fn attest(
        &mut self,
        who: usize,
        name: &WalletId,
        hardware: Hardware,
        number: u64,
        (challenge, expiry): (u64, u64),
    ) -> Option<()> {
        let time = self.block?;
        (expiry > at(time).seconds().0 && !self.used.contains(&(challenge, expiry)))
            .then_some(())?;
        let slot = time / SLOT_MILLIS;
        let known = self.miners.get(name);
        let in_slot = known.filter(|miner| miner.slot == slot).map_or(0, |miner| miner.in_slot);
        (in_slot < 10 && !is_off_limits(name)).then_some(())?;
        let poor = self.balances.get(name).copied().unwrap_or(0) == 0;
        let pins = !name.is_address() && !self.names.contains_key(name) && poor;
        (pins || self.owns(who, name)).then_some(())?;
        let released = |bound: &BoundBox| bound.free_from.is_some_and(|from| from <= self.epoch);
        if let Some(bound) = self.boxes.get(&number) {
            let silent = self.epochs_with_blocks - bound.seen_at >= 30;
            (bound.owner == *name || released(bound) || silent).then_some(())?;
        }

        self.used.insert((challenge, expiry));
        if pins {
            self.names.insert(name.clone(), PinnedName { owner: who, ..PinnedName::default() });
        }
        let before = self.boxes.remove(&number);
        let still_released = before
            .filter(|bound| bound.owner == *name && !released(bound))
            .and_then(|bound| bound.free_from);
        for miner in self.miners.values_mut().filter(|miner| miner.bound_to == Some(number)) {
            miner.bound_to = None;
        }
        let next_epoch = self.epoch + 1;
        let left = self.miners.get(name).and_then(|miner| miner.bound_to);
        if let Some(bound) = left.and_then(|left| self.boxes.get_mut(&left))
            && bound.owner == *name
        {
            bound.free_from = Some(bound.free_from.map_or(next_epoch, |from| from.min(next_epoch)));
        }
        let (owner, seen_at) = (name.clone(), self.epochs_with_blocks);
        self.boxes.insert(number, BoundBox { owner, seen_at, free_from: still_released });
        let miner = self.miners.entry(name.clone()).or_default();
        (miner.slot, miner.in_slot, miner.bound_to) = (slot, in_slot + 1, Some(number));
        let weight = u64::from(hardware.millionths());
        match self.enrolled.iter_mut().find(|(id, _)| id == name) {
            Some((_, best)) => *best = weight.max(*best),
            None => self.enrolled.push((name.clone(), weight)),
        }
        Some(())
    }

    fn release(&mut self, name: &WalletId) -> Option<()> {
        let number = self.miners.get_mut(name)?.bound_to.take()?;
        self.boxes.get_mut(&number)?.free_from = Some(self.epoch + 1);
        Some(())
    }

    fn claim(&mut self, who: usize, name: &WalletId, to: &WalletId, nonce: u64) -> Option<()> {
        let pinned = self.names.get(name)?;
        self.check_nonce(nonce, pinned.nonce)?;
        let amount = pinned.claimable;
        (pinned.owner == who && to.is_address() && amount > 0).then_some(())?;
        self.move_money(name, to, amount)?;
        let pinned = self.names.get_mut(name)?;
        (pinned.claimable, pinned.nonce) = (0, nonce);
        Some(())
    }
}

fn is_founder(wallet: &WalletId) -> bool {
    wallet.as_str().starts_with("founder_")
}

/// Whether nobody mines under this name.
fn is_off_limits(name: &WalletId) -> bool {
    is_founder(name) || *name == wallet("reserve")
}
