"""The engine and a naive scorer agree."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.scoring.engine import score
from connector.scoring.model import Model
from tests.properties.histories import MEANING, contacts, events, instants, memories, models
from tests.properties.reference import Entry, Naive
from tests.unit.scoring.lab import contact_frame, event_frame


def memory_frame(memory: dict[int, dict[str, Any]]) -> pl.DataFrame:
    schema = {"_contact": pl.Int64, "_held:lead": pl.String, "_override:lead": pl.Float64}
    return pl.DataFrame(
        [{"_contact": number, **row} for number, row in memory.items()], schema=schema
    )


def close(value: object) -> object:
    return pytest.approx(value, abs=1e-9) if isinstance(value, float) else value


def told(entry: dict[str, Any] | Entry) -> dict[str, Any]:
    row = entry if isinstance(entry, dict) else entry.__dict__
    return {name: close(value) for name, value in row.items() if name != "_contact"}


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), model=models(), at=instants, memory=memories())
def test_the_engine_agrees_with_a_naive_scorer(
    data: st.DataObject, model: Model, at: datetime, memory: dict[int, dict[str, Any]]
) -> None:
    people = data.draw(contacts(at))
    stored = data.draw(events(at))

    result = score(
        model,
        contacts=contact_frame(people).lazy(),
        events=event_frame(stored).lazy(),
        at=at,
        memory=memory_frame(memory).lazy(),
        explain=True,
    )

    assert result.contributions is not None
    rows = {row["_contact"]: row for row in result.contacts.iter_rows(named=True)}
    complete = event_frame(stored).to_dicts()
    for person in contact_frame(people).to_dicts():
        number = person["_contact"]
        own = [event for event in complete if event["_contact"] == number]
        want = Naive(model, at, MEANING).score(person, own, memory[number])
        row = rows[number]
        assert {name: row[name] for name in want.values} == {
            name: close(value) for name, value in want.values.items()
        }
        assert row["_exact:lead"] == close(want.exact["lead"])
        assert {name: row[name] for name in want.truths} == want.truths
        got = result.contributions.filter(pl.col("_contact") == number).to_dicts()
        # A limit of the last bit is none.
        wanted = [each for each in want.entries if abs(each.points) > 1e-9 or each.events]
        given = [each for each in got if abs(each["points"]) > 1e-9 or each["events"]]
        assert [each["rule"] for each in given] == [each.rule for each in wanted]
        for one, other in zip(given, wanted, strict=True):
            assert {k: v for k, v in one.items() if k != "_contact"} == told(other)
