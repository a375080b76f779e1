"""Days and weeks of a daemon in simulated time: what it holds, and how late what cools is told."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.measuring import apart, machine, say
from tests.system.soak.company import Terms, a_company
from tests.system.soak.ladder import Cooling
from tests.system.soak.life import lived

if TYPE_CHECKING:
    from tests.system.soak.life import Life
    from tests.system.soak.watching import Figures

_MB = 2**20


def soak(people: int, an_hour: int, days: int, keep_days: int) -> dict[str, object]:
    """Return the figures."""
    say(f"letting {days} days pass")
    return {
        "benchmark": "soak",
        "contacts": people,
        "events_an_hour": an_hour,
        "events_kept_days": keep_days,
        **apart(days_of, people, an_hour, days, keep_days),
        "machine": machine(),
    }


def days_of(people: int, an_hour: int, days: int, keep_days: int) -> dict[str, Any]:
    """Let days pass, and say how things stood at the end of each."""
    cooling = Cooling(day=timedelta(days=1), keep=timedelta(days=keep_days))
    terms = Terms(people=people, an_hour=an_hour, cooling=cooling)
    return _told(asyncio.run(_lived(terms, days)), terms)


async def _lived(terms: Terms, days: int) -> Life:
    with tempfile.TemporaryDirectory() as folder:
        async with a_company(Path(folder), terms) as company:
            return await lived(company, Path(folder), days=days)


def _told(life: Life, terms: Terms) -> dict[str, Any]:
    return {
        "seconds": life.seconds,
        "events": life.events,
        "scoring_every_s": terms.scoring.total_seconds(),
        "stages_cooled": sum(each.fallen for each in life.verdicts),
        "latest_s": max(each.latest for each in life.verdicts) / 1e6,
        "amiss": [
            *(str(each) for each in life.complaints),
            *(each for verdict in life.verdicts for each in verdict.complaints),
            *life.misfired,
        ],
        "jobs": dict(life.jobs),
        "requests": life.requests,
        "statements": life.statements,
        "days": [_day(each) for each in life.days],
    }


def _day(figures: Figures) -> dict[str, Any]:
    sizes = {name: round(getattr(figures, name) / _MB, 1) for name in ("memory", "file", "free")}
    copy = round(figures.copy / _MB, 1)
    return {**{f"{name}_mb": size for name, size in sizes.items()}, "copy_mb": copy} | {
        "rows": asdict(figures)["rows"]
    }
