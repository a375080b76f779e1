"""A daemon that nobody looks after for weeks: its time is simulated, the rest of it is real.

What it holds stays flat, its database is bounded by what is kept, and whatever cools is told in
time. `make chaos` lets a month pass with 20,000 contacts.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.system.soak.company import AT, Terms, a_company
from tests.system.soak.ladder import Cooling
from tests.system.soak.life import Life, lived
from tests.system.soak.watching import counted

_QUARTER = timedelta(minutes=15)
_STATEMENTS = 20
"""Of a job that finds nothing to do, those that begin its transactions included."""


def _is_well(life: Life) -> None:
    """Complain unless everything was told in time and once, and nothing was amiss."""
    assert life.complaints == []
    assert life.answers == {200}
    assert {name for name in life.jobs if not name.endswith(" done")} == set()
    for verdict in life.verdicts:
        assert verdict.complaints == []
        assert verdict.fallen > life.events / 10
    assert life.misfired == []
    assert life.repeated == 0


@pytest.mark.timeout(600)
async def test_what_cools_within_a_day_is_told_in_time_and_what_is_old_is_dropped(
    tmp_path: Path,
) -> None:
    cooling = Cooling(day=timedelta(hours=3), keep=timedelta(hours=14))
    async with a_company(tmp_path, Terms(people=200, an_hour=30, cooling=cooling)) as company:
        life = await lived(company, tmp_path, days=1)

    _is_well(life)
    assert life.days[-1].rows["events"] <= life.events_of(cooling.keep)


async def test_an_hour_in_which_nothing_happens_costs_next_to_nothing(tmp_path: Path) -> None:
    cooling = Cooling(day=timedelta(days=1), keep=timedelta(days=10))
    terms = Terms(people=50, an_hour=0, cooling=cooling, step=_QUARTER, stretched=False)
    async with a_company(tmp_path, terms) as company:
        # Within it everybody is written to, and what was written is read again.
        await company.plane.run_until(AT + timedelta(hours=2))
        requests = company.requests
        with counted(company.parts) as counts:
            await company.plane.run_until(AT + timedelta(hours=3))

    assert company.requests == requests
    assert counts.statements < _STATEMENTS * counts.jobs.total()


@pytest.mark.chaos
@pytest.mark.timeout(7200)
async def test_a_month_leaves_memory_flat_and_the_database_as_large_as_what_is_kept(
    tmp_path: Path,
) -> None:
    cooling = Cooling(day=timedelta(days=1), keep=timedelta(days=10))
    async with a_company(tmp_path, Terms(people=20_000, an_hour=100, cooling=cooling)) as company:
        life = await lived(company, tmp_path, days=30)

    _is_well(life)
    # By then all that is kept for as long as events has been there once and gone.
    full, last = life.days[20], life.days[-1]
    assert last.memory < 1.1 * full.memory
    # Runs are kept for 30 days, and what triggers did for 90.
    assert last.file < 1.15 * full.file
    assert last.rows["score_history"] < 1.1 * full.rows["score_history"]
    assert last.rows["events"] <= life.events_of(cooling.keep)
