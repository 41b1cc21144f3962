"""Wrong input for POST /wallet/transfer/signed (security brief, groups A, B and D).

Every row starts from a transfer that would be executed: right key, next nonce,
covered amount. One thing is wrong, so one thing is refused.
"""

import hashlib
import json
import time

import signing_forms
import wire
from rows import BAD_HEX, NOT_AN_OBJECT, Row, named

PATH = "/wallet/transfer/signed"
GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493  # of Ed25519
SUPPLY_RTC = 8_388_608
DAY_MS = 86_400_000

BAD_AMOUNTS = [
    "0", "0.0", "-0", "-0.0", "-1", "-0.000001", "-1e-6", "NaN", "Infinity", "-Infinity", '"NaN"', '"Infinity"',
    '"-inf"', "1e309", "-1e309", '"1e309"', "1e1000000000", '"1e1000000000"', "1e-400", "true", "false", "null",
    '"abc"', '""', '" "', "[]", "{}", "[1]", '{"a":1}', '"1,5"', '"0x10"', '"1_000"', '"\\uff11"', "01", ".5", "1.",
    "+1", "1e", '"--1"', '"1 RTC"', "0.0000001", "1e-7", "0.0000019", "1.0000005", '"0.0000001"',
    "9223372036854.775808", "9223372036854775807", "9223372036854775808", "18446744073709551616", "1e18",
    "9" * 5_000, "0." + "0" * 5_000 + "1",
]

BAD_NONCES = [
    ("zero", "0", named("NONCE_MUST_BE_GT_ZERO")), ("minus one", "-1", named("NONCE_MUST_BE_GT_ZERO")),
    ("fraction", "1.5", named("NONCE_NOT_INT")), ("true", "true", named("NONCE_NOT_INT")),
    ("word", '"abc"', named("NONCE_NOT_INT")), ("hex", '"0x10"', named("NONCE_NOT_INT")),
    ("null", "null", named("MISSING_REQUIRED_FIELDS")), ("empty", '""', named("MISSING_REQUIRED_FIELDS")),
    ("list", "[1]", named()), ("object", '{"n":1}', named()), ("exponent", "1e3", named()),
    ("exponent text", '"1e3"', named()), ("full-width digits", '"\\uff11\\uff12"', named()),
    ("2^53+1", str(2**53 + 1), named()), ("2^53+1 text", f'"{2**53 + 1}"', named()),
    ("i64::MAX", str(2**63 - 1), named()), ("i64::MAX text", f'"{2**63 - 1}"', named()),
    ("u64::MAX", str(2**64 - 1), named()), ("2^64", str(2**64), named()), ("10^30", "1" + "0" * 30, named()),
    ("5,000 digits", "9" * 5_000, named()),
]

BAD_ADDRESSES = [
    "RTC", "RTC123", "RTC" + "0" * 39, "RTC" + "0" * 41, "RTC" + "g" * 40, "rtc" + "0" * 40, "RTC%", "*",
    "RTC" + "0" * 39 + "\u200b", "RT\u0421" + "0" * 40, "RTC" + "\uff10" * 40, "a" * 5_000, "../../etc/passwd",
    "RTC" + "0" * 40 + "' OR 1=1 --",
]


class Forger:
    """Makes transfers of one funded wallet, sound ones and spoilt ones."""

    def __init__(self, key, to: str, chain_id: str, nonce: int):
        self.key, self.to, self.chain_id, self.nonce = key, to, chain_id, nonce
        self.sender = wire.address(key)

    def message(self, amount=1.5, memo="tea", **other) -> bytes:
        fields = {"sender": self.sender, "to": self.to, "nonce": self.nonce, "chain_id": self.chain_id, **other}
        return wire.transfer_message(amount=amount, memo=memo, fee=0.0, **fields)

    def body(self, amount=1.5, memo="tea", **other) -> dict:
        """A correctly signed request; ``other`` replaces sender, to, nonce, chain_id."""
        fields = {"sender": self.sender, "to": self.to, "nonce": self.nonce, "chain_id": self.chain_id, **other}
        signature = wire.sign_hex(self.key, self.message(amount, memo, **other))
        return {"from_address": fields["sender"], "to_address": fields["to"], "amount_rtc": amount,
                "fee_rtc": 0.0, "nonce": fields["nonce"], "memo": memo, "chain_id": fields["chain_id"],
                "signature": signature, "public_key": wire.public_hex(self.key)}

    def with_token(self, field: str, token: str, **signed) -> str:
        """A correctly signed request with one value replaced by raw text."""
        tokens = {name: json.dumps(value) for name, value in self.body(**signed).items()}
        return wire.object_text({**tokens, field: token})

    def with_amount(self, token: str) -> str:
        """A request whose signature covers the amount as Python reads this token.

        So a node that rounds, or that takes infinity, would go on to pay.
        """
        return self.with_token("amount_rtc", token, amount=read_as(float, token, 1.5))

    def with_nonce(self, token: str) -> str:
        return self.with_token("nonce", token, nonce=read_as(lambda value: int(str(value)), token, self.nonce))


