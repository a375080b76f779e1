"""Reading begins again an overlap before the last value, until nothing can come late any more."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sql.places import Place, read

UTC_ZONE = ZoneInfo("UTC")
TOP = datetime(2026, 1, 15, 10, tzinfo=UTC)
LATE = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)


def walked(place: Place, last: object, at: datetime) -> Place:
    """Return the place after a walk of no length."""
    return place.at_end(last, began=at, now=at, overlap=LATE, zone=UTC_ZONE)


def test_the_next_walk_begins_an_overlap_before_the_last_value() -> None:
    place = walked(Place(), TOP, TOP + MINUTE)

    assert place.bound(LATE, UTC_ZONE) == ((TOP - LATE,), True)


def test_once_nothing_new_came_for_as_long_it_begins_behind_the_last_value() -> None:
    place = walked(Place(), TOP, TOP + MINUTE)

    early = walked(place, TOP, TOP + LATE)
    settled = walked(place, TOP, TOP + MINUTE + LATE)

    assert early == place
    assert settled.bound(LATE, UTC_ZONE) == ((TOP,), False)
    assert walked(settled, None, TOP + 9 * LATE) == settled


def test_a_new_value_behind_a_settled_one_reaches_back_to_it_at_most() -> None:
    settled = walked(walked(Place(), TOP, TOP), TOP, TOP + LATE)

    soon = walked(settled, TOP + MINUTE, TOP + 2 * LATE)
    later = walked(settled, TOP + 2 * LATE, TOP + 2 * LATE)

    assert soon.bound(LATE, UTC_ZONE) == ((TOP,), False)
    assert later.bound(LATE, UTC_ZONE) == ((TOP + LATE,), True)


def test_a_walk_that_was_long_under_way_settles_nothing_by_its_end() -> None:
    place = Place().at_end(TOP, began=TOP - LATE, now=TOP, overlap=LATE, zone=UTC_ZONE)

    again = place.at_end(TOP, began=TOP + MINUTE, now=TOP + 9 * LATE, overlap=LATE, zone=UTC_ZONE)

    assert again == place


def test_a_date_in_the_future_hides_nothing() -> None:
    place = walked(Place(), TOP.replace(year=2099), TOP)

    assert place.bound(LATE, UTC_ZONE) == ((TOP - LATE,), True)


def test_a_number_is_settled_by_no_time_that_a_transaction_may_take() -> None:
    place = walked(walked(Place(), 17, TOP), 17, TOP + 59 * MINUTE)

    settled = walked(place, 17, TOP + 60 * MINUTE)

    assert place.bound(None, UTC_ZONE) == ((17 - 1_000,), True)
    assert settled.bound(None, UTC_ZONE) == ((17,), False)


def test_what_comes_after_clocks_were_put_back_is_not_hidden_by_what_came_before() -> None:
    paris = ZoneInfo("Europe/Paris")
    last = datetime(2026, 10, 25, 2, 50)  # noqa: DTZ001 - as drivers have it
    at = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)
    place = Place().at_end(last, began=at, now=at, overlap=None, zone=paris)

    soon = place.at_end(last, began=at + LATE, now=at + LATE, overlap=None, zone=paris)
    (low,), _ = soon.bound(None, paris)

    assert low == last - timedelta(hours=1) - LATE


def test_a_column_that_got_another_type_is_read_from_the_overlap() -> None:
    place = Place(top=TOP, floor=TOP.replace(tzinfo=None))

    assert place.bound(LATE, UTC_ZONE) == ((TOP - LATE,), True)


_VALUES = st.one_of(
    st.text(),
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.floats(allow_nan=False, allow_infinity=False),
    st.datetimes(),
    st.datetimes(timezones=st.just(UTC)),
    st.dates(),
    st.uuids(),
)


@given(behind=st.lists(_VALUES, max_size=2), top=st.none() | _VALUES, content=st.text())
def test_a_place_is_read_from_a_cursor_as_it_was_written(
    behind: list[object], top: object, content: str
) -> None:
    place = Place(behind=tuple(behind), began=TOP, top=top, first=TOP, content=content)

    again = read(json.loads(json.dumps(place.written())))

    assert again == place
    assert [type(each) for each in again.behind] == [type(each) for each in behind]


@pytest.mark.parametrize(
    "written",
    [
        {"behind": [["int", "seventeen"]]},
        {"behind": [["colour", "red"]]},
        {"behind": 3},
        {"top": ["decimal", "x"]},
        {"first": "yesterday"},
        {"floor": [[]]},
    ],
)
def test_a_place_that_cannot_be_read_is_the_beginning(written: dict[str, object]) -> None:
    assert read(written) == Place()


def test_the_types_of_a_place_are_those_that_drivers_return() -> None:
    behind = (Decimal("1.50"), UUID(int=7))

    assert read(Place(behind=behind).written()).behind == behind
