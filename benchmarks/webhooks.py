"""Taking webhooks: our receiver, and a bare handler that only stores, asked by the same client.

Calls are sent over a number of connections, each as soon as the one before is answered; client and
server are processes of their own on one machine, and each server has its own turn.
"""

from __future__ import annotations

import sqlite3
import statistics
import subprocess
import sys
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.measuring import apart, machine, say
from benchmarks.page_platform import NAME
from benchmarks.webhook_calls import drive

if TYPE_CHECKING:
    from collections.abc import Iterator

LINES = 64
WARMING = 500
"""Calls before the first one that counts."""
FILES = {"ours": "state.db", "bare": "bare.db"}
PATH = f"/webhooks/{NAME}"


def webhooks(count: int, runs: int) -> dict[str, object]:
    """Return the figures."""
    figures: dict[str, list[dict[str, Any]]] = {"ours": [], "bare": []}
    for _ in range(runs):
        for kind, found in figures.items():
            say(f"sending webhooks ({kind})")
            with _served(kind) as (port, file):
                apart(drive, port, PATH, WARMING, LINES)
                found.append(apart(drive, port, PATH, count, LINES))
                _look(file, count)
    ours, bare = (_middle(found) for found in figures.values())
    return {
        "benchmark": "webhooks",
        "calls": count,
        "connections": LINES,
        "receiver": ours,
        "bare_handler": bare,
        "rate_to_bare": round(ours["per_s"] / bare["per_s"], 2),
        "machine": machine(),
    }


def _middle(found: list[dict[str, Any]]) -> dict[str, Any]:
    names = ("per_s", "p50_ms", "p99_ms")
    middle = {name: statistics.median(each[name] for each in found) for name in names}
    return middle | {"runs_per_s": [each["per_s"] for each in found]}


def _look(file: Path, count: int) -> None:
    """Raise RuntimeError unless every call is stored that was answered."""
    with closing(sqlite3.connect(file)) as connection:
        ((stored,),) = connection.execute("SELECT count(*) FROM inbound").fetchall()
    # The first calls of the second client are those of the first, a moment later.
    if stored < count:
        msg = f"{stored} of {count} calls are stored"
        raise RuntimeError(msg)


@contextmanager
def _served(kind: str) -> Iterator[tuple[int, Path]]:
    """Give the port of a server, and the file in which it stores."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.webhook_servers", kind, folder]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as server:  # noqa: S603 - our own
            try:
                port = int(server.stdout.readline()) if server.stdout else 0
                yield port, Path(folder) / FILES[kind]
            finally:
                server.kill()
