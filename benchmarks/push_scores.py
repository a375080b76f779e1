"""Writing a score to everybody on a platform that takes its time, and a plain client beside it.

The baseline sends one batch after the other, and waits for each. With the limits of an account on,
the time is held against what they dictate: so many requests fit into ten seconds, and no more.
"""

from __future__ import annotations

import asyncio
import math
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from adapters.hubspot.limits import ROLLING
from benchmarks.measuring import Taken, apart, machine, medians, say
from benchmarks.page_platform import NAME, account, dictated_seconds, limited, served
from connector.ports.budget import Unlimited
from connector.runtime.process import spare_the_collector
from connector.sync.deciding.rescore import rescore
from connector.sync.pulling.pull import pull
from connector.sync.pushing.push import push

if TYPE_CHECKING:
    from connector.ports.budget import RateBudget

BATCH = 100
LATENCY = 0.05
_UPDATE = "/crm/objects/2026-03/contacts/batch/update"


def push_scores(count: int, runs: int) -> dict[str, object]:
    """Return the figures; each run is in a process of its own."""
    plain: list[dict[str, Any]] = []
    free: list[dict[str, Any]] = []
    with served(count, latency=LATENCY) as url:
        for _ in range(runs):
            say("writing scores")
            free.append(apart(pushed, url, count, False))
            plain.append(apart(sent, url, count))
        paced = apart(pushed, url, count, True)
    product, baseline = medians(free), medians(plain)
    dictated = dictated_seconds(math.ceil(count / BATCH))
    return {
        "benchmark": "push_scores",
        "contacts": count,
        "latency_s": LATENCY,
        "push": product,
        "baseline_one_after_the_other": baseline,
        "speed_to_baseline": round(baseline["median_s"] / product["median_s"], 2),
        "within_limits": paced,
        "dictated_by_limits_s": dictated,
        "ratio_to_dictated": round(paced["median_s"] / dictated, 3) if dictated else None,
        "machine": machine(),
    }


def pushed(url: str, count: int, is_paced: bool) -> dict[str, Any]:  # noqa: FBT001 - as JSON hands it over
    """Pull everybody, score them, and write what came of it; only the writing is measured."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_push(url, Path(folder) / "state.db", count, is_paced=is_paced))


def sent(url: str, count: int) -> dict[str, Any]:
    """Send a score for everybody, batch after batch."""
    taken = Taken()
    with taken.run(), httpx.Client(base_url=url) as client:
        for start in range(0, count, BATCH):
            ids = range(start + 1, min(start + BATCH, count) + 1)
            rows = [{"id": str(each), "properties": {"heat_score": "20"}} for each in ids]
            answer = client.post(_UPDATE, json={"inputs": rows})
            if len(answer.json()["results"]) != len(rows):
                raise RuntimeError("not everything was taken")
    return taken.figures()


async def _push(url: str, path: Path, count: int, *, is_paced: bool) -> dict[str, Any]:
    budget: RateBudget = Unlimited()
    if is_paced:
        budget = await limited()
    taken = Taken()
    spare_the_collector()
    async with account(url, path, budget=budget) as opened:
        await pull(opened, NAME)
        await rescore(opened, opened.clock.now())
        if is_paced:
            await asyncio.sleep(ROLLING.total_seconds())
        with taken.run():
            done = await push(opened, NAME)
        began = time.perf_counter()
        again = await push(opened, NAME)
        idle = round(time.perf_counter() - began, 4)
    if done.errors or done.delivered != count or again.calls:
        msg = f"{done.delivered} of {count} were written, {[str(e) for e in done.errors]}"
        raise RuntimeError(msg)
    return {**taken.figures(), "calls": done.calls, "second_push_s": idle}
