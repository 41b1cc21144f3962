"""Shapes of answers: which fields, of which JSON type, and which must be absent.

Types are as strict as the strictest client: a float is written with a point,
an integer is not a boolean, and a Rust client refuses two names for one field.
"""

import re

from node_api import Deviation


def integer(value):
    return type(value) is int


def floating(value):
    return type(value) is float


def number(value):
    return type(value) in (int, float)


def boolean(value):
    return type(value) is bool


def text(value):
    return type(value) is str


def listing(value):
    return type(value) is list


def mapping(value):
    return type(value) is dict


def nullable(check):
    def null_or(value):
        return value is None or check(value)

    null_or.__name__ = f"null_or_{check.__name__}"
    return null_or


def hexadecimal(digits: int, prefix: str = ""):
    pattern = re.compile(f"{prefix}[0-9a-f]{{{digits}}}")

    def is_hex(value):
        return text(value) and pattern.fullmatch(value) is not None

    is_hex.__name__ = f"{prefix}hex_{digits}"
    return is_hex


def exactly(expected):
    def equals(value):
        return value == expected and type(value) is type(expected)

    equals.__name__ = f"exactly_{expected!r}"
    return equals


def check(what, body, required: dict, optional: dict | None = None, forbidden: tuple = ()):
    """Raises ``Deviation`` with every departure of ``body`` from its shape."""
    if not mapping(body):
        raise Deviation(f"{what}: expected an object, got {body!r}")
    faults = [f"`{name}` is missing" for name in required if name not in body]
    for name, is_right in {**required, **(optional or {})}.items():
        if name in body and not is_right(body[name]):
            faults.append(f"`{name}` is {body[name]!r}, not {is_right.__name__}")
    faults += [f"`{name}` must be absent" for name in forbidden if name in body]
    if faults:
        raise Deviation(f"{what}: {'; '.join(faults)} in {body!r}"[:900])


def rust_wallet_transaction(what, body):
    """The Rust wallet's ``TransactionResponse``, as serde reads it.

    ``ok`` is an alias of ``success``, so both together are a duplicate field;
    a field that is present must have its type, and only three may be null.
    """
    if "ok" in body and "success" in body:
        raise Deviation(f"{what}: the Rust wallet refuses `ok` beside `success`: {body!r}")
    check(what, body, {}, {
        "tx_hash": text, "ok": boolean, "success": boolean, "status": text,
        "block_height": nullable(integer), "confirmations": nullable(integer),
        "error": nullable(text),
    })


def balance(body, miner_id: str):
    """``GET /wallet/balance``: one figure under one name, plus the nonces."""
    check(
        "balance", body,
        {"miner_id": exactly(miner_id), "amount_i64": integer, "amount_rtc": floating,
         "nonce": integer, "last_nonce": integer},
        {"address": text, "unlocked": number, "locked": number},
        forbidden=("balance", "balance_rtc"),
    )
    if round(body["amount_rtc"] * 1_000_000) != body["amount_i64"]:
        raise Deviation(f"balance: the two figures differ: {body!r}")
    if body["nonce"] <= body["last_nonce"]:
        raise Deviation(f"balance: `nonce` must be the next one to use: {body!r}")


def transfer_done(body, *, sender, to, amount, tx_id, nonce_as_string=False):
    """The answer to a transfer: final, with the id the client computed itself."""
    claims = {"success": exactly(True)} if nonce_as_string else {"ok": exactly(True), "success": exactly(True)}
    check(
        "transfer", body,
        {**claims, "verified": exactly(True), "signature_type": exactly("Ed25519"),
         "replay_protected": exactly(True), "phase": exactly("confirmed"),
         "tx_hash": exactly(tx_id), "tx_id": exactly(tx_id),
         "from_address": exactly(sender), "to_address": exactly(to),
         "amount_rtc": floating, "chain_id": text, "confirms_in_hours": number, "message": text},
        {"pending_id": integer, "confirms_at": integer},
        forbidden=("ok",) if nonce_as_string else (),
    )
    if body["amount_rtc"] != amount or body["confirms_in_hours"] != 0:
        raise Deviation(f"transfer: another amount, or not final: {body!r}")
    if nonce_as_string:
        rust_wallet_transaction("transfer", body)
