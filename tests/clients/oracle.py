#!/usr/bin/env python3
"""CPython as the referee of canonical bytes, for a differential test in Rust.

Reads one JSON request a line and answers with JSON lines:

  {"mode":"transfer","from":A,"to":B,"amount":MICRO,"nonce":N,"memo":M,"chain_id":C|null,"fee":BOOL}
      -> {"hex": signed bytes}
  {"mode":"payload","hex": raw JSON text}
      -> {"hex": json.dumps of it without the signature members}
  {"mode":"generate","kind":"transfers"|"payloads","seed":S,"count":N}
      -> N lines and {"done":N}. A transfer line has "fields" (as in mode
      transfer), "text" (hex of a client's request body, unsigned) and
      "expected"; a payload line has "text" and "expected".
"""

import json
import random
import sys

import wire

SUPPLY_MICRO = 8_388_608 * wire.MICRO_PER_RTC
MEMO_PIECES = ["", "rent", " ", "caf\u00e9", "\u2028", "\u00ff", "\u0100", "\ud7ff", "\ue000", "\ufeff", "\uffff",
               "\U00010000", "\U0001f600", "\U0010ffff", '"', "\\", "/", "\n", "\r\t\b\f", "\x00", "\x1f", "\x7f",
               "\x80", "None", "null", "\\u0041", "<img src=x>", "0" * 40]
# Tokens that no Python client prints, but that Python reads and prints anew.
FOREIGN_NUMBERS = ["1E5", "1.50", "1e2", "0.00001", "-0", "-0.0", "1.0E+2", "1e-7", "100000000000000000000.0",
                   "1e16", "123456789012345678", "0.1e1", "5e-324", "4.9e-324", "1.7976931348623157e308",
                   "9007199254740993", "9007199254740993.0", "0.30000000000000004", "2.5e-3", "1e22", "1e23"]


def transfer(request: dict) -> bytes:
    amount = wire.amount_float(request["amount"])
    return wire.transfer_message(request["from"], request["to"], amount, request["nonce"], request["memo"],
                                 request["chain_id"], 0.0 if request["fee"] else None)


def payload(text: bytes) -> bytes:
    return wire.attest_v3_message(json.loads(text))


def random_text(rng) -> str:
    return "".join(rng.choices(MEMO_PIECES, k=rng.randint(0, 4)))


def random_amount(rng) -> int:
    """From one micro-RTC to the whole supply, every order of magnitude alike."""
    digits = rng.randint(1, 13)
    return min(rng.choice((rng.randint(1, 10**digits), 10**(digits - 1), rng.randint(1, 99) * 10**(digits - 1))),
               SUPPLY_MICRO)


def random_transfer(rng) -> dict:
    fields = {
        "from": f"RTC{rng.getrandbits(160):040x}", "to": f"RTC{rng.getrandbits(160):040x}",
        "amount": random_amount(rng), "nonce": rng.randint(1, 1 << rng.randint(1, 62)),
        "memo": random_text(rng), "fee": rng.random() < 0.5,
        "chain_id": rng.choice((None, "rustchain-mainnet-v2", "rustchain-dev", "x._-9")),
    }
    body = {"from_address": fields["from"], "to_address": fields["to"],
            "amount_rtc": wire.amount_float(fields["amount"]), "nonce": fields["nonce"], "memo": fields["memo"]}
    if fields["chain_id"] is not None:
        body["chain_id"] = fields["chain_id"]
    if fields["fee"]:
        body["fee_rtc"] = 0.0
    text = json.dumps(body, ensure_ascii=rng.random() < 0.5)
    return {"fields": fields, "text": text.encode().hex(), "expected": transfer(fields).hex()}


class JsonWriter:
    """Random JSON text: its tokens vary in ways that parse to the same values."""

    def __init__(self, rng):
        self.rng = rng
        self.space = rng.choice(("", " ", "\n  "))

    def string(self, value: str) -> str:
        written = json.dumps(value, ensure_ascii=self.rng.random() < 0.5)
        return written.replace("/", "\\/") if self.rng.random() < 0.2 else written

    def number(self) -> str:
        rng = self.rng
        kind = rng.randrange(8)
        if kind == 0:
            return rng.choice(FOREIGN_NUMBERS)
        if kind == 1:
            return str(rng.getrandbits(rng.choice((8, 53, 63, 64, 65, 128, 400))) * rng.choice((1, -1)))
        if kind == 2:
            return repr(rng.uniform(-1, 1) * 10.0 ** rng.randint(-320, 300))
        if kind == 3:
            return repr(round(rng.uniform(0, 100), rng.randint(0, 9)))
        if kind == 4:
            return repr(float(rng.randint(0, 10 ** rng.randint(1, 18))))
        if kind == 5:
            return f"{rng.uniform(0, 1000):.{rng.randint(1, 25)}f}"
        return str(rng.randint(-10_000, 10_000_000))

    def value(self, depth: int) -> str:
        kind = self.rng.randrange(10)
        if depth > 0 and kind == 0:
            return self.listing(depth)
        if depth > 0 and kind <= 2:
            return self.mapping(depth)
        if kind <= 6:
            return self.number()
        if kind <= 8:
            return self.string(random_text(self.rng))
        return self.rng.choice(("true", "false", "null"))

    def listing(self, depth: int) -> str:
        items = (self.value(depth - 1) for _ in range(self.rng.randint(0, 5)))
        return "[" + self.space + ("," + self.space).join(items) + "]"

    def mapping(self, depth: int, **fixed) -> str:
        """An object with unique keys in random order; ``fixed`` holds tokens."""
        names = dict.fromkeys(random_text(self.rng) or f"k{i}" for i in range(self.rng.randint(0, 5)))
        tokens = {**{name: self.value(depth - 1) for name in names}, **fixed}
        order = self.rng.sample(sorted(tokens), len(tokens))
        members = (f"{self.string(name)}{self.space}:{tokens[name]}" for name in order)
        return "{" + ("," + self.space).join(members) + self.space + "}"


def random_payload(rng) -> dict:
    writer = JsonWriter(rng)
    text = writer.mapping(
        1,
        miner=writer.string(f"RTC{rng.getrandbits(160):040x}"),
        miner_id=writer.string(f"host-{rng.randrange(1000)}"),
        nonce=writer.string(f"{rng.getrandbits(256):064x}"),
        report=writer.mapping(4, derived=writer.mapping(3), signature=writer.string("kept: not at the top")),
        device=writer.mapping(2, cores=str(rng.randint(1, 64)), cpu=writer.string(random_text(rng))),
        signals=writer.mapping(2, macs=writer.listing(1)),
        fingerprint=writer.mapping(6, all_passed=rng.choice(("true", "false"))),
        warthog=rng.choice(("null", writer.mapping(2))),
        signature=writer.string("00" * 64), public_key=writer.string("11" * 32),
        signature_type=writer.string("ed25519"),
    )
    return {"text": text.encode().hex(), "expected": payload(text.encode()).hex()}


def generate(request: dict):
    """The lines of one generate request; the same seed gives the same lines."""
    make = {"transfers": random_transfer, "payloads": random_payload}[request["kind"]]
    rng = random.Random(f"{request['kind']}/{request['seed']}")
    for _ in range(request["count"]):
        yield make(rng)
    yield {"done": request["count"]}


def answers(request: dict):
    if request["mode"] == "transfer":
        return [{"hex": transfer(request).hex()}]
    if request["mode"] == "payload":
        return [{"hex": payload(bytes.fromhex(request["hex"])).hex()}]
    return generate(request)


def main() -> None:
    for line in sys.stdin:
        for answer in answers(json.loads(line)):
            sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
