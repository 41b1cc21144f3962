"""A miner's round trip: challenge, submission, enrolment, each answer checked.

Stands for the part that the Python miners have in common (wire reference 4.1,
4.2 and 4.4). The scripts of the single miners vary the steps.
"""

import random

import payloads
import shape
import wire
from node_api import Deviation, Node

CHALLENGE_TTL_S = 300


def check_challenge(body: dict, bound_to=None) -> str:
    """The nonce of a challenge answer of the right shape."""
    shape.check("challenge", body, {
        "nonce": shape.hexadecimal(64), "expires_at": shape.integer,
        "server_time": shape.integer, "bound_miner": shape.exactly(bound_to),
    })
    if body["expires_at"] - body["server_time"] != CHALLENGE_TTL_S:
        raise Deviation(f"challenge: lives other than {CHALLENGE_TTL_S} s: {body!r}")
    return body["nonce"]


def check_submission(body: dict) -> dict:
    shape.check("submission", body, {
        "ok": shape.exactly(True), "success": shape.exactly(True),
        "status": shape.exactly("accepted"), "ticket_id": shape.hexadecimal(32, "ticket_"),
        "device": shape.mapping, "fingerprint_passed": shape.boolean,
        "temporal_review_flag": shape.boolean, "measurement_binding_state": shape.text,
        "measurement_workload_next": shape.integer, "macs_recorded": shape.integer,
        "warthog_bonus": shape.number, "multiplier": shape.number,
        "epoch": shape.integer, "enrolled": shape.boolean,
    })
    return body


def check_enrolment(body: dict, miner_id: str) -> dict:
    shape.check("enrolment", body, {
        "ok": shape.exactly(True), "epoch": shape.integer, "weight": shape.number,
        "hw_weight": shape.number, "fingerprint_failed": shape.boolean,
        "miner_pk": shape.text, "miner_id": shape.exactly(miner_id),
    }, {
        "measurement_nonce": shape.text, "active_fingerprint_checks": shape.listing,
        "active_fingerprint_pass_count": shape.integer, "active_fingerprint_total": shape.integer,
    })
    return body


def current_epoch(node: Node) -> int:
    body = node.get("/epoch").expect(200)
    shape.check("epoch", body, {
        "epoch": shape.integer, "slot": shape.integer, "epoch_pot": shape.floating,
        "enrolled_miners": shape.integer, "blocks_per_epoch": shape.integer,
        "total_supply_rtc": shape.number,
    })
    return body["epoch"]


class Miner:
    """One identity on one machine, talking to one node."""

    def __init__(self, node: Node, seed: str, profile: str, wallet: str | None = None):
        self.node = node
        self.key = wire.key_from_seed(seed)
        self.wallet = wallet or wire.address(self.key)
        self.machine = payloads.Machine(profile, seed)
        self.miner_id = f"{profile}-{self.machine.hostname}"
        self.seed = seed

    def challenge(self, body=None, bound_to=None) -> str:
        answer = self.node.post("/attest/challenge", {} if body is None else body)
        return check_challenge(answer.expect(200), bound_to)

    def payload(self, nonce: str, round_number: int = 0) -> dict:
        """The unsigned submission, with the members of the Linux miner."""
        device, signals, fingerprint = self.machine.report(round_number)
        entropy = payloads.entropy(random.Random(f"{self.seed}/{round_number}"))
        return {
            "miner": self.wallet, "miner_id": self.miner_id, "nonce": nonce,
            "report": {"nonce": nonce, "commitment": wire.commitment(nonce, self.wallet, entropy),
                       "derived": entropy, "entropy_score": entropy["variance_ns"]},
            "device": device, "signals": signals, "fingerprint": fingerprint, "warthog": None,
        }

    def sign_v3(self, payload: dict) -> dict:
        """The payload with a signature over all of it."""
        return {**payload, "signature": wire.sign_hex(self.key, wire.attest_v3_message(payload)),
                "public_key": wire.public_hex(self.key), "signature_type": "ed25519"}

    def sign_v2(self, payload: dict) -> dict:
        """The payload with a signature over four of its fields, and no type."""
        return {**payload, "signature": wire.sign_hex(self.key, wire.attest_v2_message(payload)),
                "public_key": wire.public_hex(self.key)}

    def submit(self, signed: dict) -> dict:
        return check_submission(self.node.post("/attest/submit", signed).expect(200))

    def enrolment(self, epoch: int, miner_pubkey: str | None = None, **more) -> dict:
        """The signed enrolment request for one epoch."""
        miner_pubkey = miner_pubkey or self.wallet
        message = wire.enrol_message(miner_pubkey, self.miner_id, epoch)
        device, _, _ = self.machine.report(0)
        return {"miner_pubkey": miner_pubkey, "miner_id": self.miner_id,
                "device": {"family": device["family"], "arch": device["arch"]},
                "signature": wire.sign_hex(self.key, message),
                "public_key": wire.public_hex(self.key), **more}

    def enrol(self, attested: dict, miner_pubkey: str | None = None, **more) -> dict | None:
        """Enrols as attested; ``None`` if the epoch ended in between.

        A new epoch makes the signature or the attestation stale. Real miners
        then start over on their next cycle.
        """
        epoch = current_epoch(self.node)
        answer = self.node.post("/epoch/enroll", self.enrolment(epoch, miner_pubkey, **more))
        if answer.status != 200 and current_epoch(self.node) != attested["epoch"]:
            return None
        body = check_enrolment(answer.expect(200), self.miner_id)
        if body["miner_pk"] not in (self.wallet, miner_pubkey):
            raise Deviation(f"{answer}: enrolled somebody else")
        return body

    def round(self, round_number: int) -> tuple[dict, dict]:
        """Challenge, signed submission, enrolment; once more if the epoch ended."""
        for _ in range(2):
            signed = self.sign_v3(self.payload(self.challenge(), round_number))
            attested = self.submit(signed)
            enrolled = self.enrol(attested, fingerprint=signed["fingerprint"])
            if enrolled is not None:
                return attested, enrolled
        raise Deviation("enrolment: two epochs in a row ended between attestation and enrolment")
