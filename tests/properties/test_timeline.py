"""What single events give adds up to what their rule gives, exactly, for every model."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.domain.frames import CONTACT
from connector.scoring.engine import score
from connector.scoring.fixed import to_fixed, to_float
from connector.scoring.model import CountRule, EventRule, Model, SequenceRule
from connector.scoring.rules.gifts import ASKED, CAP, GIVEN, LEFT, REASON, WAITS
from connector.scoring.timeline import RULE, timeline
from tests.properties.histories import CONTACTS, contacts, events, instants, models
from tests.unit.scoring.lab import contact_frame, event_frame

checked = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def _bare(model: Model) -> Model:
    """Return a model whose rules give whatever their events are worth, without an exclusion."""
    rules = {name: replace(rule, group=None, guard=None) for name, rule in model.rules.items()}
    return replace(model, rules=rules, groups={}, exclude=None)


def _sums(gifts: pl.DataFrame, column: str) -> dict[tuple[int, str], float]:
    summed = gifts.group_by(CONTACT, RULE).agg(to_float(to_fixed(pl.col(column)).sum()))
    return {(contact, rule): points for contact, rule, points in summed.iter_rows()}


@checked
@given(data=st.data(), model=models(), at=instants)
def test_what_events_give_adds_up_to_what_their_rule_gives(
    data: st.DataObject, model: Model, at: datetime
) -> None:
    model = _bare(model)
    people, stored = data.draw(contacts(at)), data.draw(events(at))
    frame = event_frame(stored).lazy()

    told = timeline(model, events=frame, at=at)

    scored = score(
        model, contacts=contact_frame(people).lazy(), events=frame, at=at, explain=True
    ).contributions
    assert scored is not None
    counted = told.gifts.filter(pl.col(REASON).is_null() | (pl.col(REASON) == CAP))
    now, asked = _sums(told.gifts, LEFT), _sums(counted, ASKED)
    numbers = Counter(counted.select(CONTACT, RULE).iter_rows())
    parts = Counter(told.parts.select(CONTACT, RULE).iter_rows())
    named = {(row[CONTACT], row["rule"]): row for row in scored.iter_rows(named=True)}
    for contact in CONTACTS:
        for name, rule in model.rules.items():
            key = contact, name
            row = named.get(key, {"points": 0.0, "raw_points": 0.0, "events": 0})
            if isinstance(rule, EventRule):
                assert now.get(key, 0.0) == row["points"]
                assert asked.get(key, 0.0) == row["raw_points"]
                assert numbers[key] == row["events"]
            if isinstance(rule, CountRule | SequenceRule):
                assert parts[key] == row["events"]


@checked
@given(data=st.data(), model=models(), at=instants)
def test_each_event_is_told_once_by_each_rule_and_only_if_it_is_seen(
    data: st.DataObject, model: Model, at: datetime
) -> None:
    told = timeline(model, events=event_frame(data.draw(events(at))).lazy(), at=at)

    keys = [CONTACT, "_at", "platform", "_id"]
    for frame in (told.gifts, told.parts):
        assert frame.select(RULE, *keys).is_duplicated().sum() == 0
        assert frame.join(told.seen, on=keys, how="anti").is_empty()
    waiting = told.gifts.filter(pl.col(REASON) == WAITS)
    assert (waiting[GIVEN] == 0.0).all()
