"""However filters are put together, a search finds what going through all rows finds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adapters.hubspot.simulator import PLAIN, HubspotSimulator
from adapters.hubspot.simulator.search import found, read_query, value_of

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
_COMPARING = ("EQ", "NEQ", "LT", "LTE", "GT", "GTE")
_NUMBERS = st.integers(-3, 12)

_filters = st.one_of(
    st.builds(
        lambda name, operator, number: {
            "propertyName": name,
            "operator": operator,
            "value": str(number),
        },
        st.sampled_from(["heat", "createdate"]),
        st.sampled_from(_COMPARING),
        _NUMBERS,
    ),
    st.builds(
        lambda operator, number: {
            "propertyName": "hs_object_id",
            "operator": operator,
            "value": str(number + 995),
        },
        st.sampled_from(_COMPARING),
        _NUMBERS,
    ),
    st.builds(
        lambda operator, number: {
            "propertyName": "lastmodifieddate",
            "operator": operator,
            "value": str(number * 100),
        },
        st.sampled_from(_COMPARING),
        _NUMBERS,
    ),
    st.builds(
        lambda low, high: {
            "propertyName": "lastmodifieddate",
            "operator": "BETWEEN",
            "value": str(low * 100),
            "highValue": str(high * 100),
        },
        _NUMBERS,
        _NUMBERS,
    ),
    st.builds(
        lambda operator, numbers: {
            "propertyName": "heat",
            "operator": operator,
            "values": [str(each) for each in numbers],
        },
        st.sampled_from(["IN", "NOT_IN"]),
        st.lists(_NUMBERS, min_size=1, max_size=3),
    ),
)
_groups = st.lists(st.lists(_filters, max_size=3), max_size=3)
_people = st.lists(st.tuples(_NUMBERS, st.none() | _NUMBERS), min_size=1, max_size=10)


def _simulator(people: list[tuple[int, int | None]]) -> HubspotSimulator:
    """Return an account of people modified at some instant, and with some heat."""
    instants = [AT]
    simulator = HubspotSimulator(now=lambda: instants[0], quirks=PLAIN)
    account = simulator.account
    account.define("heat", "number")
    account._ids.take(45)
    for each, heat in people:
        instants[0] = datetime.fromtimestamp(max(each, 0) / 10, UTC)
        record_id = account.add(firstname="x")
        account.set(record_id, heat="" if heat is None else heat)
    return simulator


@given(people=_people, groups=_groups)
def test_a_search_finds_what_going_through_all_rows_finds(
    people: list[tuple[int, int | None]], groups: list[list[dict[str, Any]]]
) -> None:
    objects = _simulator(people).account.contacts
    body = {
        "filterGroups": [{"filters": each} for each in groups],
        "sorts": ["hs_object_id"],
        "limit": 100,
    }
    query = read_query(body, 0, objects)

    total, ids = found(query, objects, 10**15)

    passing = [
        each
        for each in objects.records.live
        if not query.groups
        or any(
            all(one.holds(value_of(each, one.name, objects)) for one in group)
            for group in query.groups
        )
    ]
    assert list(ids) == passing
    assert total == len(passing)
