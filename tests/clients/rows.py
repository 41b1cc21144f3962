"""A row of hostile input: what is sent, and which refusals are right.

``names`` are the codes or errors that the wire reference or the system page
fixes; a row without names takes any stable code.
"""

import json
from typing import NamedTuple

from node_api import Deviation, Node


class Row(NamedTuple):
    name: str
    path: str
    body: object  # an object, or the text or bytes of the body
    statuses: tuple = (400,)
    names: frozenset = frozenset()
    headers: dict = {}
    method: str = "POST"

    def send(self, node: Node) -> dict:
        """Posts the row; anything but one of its refusals is a deviation."""
        answer = node.post(self.path, self.body, **self.headers)
        try:
            body = answer.expect(*self.statuses)
        except Deviation as deviation:
            raise Deviation(f"row «{self.name}»: {deviation}") from None
        if self.names and not self.names & answer.names():
            raise Deviation(f"row «{self.name}»: {answer}: expected one of {sorted(self.names)}")
        return body


def named(*names: str) -> frozenset:
    return frozenset(names)


DEEP = '{"a":' * 200 + "1" + "}" * 200

# Bodies that are no JSON object at all, for any route: name, body.
NOT_AN_OBJECT = [
    ("list", "[1]"), ("number", "42"), ("string", '"x"'), ("true", "true"),
    ("half", '{"a":1'), ("two values", "{}{}"), ("single quotes", "{'a':1}"), ("comment", "{}//"),
    ("trailing comma", '{"a":1,}'), ("not UTF-8", b'{"a":"\xff"}'), ("too deep", DEEP),
    ("much too deep", "[" * 5_000),
]

# Tokens that are no hex string of the right length: name, JSON token, status.
BAD_HEX = [
    ("true", "true"), ("zero", "0"), ("float", "1.5"), ("list", "[]"), ("object", "{}"), ("letters", '"zz"'),
    ("one digit short", json.dumps("a" * 63)), ("one digit long", json.dumps("a" * 65)),
    ("odd", json.dumps("a" * 127)), ("too long", json.dumps("a" * 129)), ("0x", json.dumps("0x" + "a" * 64)),
    ("NUL", '"\\u0000"'), ("long", json.dumps("a" * 4_000)),
]
