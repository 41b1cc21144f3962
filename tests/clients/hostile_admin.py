"""Wrong input for the admin routes /wallet/transfer and /rewards/settle (groups D and E).

Without a key every row is 401. With one (read from a file, never from the
command line) the input itself must be refused.
"""

import json

import wire
from rows import NOT_AN_OBJECT, Row, named

TRANSFER, SETTLE = "/wallet/transfer", "/rewards/settle"
TREASURY = "founder_community"
RESERVE_NAMES = ("reserve", "founder_nobody")

# The most telling of the amounts: admin routes are rate limited.
BAD_AMOUNTS = ["0", "-1", "NaN", "1e309", "true", "null", '"abc"', "[]", "0.0000019", "1e-7",
               "9223372036854775808", "9223372036854.775808", "1e1000000000"]

BAD_EPOCHS = ["-1", str(2**63), str(2**64), '"1"', "1.5", "true", "null", "[]", "{}", '"x"', "1e0", "NaN"]


def transfer_text(to: str, **tokens: str) -> str:
    """An admin transfer that would be executed, but for the given raw tokens."""
    sound = {"from_miner": json.dumps(TREASURY), "to_miner": json.dumps(to), "amount_rtc": "1.5"}
    return wire.object_text({**sound, **tokens})


def keyless(to: str) -> list[Row]:
    """E3, J4: no key, an empty one, a wrong one, and one in the URL."""
    settle, transfer = '{"epoch":0}', transfer_text(to)
    wrong = {"X_Admin_Key": "k" * 40}
    return [
        Row("E3 settle without key", SETTLE, settle, (401,)),
        Row("E3 settle with an empty key", SETTLE, settle, (401,), headers={"X_Admin_Key": ""}),
        Row("E3 settle with a wrong key", SETTLE, settle, (401,), headers=wrong),
        Row("J2 settle with a key in the URL", f"{SETTLE}?admin_key={'k' * 40}", settle, (400, 401)),
        Row("J5 transfer without key", TRANSFER, transfer, (401,)),
        Row("J5 transfer with a wrong key", TRANSFER, transfer, (401,), headers=wrong),
    ]


def settlements(headers: dict, epoch: int) -> list[Row]:
    """E3: the running epoch, future ones, and what is no epoch at all."""
    early = named("EPOCH_NOT_REACHED", "EPOCH_NOT_OVER", "EPOCH_RUNNING", "EPOCH_NOT_ENDED")
    rows = [Row(f"E3 settle {token[:25]}", SETTLE, wire.object_text({"epoch": token}), headers=headers)
            for token in BAD_EPOCHS]
    return rows + [
        Row("E3 settle the running epoch", SETTLE, {"epoch": epoch}, headers=headers, names=early),
        Row("E3 settle a future epoch", SETTLE, {"epoch": epoch + 1_000}, headers=headers, names=early),
        Row("E3 settle nothing", SETTLE, {}, headers=headers, names=named("EPOCH_REQUIRED")),
        Row("A10 epoch twice", SETTLE, f'{{"epoch":0,"epoch":{epoch}}}', headers=headers),
    ]


def transfers(headers: dict, sender: str, to: str) -> list[Row]:
    """D2, J5: bad amounts, and purses that no admin may open."""
    closed = [sender, *RESERVE_NAMES]
    rows = [Row(f"D2 admin amount {token[:25]}", TRANSFER, transfer_text(to, amount_rtc=token), headers=headers)
            for token in BAD_AMOUNTS]
    rows += [Row(f"J5 admin debits {name}", TRANSFER, transfer_text(to, from_miner=json.dumps(name)),
                 (400, 403, 404), headers=headers) for name in closed]
    return rows + [
        Row("D2 admin pays nobody", TRANSFER, transfer_text(to, to_miner="null"), headers=headers),
        Row("A9 admin pays an impossible id", TRANSFER, transfer_text(to, to_miner='"a b"'), headers=headers),
        Row("D3 admin pays more than there is", TRANSFER, transfer_text(to, amount_rtc="8388608"), headers=headers),
        Row("B5 idempotency key with a space", TRANSFER, transfer_text(to, idempotency_key='"a b"'), headers=headers),
        Row("A10 amount twice", TRANSFER, transfer_text(to)[:-1] + ',"amount_rtc":2.5}', headers=headers),
        *(Row(f"A10 admin body {name}", TRANSFER, body, headers=headers) for name, body in NOT_AN_OBJECT[:5]),
    ]


def rows(headers: dict | None, epoch: int, sender: str, to: str) -> list[Row]:
    if headers is None:
        return keyless(to)
    return [*keyless(to), *settlements(headers, epoch), *transfers(headers, sender, to)]
