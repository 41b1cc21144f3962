"""How every stand-in starts and ends.

Arguments in, one JSON line out. Exit code 0: the node kept to the wire
reference. 1: it deviated; the line and standard error say where.
"""

import argparse
import json
import sys

from node_api import Deviation, Node


def arguments(description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description.strip().splitlines()[0])
    parser.add_argument("--node", required=True, metavar="URL", help="the running node")
    parser.add_argument("--patience", type=float, default=75, metavar="SECONDS",
                        help="how long to honour 429 with Retry-After, in all")
    parser.add_argument("--insecure", action="store_true", help="accept any TLS certificate")
    return parser


def run(parser: argparse.ArgumentParser, story) -> None:
    """Runs ``story(node, args)``, prints its results and leaves the process."""
    name = parser.prog.removesuffix(".py")
    args = parser.parse_args()
    node = Node(args.node, patience_s=args.patience, verify=not args.insecure)
    try:
        results = story(node, args)
    except Deviation as deviation:
        print(json.dumps({"client": name, "ok": False, "deviation": str(deviation)}))
        print(f"{name}: {deviation}", file=sys.stderr)
        sys.exit(1)
    print(json.dumps({"client": name, "ok": True, **results, "waited_s": node.waited_s}))
