#!/usr/bin/env python3
"""Every wallet whose signed bytes differ from Python's: light client, React Native, Rust, PQ, SDK, docs.

Sends one transfer in each form of ``signing_forms``. Forms without chain id are
accepted on mainnet alone, and there only by wallets that never signed with one.
"""

import shape
import signing_forms
import stand_in
import wallet_cli
import wire
from node_api import Deviation

STAKE_MICRO = 30_000_000  # more than all forms of one list spend together


def read_nonce(node, key) -> int:
    return wallet_cli.read_balance(node, wire.address(key))["nonce"]


def fund(node, funder, key, chain_id: str) -> None:
    """Pays the stake, which also opens the account."""
    wallet_cli.send(node, funder, wire.address(key), STAKE_MICRO, read_nonce(node, funder), "stake", chain_id)


def accepted(node, form, key, to: str, chain_id: str) -> str:
    """Sends in this form and returns the transfer id; money and nonce must follow."""
    before = wallet_cli.read_balance(node, wire.address(key)), wallet_cli.read_balance(node, to)
    nonce = before[0]["nonce"]
    body, tx_id = signing_forms.request(form, key, to, nonce, chain_id)
    answer = node.post("/wallet/transfer/signed", body)
    if answer.status != 200:
        raise Deviation(f"form «{form.name}»: {answer}; body {body}")
    shape.transfer_done(answer.expect(200), sender=wire.address(key), to=to, tx_id=tx_id,
                        amount=wire.amount_float(form.micro), nonce_as_string=form.nonce_in_body_is_string)
    after = wallet_cli.read_balance(node, wire.address(key)), wallet_cli.read_balance(node, to)
    wallet_cli.check_moved(node, before, after, form.micro, nonce)
    return tx_id


def refused(node, form, key, to: str, chain_id: str) -> str:
    """Sends a form without chain id where none is allowed; nothing may change."""
    before = wallet_cli.read_balance(node, wire.address(key))
    body, _ = signing_forms.request(form, key, to, before["nonce"], chain_id)
    code = node.post("/wallet/transfer/signed", body).expect(400, 401)["code"]
    if wallet_cli.read_balance(node, wire.address(key)) != before:
        raise Deviation(f"form «{form.name}» was refused, and yet the wallet changed")
    return code


def story(node, args) -> dict:
    funder = wire.key_from_seed(args.seed)
    info = node.get("/network/info").expect(200)
    chain_id = info["chain_id"]
    chainless_allowed = args.chainless == "accept" or (args.chainless == "auto" and info["network"] == "mainnet")
    bound, free, recipient = (wire.key_from_seed(f"{args.seed}/forms/{name}") for name in ("bound", "free", "to"))
    for key in (bound, free, recipient):
        fund(node, funder, key, chain_id)
    to = wire.address(recipient)
    results = {form.name: accepted(node, form, bound, to, chain_id) for form in signing_forms.CHAIN_BOUND}
    treat = accepted if chainless_allowed else refused
    for form in signing_forms.CHAINLESS:
        results[form.name] = treat(node, form, free, to, chain_id)
    first = signing_forms.CHAINLESS[0]
    results["chainless after chain-bound"] = refused(node, first, bound, to, chain_id)
    return {"chain_id": chain_id, "chainless_allowed": chainless_allowed, "forms": results}


def main() -> None:
    parser = stand_in.arguments(__doc__)
    parser.add_argument("--seed", required=True, help="of a wallet that holds more than 90 RTC")
    parser.add_argument("--chainless", choices=("auto", "accept", "refuse"), default="auto",
                        help="whether this network takes forms without chain id")
    stand_in.run(parser, story)


if __name__ == "__main__":
    main()
