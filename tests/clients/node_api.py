"""One conversation with a node, held to the rules that every client relies on.

Answers are JSON, redirects are not followed, errors carry a stable code and
leak nothing. Whatever breaks a rule raises ``Deviation``.
"""

import json
import re
import time

import requests

TIMEOUT_S = 30  # what the miners allow a submission
CODE = re.compile(r"[A-Z][A-Z0-9_]*")
LEAK = re.compile(r"panicked|\.rs:\d|rusqlite|SQLITE_|SELECT |INSERT |/root/|/work/|/tmp/")


class Deviation(AssertionError):
    """The node did something that the wire reference does not allow."""


def slug(text: str) -> str:
    """``Invalid signature`` and ``invalid_signature`` name one refusal."""
    return re.sub(r"[^A-Z0-9]+", "_", text.upper()).strip("_")


class Answer:
    """One HTTP answer; ``body`` is its JSON value, or ``None`` if it has none."""

    def __init__(self, call: str, response: requests.Response):
        self.call = call
        self.status = response.status_code
        self.headers = response.headers
        self.text = response.text
        self.is_json = response.headers.get("Content-Type", "").startswith("application/json")
        self.body = self._parse()

    def _parse(self):
        if not self.is_json:
            return None
        try:
            return json.loads(self.text)
        except ValueError as problem:
            raise Deviation(f"{self}: not JSON although it says so: {problem}") from None

    def __str__(self):
        return f"{self.call} -> {self.status} {self.text[:300]!r}"

    def names(self) -> set:
        """Every name under which this refusal can be recognised."""
        found = (self.body.get(field) for field in ("code", "error", "reason"))
        return {slug(name) for name in found if isinstance(name, str)}

    def expect(self, *statuses: int) -> dict:
        """The JSON object of an answer that must have one of these statuses."""
        if self.status not in statuses:
            raise Deviation(f"{self}: expected status {' or '.join(map(str, statuses))}")
        if not isinstance(self.body, dict):
            raise Deviation(f"{self}: expected a JSON object")
        if self.status >= 400:
            self.check_error()
        return self.body

    def check_error(self):
        """An error is an object with ``code`` and ``error`` that tells no secrets."""
        if not isinstance(self.body, dict):
            raise Deviation(f"{self}: an error answer must be a JSON object")
        code = self.body.get("code")
        if not isinstance(code, str) or not CODE.fullmatch(code):
            raise Deviation(f"{self}: an error needs a `code` in upper snake case")
        if not isinstance(self.body.get("error"), str) or not self.body["error"]:
            raise Deviation(f"{self}: an error needs an `error` text")
        if LEAK.search(self.text):
            raise Deviation(f"{self}: the error shows the node's insides")
        if self.body.get("ok") is True or self.body.get("success") is True:
            raise Deviation(f"{self}: an error must not claim success")


class Node:
    """The node at one URL. ``waited_s`` is the time spent on honoured 429s."""

    def __init__(self, url: str, patience_s: float = 0, verify: bool = True):
        self.url = url.rstrip("/")
        self.patience_s = patience_s
        self.waited_s = 0.0
        self.session = requests.Session()
        self.session.verify = verify

    def get(self, path: str, **params) -> Answer:
        return self.request("GET", path, params=params)

    def post(self, path: str, body, **headers) -> Answer:
        """Posts an object as ``requests`` writes it, or text and bytes as they are."""
        if not isinstance(body, (str, bytes)):
            body = json.dumps(body)
        if isinstance(body, str):
            body = body.encode("utf-8", "surrogatepass")
        sent = {"Content-Type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
        return self.request("POST", path, data=body, headers=sent)

    def request(self, method: str, path: str, **options) -> Answer:
        """Sends once, and again after ``Retry-After`` while patience lasts."""
        while True:
            answer = self.send_once(method, path, **options)
            if answer.status != 429:
                return answer
            pause_s = float(answer.headers.get("Retry-After", "inf"))
            if self.waited_s + pause_s > self.patience_s:
                return answer
            self.waited_s += pause_s
            time.sleep(pause_s)

    def send_once(self, method: str, path: str, **options) -> Answer:
        call = f"{method} {path[:120]}"
        try:
            response = self.session.request(
                method, self.url + path, timeout=TIMEOUT_S, allow_redirects=False, **options
            )
        except requests.RequestException as problem:
            raise Deviation(f"{call}: no answer: {problem}") from None
        return Answer(call, response)

    def chain_id(self) -> str:
        return self.get("/network/info").expect(200)["chain_id"]
