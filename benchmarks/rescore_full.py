"""Scoring everybody: our engine over the columnar copy beside hand-written SQL in DuckDB.

Both run each in a process of its own, once to warm up and then for the figures. What follows in
the product, persisting what was decided, is measured apart, and so is the whole of it.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from benchmarks.agreement import check_contributions, check_scores
from benchmarks.blocks import blocks
from benchmarks.history import AT, BLOCK
from benchmarks.kept import CACHE
from benchmarks.measuring import Taken, apart, machine, say
from benchmarks.product import configuration, workspace
from benchmarks.store import FILE, store
from benchmarks.warehouse import opened_warehouse, score_in_sql, warehouse
from connector.domain.frames import CONTACT
from connector.runtime.process import spare_the_collector
from connector.scoring.engine import Scored, score
from connector.sync.rescore import BATCH, rescore
from connector.sync.results import changed_scores, decisions, long_scores

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.sync.workspace import Workspace


def rescore_full(size: int, runs: int) -> dict[str, object]:
    """Return the figures, once both ways to score have given the same numbers."""
    for make in (blocks, store, warehouse):
        make(size)
    say(f"comparing the scores of {size} contacts")
    events = apart(compared, size)["events"]
    ours, theirs = apart(scored, size, runs), apart(scored_in_sql, size, runs)
    return {
        "benchmark": "rescore_full",
        "contacts": size,
        "events": events,
        "rules": len(configuration().model.rules),
        "scoring": ours,
        "baseline_sql": theirs,
        "ratio_to_baseline": _ratio(ours, theirs, "median_s"),
        "ratio_of_cpu": _ratio(ours, theirs, "median_cpu_s"),
        "persisting": apart(persisted, size),
        "whole": apart(rescored, size),
        "machine": machine(),
    }


def scored(size: int, runs: int) -> dict[str, Any]:
    """Score everybody from the copy of events; what is told of contacts is in memory before."""
    model, taken = configuration().model, Taken()
    contacts = pl.read_parquet(blocks(size) / "contacts-*.parquet")
    for run in (Taken(), *[taken] * runs):
        with run.run():
            score(model, contacts=contacts.lazy(), events=_copy(size), at=AT)
    return taken.figures()


def scored_in_sql(size: int, runs: int) -> dict[str, Any]:
    """Run the SQL; what it finds stays in memory."""
    taken = Taken()
    with closing(opened_warehouse(size)) as connection:
        for run in (Taken(), *[taken] * runs):
            with run.run():
                score_in_sql(connection)
    return taken.figures()


def compared(size: int) -> dict[str, Any]:
    """Compare all numbers of all contacts; return how many events made them."""
    with tempfile.TemporaryDirectory() as folder, closing(opened_warehouse(size)) as connection:
        score_in_sql(connection)
        file = Path(folder) / "scored.parquet"
        connection.execute(f"COPY scored TO '{file}'")
        theirs = pl.read_parquet(file).rename({"contact": CONTACT})
    rules = list(configuration().model.rules)
    for start in range(1, size + 1, 10 * BLOCK):
        ours = _explained(size, start, start + 10 * BLOCK)
        both = theirs.filter(pl.col(CONTACT).is_between(start, start + 10 * BLOCK, closed="left"))
        if ours.contributions is not None:
            check_contributions(ours.contributions, both, rules)
        check_scores(ours.contacts, both)
    return {"events": _copy(size).select(pl.len()).collect().item()}


def persisted(size: int) -> dict[str, Any]:
    """Record what was decided for everybody, in a store where nothing was decided before."""
    contacts = pl.scan_parquet(blocks(size) / "contacts-*.parquet")
    results = score(configuration().model, contacts=contacts, events=_copy(size), at=AT).contacts
    taken = Taken()
    with _fresh_store(size) as folder:
        asyncio.run(_persist(folder, results, taken))
    return taken.figures()


def rescored(size: int) -> dict[str, Any]:
    """Let the product score everybody: wait, read, score, decide, persist."""
    taken = Taken()
    with _fresh_store(size) as folder:
        asyncio.run(_rescore(folder, taken))
    return taken.figures()


async def _persist(folder: Path, results: pl.DataFrame, taken: Taken) -> None:
    async with workspace(folder) as opened:
        spare_the_collector()
        with taken.run():
            for batch in results.iter_slices(BATCH):
                await _record(opened, batch)


async def _record(opened: Workspace, results: pl.DataFrame) -> None:
    """Do what the product does after scoring a batch."""
    model = opened.configuration.model
    scores = long_scores(model, results)
    async with opened.state.write() as tx:
        current = await tx.scores.current(results[CONTACT].to_list())
        await tx.scores.record(
            at=AT,
            model=model.digest,
            seen={},
            decisions=decisions(model, results),
            scores=scores,
            changed=changed_scores(scores, current),
        )


async def _rescore(folder: Path, taken: Taken) -> None:
    async with workspace(folder) as opened:
        spare_the_collector()
        with taken.run():
            await rescore(opened, AT)


def _explained(size: int, first: int, end: int) -> Scored:
    is_meant = pl.col(CONTACT).is_between(first, end, closed="left")
    contacts = pl.scan_parquet(blocks(size) / "contacts-*.parquet").filter(is_meant)
    events = _copy(size).filter(is_meant)
    return score(configuration().model, contacts=contacts, events=events, at=AT, explain=True)


def _copy(size: int) -> pl.LazyFrame:
    return pl.scan_parquet(blocks(size) / "events-*.parquet")


@contextmanager
def _fresh_store(size: int) -> Iterator[Path]:
    """Give a folder with a store of which nobody is scored, for once."""
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="fresh-") as folder:
        shutil.copy(store(size) / FILE, Path(folder) / FILE)
        yield Path(folder)


def _ratio(ours: dict[str, Any], theirs: dict[str, Any], name: str) -> float:
    return round(float(ours[name]) / float(theirs[name]), 2)
