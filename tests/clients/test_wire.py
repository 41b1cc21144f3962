"""The stand-ins' own bytes against vectors observed on the live network.

Run with ``python3 -m unittest`` in this folder; needs no node.
"""

import io
import json
import unittest

import hostile_admin
import hostile_attestations
import hostile_transfers
import oracle
import payloads
import shape
import signing_forms
import wire
from attestation import Miner
from node_api import Answer, Deviation, slug
from rows import Row

A, B = wire.key_from_seed("a"), "RTC9d4a423b1f9080df2b3e726b4225cf8fb45c813c"
A_PUBLIC = "eae1c8793b5597c4b3f490e76ac31172c439690f8ee14142bb851a61f9a49f0e"
A_ADDRESS = "RTC2c4e4d1de6fbfc05d950fc7e6461be3007dd16e4"


class Vectors(unittest.TestCase):
    def test_key_and_address(self):
        self.assertEqual((wire.public_hex(A), wire.address(A)), (A_PUBLIC, A_ADDRESS))

    def test_hex_seed_is_taken_as_it_stands(self):
        key = wire.key_from_seed("560f9f3c94558b6551928bb781cf6092c6b8800b4fc544af2c9444ed126d51aa")
        self.assertEqual(wire.address(key), "RTCada8e3423e041d247dca60598e6d3d8834161fe5")

    def test_transfer_with_fee(self):
        message = wire.transfer_message(A_ADDRESS, B, 1.5, 1001, fee=0.0)
        signature = wire.sign_hex(A, message)
        self.assertEqual(message.decode(), f'{{"amount":1.5,"fee":0.0,"from":"{A_ADDRESS}",'
                                           f'"memo":"","nonce":"1001","to":"{B}"}}')
        self.assertEqual(signature, "983e1a5083226f488711bd62a43cba6a2e1672721d78f603269db30e5bed0c0e"
                                    "c4497cc22b6761f26b0e2a83f816ff9002c031b2f4285b9021777a061f2ed207")
        self.assertEqual(wire.transfer_id(message, signature), "c84d43485620136d5b9397c961bbe4b8")

    def test_transfer_without_fee_with_chain_and_memo(self):
        message = wire.transfer_message(A_ADDRESS, B, 1, 1002, "h\u00e9 \U0001f600", "rustchain-mainnet-v2")
        signature = wire.sign_hex(A, message)
        self.assertIn(rb'"memo":"h\u00e9 \ud83d\ude00"', message)
        self.assertEqual(signature, "92fdb711336d47c4b087c65aef278430be56ddc957cf7b5476c2d4d9775af28a"
                                    "e25bbb2b014bdb8a956854738b28f9c3583e8b533600f84c18dc8e0e47bfb10c")
        self.assertEqual(wire.transfer_id(message, signature), "cc4f05b0bb8b6d20c021307e2704595a")

    def test_header_hash(self):
        header = {"timestamp": 1795332270, "slot": 51042, "miner": A_ADDRESS}
        self.assertEqual(wire.header_hash(header).hex(),
                         "9091f2dc18d8cddc9079bda3a0612b0d0b8308894723c14d9030a29fcb592019")

    def test_numbers_as_python_prints_them(self):
        observed = ["1.0", "0.1", "1.5", "100.0", "0.0001", "1e-05", "1.9e-06", "1e-06", "123456789.123456",
                    "1000000000000000.0", "1e+16", "1e+22", "8388608.0", "0.30000000000000004", "5e-324"]
        self.assertEqual([wire.canonical(float(text)).decode() for text in observed], observed)

    def test_pipe_messages(self):
        payload = {"miner": "w", "miner_id": "m", "nonce": "n", "report": {"nonce": "r", "commitment": "c"}}
        self.assertEqual(wire.attest_v2_message(payload), b"m|w|r|c")
        self.assertEqual(wire.enrol_message("p", "m", 354), b"p|m|354")
        self.assertEqual(wire.header_text(1, "m", 2), b"slot:1:miner:m:ts:2")

    def test_v3_leaves_out_only_the_top_signature(self):
        signed = {"signature": "s", "public_key": "p", "signature_type": "t", "a": {"signature": 1.0}}
        self.assertEqual(wire.attest_v3_message(signed), b'{"a":{"signature":1.0}}')


