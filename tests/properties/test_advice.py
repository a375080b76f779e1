"""Advice never cries wolf: what it says cannot be never is, whatever people do."""

from __future__ import annotations

from datetime import datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.config.lint.possible import Span, may_be_true
from connector.config.lint.reach import dimension_spans, facts_of_results, score_spans
from connector.scoring.engine import score
from connector.scoring.model import Model
from connector.scoring.wishes import conditions
from tests.properties.histories import contacts, events, instants, models
from tests.unit.scoring.lab import contact_frame, event_frame

_NOISE = 1e-9
"""What is finer than this is rounded away before anything looks at it."""


def lies_in(span: Span, value: float | None) -> bool:
    return value is None or span.low - _NOISE <= value <= span.high + _NOISE


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), model=models(), at=instants)
def test_nothing_comes_where_it_cannot(data: st.DataObject, model: Model, at: datetime) -> None:
    people, stored = data.draw(contacts(at)), data.draw(events(at))
    spans = {**dimension_spans(model), **score_spans(model)}
    facts = facts_of_results(model)
    never = [name for name, when in conditions(model).items() if not may_be_true(when, facts)]

    result = score(
        model,
        contacts=contact_frame(people).lazy(),
        events=event_frame(stored).lazy(),
        at=at,
    ).contacts

    for name, span in spans.items():
        assert all(lies_in(span, value) for value in result[name])
    for name in never:
        assert not result[name].any()
