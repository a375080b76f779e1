"""What pages draw: options of charts, and what a run did in words."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connector.domain.ledger import Run
from connector.sync.looking.pictures import Bar, bars
from connector.web.dashboard import charts
from connector.web.dashboard.language import Language
from connector.web.dashboard.runs import deeds, took

T = datetime(2026, 3, 12, 14, 5, tzinfo=UTC)
ENGLISH = Language(code="en")


def _a_run(seconds: float | None = 1, **told: Any) -> Run:  # noqa: ANN401 - any part of a summary
    ended = None if seconds is None else T + timedelta(seconds=seconds)
    return Run(command="score", started_at=T, finished_at=ended, at=T, summary=json.dumps(told))


def test_columns_stand_for_all_persons() -> None:
    found = bars({0: 5, 3: 2, 120: 1})

    series = charts.distribution(found, "points", "en")["series"][0]["data"]

    assert sum(series) == 8
    assert len(series) == len(charts.distribution(found, "points", "en")["xAxis"]["data"])


@pytest.mark.parametrize(("high", "told"), [(4, "3"), (10, "3\N{EN DASH}9")])
def test_a_column_is_called_by_its_points(high: int, told: str) -> None:
    assert charts.label(Bar(low=3, high=high, persons=1)) == told


@pytest.mark.parametrize(
    ("points", "low"), [({}, None), ({7: 1}, 7), ({0: 5, 9: 4}, 0), ({0: 4, 9: 5}, 9)]
)
def test_the_middle_is_where_half_of_all_are_passed(points: dict[int, int], low: int) -> None:
    found = charts.middle(bars(points))

    assert (found.low if found else None) == low


def test_a_run_tells_what_it_did() -> None:
    run = _a_run(
        pulled={"crm": {"contacts": 1, "events": 2000}},
        scored=3,
        deliveries={"crm": {"delivered": 3, "failed": 1, "dead": 0}},
        triggers={"call": 1},
    )

    assert list(deeds(ENGLISH, run)) == [
        "1 contact read from crm",
        "2,000 events read from crm",
        "3 contacts scored",
        "3 contacts written to crm",
        "1 to be tried again on crm",
        "call fired for 1 contact",
    ]


def test_a_run_without_a_summary_tells_nothing() -> None:
    assert list(deeds(ENGLISH, Run(command="score", started_at=T, at=T))) == []


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(None, "\N{EN DASH}"), (0, "1 ms"), (0.42, "420 ms"), (3.21, "3.2 s"), (600, "10.0 min")],
)
def test_what_a_run_took_has_a_fitting_unit(seconds: float | None, told: str) -> None:
    assert took(ENGLISH, _a_run(seconds)) == told
