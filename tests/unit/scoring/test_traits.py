from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from connector.domain.values import FieldType
from connector.scoring.model import Measure, Trait
from tests.unit.scoring.lab import DAY, HOUR, NOW, TICK, a_model, a_trait, an_event, scored

EVENTS = [
    an_event(ago=3 * DAY, amount=5.0, url="/b"),
    an_event(ago=2 * DAY, amount=None, url="/a"),
    an_event(ago=DAY, amount=0.5, url="/a"),
    an_event(ago=HOUR, amount=2.0, url=None),
    an_event("email.opened", amount=99.0, url="/c"),
]


def fact(trait: Trait, events: list[dict[str, object]] | None = None) -> object:
    return scored(a_model(traits=[trait]), EVENTS if events is None else events)["fact"]


@pytest.mark.parametrize(
    ("measure", "column", "kind", "value"),
    [
        ("count", None, FieldType.NUMBER, 4.0),
        ("has", None, FieldType.BOOLEAN, True),
        ("days", None, FieldType.NUMBER, 4.0),
        ("days_since", None, FieldType.NUMBER, 1 / 24),
        ("sum", "amount", FieldType.NUMBER, 7.5),
        ("avg", "amount", FieldType.NUMBER, 2.5),
        ("min", "amount", FieldType.NUMBER, 0.5),
        ("max", "amount", FieldType.NUMBER, 5.0),
        ("min", "url", FieldType.TEXT, "/a"),
        ("max", "url", FieldType.TEXT, "/b"),
        ("first", "amount", FieldType.NUMBER, 5.0),
        ("last", "amount", FieldType.NUMBER, 2.0),
        ("first", None, FieldType.DATETIME, NOW - 3 * DAY),
        ("last", None, FieldType.DATETIME, NOW - HOUR),
        ("first", "url", FieldType.TEXT, "/b"),
        ("last", "url", FieldType.TEXT, "/a"),
        ("mode", "url", FieldType.TEXT, "/a"),
    ],
)
def test_a_trait_measures_events(
    measure: Measure, column: str | None, kind: FieldType, value: object
) -> None:
    assert fact(a_trait(measure, column=column, type=kind)) == value


@pytest.mark.parametrize(
    ("measure", "column", "kind", "value"),
    [
        ("count", None, FieldType.NUMBER, 0.0),
        ("has", None, FieldType.BOOLEAN, False),
        ("days", None, FieldType.NUMBER, 0.0),
        ("days_since", None, FieldType.NUMBER, None),
        ("sum", "amount", FieldType.NUMBER, 0.0),
        ("avg", "amount", FieldType.NUMBER, None),
        ("min", "amount", FieldType.NUMBER, None),
        ("max", "amount", FieldType.NUMBER, None),
        ("first", "amount", FieldType.NUMBER, None),
        ("last", None, FieldType.DATETIME, None),
        ("mode", "url", FieldType.TEXT, None),
    ],
)
@pytest.mark.parametrize(
    "events",
    [[], [an_event("email.opened", amount=1.0)], [an_event(amount=1.0, ago=2 * DAY)]],
    ids=["no events", "no matching ones", "none in the window"],
)
def test_without_events_a_trait_is_nothing(
    measure: Measure,
    column: str | None,
    kind: FieldType,
    value: object,
    events: list[dict[str, object]],
) -> None:
    trait = a_trait(measure, column=column, type=kind, within=2 * DAY)

    assert fact(trait, events) == value


@pytest.mark.parametrize("measure", ["avg", "min", "max", "last", "mode"])
def test_null_values_are_skipped(measure: Measure) -> None:
    events = [an_event(amount=None), an_event(amount=None)]

    assert fact(a_trait(measure, column="amount"), events) is None


@pytest.mark.parametrize(
    ("within", "number"), [(DAY, 1.0), (DAY + TICK, 2.0), (2 * DAY + TICK, 3.0)]
)
def test_within_is_an_age_below_the_window(within: timedelta, number: float) -> None:
    assert fact(a_trait("count", within=within)) == number


def test_a_trait_has_a_condition() -> None:
    assert fact(a_trait("sum", column="amount", text="url = '/a'")) == 0.5


@pytest.mark.parametrize(("measure", "value"), [("first", "c"), ("last", "z")])
def test_events_of_one_instant_are_ordered_by_platform_and_id(measure: Measure, value: str) -> None:
    events = [
        an_event(platform="mail", _id="é", url="z"),
        an_event(platform="mail", _id="z", url="b"),
        an_event(platform="crm", _id="2", url="d"),
        an_event(platform="crm", _id="10", url="c"),
    ]

    assert fact(a_trait(measure, column="url", type=FieldType.TEXT), events) == value


def test_the_latest_of_the_most_frequent_values_wins() -> None:
    urls = ["/a", "/b", "/b", "/c", "/a"]
    events = [an_event(url=url, ago=(9 - i) * HOUR) for i, url in enumerate(urls)]

    trait = a_trait("mode", column="url", type=FieldType.TEXT)

    assert fact(trait, events) == "/a"
    assert fact(trait, events[:4]) == "/b"


def test_days_are_local() -> None:
    late = datetime(2026, 5, 30, 21, 59, tzinfo=UTC)
    events = [an_event(_at=late), an_event(_at=late + timedelta(minutes=1))]

    assert fact(a_trait("days"), events) == 2.0


def test_a_sum_is_the_true_sum() -> None:
    amounts = [1e12, 0.1, -1e12, 0.1, 0.1]

    assert fact(
        a_trait("sum", column="amount"), [an_event(amount=amount) for amount in amounts]
    ) == pytest.approx(0.3, abs=1e-16)