class Forms(unittest.TestCase):
    def signed(self, name: str) -> str:
        form = next(f for f in signing_forms.CHAIN_BOUND + signing_forms.CHAINLESS if f.name == name)
        return signing_forms.signed_bytes(form, "F", "T", 7, "C").decode()

    def test_spellings(self):
        tea = signing_forms.TEA
        expected = {
            "ours: fee and chain id": '{"amount":2.0,"chain_id":"C","fee":0.0,'
                                      '"from":"F","memo":"","nonce":"7","to":"T"}',
            "python cli, small amount": '{"amount":1e-05,"chain_id":"C","from":"F","memo":"","nonce":"7","to":"T"}',
            "react native, no memo": '{"amount":1,"chain_id":"C","from":"F","nonce":7,"to":"T"}',
            "react native, memo": f'{{"amount":0.5,"chain_id":"C","from":"F","memo":"{tea}","nonce":7,"to":"T"}}',
            "react native, small amount": '{"amount":0.00001,"chain_id":"C","from":"F","nonce":7,"to":"T"}',
            "rust wallet, tiny amount": '{"amount":0.000005,"from":"F","memo":"","nonce":"7","to":"T"}',
            "old light client": '{"amount":1.0,"from":"F","memo":"","nonce":"7","to":"T"}',
            "pq wallet": '{"amount":1.0,"from":"F","memo":"","nonce":7,"to":"T"}',
        }
        self.assertEqual({name: self.signed(name) for name in expected}, expected)

    def test_python_forms_equal_the_wire_functions(self):
        form = next(f for f in signing_forms.CHAIN_BOUND if f.name == "python cli")
        self.assertEqual(signing_forms.signed_bytes(form, "F", "T", 7, "C"),
                         wire.transfer_message("F", "T", 1.0, 7, signing_forms.TEA, "C"))

    def test_bodies_keep_their_tokens(self):
        form = next(f for f in signing_forms.CHAINLESS if f.name == "rust wallet, tiny amount")
        body, _ = signing_forms.request(form, A, B, 7, "C")
        self.assertIn('"amount_rtc":5e-6,"nonce":"7","memo":null,"signature"', body)

    def test_every_body_is_json_that_names_the_amount(self):
        for form in signing_forms.CHAIN_BOUND + signing_forms.CHAINLESS:
            body, tx_id = signing_forms.request(form, A, B, 7, "C")
            with self.subTest(form.name):
                self.assertEqual(round(float(json.loads(body)["amount_rtc"]) * 1_000_000), form.micro)
                self.assertEqual(len(tx_id), 32)


class Oracle(unittest.TestCase):
    def ask(self, **request) -> list:
        return list(oracle.answers(request))

    def test_transfer(self):
        [answer] = self.ask(mode="transfer", **{"from": A_ADDRESS, "to": B, "amount": 1_500_000, "nonce": 1001,
                                                "memo": "", "chain_id": None, "fee": True})
        self.assertEqual(bytes.fromhex(answer["hex"]), wire.transfer_message(A_ADDRESS, B, 1.5, 1001, fee=0.0))

    def test_payload(self):
        [answer] = self.ask(mode="payload", hex=b'{"b":1E2,"signature":"x","a":-0}'.hex())
        self.assertEqual(bytes.fromhex(answer["hex"]), b'{"a":0,"b":100.0}')

    def test_generate_repeats_itself_and_agrees_with_the_other_modes(self):
        for kind in ("transfers", "payloads"):
            lines = self.ask(mode="generate", kind=kind, seed=3, count=200)
            self.assertEqual(lines, self.ask(mode="generate", kind=kind, seed=3, count=200))
            self.assertEqual(lines[-1], {"done": 200})
            for line in lines[:-1]:
                request = {"mode": "transfer", **line["fields"]} if kind == "transfers" else {
                    "mode": "payload", "hex": line["text"]}
                self.assertEqual(self.ask(**request), [{"hex": line["expected"]}])

    def test_generated_amounts_are_exact(self):
        for line in self.ask(mode="generate", kind="transfers", seed=5, count=2_000)[:-1]:
            amount = json.loads(bytes.fromhex(line["expected"]))["amount"]
            self.assertEqual(round(amount * 1_000_000), line["fields"]["amount"])


