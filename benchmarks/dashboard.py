"""How long pages take, and what they are drawn from, with few contacts and with many.

Every question goes over HTTP to a web in a process of its own: first while nothing else is done
there, then while it scores some persons after others. The baseline is the same installation with
the fewest contacts: whoever asks is not to notice how many there are.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.dashboard_asking import questions, served, taken
from benchmarks.dashboard_postgres import in_postgres
from benchmarks.dashboard_site import installation, url_of
from benchmarks.kept import CACHE
from benchmarks.measuring import machine, say
from benchmarks.replicas import a_postgres

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ALLOWED_MS = 300
"""Within which every answer is to be there."""


def dashboard(sizes: Sequence[int], times: int) -> dict[str, object]:
    """Return the figures: `times` answers to each question, in each database of each size."""
    found: dict[str, dict[str, Any]] = {"sqlite": {}, "postgresql": {}}
    for size in sizes:
        found["sqlite"][str(size)] = _in_sqlite(size, times)
        found["postgresql"][str(size)] = _in_postgresql(size, times)
    return {
        "benchmark": "dashboard",
        "times": times,
        **{name: {"contacts": each, **_compared(each)} for name, each in found.items()},
        "machine": machine(),
    }


def _in_sqlite(size: int, times: int) -> dict[str, Any]:
    kept = installation(size)
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="fresh-") as folder:
        shutil.copytree(kept, folder, dirs_exist_ok=True)
        return asked(url_of(Path(folder)), "", times)


def _in_postgresql(size: int, times: int) -> dict[str, Any]:
    kept = installation(size)
    with tempfile.TemporaryDirectory() as cache, a_postgres() as server:
        return asked(in_postgres(kept, server, Path(cache)), cache, times)


def asked(url: str, cache: str, times: int) -> dict[str, Any]:
    """Return what each question takes, in milliseconds: quiet, and while everybody is scored."""
    with served(url, cache, "quiet") as asker:
        wanted = questions(asker)
    found: dict[str, Any] = {}
    for load in ("quiet", "busy"):
        say(f"asking a {load} web {len(wanted)} questions")
        with served(url, cache, load) as asker:
            found[load] = taken(asker, wanted, times)
            found[f"{load}_mb"] = asker.held_mb()
    found["over"] = {load: _over(found[load]) for load in ("quiet", "busy")}
    return found


def _over(figures: Mapping[str, Mapping[str, float]]) -> Mapping[str, float]:
    """Return the questions that take too long, and what 95 of 100 of their answers take."""
    slow = {name: each["p95_ms"] for name, each in figures.items() if each["p95_ms"] > ALLOWED_MS}
    return dict(sorted(slow.items(), key=lambda each: -each[1]))


def _compared(by_size: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Return how many times as long the many take as the few: at the middle, and at most."""
    few, *_, many = (each["quiet"] for each in by_size.values())
    ratios = [many[name]["p50_ms"] / few[name]["p50_ms"] for name in many]
    return {
        "ratio_median": round(statistics.median(ratios), 2),
        "ratio_most": round(max(ratios), 2),
    }
