"""The stage that is foreseen comes, then and not before."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from connector.domain.frames import AT, CONTACT, HELD_PREFIX, exact_column
from connector.scoring.columns import stage_column
from connector.scoring.engine import score
from connector.scoring.model import Model, Rung
from connector.sync.looking.forecast import next_turn
from tests.properties.histories import contacts, events, instants, models
from tests.unit.scoring.lab import contact_frame, event_frame, rungs

_NAME = "lead"
_SLACK = timedelta(seconds=2)


def _on_a_ladder(model: Model, ladder: tuple[Rung, ...]) -> Model:
    """Return `model` with a score that everybody has, and that climbs `ladder`."""
    free = replace(
        model.scores[_NAME],
        formula=None,
        low=None,
        high=None,
        population=None,
        stages=ladder,
        is_up_only=False,
    )
    return replace(model, exclude=None, scores={_NAME: free})


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), model=models(), at=instants, edge=st.sampled_from([0.1, 0.7, 2.0]))
def test_a_stage_changes_when_it_is_foreseen(
    data: st.DataObject, model: Model, at: datetime, edge: float
) -> None:
    people = contact_frame(data.draw(contacts(at))).filter(pl.col(CONTACT) == 1).lazy()
    drawn = event_frame(data.draw(events(at))).filter(pl.col(CONTACT) == 1, pl.col(AT) <= at)
    stored = drawn.lazy()

    def scored(when: datetime, held: str | None = None) -> dict[str, object]:
        schema = {CONTACT: pl.Int64(), f"{HELD_PREFIX}{_NAME}": pl.String()}
        memory = pl.LazyFrame([(1, held)], schema=schema, orient="row")
        result = score(
            ladder, contacts=people, events=stored, at=when, memory=memory, foresee=False
        )
        return result.contacts.row(0, named=True)

    ladder = _on_a_ladder(model, model.scores[_NAME].stages)
    value = scored(at)[exact_column(_NAME)]
    assert isinstance(value, float)
    ladder = _on_a_ladder(
        model, rungs(("low", -1e6), ("mid", value - edge / 2, value - edge), ("high", value + edge))
    )
    assume(scored(at, "mid")[stage_column(_NAME)] == "mid")

    turn = next_turn(
        ladder,
        contacts=people,
        events=stored,
        memory=people.select(CONTACT),
        at=at,
        stages={_NAME: "mid"},
    )
    event("a turn" if turn else "no turn")
    if turn is not None:
        assert scored(turn.at, "mid")[stage_column(_NAME)] == turn.after != "mid"
        between = data.draw(st.floats(0, 1)) * max(turn.at - at - _SLACK, timedelta(0))
        assert scored(at + between, "mid")[stage_column(_NAME)] == "mid"
