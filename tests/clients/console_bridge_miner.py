#!/usr/bin/env python3
"""The Pico bridge miner: a games console behind a microcontroller on its controller port.

Names itself when it asks for the challenge, has no MAC and no clock check, and
reports four checks of its own. The shipped script does not sign: with
--unsigned it must be refused unless the node lists it (--listed); without, it
signs as the network now requires of new identities.
"""

import random

import stand_in
import wire
from attestation import Miner
from node_api import Deviation


def bridge_payload(miner: Miner, nonce: str, round_number: int) -> dict:
    """The submission of ``pico_bridge_miner.py``: its own ``derived`` block."""
    payload = miner.payload(nonce, round_number)
    checks = payload["fingerprint"]["checks"]
    cv = checks["ctrl_port_timing"]["data"]["cv"]
    rom_hash = wire.header_hash({"nonce": nonce, "wallet": miner.wallet}).hex()
    derived = {
        "ctrl_port_timing_mean_ns": random.Random(nonce).randint(247_500, 252_500),
        "ctrl_port_timing_stdev_ns": checks["bus_jitter"]["data"]["jitter_stdev_ns"],
        "ctrl_port_cv": cv, "rom_hash_result": rom_hash,
        "rom_hash_time_us": checks["rom_execution_timing"]["data"]["hash_time_us"],
        "bus_jitter_samples": 500,
    }
    payload["report"] = {"nonce": nonce, "commitment": rom_hash, "derived": derived,
                         "entropy_score": round(min(1.0, cv * 100), 4)}
    payload["wallet"] = miner.wallet
    del payload["warthog"]
    return payload


def refused_unsigned(node, miner: Miner, payload: dict) -> dict:
    refusal = node.post("/attest/submit", payload)
    refusal.expect(400, 401)
    if "MISSING_SIGNATURE" not in refusal.names():
        raise Deviation(f"{refusal}: expected MISSING_SIGNATURE")
    return {"wallet": miner.wallet, "refused": refusal.body["code"]}


def story(node, args) -> dict:
    miner = Miner(node, args.seed, "console", wallet=args.name)
    nonce = miner.challenge({"miner": miner.wallet}, bound_to=miner.wallet)
    payload = bridge_payload(miner, nonce, 0)
    if args.unsigned and not args.listed:
        return refused_unsigned(node, miner, payload)
    attested = miner.submit(payload if args.unsigned else miner.sign_v3(payload))
    if args.expect_passed and not attested["fingerprint_passed"]:
        raise Deviation(f"a genuine console did not pass: {attested!r}")
    if attested["macs_recorded"] != 0:
        raise Deviation(f"a console has no MAC: {attested!r}")
    return {"wallet": miner.wallet, "multiplier": attested["multiplier"],
            "fingerprint_passed": attested["fingerprint_passed"], "epoch": attested["epoch"]}


def main() -> None:
    parser = stand_in.arguments(__doc__)
    parser.add_argument("--seed", default="console-bridge")
    parser.add_argument("--name", help="a plain miner name instead of the key's address")
    parser.add_argument("--unsigned", action="store_true", help="send no signature, as shipped")
    parser.add_argument("--listed", action="store_true", help="the node allows this unsigned name")
    parser.add_argument("--expect-passed", action="store_true")
    stand_in.run(parser, story)


if __name__ == "__main__":
    main()
