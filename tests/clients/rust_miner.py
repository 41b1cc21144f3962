#!/usr/bin/env python3
"""The official rust-miner: pipe signature (v2), no fingerprint, enrols by its public key.

Its wallet is a name made from the machine, not the key's address. It must be
accepted, but a submission without evidence is no pass and earns base weight at
most.
"""

import hashlib
import json

import stand_in
import wire
from attestation import Miner
from node_api import Deviation

BASE_WEIGHT = 1.0


def machine_wallet(miner_id: str) -> str:
    """``x86_64_<38 hex>RTC``, as ``HardwareInfo::generate_wallet`` makes it."""
    return f"x86_64_{hashlib.sha256(f'{miner_id}-rustchain'.encode()).hexdigest()[:38]}RTC"


def rust_payload(miner: Miner, nonce: str) -> dict:
    """The submission in the field order and types of ``AttestationReport``."""
    full = miner.payload(nonce)
    entropy = {name: float(value) if name.endswith("_ns") else value
               for name, value in full["report"]["derived"].items()}
    entropy["samples_preview"] = [float(sample) for sample in entropy["samples_preview"]]
    compact = json.dumps(entropy, separators=(",", ":"))
    digest = hashlib.sha256((nonce + miner.wallet + compact).encode()).hexdigest()
    device = {name: full["device"][name] for name in ("family", "arch", "model", "cpu", "cores", "memory_gb", "serial")}
    return {
        "miner": miner.wallet, "miner_id": miner.miner_id, "nonce": nonce,
        "report": {"nonce": nonce, "commitment": digest, "derived": entropy,
                   "entropy_score": entropy["variance_ns"]},
        "device": {**device, "family": "x86_64", "model": "x86_64"},
        "signals": full["signals"], "miner_version": "0.1.0",
    }


def story(node, args) -> dict:
    miner = Miner(node, args.seed, "modern")
    miner.miner_id = f"modern-{miner.machine.hostname[:10]}-{miner.machine.serial[:8].lower()}"
    miner.wallet = machine_wallet(miner.miner_id)
    attested = miner.submit(miner.sign_v2(rust_payload(miner, miner.challenge())))
    if attested["fingerprint_passed"]:
        raise Deviation(f"no fingerprint was sent, and yet it passed: {attested!r}")
    enrolments = {}
    for name, miner_pubkey in (("public_key", wire.public_hex(miner.key)), ("wallet", miner.wallet)):
        enrolled = miner.enrol(attested, miner_pubkey)
        if enrolled is None:
            return {"wallet": miner.wallet, "epoch_ended": True}
        if enrolled["weight"] > BASE_WEIGHT or enrolled["hw_weight"] > BASE_WEIGHT:
            raise Deviation(f"scheme v2 earned more than base weight: {enrolled!r}")
        enrolments[name] = enrolled["weight"]
    balance = node.get(f"/balance/{miner.wallet}").expect(200)
    if type(balance.get("balance_rtc")) is not float:
        raise Deviation(f"/balance needs balance_rtc: {balance!r}")
    return {"wallet": miner.wallet, "multiplier": attested["multiplier"], "weights": enrolments}


def main() -> None:
    parser = stand_in.arguments(__doc__)
    parser.add_argument("--seed", default="rust-miner")
    stand_in.run(parser, story)


if __name__ == "__main__":
    main()
