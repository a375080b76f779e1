"""The stage that is foreseen comes, then and not before."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.domain.frames import AT, CONTACT, HELD_PREFIX
from connector.scoring.columns import stage_column
from connector.scoring.engine import score
from connector.scoring.model import Model
from connector.sync.forecast import next_turn
from tests.properties.histories import contacts, events, instants, models
from tests.unit.scoring.lab import contact_frame, event_frame

_NAME = "lead"
_SLACK = timedelta(seconds=2)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), model=models(), at=instants)
def test_a_stage_changes_when_it_is_foreseen(
    data: st.DataObject, model: Model, at: datetime
) -> None:
    people = contact_frame(data.draw(contacts(at))).filter(pl.col(CONTACT) == 1).lazy()
    stored = event_frame(data.draw(events(at))).filter(pl.col(CONTACT) == 1, pl.col(AT) <= at)

    def stage(when: datetime, held: str | None) -> str | None:
        memory = pl.LazyFrame(
            {CONTACT: [1], f"{HELD_PREFIX}{_NAME}": [held]},
            schema={CONTACT: pl.Int64, f"{HELD_PREFIX}{_NAME}": pl.String},
        )
        scored = score(
            model, contacts=people, events=stored.lazy(), at=when, memory=memory, foresee=False
        )
        found: str | None = scored.contacts[stage_column(_NAME)][0]
        return found

    now = stage(at, data.draw(st.sampled_from([None, "cold", "hot"])))
    turn = next_turn(
        model,
        contacts=people,
        events=stored.lazy(),
        memory=pl.LazyFrame({CONTACT: [1]}, schema={CONTACT: pl.Int64}),
        at=at,
        stages={_NAME: now},
    )

    if turn is not None:
        assert stage(turn.at, now) == turn.after != turn.before == now
        between = data.draw(st.floats(0, 1)) * max(turn.at - at - _SLACK, timedelta(0))
        assert stage(at + between, now) in {now, None}