def read_as(convert, token: str, otherwise):
    """What a lenient Python server makes of a JSON token."""
    try:
        return convert(json.loads(token))
    except (ValueError, TypeError, OverflowError):
        return otherwise


def tampered(forger: Forger) -> list[Row]:
    """A1: each member changed, added or removed after signing."""
    sound = forger.body()
    other = wire.key_from_seed("somebody else")
    flipped = f"{int(sound['signature'][0], 16) ^ 1:x}" + sound["signature"][1:]
    changes = {
        "amount": {"amount_rtc": 2.5}, "one micro-RTC more": {"amount_rtc": 1.500001},
        "nonce": {"nonce": forger.nonce + 1}, "memo": {"memo": "coffee"}, "memo emptied": {"memo": ""},
        "memo null": {"memo": None}, "to": {"to_address": wire.address(wire.key_from_seed("thief"))},
        "to in upper case": {"to_address": "RTC" + forger.to[3:].upper()},
        "from": {"from_address": wire.address(other)}, "public key": {"public_key": wire.public_hex(other)},
        "key and from": {"from_address": wire.address(other), "public_key": wire.public_hex(other)},
        "fee": {"fee_rtc": 0.5}, "tiny fee": {"fee_rtc": 0.000001}, "negative fee": {"fee_rtc": -1},
        "signature bit": {"signature": flipped}, "signature zero": {"signature": "0" * 128},
        "chain id": {"chain_id": "another-chain"}, "chain id null": {"chain_id": None},
    }
    rows = [Row(f"A1 {name} changed", PATH, {**sound, **change}, (400, 401)) for name, change in changes.items()]
    for name in ("memo", "chain_id"):
        less = {field: value for field, value in sound.items() if field != name}
        rows.append(Row(f"A1 {name} removed", PATH, less, (400, 401)))
    for name in ("from_address", "to_address", "amount_rtc", "nonce", "signature", "public_key"):
        less = {field: value for field, value in sound.items() if field != name}
        rows.append(Row(f"A1 {name} removed", PATH, less, (400,), named("MISSING_REQUIRED_FIELDS")))
    return rows


def chains(forger: Forger) -> list[Row]:
    """A2: a signature for another chain, or for none."""
    mismatch = named("CHAIN_ID_DOES_NOT_MATCH_ACTIVE_NETWORK", "CHAIN_ID_MISMATCH")
    chainless = wire.transfer_message(forger.sender, forger.to, 1.5, forger.nonce, "tea")
    signature = wire.sign_hex(forger.key, chainless)
    unbound = {name: value for name, value in forger.body().items() if name not in ("chain_id", "fee_rtc")}
    return [
        Row("A2 signed for another chain", PATH, forger.body(chain_id="rustchain-other"), (400,), mismatch),
        Row("A2 signed for another chain, body claims ours", PATH,
            {**forger.body(chain_id="rustchain-other"), "chain_id": forger.chain_id}, (401,),
            named("INVALID_SIGNATURE")),
        Row("A2 ill-formed chain id", PATH, forger.body(chain_id="a b"), (400,), named("INVALID_CHAIN_ID_FORMAT")),
        Row("A2 chain id left out by a wallet that signs with one", PATH,
            {**unbound, "signature": signature}, (400, 401)),
        Row("A2 chain id in the body alone", PATH,
            {**unbound, "signature": signature, "chain_id": forger.chain_id}, (401,), named("INVALID_SIGNATURE")),
    ]


def foreign_messages(forger: Forger) -> list[Row]:
    """A3: good signatures of this key over messages of other kinds."""
    others = {
        "enrolment": wire.enrol_message(forger.sender, "host", 1),
        "header": wire.header_text(1, forger.sender, 1),
        "canonical header": wire.header_hash({"miner": forger.sender, "slot": 1, "timestamp": 1}),
        "attestation": f"host|{forger.sender}|{'0' * 64}|{'0' * 64}".encode(),
        "transfer with spaces": json.dumps(json.loads(forger.message()), sort_keys=True).encode(),
        "hash of the transfer": hashlib.sha256(forger.message()).digest(),
        "nothing": b"",
    }
    return [
        Row(f"A3 signature over {name}", PATH, {**forger.body(), "signature": wire.sign_hex(forger.key, message)},
            (401,), named("INVALID_SIGNATURE"))
        for name, message in others.items()
    ]


def curves(forger: Forger) -> list[Row]:
    """A7: what a lax Ed25519 verifier lets through."""
    sound = forger.body()
    s = int.from_bytes(bytes.fromhex(sound["signature"][64:]), "little") + GROUP_ORDER
    malleable = sound["signature"][:64] + s.to_bytes(32, "little").hex()
    identity = bytes([1]) + bytes(31)
    weak = forger.body(sender=wire.address_of(identity))
    return [
        Row("A7 S not reduced", PATH, {**sound, "signature": malleable}, (400, 401)),
        Row("A7 key of small order", PATH,
            {**weak, "public_key": identity.hex(), "signature": identity.hex() + "0" * 64}, (400, 401)),
        Row("A7 no point of the curve", PATH,
            {**forger.body(sender=wire.address_of(b"\xff" * 32)), "public_key": "ff" * 32}, (400, 401)),
    ]


