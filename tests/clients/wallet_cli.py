#!/usr/bin/env python3
"""The Python wallet CLI: balance, send, history, status of one wallet.

Signs the form without fee and with chain id (variant 2). Its nonce is the unix
time; with --nonce balance it asks the node for the next one.
"""

import time
from decimal import Decimal

import shape
import stand_in
import wire
from node_api import Deviation

HISTORY_KINDS = ("transfer_in", "transfer_out", "ledger", "reward")


def read_balance(node, wallet: str) -> dict:
    """What a transfer may change: the money and the nonces, after a check of the rest."""
    body = node.get("/wallet/balance", miner_id=wallet).expect(200)
    shape.balance(body, wallet)
    return {name: body[name] for name in ("amount_i64", "nonce", "last_nonce")}


def transfer_body(key, to: str, micro: int, nonce: int, memo: str, chain_id: str) -> tuple[dict, str]:
    """The signed request of the CLI and the transfer id it leads to."""
    sender, amount = wire.address(key), wire.amount_float(micro)
    message = wire.transfer_message(sender, to, amount, nonce, memo, chain_id)
    signature = wire.sign_hex(key, message)
    body = {"from_address": sender, "to_address": to, "amount_rtc": amount, "nonce": nonce,
            "memo": memo, "chain_id": chain_id, "signature": signature,
            "public_key": wire.public_hex(key)}
    return body, wire.transfer_id(message, signature)


def send(node, key, to: str, micro: int, nonce: int, memo: str, chain_id: str) -> str:
    """Sends and returns the transfer id, after checking the whole answer."""
    body, tx_id = transfer_body(key, to, micro, nonce, memo, chain_id)
    answer = node.post("/wallet/transfer/signed", body).expect(200)
    shape.transfer_done(answer, sender=body["from_address"], to=to,
                        amount=body["amount_rtc"], tx_id=tx_id)
    return tx_id


def check_moved(node, before: tuple, after: tuple, micro: int, nonce: int) -> None:
    """Both wallets changed by exactly the amount, and the nonce is the last one."""
    sent = before[0]["amount_i64"] - after[0]["amount_i64"]
    received = after[1]["amount_i64"] - before[1]["amount_i64"]
    if (sent, received) != (micro, micro) or after[0]["last_nonce"] != nonce:
        raise Deviation(f"sent {sent}, received {received}, expected {micro}; {after[0]!r}")


def check_history(node, wallet: str, tx_id: str, kind: str, other: str, amount: float) -> int:
    """The transfer appears once in the wallet's history, with its far end."""
    body = node.get("/wallet/history", miner_id=wallet, limit=50).expect(200)
    shape.check("history", body, {"ok": shape.exactly(True), "miner_id": shape.exactly(wallet),
                                  "transactions": shape.listing, "total": shape.integer})
    for row in body["transactions"]:
        shape.check("history row", row, {
            "type": shape.text, "amount": shape.floating, "epoch": shape.nullable(shape.integer),
            "timestamp": shape.integer, "tx_hash": shape.nullable(shape.text)})
        if row["type"] not in HISTORY_KINDS or row["amount"] < 0:
            raise Deviation(f"history: unknown type or negative amount in {row!r}")
    mine = [row for row in body["transactions"] if row["tx_hash"] == tx_id and row["type"] == kind]
    far_end = "to" if kind == "transfer_out" else "from"
    if len(mine) != 1 or mine[0].get(far_end) != other or mine[0]["amount"] != amount:
        raise Deviation(f"history of {wallet}: transfer {tx_id} appears as {mine!r}")
    return body["total"]


def check_status(node, tx_id: str) -> dict:
    body = node.get(f"/wallet/tx/{tx_id}").expect(200)
    shape.check("status", body, {
        "ok": shape.exactly(True), "tx_hash": shape.exactly(tx_id), "status": shape.exactly("confirmed"),
        "confirmations": shape.integer, "block_height": shape.nullable(shape.integer),
    }, forbidden=("success",))
    shape.rust_wallet_transaction("status", body)
    unknown = node.get("/wallet/tx/" + "a" * 32).expect(404)
    shape.check("unknown status", unknown, {"ok": shape.exactly(False), "status": shape.exactly("not_found"),
                                            "error": shape.exactly("transaction_not_found")})
    node.get("/wallet/tx/abc").expect(400)
    return body


def wait_for_history(node, *args) -> int:
    """Views may trail the commit by a block, so the history gets a few seconds."""
    deadline = time.monotonic() + 5
    while True:
        try:
            return check_history(node, *args)
        except Deviation:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def check_unknown_wallet(node) -> None:
    """An unknown id is 200 with zeros, never 404; a bad one is 400."""
    stranger = wire.address(wire.key_from_seed("nobody ever paid this wallet"))
    if read_balance(node, stranger)["amount_i64"] != 0:
        raise Deviation("an unknown wallet holds money")
    by_address = node.get("/wallet/balance", address=stranger).expect(200)
    shape.balance(by_address, stranger)
    node.get("/wallet/balance").expect(400)
    node.get("/wallet/balance", miner_id="a b").expect(400)
    node.get("/wallet/balance", miner_id="a", address="b").expect(400)


def story(node, args) -> dict:
    key = wire.key_from_seed(args.seed)
    sender = wire.address(key)
    to = args.to or wire.address(wire.key_from_seed(f"{args.seed}/recipient"))
    micro = int(Decimal(args.amount) * wire.MICRO_PER_RTC)
    chain_id = args.chain_id or node.chain_id()
    before = read_balance(node, sender), read_balance(node, to)
    nonce = before[0]["nonce"] if args.nonce == "balance" else int(time.time())
    tx_id = send(node, key, to, micro, nonce, args.memo, chain_id)
    after = read_balance(node, sender), read_balance(node, to)
    check_moved(node, before, after, micro, nonce)
    amount = wire.amount_float(micro)
    total = wait_for_history(node, sender, tx_id, "transfer_out", to, amount)
    wait_for_history(node, to, tx_id, "transfer_in", sender, amount)
    check_status(node, tx_id)
    check_unknown_wallet(node)
    return {"wallet": sender, "to": to, "tx_id": tx_id, "nonce": nonce, "history_total": total,
            "balance_i64": after[0]["amount_i64"]}


def main() -> None:
    parser = stand_in.arguments(__doc__)
    parser.add_argument("--seed", required=True, help="of a funded wallet")
    parser.add_argument("--to", metavar="ADDRESS")
    parser.add_argument("--amount", default="1.5", metavar="RTC")
    parser.add_argument("--memo", default="h\u00e9 \U0001f600")
    parser.add_argument("--chain-id")
    parser.add_argument("--nonce", choices=("unix", "balance"), default="unix")
    stand_in.run(parser, story)


if __name__ == "__main__":
    main()
