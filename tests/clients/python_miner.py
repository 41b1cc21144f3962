#!/usr/bin/env python3
"""The official Python miner for Linux and macOS: attest, then enrol, N rounds.

Signs the canonical JSON of the whole submission (scheme v3) and the enrolment
of the epoch that GET /epoch names.
"""

import payloads
import shape
import stand_in
from attestation import Miner
from node_api import Deviation


def check_verdict(args, attested: dict, enrolled: dict, text: str) -> None:
    """Holds the node's conclusions against what the caller expects of them."""
    if args.expect_passed and not attested["fingerprint_passed"]:
        raise Deviation(f"an honest {args.profile} did not pass: {attested!r}")
    if args.expect_vm:
        if attested["fingerprint_passed"] or not enrolled["fingerprint_failed"]:
            raise Deviation(f"a virtual machine passed: {attested!r}")
        if "anti_emulation" not in text and "vm" not in text.lower():
            raise Deviation(f"the answer does not say why the check failed: {attested!r}")
    expected = (("multiplier", args.expect_multiplier, attested["multiplier"]),
                ("weight", args.expect_weight, enrolled["weight"]))
    for name, wanted, got in expected:
        if wanted is not None and abs(wanted - got) > 1e-6:
            raise Deviation(f"{name} is {got}, expected {wanted}")


def check_listed(node, miner: Miner) -> None:
    """The wallet shows up in the list of active miners, in its documented shape."""
    body = node.get("/api/miners", limit=1000).expect(200)
    mine = [row for row in body["miners"] if row.get("miner") == miner.wallet]
    if len(mine) != 1:
        raise Deviation(f"/api/miners lists {miner.wallet} {len(mine)} times")
    shape.check("miner row", mine[0], {"last_attest": shape.integer, "hardware_type": shape.text,
                                       "device_arch": shape.text})


def story(node, args) -> dict:
    miner = Miner(node, args.seed or f"python-miner/{args.profile}", args.profile)
    rounds = []
    for number in range(args.rounds):
        attested, enrolled = miner.round(number)
        check_verdict(args, attested, enrolled, str(attested))
        rounds.append({"epoch": enrolled["epoch"], "weight": enrolled["weight"],
                       "multiplier": attested["multiplier"],
                       "fingerprint_passed": attested["fingerprint_passed"]})
    check_listed(node, miner)
    shape.balance(node.get("/wallet/balance", miner_id=miner.wallet).expect(200), miner.wallet)
    return {"wallet": miner.wallet, "profile": args.profile, "rounds": rounds}


def main() -> None:
    parser = stand_in.arguments(__doc__)
    parser.add_argument("--seed", help="makes the key and the machine; by default one per profile")
    parser.add_argument("--profile", default="modern", choices=sorted(payloads.PROFILES))
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--expect-passed", action="store_true")
    parser.add_argument("--expect-vm", action="store_true", help="recognised and told why")
    parser.add_argument("--expect-multiplier", type=float)
    parser.add_argument("--expect-weight", type=float)
    stand_in.run(parser, story)


if __name__ == "__main__":
    main()