def types(forger: Forger) -> list[Row]:
    """A8, A10: values of the wrong type, and JSON that two parsers read differently."""
    rows = [Row(f"A8 {field} {name}", PATH, forger.with_token(field, token), (400, 401))
            for field in ("signature", "public_key") for name, token in BAD_HEX]
    rows += [Row(f"A8 {field} null", PATH, forger.with_token(field, "null"), (400,), named("MISSING_REQUIRED_FIELDS"))
             for field in ("signature", "public_key", "to_address")]
    rows += [Row(f"A8 {field} {token}", PATH, forger.with_token(field, token), (400, 401))
             for field in ("from_address", "to_address", "chain_id") for token in ("true", "7", "[]", "{}")]
    rows += [Row(f"A10 body {name}", PATH, body) for name, body in NOT_AN_OBJECT]
    sound = wire.object_text({name: json.dumps(value) for name, value in forger.body().items()})
    twice = {"nonce": str(forger.nonce), "amount_rtc": "1.5", "to_address": json.dumps(forger.to), "memo": '"tea"'}
    rows += [Row(f"A10 {field} twice", PATH, f'{sound[:-1]},"{field}":{token}}}') for field, token in twice.items()]
    rows += [Row("A10 lone surrogate in the memo", PATH, forger.with_token("memo", '"\\ud800"')),
             Row("A8 signature of 1 MB", PATH, forger.with_token("signature", json.dumps("a" * 1_000_000)), (400, 413))]
    return rows


def addresses(forger: Forger) -> list[Row]:
    """A9: addresses that only look right."""
    shouting = "RTC" + forger.sender[3:].upper()
    rows = [Row(f"A9 to {to[:50]!a}", PATH, forger.body(to=to), (400,), named("INVALID_TO_ADDRESS_FORMAT"))
            for to in BAD_ADDRESSES]
    return rows + [
        Row("A9 from in upper case", PATH, forger.body(sender=shouting)),
        Row("A9 to in upper case", PATH, forger.body(to="RTC" + forger.to[3:].upper())),
        Row("A9 to itself", PATH, forger.body(to=forger.sender), (400,), named("FROM_TO_MUST_DIFFER")),
        Row("A9 to itself in upper case", PATH, forger.body(to=shouting)),
        Row("A9 from a plain name", PATH, forger.body(sender="founder_community")),
    ]


def amounts(forger: Forger, balance_micro: int) -> list[Row]:
    """A6, D2, D3: amounts that are none, that cannot be held, or that cannot be paid."""
    rows = [Row(f"D2 amount {token[:30]}", PATH, forger.with_amount(token)) for token in BAD_AMOUNTS]
    stranger = wire.address(wire.key_from_seed("an account that nobody opened"))
    poor = named("INSUFFICIENT_AVAILABLE_BALANCE", "INSUFFICIENT_BALANCE")
    return rows + [
        Row("D2 more than the balance", PATH, forger.body(wire.amount_float(balance_micro + 1)), (400,), poor),
        Row("D3 the whole supply", PATH, forger.body(float(SUPPLY_RTC)), (400,), poor),
        Row("D3 more than the supply", PATH, forger.body(SUPPLY_RTC + 0.000001)),
        Row("D2 too little to open an account", PATH, forger.body(0.000001, to=stranger)),
    ]


def nonces(forger: Forger, used: dict) -> list[Row]:
    """B1, B4: nonces that were used, that go back, or that would lock the wallet."""
    stale = named("OUT_OF_ORDER_NONCE")
    far = int(time.time() * 1000) + 2 * DAY_MS
    form = signing_forms.CHAIN_BOUND[3]
    respelt, _ = signing_forms.request(form, forger.key, forger.to, used["nonce"], forger.chain_id)
    rows = [Row(f"B4 nonce {name}", PATH, forger.with_nonce(token), (400, 401), names)
            for name, token, names in BAD_NONCES]
    return rows + [
        Row("B4 nonce two days ahead", PATH, forger.body(nonce=far)),
        Row("B1 used nonce, other transfer", PATH, forger.body(2.5, nonce=used["nonce"]), (400,), stale),
        Row("B1 used nonce, other spelling", PATH, respelt, (400,), stale),
        Row("B1 nonce before the used one", PATH, forger.body(2.5, nonce=max(1, used["nonce"] - 1)), (400,), stale),
        Row("B1 same bytes again", PATH, used["body"], (400,), named("REPLAY_DETECTED")),
    ]


def rows(forger: Forger, used: dict, balance_micro: int) -> list[Row]:
    return [*tampered(forger), *chains(forger), *foreign_messages(forger), *curves(forger), *types(forger),
            *addresses(forger), *amounts(forger, balance_micro), *nonces(forger, used)]
