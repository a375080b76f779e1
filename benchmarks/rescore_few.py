"""Scoring few among many, through everything the product does: read, score, persist.

The time of it may depend on those who are scored, and not on how many others there are.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.history import AT
from benchmarks.measuring import Taken, apart, machine
from benchmarks.product import scored_store, workspace
from connector.domain.frames import CONTACT
from connector.runtime.process import spare_the_collector
from connector.sync.cycle import Steps, run_cycle
from connector.sync.deciding.rescore import rescore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.sync.workspace import Workspace

STALE = 1_000
EVENTS = 200
_WARM_UPS = 2
_BLOCK = 2**24


def rescore_stale(sizes: Sequence[int], runs: int) -> dict[str, object]:
    """Return how long a thousand stale contacts take in stores of several sizes."""
    found = {size: apart(stale_in, str(scored_store(size)), size, runs) for size in sizes}
    medians = [each["median_s"] for each in found.values()]
    return {
        "benchmark": "rescore_stale",
        "stale": STALE,
        "contacts": {str(size): each for size, each in found.items()},
        "ratio_largest_to_smallest": round(medians[-1] / medians[0], 2),
        "machine": machine(),
    }


def rescore_one(size: int, runs: int) -> dict[str, object]:
    """Return how long one contact takes who has two hundred events, in a warm process."""
    found = apart(one_in, str(scored_store(size)), 10 * runs)
    return {"benchmark": "rescore_one", "contacts": size, **found, "machine": machine()}


def tick_idle(sizes: Sequence[int], runs: int) -> dict[str, object]:
    """Return how long scoring takes where nobody waits, and a cycle that does nothing else."""
    found = {str(size): apart(idle_in, str(scored_store(size)), 10 * runs) for size in sizes}
    return {"benchmark": "tick_idle", "contacts": found, "machine": machine()}


def stale_in(folder: str, size: int, runs: int) -> dict[str, Any]:
    """Score STALE contacts of a store, others at each run, spread over all of it."""
    step = size // STALE
    batches = [range(1 + run % step, size + 1, step) for run in range(runs + _WARM_UPS)]
    return asyncio.run(_rescored(Path(folder), batches))


def one_in(folder: str, runs: int) -> dict[str, Any]:
    """Score one contact of a store again and again."""
    contact, events = asyncio.run(_with_events(Path(folder)))
    found = asyncio.run(_rescored(Path(folder), [[contact]] * (runs + _WARM_UPS)))
    return {"events": events, **found}


def idle_in(folder: str, runs: int) -> dict[str, Any]:
    """Let nobody wait, and score."""
    return asyncio.run(_idle(Path(folder), runs))


async def _rescored(folder: Path, batches: Sequence[Sequence[int]]) -> dict[str, Any]:
    _read_all(folder)
    taken = Taken()
    async with workspace(folder) as opened:
        spare_the_collector()
        for place, batch in enumerate(batches):
            async with opened.state.write() as tx:
                await tx.contacts.touch(batch)
            run = taken if place >= _WARM_UPS else Taken()
            with run.run():
                done = await rescore(opened, AT)
            _expect(done.scored, len(batch))
    return taken.figures()


def _read_all(folder: Path) -> None:
    """Let the machine have the files in its memory, whatever ran before: disks are not measured."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb", buffering=0) as file:
                while file.read(_BLOCK):
                    pass


async def _with_events(folder: Path) -> tuple[int, int]:
    """Return the contact among the first whose events are closest to EVENTS, and their number."""
    async with workspace(folder) as opened, opened.state.read() as tx:
        frame = await tx.events.frame(range(1, 5_001), {})
        counts = frame.group_by(CONTACT).len().collect()
    contact, events = min(counts.iter_rows(), key=lambda row: (abs(row[1] - EVENTS), row[0]))
    return contact, events


async def _idle(folder: Path, runs: int) -> dict[str, Any]:
    scoring, cycle = Taken(), Taken()
    async with workspace(folder) as opened:
        for _ in range(runs):
            with scoring.run():
                done = await rescore(opened, AT)
            _expect(done.scored, 0)
        await _cycle(opened)
        for _ in range(3):
            with cycle.run():
                await _cycle(opened)
    return {**scoring.figures(), "cycle": cycle.figures()}


async def _cycle(opened: Workspace) -> None:
    await run_cycle(opened, Steps(command="score", pulls=False, pushes=False), AT)


def _expect(scored: int, number: int) -> None:
    if scored != number:
        msg = f"{scored} contacts were scored, not {number}: the figure would mean nothing"
        raise RuntimeError(msg)
