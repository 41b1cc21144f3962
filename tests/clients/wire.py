"""The bytes that RustChain clients agree on: addresses, signed messages, hashes.

Stands for the code that every Python client carries a copy of (wallet CLI,
Linux and Windows miners, SDK). Signed JSON is what CPython's ``json.dumps``
writes; here CPython itself writes it. Nothing in this file talks to a node.
"""

from __future__ import annotations

import hashlib
import json
import re
from decimal import Decimal

try:
    from nacl.signing import SigningKey
except ModuleNotFoundError:  # The oracle of canonical bytes signs nothing and runs without PyNaCl.
    SigningKey = None

MICRO_PER_RTC = 1_000_000
SIGNATURE_KEYS = ("signature", "signature_type", "public_key")


def key_from_seed(seed: str) -> SigningKey:
    """A key from 64 hex digits, or from SHA-256 of any other text."""
    if re.fullmatch(r"[0-9a-fA-F]{64}", seed):
        return SigningKey(bytes.fromhex(seed))
    return SigningKey(hashlib.sha256(seed.encode()).digest())


def public_hex(key: SigningKey) -> str:
    return key.verify_key.encode().hex()


def sign_hex(key: SigningKey, message: bytes) -> str:
    return key.sign(message).signature.hex()


def address_of(public_key: bytes) -> str:
    """``RTC`` and the first 40 hex digits of SHA-256 of the public key."""
    return "RTC" + hashlib.sha256(public_key).hexdigest()[:40]


def address(key: SigningKey) -> str:
    return address_of(key.verify_key.encode())


def canonical(value) -> bytes:
    """Sorted keys, no spaces, ASCII only, numbers as Python prints them."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def object_text(tokens: dict) -> str:
    """JSON object text from raw value tokens, in the given order.

    For bodies whose exact tokens matter: ``1`` against ``1.0``, ``"7"``
    against ``7``, ``null``, or things that are not JSON at all.
    """
    return "{" + ",".join(f"{json.dumps(k)}:{v}" for k, v in tokens.items()) + "}"


def amount_float(micro: int) -> float:
    """The float that a Python client holds after reading an exact amount."""
    return float(Decimal(micro) / MICRO_PER_RTC)


def transfer_message(sender, to, amount, nonce, memo="", chain_id=None, fee=None) -> bytes:
    """The signed bytes of a transfer: variant 1 with a fee, variant 2 without.

    ``amount`` and ``fee`` are floats; the nonce is always signed as a string;
    the chain id is present exactly when the body carries it.
    """
    fields = {
        "amount": float(amount),
        "from": sender,
        "memo": memo,
        "nonce": str(nonce),
        "to": to,
    }
    if chain_id is not None:
        fields["chain_id"] = chain_id
    if fee is not None:
        fields["fee"] = float(fee)
    return canonical(fields)


def transfer_id(message: bytes, signature_hex: str) -> str:
    """First 32 hex digits of SHA-256 over the message and its signature."""
    return hashlib.sha256(message + bytes.fromhex(signature_hex)).hexdigest()[:32]


def attest_v3_message(payload: dict) -> bytes:
    """Scheme v3: the whole payload without the three signature members."""
    return canonical({k: v for k, v in payload.items() if k not in SIGNATURE_KEYS})


def attest_v2_message(payload: dict) -> bytes:
    """Scheme v2: miner id, wallet, nonce and commitment, joined by pipes."""
    report = payload["report"]
    nonce = report.get("nonce") or payload["nonce"]
    parts = (payload["miner_id"], payload["miner"], nonce, report["commitment"])
    return "|".join(parts).encode()


def enrol_message(miner_pubkey: str, miner_id: str, epoch: int) -> bytes:
    return f"{miner_pubkey}|{miner_id}|{epoch}".encode()


def header_hash(header: dict) -> bytes:
    """BLAKE2b-256 of the canonical header: the canonical header message."""
    return hashlib.blake2b(canonical(header), digest_size=32).digest()


def header_text(slot: int, miner: str, timestamp: int) -> bytes:
    """What Windows and macOS miners sign instead of the header's hash."""
    return f"slot:{slot}:miner:{miner}:ts:{timestamp}".encode()


def commitment(nonce: str, wallet: str, entropy: dict) -> str:
    """Stored by the node, never verified: nonce, wallet and entropy, hashed."""
    text = nonce + wallet + json.dumps(entropy, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
