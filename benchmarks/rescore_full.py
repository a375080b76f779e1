"""Scoring everybody: our engine over the columnar copy of events beside hand-written SQL in DuckDB.

Both score from what is on disk and leave the result in memory, in processes of their own that
take turns, so that a busy moment of the machine hits both. Copying the events, and persisting
what was decided, are told apart from it.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from benchmarks.agreement import check_contributions, check_scores
from benchmarks.blocks import blocks
from benchmarks.history import AT, BLOCK
from benchmarks.measuring import Taken, apart, machine, medians, say
from benchmarks.product import Watched, configuration, folding, fresh_store, workspace
from benchmarks.warehouse import export_scores, scored_in_sql, warehouse
from connector.domain.frames import CONTACT
from connector.runtime.process import spare_the_collector
from connector.scoring.engine import Scored, score
from connector.sync.deciding.rescore import BATCH, rescore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.sync.workspace import Workspace


def rescore_full(size: int, runs: int) -> dict[str, object]:
    """Return the figures, once both ways to score have given the same numbers."""
    sql = str(warehouse(size))
    with fresh_store(size) as folder:
        place = str(folder)
        say("comparing our scores with those of the SQL")
        wanted = str(folder / "scored.parquet")
        apart(export_scores, sql, wanted)
        events = apart(compared, place, wanted)["events"]
        say("scoring")
        turns = [
            (apart(scored, place, size), apart(scored_in_sql, sql), apart(foreseen, place, size))
            for _ in range(runs)
        ]
        ours, theirs, ahead = (medians(each) for each in zip(*turns, strict=True))
        say("scoring and persisting")
        product = apart(rescored, place, size)
    return {
        "benchmark": "rescore_full",
        "contacts": size,
        "events": events,
        "rules": len(configuration().model.rules),
        "scoring": ours,
        "baseline_sql": theirs,
        "ratio_to_baseline": _ratio(ours, theirs, "median_s"),
        "ratio_of_cpu": _ratio(ours, theirs, "median_cpu_s"),
        "scoring_and_next_change": ahead,
        "to_persisted_scores": product,
        "copying_events": folding(size),
        "machine": machine(),
    }


def scored(folder: str, size: int) -> dict[str, Any]:
    """Score everybody in the batches of the product, from the copy; contacts are in memory."""
    return asyncio.run(_scored(Path(folder), size, foresee=False))


def foreseen(folder: str, size: int) -> dict[str, Any]:
    """Do the same, and say of everybody when they change next with time alone."""
    return asyncio.run(_scored(Path(folder), size, foresee=True))


def compared(folder: str, file: str) -> dict[str, Any]:
    """Compare the numbers of everybody with those in a file; return how many events there are."""
    theirs = pl.read_parquet(file).rename({"contact": CONTACT})
    return {"events": asyncio.run(_compared(Path(folder), theirs))}


def rescored(folder: str, size: int) -> dict[str, Any]:
    """Let the product score everybody from first to last, nobody having been scored before."""
    return asyncio.run(_rescored(Path(folder), size))


async def _scored(folder: Path, size: int, *, foresee: bool) -> dict[str, Any]:
    contacts = pl.read_parquet(blocks(size) / "contacts-*.parquet")
    taken = Taken()
    async with workspace(folder) as opened:
        await _score(opened, contacts.head(BLOCK), foresee=foresee)
        with taken.run():
            for some in contacts.iter_slices(BATCH):
                await _score(opened, some, foresee=foresee)
    return taken.figures()


async def _score(
    opened: Workspace, contacts: pl.DataFrame, *, explain: bool = False, foresee: bool = False
) -> Scored:
    model = opened.configuration.model
    async with opened.state.read() as tx:
        events = await tx.events.frame(contacts[CONTACT].to_list(), model.properties)
    people = contacts.lazy()
    return score(model, contacts=people, events=events, at=AT, explain=explain, foresee=foresee)


async def _compared(folder: Path, theirs: pl.DataFrame) -> int:
    size = theirs.height
    contacts = pl.read_parquet(blocks(size) / "contacts-*.parquet")
    rules: Sequence[str] = list(configuration().model.rules)
    async with workspace(folder) as opened:
        for some in contacts.iter_slices(BATCH):
            ours = await _score(opened, some, explain=True)
            meant = theirs.join(some.select(CONTACT), on=CONTACT, how="semi")
            if ours.contributions is not None:
                check_contributions(ours.contributions, meant, rules)
            check_scores(ours.contacts, meant)
        async with opened.state.read() as tx:
            return await tx.events.count()


async def _rescored(folder: Path, size: int) -> dict[str, Any]:
    taken = Taken()
    async with workspace(folder) as opened:
        watched = Watched(opened.state)
        spare_the_collector()
        with taken.run():
            done = await rescore(replace(opened, state=watched.state), AT)
    if done.scored != size:
        raise RuntimeError("not everybody was scored: the figures would mean nothing")
    return {**taken.figures(), "reading_s": watched.reading, "persisting_s": watched.writing}


def _ratio(ours: dict[str, Any], theirs: dict[str, Any], name: str) -> float:
    return round(float(ours[name]) / float(theirs[name]), 2)
