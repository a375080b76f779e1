"""How a person's scores went, and where they will go if nothing new happens.

Each point is what `explain` says as of its instant: today's knowledge, and overrides while they
were in force. A stage that somebody held then is held; before anything was decided it follows from
the point before.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from connector.domain.frames import AT, CONTACT, IS_EXCLUDED, OVERRIDE_SCHEMA, SCORE_SCHEMA
from connector.domain.instants import iso
from connector.scoring.columns import stage_column
from connector.scoring.engine import score
from connector.sync.deciding.results import memory
from connector.sync.looking.explaining import known_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from connector.domain.ledger import HistoryEntry, Override
    from connector.scoring.model import Model
    from connector.sync.looking.explaining import Knowledge
    from connector.sync.workspace import Workspace

PAST, FUTURE = 24, 12
"""Points; each takes some hundredths of a second."""
_LEAST = timedelta(hours=1)
"""So far back whoever has just arrived is told of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """How a person stands at one instant."""

    at: datetime
    scores: Mapping[str, float | None]
    """Rounded; None outside the population."""
    stages: Mapping[str, str | None]
    is_ahead: bool
    """Whether that is to come."""

    def to_json(self) -> dict[str, object]:
        """Return the point as machines read it."""
        return {
            "at": iso(self.at),
            "scores": dict(self.scores),
            "stages": dict(self.stages),
            "is_ahead": self.is_ahead,
        }


async def trend(
    workspace: Workspace, text: str, now: datetime, *, back: timedelta, ahead: timedelta
) -> Sequence[Point]:
    """Return how the person named by `text` stood from `back` before `now` until `ahead` of it.

    At PAST instants, `now`, and FUTURE instants, evenly spread. Who arrived after `back` before
    `now` is told of from then on. Raises NotFound.
    """
    model = workspace.configuration.model
    async with workspace.state.read() as tx:
        known = await known_of(tx, workspace, text, now)
    arrived = known.person.created_at
    if arrived is not None:
        back = min(back, max(now - arrived, _LEAST))
    instants = [now - back * (PAST - step) / PAST for step in range(PAST)]
    instants += [now + ahead * step / FUTURE for step in range(FUTURE + 1)]
    return await asyncio.to_thread(lambda: list(_points(model, known, instants, now)))


def _points(
    model: Model, known: Knowledge, instants: Sequence[datetime], now: datetime
) -> Iterator[Point]:
    contacts, events = known.contacts.collect().lazy(), known.events.collect().lazy()
    held: dict[str, str | None] = {}
    for at in instants:
        held |= _decided(known.history, at)
        remembered = memory(
            model, [known.person.contact], _scores(known, held), _overrides(known, at)
        )
        # What is to come is made of what is there now.
        seen = events.filter(pl.col(AT) <= now)
        scored = score(
            model, contacts=contacts, events=seen, at=at, memory=remembered, foresee=False
        )
        row = scored.contacts.row(0, named=True)
        ladders = [name for name, each in model.scores.items() if each.stages]
        held = {name: row[stage_column(name)] for name in ladders}
        yield Point(
            at=at,
            scores={name: None if row[IS_EXCLUDED] else row[name] for name in model.scores},
            stages=dict(held),
            is_ahead=at > now,
        )


def _decided(history: Sequence[HistoryEntry], at: datetime) -> Mapping[str, str | None]:
    """Return the stages that were decided last and not after `at`."""
    return {each.name: each.stage for each in history if each.at <= at}


def _scores(known: Knowledge, held: Mapping[str, str | None]) -> pl.DataFrame:
    rows = [(known.person.contact, name, None, None, stage) for name, stage in held.items()]
    return pl.DataFrame(rows, schema=SCORE_SCHEMA, orient="row")


def _overrides(known: Knowledge, at: datetime) -> pl.DataFrame:
    rows = [(each.contact, each.score, each.value) for each in known.made if _holds(each, at)]
    return pl.DataFrame(rows, schema=OVERRIDE_SCHEMA, orient="row").unique(
        [CONTACT, "name"], keep="last"
    )


def _holds(override: Override, at: datetime) -> bool:
    ended = override.cleared_at
    return override.made_at <= at and (ended is None or at < ended)
