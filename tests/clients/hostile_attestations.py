"""Wrong input for /attest/challenge, /attest/submit and /epoch/enroll (groups A, B and E).

All rows share one challenge: a refused submission does not use it up, and the
last step of the walk proves that by attesting with it.
"""

import json

import wire
from attestation import Miner
from rows import BAD_HEX, NOT_AN_OBJECT, Row, named

SUBMIT, ENROL, CHALLENGE = "/attest/submit", "/epoch/enroll", "/attest/challenge"
SOLANA_ID = "7EYnhQoR9YM3N7UoaKRoA44Uy8JeaZV3qyouov87awMs"


def challenges() -> list[Row]:
    wrong = named("INVALID_JSON_OBJECT")
    return [
        Row("G3 challenge for a list", CHALLENGE, "[1]", (400,), wrong),
        Row("G3 challenge for a number", CHALLENGE, "42", (400,), wrong),
        Row("A9 challenge for a Solana id", CHALLENGE, {"miner": SOLANA_ID}, (400,),
            named("INVALID_MINER_WALLET_FORMAT")),
    ]


def without(body: dict, *names: str) -> dict:
    return {name: value for name, value in body.items() if name not in names}


def shapes(miner: Miner, sound: dict) -> list[Row]:
    """Members of the wrong shape, in submissions that are signed as they stand."""
    device = sound["device"]
    table = [
        ("device is a list", {"device": []}, 400, "INVALID_DEVICE"),
        ("signals are text", {"signals": "x"}, 400, "INVALID_SIGNALS"),
        ("report is a list", {"report": []}, 400, "INVALID_REPORT"),
        ("fingerprint is text", {"fingerprint": "x"}, 400, "INVALID_FINGERPRINT"),
        ("checks are a list", {"fingerprint": {"checks": [1]}}, 400, "INVALID_FINGERPRINT_CHECKS"),
        ("macs are text", {"signals": {"macs": "x"}}, 400, "INVALID_SIGNALS_MACS"),
        ("miner has a space", {"miner": "a b"}, 400, "INVALID_MINER"),
        ("miner is too long", {"miner": "a" * 129}, 400, "INVALID_MINER"),
        ("miner is a number", {"miner": 42}, 400, "INVALID_MINER"),
        ("miner is markup", {"miner": "<img src=x>"}, 400, "INVALID_MINER"),
        ("miner is a Solana id", {"miner": SOLANA_ID}, 400, "INVALID_MINER_WALLET_FORMAT"),
        *((f"cores {cores!r}", {"device": {**device, "cores": cores}}, 422, "INVALID_DEVICE_CORES")
          for cores in (0, -1, 4097, 1.5, "x", True, [], 10**30)),
    ]
    rows = [Row(f"G12 {name}", SUBMIT, miner.sign_v3({**sound, **change}), (status,), named(code))
            for name, change, status, code in table]
    for name, code, status in (("device", "MISSING_DEVICE", 422), ("signals", "MISSING_SIGNALS", 422)):
        rows.append(Row(f"G12 no {name}", SUBMIT, miner.sign_v3(without(sound, name)), (status,), named(code)))
    nameless = miner.sign_v3(without(sound, "miner", "miner_id"))
    return rows + [Row("G12 no miner", SUBMIT, nameless, (400,), named("MISSING_MINER")),
                   Row("G12 nothing at all", SUBMIT, {}, (400,), named("MISSING_MINER"))]


def texts(signed: dict) -> list[Row]:
    """A10: bodies that are no object, and objects that two parsers read differently."""
    text = wire.object_text({name: json.dumps(value) for name, value in signed.items()})
    return [
        *(Row(f"A10 submission {name}", SUBMIT, body) for name, body in NOT_AN_OBJECT),
        Row("A10 miner twice", SUBMIT, text[:-1] + ',"miner":"other"}'),
        Row("A10 not a number", SUBMIT, text[:-1] + ',"note":NaN}'),
        Row("A10 infinite", SUBMIT, text[:-1] + ',"note":-Infinity}'),
        Row("A10 lone surrogate", SUBMIT, text[:-1] + ',"note":"\\udc00"}'),
        Row("D2 metric beyond every float", SUBMIT,
            text.replace('"cv": ', '"cv": 1e400, "old": ', 1), (400, 422)),
        Row("A8 submission of 2 MB", SUBMIT, text[:-1] + ',"note":"' + "a" * 2_000_000 + '"}', (400, 413)),
    ]


