"""Scores and their reasons as tables for other tools."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal

import polars as pl

from connector.domain.frames import CONTACT, CONTRIBUTION_SCHEMA
from connector.scoring.engine import score
from connector.sync.deciding.results import memory

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from connector.domain.records import Person
    from connector.sync.workspace import Workspace

BATCH = 50_000


async def export(
    workspace: Workspace, *, what: Literal["scores", "contributions"], at: datetime | None
) -> pl.DataFrame:
    """Return scores as last decided, or contributions as of `at` (default: the last decision).

    One row per person and score, or per person and rule; persons by our id and address.
    """
    async with workspace.state.read() as tx:
        latest = await tx.scores.latest_at()
        numbers = await tx.contacts.all_numbers()
    instant = at or latest or workspace.clock.now()
    parts: list[pl.DataFrame] = []
    for start in range(0, max(len(numbers), 1), BATCH):
        batch = numbers[start : start + BATCH]
        if what == "scores":
            part = await _scores(workspace, batch)
        else:
            part = await _contributions(workspace, batch, instant)
        parts.append(part)
        workspace.progress.step(f"Exporting {what}", min(start + BATCH, len(numbers)), len(numbers))
    return pl.concat(parts)


async def _scores(workspace: Workspace, batch: Sequence[int]) -> pl.DataFrame:
    async with workspace.state.read() as tx:
        persons = await tx.contacts.persons(batch)
        current = await tx.scores.current(batch)
    return (
        _who(persons)
        .join(current, on=CONTACT, how="inner", maintain_order="left_right")
        .rename({"name": "score", "value": "exact"})
        .drop(CONTACT)
        .sort("id", "score")
    )


async def _contributions(workspace: Workspace, batch: Sequence[int], at: datetime) -> pl.DataFrame:
    model = workspace.configuration.model
    async with workspace.state.read() as tx:
        persons = await tx.contacts.persons(batch)
        contacts = await tx.contacts.frame(batch, model.attributes, model.lists)
        events = await tx.events.frame(batch, model.properties)
        current = await tx.scores.current(batch)
        overrides = await tx.scores.overrides(batch)
    held = memory(model, batch, current, overrides)
    scored = await asyncio.to_thread(
        score, model, contacts=contacts, events=events, at=at, memory=held, explain=True
    )
    contributions = scored.contributions
    if contributions is None:
        contributions = pl.DataFrame(schema=CONTRIBUTION_SCHEMA)
    return (
        _who(persons).join(contributions, on=CONTACT, how="inner").drop(CONTACT).sort("id", "rule")
    )


def _who(persons: Mapping[int, Person]) -> pl.DataFrame:
    rows = [(number, each.key, each.email) for number, each in persons.items()]
    schema = {CONTACT: pl.Int64(), "id": pl.String(), "email": pl.String()}
    return pl.DataFrame(rows, schema=schema, orient="row")
