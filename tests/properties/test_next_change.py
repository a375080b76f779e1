"""Nothing that anybody sees changes without an event before the announced instant."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.domain.frames import CONTACT, NEXT_CHANGE_AT
from connector.domain.rounding import round_half_away
from connector.scoring.engine import score
from connector.scoring.model import Model
from tests.properties.histories import (
    CONTACTS,
    Row,
    contacts,
    events,
    instants,
    memories,
    models,
)
from tests.properties.test_scoring_reference import memory_frame
from tests.unit.scoring.lab import TICK, contact_frame, event_frame

FAR = timedelta(days=400)


def seen(model: Model, row: Row) -> Row:
    """Return what somebody sees of a contact: all that must not change unannounced."""
    names = [
        *model.scores,
        *(f"{name}_stage" for name, each in model.scores.items() if each.stages),
        *model.grades,
        *(name for name in row if name.startswith(("_list:", "_tag:", "_trigger:"))),
    ]
    shown = {
        each.source: (each.digits, row[each.source])
        for target in model.targets.values()
        for each in target.attributes
        if each.digits is not None and each.source not in model.scores
    }
    rounded = {
        f"{name} as shown": None if value is None else round_half_away(value, digits or 0)
        for name, (digits, value) in shown.items()
    }
    return {name: row[name] for name in names} | rounded


def outcome(
    model: Model, people: list[Row], stored: list[Row], at: datetime, memory: dict[int, Row]
) -> Row:
    """Return what the engine says of the one contact of `people`."""
    result = score(
        model,
        contacts=contact_frame(people).lazy(),
        events=event_frame(stored).lazy(),
        at=at,
        memory=memory_frame(memory).lazy(),
    )
    return result.contacts.row(0, named=True)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    data=st.data(),
    model=models(),
    at=instants,
    memory=memories(),
    number=st.sampled_from(CONTACTS),
)
def test_nothing_changes_before_it_is_announced(
    data: st.DataObject,
    model: Model,
    at: datetime,
    memory: dict[int, Row],
    number: int,
) -> None:
    people = [each for each in data.draw(contacts(at)) if each[CONTACT] == number]
    stored = data.draw(events(at))
    row = outcome(model, people, stored, at, memory)
    announced = row[NEXT_CHANGE_AT]
    assert announced is None or announced > at
    held = {number: memory[number] | {"_held:lead": row["lead_stage"]}}
    quiet = (at + FAR if announced is None else announced - TICK) - at

    for share in (1.0, *data.draw(st.lists(st.floats(0.0, 1.0), max_size=2))):
        then = outcome(model, people, stored, at + quiet * share, held)
        assert seen(model, then) == seen(model, row), (at + quiet * share, announced)