def signatures(miner: Miner, sound: dict, signed: dict) -> list[Row]:
    """A1, A3, A8: no signature, half of one, a wrong one, one over something else."""
    bad, half = named("INVALID_SIGNATURE"), named("INCOMPLETE_SIGNATURE")
    other = Miner(miner.node, f"{miner.seed}/other", "modern")
    stolen = other.sign_v3(sound)
    transfer = wire.transfer_message(miner.wallet, other.wallet, 1.5, 1, "", "rustchain-dev", 0.0)
    device, report = {**sound["device"], "arch": "G4"}, {**sound["report"], "commitment": "0" * 64}
    changes = {"device": {"device": device}, "report": {"report": report}, "miner id": {"miner_id": "other"},
               "warthog": {"warthog": {"bonus": 2}}, "an added member": {"note": "x"},
               "fingerprint": {"fingerprint": {**sound["fingerprint"], "all_passed": False}}}
    v2 = {**signed, "signature": wire.sign_hex(miner.key, wire.attest_v2_message(sound)),
          "signature_type": "canonical_json"}
    rows = [Row(f"A1 submission, {name} changed", SUBMIT, {**signed, **change}, (400, 401), bad)
            for name, change in changes.items()]
    rows += [Row(f"A8 submission {field} {name}", SUBMIT,
                 wire.object_text({**{k: json.dumps(v) for k, v in signed.items()}, field: token}), (400, 401))
             for field in ("signature", "public_key") for name, token in BAD_HEX]
    return rows + [
        Row("A1 submission unsigned", SUBMIT, sound, (400, 401), named("MISSING_SIGNATURE")),
        Row("A1 signature without key", SUBMIT, without(signed, "public_key"), (400,), half),
        Row("A1 key without signature", SUBMIT, without(signed, "signature"), (400,), half),
        Row("A1 key of another address", SUBMIT, stolen, (400, 401), named("PUBKEY_ADDRESS_MISMATCH")),
        Row("A3 signature over a transfer", SUBMIT,
            {**signed, "signature": wire.sign_hex(miner.key, transfer)}, (400, 401), bad),
        Row("A3 pipe signature declared as canonical", SUBMIT, v2, (400, 401), bad),
        Row("A8 signature type is a number", SUBMIT, {**signed, "signature_type": 5}, (400,),
            named("INVALID_SIGNATURE_TYPE_FIELD")),
    ]


def nonces(miner: Miner, sound: dict) -> list[Row]:
    """B: challenges that are missing, invented, or somebody else's."""
    def with_nonce(nonce):
        report = {**sound["report"], "nonce": nonce}
        return miner.sign_v3({**sound, "nonce": nonce, "report": report})

    tail = sound["nonce"][:-1] + f"{int(sound['nonce'][-1], 16) ^ 1:x}"
    bare = miner.sign_v3({**without(sound, "nonce"), "report": without(sound["report"], "nonce")})
    unknown = named("CHALLENGE_INVALID")
    return [
        Row("B no challenge", SUBMIT, bare, (400,), named("MISSING_NONCE")),
        Row("B invented challenge", SUBMIT, with_nonce("0" * 64), (409,), unknown),
        Row("B forged challenge", SUBMIT, with_nonce(tail), (409,), unknown),
        Row("B challenge is no hex", SUBMIT, with_nonce("x" * 64), (400, 409)),
        Row("B challenge is a number", SUBMIT, with_nonce(7), (400, 409)),
    ]


def enrolments(miner: Miner, epoch: int) -> list[Row]:
    """A3, B6, E7: enrolments of somebody else, for another epoch, or unsigned."""
    sound = miner.enrolment(epoch)
    other = Miner(miner.node, f"{miner.seed}/other", "modern")
    bad = named("INVALID_ENROLLMENT_SIGNATURE")
    foreign = {**sound, "signature": wire.sign_hex(other.key, wire.enrol_message(miner.wallet, miner.miner_id, epoch)),
               "public_key": wire.public_hex(other.key)}
    submission = wire.sign_hex(miner.key, wire.attest_v2_message(miner.payload("0" * 64)))
    return [
        Row("A10 enrolment of a list", ENROL, "[]", (400,), named("INVALID_JSON_BODY", "INVALID_JSON_OBJECT")),
        Row("A10 enrolment of nothing", ENROL, {}, (400,), named("MISSING_MINER_PUBKEY")),
        Row("A1 enrolment unsigned", ENROL, without(sound, "signature", "public_key"), (401,),
            named("SIGNED_ENROLLMENT_REQUIRED")),
        Row("A1 enrolment with half a signature", ENROL, without(sound, "public_key"), (400,),
            named("INCOMPLETE_SIGNATURE")),
        Row("A1 enrolment by another key", ENROL, foreign, (400,), named("PUBKEY_MISMATCH")),
        Row("A3 enrolment signed as a submission", ENROL, {**sound, "signature": submission}, (400,), bad),
        Row("B6 enrolment for the next epoch", ENROL, miner.enrolment(epoch + 1), (400,), bad),
        Row("B6 enrolment for the last epoch", ENROL, miner.enrolment(epoch - 1), (400,), bad),
        Row("A8 signature is a number", ENROL, {**sound, "signature": 5}, (400,), named("INVALID_SIGNATURE_TYPE")),
        Row("A8 key is a number", ENROL, {**sound, "public_key": 5}, (400,), named("INVALID_PUBLIC_KEY_TYPE")),
        Row("A9 enrolment of a stranger", ENROL, other.enrolment(epoch), (412,)),
    ]


def rows(miner: Miner, nonce: str) -> list[Row]:
    """All rows before the miner has attested."""
    sound = miner.payload(nonce)
    signed = miner.sign_v3(sound)
    return [*challenges(), *shapes(miner, sound), *texts(signed), *signatures(miner, sound, signed),
            *nonces(miner, sound)]
