#!/usr/bin/env python3
"""Any client on a node whose ledger is empty: every route, with nothing or rubbish in its body.

Each answer is JSON, no route fails (5xx), nothing is HTML, and every error
carries a code. Rate-limit answers count as errors of the right shape.
"""

import routes
import stand_in
from node_api import Deviation

METRICS = ("/metrics", "/api/metrics", "/metrics_mac")

# name, body, content type
BODIES = [
    ("nothing", None, None),
    ("empty", b"", "application/json"),
    ("empty object", b"{}", "application/json"),
    ("list", b"[]", "application/json"),
    ("null", b"null", "application/json"),
    ("number", b"42", "application/json"),
    ("string", b'"x"', "application/json"),
    ("half an object", b'{"miner":', "application/json"),
    ("not a number", b'{"amount_rtc":NaN,"epoch":Infinity}', "application/json"),
    ("not UTF-8", b'{"memo":"\xff\xfe"}', "application/json"),
    ("deep", b"[" * 200_000, "application/json"),
    ("wrong types", b'{"miner":[],"device":1,"nonce":{},"epoch":"x","miner_pubkey":null}', "application/json"),
    ("form", b"miner=x&epoch=1", "application/x-www-form-urlencoded"),
]
ADMIN_BODIES = [body for body in BODIES if body[0] in ("nothing", "empty object")]


class Walk:
    """Counts the answers of a walk over the routes and judges each one."""

    def __init__(self, node):
        self.node = node
        self.statuses: dict[int, int] = {}

    def visit(self, method: str, path: str, **options):
        """The answer, once it is sure that it is one every client can read."""
        answer = self.node.send_once(method, path, **options)
        self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
        if answer.status >= 500:
            raise Deviation(f"{answer}: a request must never break the node")
        if not answer.is_json:
            raise Deviation(f"{answer}: Content-Type {answer.headers.get('Content-Type')!r}, expected JSON")
        if answer.status >= 400:
            answer.check_error()
        return answer

    def gets(self) -> None:
        for path, kind in routes.GETS:
            answer = self.visit("GET", path)
            limited = answer.status == 429
            if kind == routes.SERVED and answer.status != 200 and not limited:
                raise Deviation(f"{answer}: a fresh node must answer this")
            if kind == routes.REFUSED and not 400 <= answer.status < 500:
                raise Deviation(f"{answer}: expected a refusal")
        for path in routes.PAGED:
            for page in routes.PAGES:
                self.visit("GET", path + page)

    def posts(self) -> None:
        public = [(path, body) for path in routes.PUBLIC_POSTS for body in BODIES]
        admin = [(path, body) for path in routes.ADMIN_POSTS for body in ADMIN_BODIES]
        for path, (name, body, content_type) in public + admin:
            headers = {"Content-Type": content_type} if content_type else {}
            answer = self.visit("POST", path, data=body, headers=headers)
            if path in routes.NEEDED_POSTS and answer.status in (404, 405):
                raise Deviation(f"{answer}: this route must exist")
            if path != "/attest/challenge" and answer.status < 400:
                raise Deviation(f"{answer}: accepted a body of «{name}»")
        for path in routes.REMOVED_POSTS:
            if self.visit("POST", path, data=b"{}").status not in (404, 410, 429):
                raise Deviation(f"{path} was removed from the network")

    def strangers(self) -> None:
        """Unknown routes and wrong methods."""
        for path in routes.UNKNOWN:
            answer = self.visit("GET", path)
            if answer.status not in (400, 404, 414, 429):
                raise Deviation(f"{answer}: expected 404 for an unknown route")
        for method, path in routes.WRONG_METHODS:
            answer = self.visit(method, path)
            if answer.status not in (405, 429):
                raise Deviation(f"{answer}: expected 405 for a wrong method")

    def exceptions(self) -> None:
        """The few routes that are not JSON, or not 200, on purpose."""
        for path in METRICS:
            answer = self.node.send_once("GET", path)
            if answer.status != 200 or not answer.headers.get("Content-Type", "").startswith("text/plain"):
                raise Deviation(f"{answer}: expected Prometheus text")
        readiness = self.node.send_once("GET", "/ops/readiness")
        if readiness.status not in (200, 503) or type((readiness.body or {}).get("ok")) is not bool:
            raise Deviation(f"{readiness}: expected 200 or 503 with `ok`")
        anchors = self.node.send_once("GET", "/anchors")
        if anchors.status != 302:
            self.visit("GET", "/anchors")
        explorer = self.node.send_once("GET", "/explorer")
        if explorer.status != 200:
            self.visit("GET", "/explorer")


def story(node, args) -> dict:
    walk = Walk(node)
    walk.gets()
    walk.exceptions()
    walk.strangers()
    walk.posts()
    walk.visit("GET", "/health")
    return {"answers": {str(status): count for status, count in sorted(walk.statuses.items())}}


if __name__ == "__main__":
    stand_in.run(stand_in.arguments(__doc__), story)
