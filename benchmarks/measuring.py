"""Time something several times, and say on what machine."""

from __future__ import annotations

import os
import platform
import statistics
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def seconds(work: Callable[[], object], *, runs: int) -> list[float]:
    """Return how many seconds each of `runs` runs of `work` took."""
    taken: list[float] = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        taken.append(round(time.perf_counter() - began, 3))
    return taken


def figure(taken: list[float]) -> dict[str, object]:
    """Return the median of some runs, and all of them."""
    return {"median_s": statistics.median(taken), "runs_s": taken}


def machine() -> dict[str, object]:
    """Return what tells this machine from another."""
    return {
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "system": platform.system(),
    }


def say(what: str) -> None:
    """Tell a person who waits what takes so long; figures alone go to standard output."""
    sys.stderr.write(f"{what} ...\n")
