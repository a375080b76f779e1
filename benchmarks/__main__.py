"""Run benchmarks and print their figures, a JSON document a line.

    python -m benchmarks                 all of them, at sizes that take about a minute
    python -m benchmarks rescore_full    those that are named
    BENCH=full python -m benchmarks      a million contacts and twenty million events

What the large sizes need is made once and kept under .cache/bench: ten gigabytes.
"""

from __future__ import annotations

import json
import os
import sys
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.dashboard import dashboard
from benchmarks.first_sync import first_sync
from benchmarks.limits import limits
from benchmarks.pull_contacts import pull_contacts
from benchmarks.push_scores import push_scores
from benchmarks.replicas import replicas
from benchmarks.rescore_few import rescore_one, rescore_stale, tick_idle
from benchmarks.rescore_full import rescore_full
from benchmarks.soak import soak
from benchmarks.webhook_delivery import webhook_delivery
from benchmarks.webhooks import webhooks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def main(names: list[str]) -> int:
    """Run and print; return the exit code."""
    benchmarks = _benchmarks(is_full=os.environ.get("BENCH") == "full")
    unknown = [name for name in names if name not in benchmarks]
    if unknown:
        sys.stderr.write(f"There are {', '.join(benchmarks)}, but no {', '.join(unknown)}.\n")
        return 64
    for name in names or benchmarks:
        sys.stdout.write(json.dumps(benchmarks[name]()) + "\n")
        sys.stdout.flush()
    return 0


def _benchmarks(*, is_full: bool) -> Mapping[str, Callable[[], dict[str, object]]]:
    runs = 5 if is_full else 3
    sizes = [10_000, 100_000, 1_000_000] if is_full else [10_000, 50_000]
    return {
        "first_sync": partial(first_sync, runs),
        "pull_contacts": partial(pull_contacts, 50_000 if is_full else 20_000, runs),
        "push_scores": partial(push_scores, 50_000 if is_full else 10_000, runs),
        "limits": partial(limits, *((50_000, 200_000, 24) if is_full else (2_000, 8_000, 3))),
        "rescore_full": partial(rescore_full, sizes[-1], runs),
        "rescore_stale": partial(rescore_stale, sizes, runs),
        "rescore_one": partial(rescore_one, sizes[-1], runs),
        "tick_idle": partial(tick_idle, sizes, runs),
        "soak": partial(soak, *((20_000, 100, 30, 10) if is_full else (500, 30, 3, 1))),
        "webhooks": partial(webhooks, 50_000 if is_full else 10_000, runs),
        "webhook_delivery": partial(
            webhook_delivery, *((20_000, 100, 30, 3) if is_full else (10_000, 100, 5, 1))
        ),
        "dashboard": partial(dashboard, *(([10_000, 1_000_000], 20) if is_full else (sizes, 5))),
        "replicas": partial(replicas, *((100_000, 3) if is_full else (2_000, 1))),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
