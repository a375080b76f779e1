"""Corners that drawing seldom meets, with points worked out by hand: for reference and engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.reference.comparison import differences, verdicts
from tests.reference.drawn_histories import COLUMNS, Case
from tests.reference.history import Happening
from tests.reference.product import scored
from tests.reference.results import on_paper
from tests.reference.scorer import Person
from tests.reference.sql import Applied, Column, Constant, Sql

AT = datetime(2025, 10, 26, 12, tzinfo=UTC)


def an_event(at: datetime, number: str = "1", **columns: Any) -> Happening:  # noqa: ANN401 - any column
    given = {"type": "page.viewed", "platform": "crm", **columns}
    return Happening(at=at, id=number, columns={**dict.fromkeys(COLUMNS), **given})


def a_case(
    rule: Mapping[str, Any],
    events: Sequence[Happening],
    *,
    at: datetime = AT,
    zone: str = "Europe/Paris",
    rename: Mapping[str, Any] | None = None,
    content: Sequence[Mapping[str, Any]] = (),
    **sections: Any,  # noqa: ANN401 - any part of a model
) -> Case:
    document = {
        "version": 1,
        "platforms": {"crm": {"adapter": "memory"}, "mail": {"adapter": "memory"}},
        "events": {"properties": {"price": "number", "sku": "text"}, "rename": rename or {}},
        "content": content,
        "model": {"timezone": zone, "rules": {"rule": rule}, **sections},
    }
    return Case(document=document, people=[Person(events=events)], at=at, keep=None)


def _hours(*hours: float, day: datetime = datetime(2025, 10, 26, tzinfo=UTC)) -> list[Happening]:
    return [an_event(day + timedelta(hours=each), str(number)) for number, each in enumerate(hours)]


def _is(column: str, value: str) -> Sql:
    return Applied("{} = {}", (Column(column), Constant(value)))


VIEW = {"event": "page.viewed", "points": 2}
_ENGAGEMENT = Column("engagement")
JOURNEY = {"sequence": ["page.viewed", "email.clicked"], "points": 5}
AGO = timedelta(days=2)

CORNERS: Mapping[str, tuple[Case, float]] = {
    "the hour from two to three, twice in October, is two buckets": (
        a_case(VIEW | {"cap": {"points": 3, "per": "hour"}}, _hours(0.2, 0.5, 1.2, 1.5, 2.5)),
        3 + 3 + 2,
    ),
    "a day of 25 hours is one bucket": (
        a_case(VIEW | {"cap": {"points": 3, "per": "day"}}, _hours(-1.9, 0, 11.5)),
        3,
    ),
    "the half hour that Lord Howe repeats is a bucket of its own": (
        a_case(
            VIEW | {"cap": {"points": 3, "per": "hour"}},
            _hours(14.1, 14.9, 15.1, 15.4, 15.6, day=datetime(2026, 4, 4, tzinfo=UTC)),
            at=datetime(2026, 4, 5, tzinfo=UTC),
            zone="Australia/Lord_Howe",
        ),
        3 + 3 + 2,
    ),
    "what expires is gone at its age": (
        a_case(VIEW | {"decay": {"expires": "2d"}}, [an_event(AT - AGO)]),
        0,
    ),
    "a window ends before its length": (
        a_case({"count": "*", "at_least": 1, "within": "2d", "points": 7}, [an_event(AT - AGO)]),
        0,
    ),
    "the window of points given once ends before its length": (
        a_case(
            {"count": "*", "at_least": 2, "award": "once", "within": "2d", "points": 7},
            [an_event(AT - AGO), an_event(AT, "2")],
        ),
        0,
    ),
    "the last step comes less than the window after the first": (
        a_case(
            JOURNEY | {"within": "2d"},
            [an_event(AT - AGO), an_event(AT, "2", type="email.clicked")],
        ),
        0,
    ),
    "steps may tie in any order": (
        a_case(JOURNEY, [an_event(AT, "2"), an_event(AT, "1", type="email.clicked")]),
        5,
    ),
    "of two completions the one that ends first is given": (
        a_case(
            JOURNEY | {"same": "url", "decay": {"linear": "2d"}},
            [
                an_event(AT - AGO, url="/a"),
                an_event(AT - AGO / 2, "2", url="/b"),
                an_event(AT - AGO / 4, "3", url="/b", type="email.clicked"),
                an_event(AT, "4", url="/a", type="email.clicked"),
            ],
        ),
        5 * 3 / 4,
    ),
    "a completion after another uses only what is later than all of it": (
        a_case(
            JOURNEY | {"award": "each"},
            [
                an_event(AT, "3"),
                an_event(AT, "1", type="email.clicked"),
                an_event(AT, "2", type="email.clicked"),
                an_event(AT, "4"),
                an_event(AT, "5", type="email.clicked"),
            ],
        ),
        10,
    ),
    "texts are ordered by their UTF-8 bytes, unlike in UTF-16": (
        a_case(
            {"event": "*", "points": Column("amount"), "once_per": "url"},
            [
                an_event(AT, "\U0001d11e", url="/a", amount=3.0),
                an_event(AT, "\uffee", url="/a", amount=1.0),
            ],
        ),
        1,
    ),
    "a tie takes points back": (
        a_case(
            VIEW | {"unless": {"event": "email.clicked"}},
            [an_event(AT), an_event(AT, "0", type="email.clicked")],
        ),
        0,
    ),
    "an event does not take its own points back": (
        a_case(VIEW | {"unless": {"event": "page.viewed"}}, [an_event(AT)]),
        2,
    ),
    "a cap runs over what unless leaves": (
        a_case(
            VIEW
            | {
                "unless": {"event": "email.clicked", "same": "url"},
                "cap": {"points": 3, "per": "lifetime"},
            },
            [
                an_event(AT - AGO, url="/a"),
                an_event(AT, "2", url="/a", type="email.clicked"),
                an_event(AT, "3", url="/b"),
            ],
        ),
        2,
    ),
    "what waits counts from the end of the wait, and cools from there": (
        a_case(
            VIEW | {"unless": {"event": "email.clicked", "after": "1d"}, "decay": {"linear": "2d"}},
            [an_event(AT - AGO)],
        ),
        1,
    ),
    "silence of just that length is none": (
        a_case({"inactive": "2d", "points": -4}, [an_event(AT - AGO)]),
        0,
    ),
    "silence is repeated after each whole span": (
        a_case({"inactive": "1d", "repeat": "12h", "points": -4}, [an_event(AT - AGO)]),
        -12,
    ),
    "an event is tagged by the type it is renamed to": (
        a_case(
            {"event": "*", "where": _is("kind", "news"), "points": 2},
            [an_event(AT, type="custom.foo")],
            rename={"crm": {"foo": "page.viewed"}},
            content=[{"match": _is("type", "page.viewed"), "kind": "news"}],
        ),
        2,
    ),
    "the first entry that matches is the only one that tags": (
        a_case(
            VIEW | {"where": _is("kind", "late")},
            [an_event(AT, url="/a", kind="own")],
            content=[
                {"match": _is("url", "/a"), "phase": "early"},
                {"match": _is("url", "/a"), "kind": "late"},
            ],
        ),
        0,
    ),
    "the last value is the last that is there": (
        a_case(
            {"when": Applied("{} = {}", (Column("closing"), Constant(2.5))), "points": 2},
            [an_event(AT - AGO, amount=2.5), an_event(AT, "2")],
            traits={"closing": {"last": "amount", "of": "*"}},
        ),
        2,
    ),
    "a zero has no sign": (
        a_case(
            VIEW,
            [],
            scores={"lead": {"formula": Applied("{} * {}", (_ENGAGEMENT, Constant(-1.0)))}},
        ),
        0,
    ),
    "a threshold is met by what nine decimals show of a sum": (
        a_case(
            {"event": "*", "points": Column("amount")},
            [an_event(AT, amount=0.7), an_event(AT, "2", amount=0.1)],
            grades={
                "cell": {
                    "rows": {"of": "engagement", "A": 0.8, "B": 0},
                    "columns": {"of": "engagement", "1": 1, "2": 0},
                }
            },
        ),
        0.8,
    ),
}


@pytest.mark.parametrize("name", CORNERS)
def test_a_corner_gives_what_was_worked_out_by_hand(name: str) -> None:
    case, points = CORNERS[name]

    said = verdicts(case)

    assert said[0].dimensions == {"engagement": pytest.approx(points, abs=1e-9)}
    assert differences(said, scored(case)) == []


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [(1.005, 2, 1.01), (2.675, 2, 2.68), (0.5, 0, 1.0), (-0.5, 0, -1.0), (-0.4, 0, 0.0)],
)
def test_the_reference_rounds_as_on_paper(value: float, digits: int, expected: float) -> None:
    assert repr(on_paper(value, digits)) == repr(expected)
