#!/usr/bin/env python3
"""The Windows and macOS miners: attest, poll the lottery, sign a header when it is their turn.

They sign the text ``slot:{slot}:miner:{id}:ts:{ts}`` and send it as ``message``.
With --canonical the header's BLAKE2b hash is signed instead, as the node's own
documentation asks.
"""

import time

import shape
import stand_in
import wire
from attestation import Miner
from node_api import Deviation

ELIGIBILITY = {
    "your_turn": {"slot_producer": shape.text, "slot": shape.integer},
    "not_your_turn": {"slot_producer": shape.text, "slot": shape.integer,
                      "your_turn_at_slot": shape.integer},
    "not_attested": {"slot_producer": shape.exactly(None), "slot": shape.integer},
}


def eligibility(node, wallet: str) -> dict:
    """The lottery's answer, in one of its three shapes."""
    body = node.get("/lottery/eligibility", miner_id=wallet).expect(200)
    shape.check("eligibility", body, {"eligible": shape.boolean, "reason": shape.text,
                                      "rotation_size": shape.integer})
    if body["reason"] not in ELIGIBILITY or body["eligible"] != (body["reason"] == "your_turn"):
        raise Deviation(f"eligibility: contradictory answer {body!r}")
    shape.check("eligibility", body, ELIGIBILITY[body["reason"]])
    return body


def wait_for_turn(node, wallet: str, args) -> dict:
    """Polls like the miner does, until its turn or the deadline."""
    deadline = time.monotonic() + args.deadline
    while True:
        state = eligibility(node, wallet)
        if state["eligible"] or time.monotonic() > deadline:
            return state
        time.sleep(args.poll)


def envelope(miner: Miner, slot: int, canonical: bool) -> dict:
    """A signed header, its message as text or as the header's hash."""
    timestamp = int(time.time())
    header = {"slot": slot, "miner": miner.wallet, "timestamp": timestamp}
    message = wire.header_hash(header) if canonical else wire.header_text(slot, miner.wallet, timestamp)
    return {"miner_id": miner.wallet, "header": header, "message": message.hex(),
            "signature": wire.sign_hex(miner.key, message), "pubkey": wire.public_hex(miner.key)}


def check_tip(node) -> dict:
    answer = node.get("/headers/tip")
    if answer.status == 404:
        shape.check("tip", answer.body, {name: shape.exactly(None) for name in ("slot", "miner", "tip_age")})
        return answer.body
    body = answer.expect(200)
    shape.check("tip", body, {"slot": shape.integer, "miner": shape.nullable(shape.text),
                              "tip_age": shape.number, "signature_prefix": shape.text})
    if body["tip_age"] < 0 or len(body["signature_prefix"]) > 20:
        raise Deviation(f"tip: impossible figures {body!r}")
    return body


def check_refusals(node, miner: Miner, slot: int, canonical: bool) -> None:
    """A message that names another slot, and a slot far ahead, are refused."""
    other = envelope(miner, slot, canonical)
    other["header"] = {**other["header"], "slot": slot + 1}
    refusal = node.post("/headers/ingest_signed", other)
    refusal.expect(400)
    if "MESSAGE_HEADER_MISMATCH" not in refusal.names():
        raise Deviation(f"{refusal}: expected message_header_mismatch")
    node.post("/headers/ingest_signed", envelope(miner, slot + 1_000, canonical)).expect(400, 403)


def submit_header(node, miner: Miner, slot: int, canonical: bool) -> dict | None:
    """Posts one header; ``None`` if its slot passed meanwhile."""
    answer = node.post("/headers/ingest_signed", envelope(miner, slot, canonical))
    if answer.status == 403 and eligibility(node, miner.wallet)["slot"] != slot:
        return None
    body = answer.expect(200)
    shape.check("header", body, {"ok": shape.exactly(True), "slot": shape.exactly(slot),
                                 "miner": shape.exactly(miner.wallet), "ms": shape.number})
    return body


def story(node, args) -> dict:
    miner = Miner(node, args.seed, "windows")
    payload = miner.payload(miner.challenge())
    del payload["nonce"]  # this miner sends the nonce inside the report only
    attested = miner.submit(miner.sign_v3(payload))
    miner.enrol(attested, fingerprint=payload["fingerprint"])
    state = eligibility(node, miner.wallet)
    if state["reason"] == "not_attested":
        raise Deviation(f"attested, and yet not in the rotation: {state!r}")
    check_refusals(node, miner, state["slot"], args.canonical)
    accepted = None
    while accepted is None and (state := wait_for_turn(node, miner.wallet, args))["eligible"]:
        accepted = submit_header(node, miner, state["slot"], args.canonical)
    if accepted is None and args.require_turn:
        raise Deviation(f"no turn within {args.deadline} s: {state!r}")
    if accepted is None:
        refusal = node.post("/headers/ingest_signed", envelope(miner, state["slot"], args.canonical))
        refusal.expect(403)
    return {"wallet": miner.wallet, "header": accepted, "eligibility": state, "tip": check_tip(node)}


def main() -> None:
    parser = stand_in.arguments(__doc__)
    parser.add_argument("--seed", default="windows-miner")
    parser.add_argument("--canonical", action="store_true", help="sign the header's hash")
    parser.add_argument("--poll", type=float, default=1.0, metavar="SECONDS")
    parser.add_argument("--deadline", type=float, default=30.0, metavar="SECONDS")
    parser.add_argument("--require-turn", action="store_true", help="fail if the turn never comes")
    stand_in.run(parser, story)


if __name__ == "__main__":
    main()