class Payloads(unittest.TestCase):
    def test_a_machine_keeps_its_identity_and_varies_its_measurements(self):
        for profile in payloads.PROFILES:
            one, same = payloads.Machine(profile, "s"), payloads.Machine(profile, "s")
            self.assertEqual(one.report(1), same.report(1))
            self.assertEqual(one.report(1)[:2], one.report(2)[:2])
            self.assertNotEqual(one.report(1)[2], one.report(2)[2])
            self.assertNotEqual(one.report(1)[1], payloads.Machine(profile, "t").report(1)[1])

    def test_verdicts(self):
        verdicts = {name: payloads.Machine(name, "s").report(0)[2]["all_passed"] for name in payloads.PROFILES}
        self.assertEqual([name for name, passed in verdicts.items() if not passed], ["vm"])

    def test_signed_submission_verifies(self):
        miner = Miner(None, "s", "modern")
        signed = json.loads(json.dumps(miner.sign_v3(miner.payload("0" * 64))))
        miner.key.verify_key.verify(wire.attest_v3_message(signed), bytes.fromhex(signed["signature"]))


class Hostility(unittest.TestCase):
    def rows(self) -> list[Row]:
        forger = hostile_transfers.Forger(A, B, "C", 7)
        used = {"body": forger.body(nonce=6), "nonce": 6}
        miner = Miner(None, "s", "modern")
        return [*hostile_transfers.rows(forger, used, 10_000_000), *hostile_attestations.rows(miner, "0" * 64),
                *hostile_attestations.enrolments(miner, 5), *hostile_admin.rows({"X_Admin_Key": "k"}, 5, A_ADDRESS, B)]

    def test_names_are_unique(self):
        names = [row.name for row in self.rows()]
        self.assertEqual(len(names), len(set(names)), sorted(name for name in names if names.count(name) > 1))
        self.assertGreater(len(names), 300)

    def test_codes_are_written_as_codes(self):
        for row in self.rows():
            self.assertEqual(row.names, {slug(name) for name in row.names}, row.name)
            self.assertTrue(all(400 <= status < 500 for status in row.statuses), row.name)

    def test_the_forgers_own_transfer_is_sound(self):
        forger = hostile_transfers.Forger(A, B, "C", 7)
        A.verify_key.verify(forger.message(), bytes.fromhex(forger.body()["signature"]))
        self.assertEqual(json.loads(forger.with_token("memo", '"tea"')), forger.body())


class Judgement(unittest.TestCase):
    def answer(self, status: int, body, content_type="application/json") -> Answer:
        class Response:
            status_code, headers = status, {"Content-Type": content_type}
            text = body if isinstance(body, str) else json.dumps(body)

        return Answer("GET /x", Response())

    def test_errors_need_a_code_and_hide_the_inside(self):
        self.answer(400, {"code": "NONCE_NOT_INT", "error": "nonce_not_int"}).expect(400)
        for bad in ({"error": "x"}, {"code": "lower", "error": "x"}, {"code": "X", "error": "panicked at a.rs:1"},
                    {"code": "X", "error": "x", "ok": True}, [], "<html>"):
            with self.assertRaises(Deviation):
                self.answer(400, bad).expect(400)

    def test_a_balance_has_one_figure(self):
        sound = {"miner_id": "a", "amount_i64": 1, "amount_rtc": 0.000001, "nonce": 1, "last_nonce": 0}
        shape.balance(sound, "a")
        for change in ({"balance": 1.0}, {"amount_rtc": 1}, {"amount_i64": True}, {"nonce": 0}, {"amount_i64": 2}):
            with self.assertRaises(Deviation):
                shape.balance({**sound, **change}, "a")

    def test_the_rust_wallet_refuses_two_names_for_one_field(self):
        shape.rust_wallet_transaction("t", {"success": True, "tx_hash": "x", "block_height": None})
        for bad in ({"ok": True, "success": True}, {"success": True, "status": None}):
            with self.assertRaises(Deviation):
                shape.rust_wallet_transaction("t", bad)


class Lines(unittest.TestCase):
    def test_the_oracle_speaks_one_line_per_answer(self):
        requests = io.StringIO('{"mode":"payload","hex":"7b7d"}\n'
                               '{"mode":"generate","kind":"transfers","seed":1,"count":2}\n')
        written = io.StringIO()
        stdin, stdout = oracle.sys.stdin, oracle.sys.stdout
        oracle.sys.stdin, oracle.sys.stdout = requests, written
        try:
            oracle.main()
        finally:
            oracle.sys.stdin, oracle.sys.stdout = stdin, stdout
        self.assertEqual([set(json.loads(line)) for line in written.getvalue().splitlines()],
                         [{"hex"}, {"fields", "text", "expected"}, {"fields", "text", "expected"}, {"done"}])


if __name__ == "__main__":
    unittest.main()
