#!/usr/bin/env python3
"""The Prometheus exporters and dashboards: read only, strict about fields and types."""

import re

import shape
import stand_in
from attestation import current_epoch
from node_api import Deviation
from windows_miner import check_tip

SAMPLE = re.compile(
    r'[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-zA-Z_]\w*="([^"\\]|\\.)*",?)*\})? '
    r"([+-]?(\d+(\.\d*)?([eE][+-]?\d+)?|Inf)|NaN)( \d+)?"
)


def check_health(node) -> dict:
    answer = node.get("/health")  # 503 carries the same figures, with `ok` false
    body = answer.expect(200) if answer.status != 503 else answer.body
    shape.check("health", body, {
        "ok": shape.boolean, "version": shape.text, "uptime_s": shape.integer, "db_rw": shape.boolean,
        "tip_age_slots": shape.nullable(shape.integer), "backup_age_hours": shape.nullable(shape.number)})
    if body["uptime_s"] < 0 or body["ok"] != (answer.status == 200) or (body["ok"] and not body["db_rw"]):
        raise Deviation(f"health contradicts itself: {body!r}")
    return body


def check_miners(node) -> int:
    answer = node.get("/api/miners")
    body = answer.expect(200)
    shape.check("miners", body, {"miners": shape.listing, "pagination": shape.mapping})
    shape.check("pagination", body["pagination"],
                {name: shape.integer for name in ("total", "total_enrolled", "limit", "offset", "count")})
    for row in body["miners"]:
        shape.check("miner", row, {
            "miner": shape.text, "last_attest": shape.integer, "first_attest": shape.nullable(shape.integer),
            "device_family": shape.text, "device_arch": shape.text, "hardware_type": shape.text,
            "entropy_score": shape.number, "antiquity_multiplier": shape.floating})
    if body["pagination"]["count"] != len(body["miners"]):
        raise Deviation(f"miners: count differs from the list: {body['pagination']!r}")
    for header in ("X-Total-Count", "X-Page-Limit", "X-Page-Offset"):
        if header not in answer.headers:
            raise Deviation(f"/api/miners: header {header} is missing")
    return len(body["miners"])


def check_stats(node) -> None:
    shape.check("stats", node.get("/api/stats").expect(200), {
        "version": shape.text, "chain_id": shape.text, "epoch": shape.integer, "block_time": shape.integer,
        "total_miners": shape.integer, "total_balance": shape.number, "pending_withdrawals": shape.integer,
        "features": shape.listing, "security": shape.listing})
    shape.check("network info", node.get("/network/info").expect(200), {
        "chain_id": shape.text, "network": shape.text, "block_height": shape.integer,
        "peer_count": shape.integer, "min_fee": shape.integer, "version": shape.text})
    shape.check("fee pool", node.get("/api/fee_pool").expect(200), {
        "total_fees_collected_rtc": shape.number, "total_fee_events": shape.integer})


def check_metrics(node, path: str) -> int:
    """Every line is a comment or a sample, and the names clients graph are there."""
    answer = node.get(path)
    if answer.status != 200 or not answer.headers.get("Content-Type", "").startswith("text/plain"):
        raise Deviation(f"{answer}: expected Prometheus text")
    lines = [line for line in answer.text.splitlines() if line and not line.startswith("#")]
    for line in lines:
        if not SAMPLE.fullmatch(line):
            raise Deviation(f"{path}: not a sample: {line!r}")
    if not any(line.startswith("rustchain_") for line in lines):
        raise Deviation(f"{path}: no metric of this network")
    return len(lines)


def check_security_headers(node) -> None:
    """Each answer names its request and forbids sniffing and framing."""
    answer = node.request("GET", "/health", headers={"X-Request-Id": "exporter-1"})
    expected = {"X-Request-Id": "exporter-1", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY"}
    for header, value in expected.items():
        if answer.headers.get(header) != value:
            raise Deviation(f"header {header} is {answer.headers.get(header)!r}, expected {value!r}")


def story(node, args) -> dict:
    health = check_health(node)
    epoch = current_epoch(node)
    check_stats(node)
    shape.balance(node.get("/wallet/balance", miner_id=args.wallet).expect(200), args.wallet)
    samples = {path: check_metrics(node, path) for path in ("/metrics", "/api/metrics", "/metrics_mac")}
    check_security_headers(node)
    return {"health": health, "epoch": epoch, "miners": check_miners(node), "tip": check_tip(node),
            "metrics": samples}


def main() -> None:
    parser = stand_in.arguments(__doc__)
    parser.add_argument("--wallet", default="founder_community")
    stand_in.run(parser, story)


if __name__ == "__main__":
    main()
