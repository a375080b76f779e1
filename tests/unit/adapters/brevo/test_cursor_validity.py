"""What is left of places that a clock wrote which was ahead."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta

import pytest

from adapters import cursors
from adapters.brevo.contacts import BrevoContacts
from adapters.brevo.cursor_validity import valid_part
from adapters.brevo.events.source import Batch
from adapters.brevo.memberships import BrevoMemberships
from adapters.brevo.spans import OVERLAP
from adapters.cursors import Place
from connector.domain.contacts import Reading
from connector.domain.instants import to_micros
from tests.unit.adapters.brevo.canned import AT, Answer, Asked, Canned, all_of, contact_row

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def instant(at: datetime) -> int:
    return to_micros(at)


def day(at: date) -> str:
    return at.isoformat()


TODAY = AT.date()
TRUE: list[Place] = [
    {},
    {"since": instant(AT - OVERLAP)},
    {"began": instant(AT), "at": [7, "7", 7], "since": instant(AT - DAY)},
    {"since": day(TODAY - DAY)},
    {"since": day(TODAY - DAY), "day": day(TODAY), "began": day(TODAY), "at": [7, "7", 7]},
    {"began": day(TODAY), "span": 2, "end": [7, "7", 7]},
    {"lists": {"News": "3"}, "named": instant(AT), "done": ["News"]},
    {"counters": {"1": "a"}, "asked": instant(AT)},
    {"start": instant(AT - 900 * DAY), "newest": instant(AT + DAY), "count": 4},
]
FUTURE: list[Place] = [
    {"since": instant(AT)},
    {"began": instant(AT + HOUR), "at": [7, "7", 7], "since": instant(AT - DAY)},
    {"since": day(TODAY)},
    {"since": day(TODAY - DAY), "day": day(TODAY + DAY), "at": [7, "7", 7]},
    {"began": day(TODAY + DAY), "span": 2, "end": [7, "7", 7]},
    {"lists": {"News": "3"}, "named": instant(AT + HOUR), "done": ["News"]},
]


@pytest.mark.parametrize("place", TRUE)
@pytest.mark.parametrize("later", [timedelta(), timedelta(seconds=-30), DAY, 400 * DAY], ids=str)
def test_what_was_written_by_a_clock_that_is_right_stays(place: Place, later: timedelta) -> None:
    assert valid_part(place, AT + later) == place


@pytest.mark.parametrize("place", FUTURE)
def test_of_what_was_read_in_the_future_nothing_is_left(place: Place) -> None:
    assert valid_part(place, AT) == {}


def test_what_was_asked_in_the_future_is_asked_again() -> None:
    place = {"counters": {"1": "a"}, "asked": instant(AT + DAY)}

    assert valid_part(place, AT) == {"counters": {"1": "a"}}


def test_a_minute_before_midnight_the_next_day_is_no_future() -> None:
    midnight = datetime.combine(TODAY + DAY, datetime.min.time(), AT.tzinfo)

    assert valid_part({"since": day(TODAY)}, midnight - timedelta(seconds=20)) == {
        "since": day(TODAY)
    }


async def test_contacts_changed_before_a_future_are_asked_for_without_a_date() -> None:
    canned = Canned(_everybody)
    since = cursors.written({"since": instant(AT + DAY)})

    pages = [
        each async for each in BrevoContacts(account=canned.account()).contacts(Reading(), since)
    ]

    assert ["modifiedSince" in each.params for each in canned.asked] == [False]
    assert cursors.read(pages[-1].cursor) == {"since": instant(AT - OVERLAP)}
    assert [len(page.problems) for page in pages] == [1]


async def test_everybody_is_looked_at_who_may_have_left_a_list_in_the_meantime() -> None:
    canned = Canned(_everybody)
    place = {"lists": {"News": "3"}, "named": instant(AT + DAY), "done": ["News"]}
    since = cursors.written({**place, "since": instant(AT + DAY)})
    source = BrevoMemberships(account=canned.account())

    pages = [each async for each in source.memberships(frozenset({"News"}), since)]

    told = [(each.remote_id, each.is_member) for page in pages for each in page.items]
    assert told == [("1", True), ("1", False), ("2", False)]


async def test_only_the_source_that_was_read_in_the_future_is_read_again() -> None:
    canned = Canned(_everybody)
    kept = {"since": instant(AT - DAY)}
    places = {"a": kept, "b": {"since": instant(AT + DAY)}}
    since = cursors.written({"places": places, "began": instant(AT + DAY), "done": ["a"]})
    told = [_Told("a"), _Told("b")]

    pages = [each async for each in all_of(told, canned.clock).events(since)]

    assert [each.places for each in told] == [[kept], [{}]]
    assert pages[0].problems


class _Told:
    """A source that remembers from where it was read."""

    types = frozenset[str]()

    def __init__(self, name: str) -> None:
        self.name = name
        self.places: list[Place] = []

    async def read(self, place: Place) -> AsyncIterator[Batch]:
        self.places.append(place)
        yield Batch(events=(), place=place)


def _everybody(asked: Asked) -> Answer:
    """Answer that one of two is in the list, though neither says so of themselves."""
    if asked.path == "/contacts/lists":
        return 200, {"count": 1, "lists": [{"id": 3, "name": "News"}]}
    rows = [contact_row(1), contact_row(2)]
    rows = rows[:1] if asked.path.startswith("/contacts/lists/") else rows
    return 200, {"count": len(rows), "contacts": asked.page_of(rows)}
