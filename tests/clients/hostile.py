#!/usr/bin/env python3
"""Attackers and broken clients: every row of wrong input is refused and changes nothing.

The rows are in ``hostile_transfers``, ``hostile_attestations`` and
``hostile_admin``. After each one the balances and nonces of both wallets must
be what they were; at the end the same wallets work as if nothing had happened.
"""

import threading
from pathlib import Path

import hostile_admin
import hostile_attestations
import hostile_transfers
import shape
import stand_in
import wallet_cli
import wire
from attestation import Miner, current_epoch
from node_api import Deviation, Node
from rows import Row, named

RACERS = 16
HASTE_MICRO = 1_500_000


class Siege:
    """Two wallets and the state they must keep."""

    def __init__(self, node: Node, seed: str):
        self.node = node
        self.key = wire.key_from_seed(seed)
        self.sender = wire.address(self.key)
        self.to = wire.address(wire.key_from_seed(f"{seed}/victim"))
        self.chain_id = node.chain_id()
        self.refused = 0

    def state(self) -> tuple:
        return tuple(wallet_cli.read_balance(self.node, wallet) for wallet in (self.sender, self.to))

    def forger(self) -> hostile_transfers.Forger:
        return hostile_transfers.Forger(self.key, self.to, self.chain_id, self.state()[0]["nonce"])

    def withstand(self, rows: list[Row]) -> None:
        """Sends every row; each is refused and leaves both wallets alone."""
        before = self.state()
        for row in rows:
            row.send(self.node)
            after = self.state()
            if after != before:
                raise Deviation(f"row «{row.name}» was refused, and yet changed {before!r} to {after!r}")
            self.refused += 1


def pay_once(siege: Siege) -> dict:
    """A sound transfer: it opens the second wallet and is replayed later."""
    forger = siege.forger()
    body = forger.body()
    tx_id = wire.transfer_id(forger.message(), body["signature"])
    answer = siege.node.post(hostile_transfers.PATH, body).expect(200)
    shape.transfer_done(answer, sender=siege.sender, to=siege.to, amount=1.5, tx_id=tx_id)
    return {"body": body, "nonce": forger.nonce, "tx_id": tx_id}


def check_replay_answers(siege: Siege, used: dict) -> None:
    """B5: the same bytes learn what became of them; others learn the latest nonce only."""
    again = siege.node.post(hostile_transfers.PATH, used["body"]).expect(400)
    shape.check("replay", again, {"code": shape.exactly("REPLAY_DETECTED"), "status": shape.exactly("confirmed"),
                                  "tx_id": shape.exactly(used["tx_id"])})
    other = siege.forger().body(2.5, nonce=used["nonce"])
    stale = siege.node.post(hostile_transfers.PATH, other).expect(400)
    shape.check("stale nonce", stale, {"code": shape.exactly("OUT_OF_ORDER_NONCE"),
                                       "latest_nonce": shape.exactly(used["nonce"])}, forbidden=("tx_id",))


def race(siege: Siege) -> int:
    """B2: the same transfer from many connections at once is executed once."""
    before, body = siege.state(), siege.forger().body()
    answers, gate = [], threading.Barrier(RACERS)

    def racer():
        node = Node(siege.node.url, patience_s=siege.node.patience_s, verify=siege.node.session.verify)
        gate.wait()
        try:
            answers.append(node.post(hostile_transfers.PATH, body))
        except Deviation as deviation:
            answers.append(deviation)

    threads = [threading.Thread(target=racer) for _ in range(RACERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = [answer for answer in answers if getattr(answer, "status", None) == 200]
    lost = [answer for answer in answers if getattr(answer, "status", None) in (400, 429)]
    if len(won) != 1 or len(won) + len(lost) != RACERS:
        raise Deviation(f"race: {len(won)} of {RACERS} were executed: {[str(answer) for answer in answers]}")
    wallet_cli.check_moved(siege.node, before, siege.state(), HASTE_MICRO, body["nonce"])
    return len(lost)


def attack_transfers(siege: Siege) -> dict:
    used = pay_once(siege)
    forger, balance = siege.forger(), siege.state()[0]["amount_i64"]
    siege.withstand(hostile_transfers.rows(forger, used, balance))
    check_replay_answers(siege, used)
    lost = race(siege)
    # B3: none of the refusals burnt a nonce or locked the wallet.
    last = pay_once(siege)
    if last["nonce"] != used["nonce"] + 2:
        raise Deviation(f"nonces were burnt: {used['nonce']} became {last['nonce']} after two transfers")
    return {"race_losers": lost}


def attack_attestations(siege: Siege, seed: str) -> dict:
    miner = Miner(siege.node, f"{seed}/miner", "modern")
    nonce = miner.challenge()
    siege.withstand(hostile_attestations.rows(miner, nonce))
    signed = miner.sign_v3(miner.payload(nonce))
    attested = miner.submit(signed)  # the refusals did not use up the challenge
    siege.withstand([Row("B used challenge", hostile_attestations.SUBMIT, signed, (409,), named("NONCE_REPLAY"))])
    epoch = current_epoch(siege.node)
    siege.withstand(hostile_attestations.enrolments(miner, epoch))
    check_class_is_not_taken_from_enrolment(miner, attested)
    check_one_machine_one_wallet(siege, miner)
    return {"miner": miner.wallet, "multiplier": attested["multiplier"]}


def check_class_is_not_taken_from_enrolment(miner: Miner, attested: dict) -> None:
    """E7: an enrolment that claims a G4 gets the weight of what was attested."""
    enrolled = miner.enrol(attested, device={"family": "PowerPC", "arch": "G4"})
    if enrolled is not None and enrolled["hw_weight"] > 1.0:
        raise Deviation(f"the enrolment's own claim was believed: {enrolled!r}")


def check_one_machine_one_wallet(siege: Siege, owner: Miner) -> None:
    """E6: a second wallet on the same machine is refused, and told nobody's name."""
    rival = Miner(siege.node, f"{owner.seed}/rival", "modern")
    rival.machine = owner.machine
    signed = rival.sign_v3(rival.payload(rival.challenge(), 1))
    answer = siege.node.post(hostile_attestations.SUBMIT, signed)
    answer.expect(409)
    if "HARDWARE_ALREADY_BOUND" not in answer.names() or owner.wallet[:12] in answer.text:
        raise Deviation(f"{answer}: expected HARDWARE_ALREADY_BOUND that names nobody")


def attack_admin(siege: Siege, key_file: Path | None) -> None:
    headers = {"X_Admin_Key": key_file.read_text().strip()} if key_file else None
    epoch = current_epoch(siege.node)
    siege.withstand(hostile_admin.rows(headers, epoch, siege.sender, siege.to))


def story(node, args) -> dict:
    siege = Siege(node, args.seed)
    results = {}
    if "transfers" in args.only:
        results |= attack_transfers(siege)
    if "attestations" in args.only:
        results |= attack_attestations(siege, args.seed)
    if "admin" in args.only:
        attack_admin(siege, args.admin_key_file)
    return {"refused": siege.refused, **results}


def main() -> None:
    parser = stand_in.arguments(__doc__)
    parser.add_argument("--seed", required=True, help="of a wallet that holds at least 10 RTC")
    parser.add_argument("--admin-key-file", type=Path, help="without it the admin rows stop at 401")
    groups = ("transfers", "attestations", "admin")
    parser.add_argument("--only", nargs="+", choices=groups, default=groups)
    stand_in.run(parser, story)


if __name__ == "__main__":
    main()
