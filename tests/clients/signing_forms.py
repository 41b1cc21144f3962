"""How each wallet in the wild spells the same transfer (wire reference 3.6).

A form is two spellings of six values: the tokens of the request body and the
bytes that are signed. Both are built by hand, token by token, because the
differences are exactly those that a JSON library would hide.
"""

import json
from decimal import Decimal
from typing import NamedTuple

import wire

RAW = "raw"  # memo as UTF-8, the way JSON.stringify and serde_json write it
ASCII = "ascii"  # memo with \uXXXX, the way Python writes it
OMIT = "omit"  # no such member
NULL = "null"


def python_number(micro: int) -> str:
    return repr(wire.amount_float(micro))


def js_number(micro: int) -> str:
    """JavaScript's shortest form: no point for integers, no exponent above 1e-7."""
    plain = format(Decimal(micro) / wire.MICRO_PER_RTC, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def js_python_number(micro: int) -> str:
    """The older light client: ``1.0`` like Python, ``0.00001`` unlike Python."""
    plain = js_number(micro)
    return plain if "." in plain else plain + ".0"


def ryu_number(micro: int) -> str:
    """serde_json: ``1.0``, ``0.00005``, and ``5e-6`` below 1e-5."""
    if micro < 10:
        return f"{micro}e-6"
    return js_python_number(micro)


class Form(NamedTuple):
    """One client's spelling. ``body_*`` goes over the wire, ``signed_*`` is signed."""

    name: str
    micro: int
    body_amount: object
    signed_amount: object
    chain: bool = True
    nonce_in_body_is_string: bool = False
    signed_nonce_is_string: bool = True
    memo: str = ""
    body_memo: str = RAW
    signed_memo: str = ASCII
    body_fee: str | None = None
    signed_fee: str | None = None


def memo_token(memo: str, style: str) -> str | None:
    if style == OMIT:
        return None
    if style == NULL:
        return "null"
    return json.dumps(memo, ensure_ascii=style == ASCII)


def present(tokens: dict) -> dict:
    return {name: token for name, token in tokens.items() if token is not None}


def signed_bytes(form: Form, sender: str, to: str, nonce: int, chain_id: str) -> bytes:
    """What this client signs, keys in sorted order."""
    number = str(nonce)
    return wire.object_text(present({
        "amount": form.signed_amount(form.micro),
        "chain_id": json.dumps(chain_id) if form.chain else None,
        "fee": form.signed_fee,
        "from": json.dumps(sender),
        "memo": memo_token(form.memo, form.signed_memo),
        "nonce": json.dumps(number) if form.signed_nonce_is_string else number,
        "to": json.dumps(to),
    })).encode()


def request(form: Form, key, to: str, nonce: int, chain_id: str) -> tuple[str, str]:
    """The request body as text, and the transfer id it leads to."""
    sender, number = wire.address(key), str(nonce)
    message = signed_bytes(form, sender, to, nonce, chain_id)
    signature = wire.sign_hex(key, message)
    body = wire.object_text(present({
        "from_address": json.dumps(sender),
        "to_address": json.dumps(to),
        "amount_rtc": form.body_amount(form.micro),
        "fee_rtc": form.body_fee,
        "nonce": json.dumps(number) if form.nonce_in_body_is_string else number,
        "memo": memo_token(form.memo, form.body_memo),
        "chain_id": json.dumps(chain_id) if form.chain else None,
        "signature": json.dumps(signature),
        "public_key": json.dumps(wire.public_hex(key)),
    }))
    return body, wire.transfer_id(message, signature)


TEA = "caf\u00e9 \U0001f375"

CHAIN_BOUND = [
    Form("ours: fee and chain id", 2_000_000, python_number, python_number, body_fee="0.0", signed_fee="0.0"),
    Form("fee as integer zero", 1_500_000, python_number, python_number, body_fee="0", signed_fee="0"),
    Form("fee signed, absent in the body", 1_250_000, python_number, python_number, signed_fee="0.0"),
    Form("python cli", 1_000_000, python_number, python_number, memo=TEA, body_memo=ASCII),
    Form("python cli, small amount", 10, python_number, python_number),
    Form("python cli, one micro-RTC", 1, python_number, python_number),
    Form("light client", 1_000_000, js_number, python_number, memo=TEA),
    Form("light client, small amount", 10, js_number, python_number),
    Form("react native, no memo", 1_000_000, js_number, js_number,
         signed_nonce_is_string=False, body_memo=OMIT, signed_memo=OMIT),
    Form("react native, memo", 500_000, js_number, js_number,
         signed_nonce_is_string=False, memo=TEA, signed_memo=RAW),
    Form("react native, small amount", 10, js_number, js_number,
         signed_nonce_is_string=False, body_memo=OMIT, signed_memo=OMIT),
    Form("rust wallet, chain id", 1_000_000, ryu_number, js_python_number,
         nonce_in_body_is_string=True, body_memo=NULL),
    Form("amount as a string", 2_250_000, lambda micro: json.dumps(js_number(micro)), python_number),
]

CHAINLESS = [
    Form("python sdk", 1_500_000, python_number, python_number, chain=False, signed_fee="0.0"),
    Form("rustchain-py", 1_500_000, python_number, python_number, chain=False),
    Form("old light client", 1_000_000, js_number, js_python_number, chain=False),
    Form("old light client, memo", 250_000, js_number, js_python_number, chain=False,
         memo=TEA, signed_memo=RAW),
    Form("old light client, small amount", 10, js_number, js_python_number, chain=False),
    Form("rust wallet, no memo", 1_000_000, ryu_number, js_python_number, chain=False,
         nonce_in_body_is_string=True, body_memo=NULL),
    Form("rust wallet, memo", 750_000, ryu_number, js_python_number, chain=False,
         nonce_in_body_is_string=True, memo=TEA, signed_memo=RAW),
    Form("rust wallet, small amount", 50, ryu_number, js_python_number, chain=False,
         nonce_in_body_is_string=True, body_memo=NULL),
    Form("rust wallet, tiny amount", 5, ryu_number, js_python_number, chain=False,
         nonce_in_body_is_string=True, body_memo=NULL),
    Form("pq wallet", 1_000_000, python_number, python_number, chain=False, signed_nonce_is_string=False),
    Form("api reference example", 1_000_000, js_number, js_number, chain=False,
         memo="Payment for services"),
]
