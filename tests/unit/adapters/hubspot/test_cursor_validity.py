"""What is left of places that a clock wrote which was ahead."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from adapters import cursors
from adapters.cursors import Place
from adapters.hubspot.cursor_validity import valid_part
from adapters.hubspot.events.source import Piece
from adapters.hubspot.events.stream import EventReader
from adapters.hubspot.journal import OFFSET
from adapters.hubspot.memberships import MembershipReader
from adapters.hubspot.milliseconds import milliseconds, milliseconds_in
from adapters.hubspot.removals import RemovalReader
from adapters.rosters import packed_of
from tests.unit.adapters.hubspot.canned import AT, Canned

NOW = milliseconds(AT)
HOUR = milliseconds_in(timedelta(hours=1))
SEARCHED: Place = {"seen": NOW, "sure": NOW - HOUR}
TRUE: list[Place] = [
    {},
    SEARCHED,
    {**SEARCHED, "walk": {"spans": [[0, NOW]], "seen": NOW, "sure": NOW - HOUR, "last": 2**60}},
    {"started": NOW, "after": "700"},
    {"seen": NOW, "daily": 0, "walk": {"start": 0, "end": NOW, "top": NOW, "daily": NOW}},
    {"before": NOW, "count": 2**50, "walked": None, "walk": "deleted", "started": NOW},
]
FUTURE: list[Place] = [
    {"seen": NOW + HOUR, "sure": NOW},
    {"started": NOW + HOUR, "after": "700"},
    {"seen": NOW, "daily": NOW + HOUR},
    {"before": NOW + HOUR, "count": 8, "walked": NOW},
    {"before": NOW, "count": 8, "walked": NOW, "walk": "merged", "started": NOW + HOUR},
    {"lacking": NOW + HOUR},
]


@pytest.mark.parametrize("place", TRUE)
@pytest.mark.parametrize("later", [0, -HOUR // 120, 24 * HOUR])
def test_what_was_written_by_a_clock_that_is_right_stays(place: Place, later: int) -> None:
    assert valid_part(place, AT + timedelta(milliseconds=later)) == place


@pytest.mark.parametrize("place", FUTURE)
def test_of_what_was_read_in_the_future_nothing_is_left(place: Place) -> None:
    assert valid_part(place, AT) == {}


def test_a_walk_that_began_in_the_future_is_left_and_what_was_read_before_it_stays() -> None:
    place = {**SEARCHED, "walk": {"seen": NOW + HOUR, "sure": NOW, "last": 9}}

    assert valid_part(place, AT) == SEARCHED


async def test_the_journal_is_read_on_though_the_living_were_counted_in_the_future() -> None:
    place = {OFFSET: "7", "before": NOW + HOUR, "count": 8, "walked": NOW + HOUR}
    canned = Canned([(200, {"total": 0, "results": []})] * 3)

    pages = [
        each async for each in RemovalReader(canned.account()).removals(cursors.written(place))
    ]

    assert cursors.read(pages[-1].cursor) == {
        OFFSET: "7",
        "before": NOW,
        "count": 0,
        "walked": NOW,
    }
    assert [len(page.problems) for page in pages] == [1, 0]


async def test_lists_walked_in_the_future_are_walked_again_and_who_was_in_them_is_known() -> None:
    seen = {
        "Then": ["1", "2 5 5", packed_of([7, 8]), NOW + HOUR],
        "Now": ["2", "2 5 5", packed_of([7, 8]), NOW],
    }
    canned = Canned([(200, _lists("Then", "Now")), (200, _members(8, 9))])
    reader = MembershipReader(canned.account())

    since = cursors.written({"lists": seen, "asked": NOW + HOUR})
    pages = [each async for each in reader.memberships(frozenset(seen), since)]

    told = [(each.remote_id, each.is_member) for page in pages for each in page.items]
    assert told == [("7", False), ("9", True)]
    assert [each.path.partition("memberships")[1] for each in canned.asked] == ["", "memberships"]


async def test_only_the_source_that_was_read_in_the_future_is_read_again() -> None:
    kept, ahead = {"seen": NOW - HOUR, "of": ["a"]}, {"seen": NOW + HOUR, "of": ["b"]}
    since = {"sources": {"a": kept, "b": ahead}, "left": ["a"], "begun": NOW + HOUR}
    told = [_Told("a"), _Told("b")]

    reader = EventReader(Canned().account(), told)
    pages = [each async for each in reader.events(cursors.written(since))]

    assert [each.places for each in told] == [[{"seen": NOW - HOUR}], [{}]]
    assert pages[0].problems


@dataclass
class _Told:
    """A source that remembers from where it was read."""

    name: str
    title: str = ""
    pauses: bool = False
    places: list[Place] = field(default_factory=list)

    @property
    def wanted(self) -> frozenset[str]:
        return frozenset({self.name})

    async def pieces(self, place: Place) -> AsyncIterator[Piece]:
        self.places.append(place)
        yield Piece(events=(), place={"seen": NOW})

    async def probe(self) -> None:
        """Do nothing: nobody looks."""


def _lists(*names: str) -> dict[str, Any]:
    marks = {
        "hs_list_size": "2",
        "hs_last_record_added_at": "5",
        "hs_last_record_removed_at": "5",
    }
    return {
        "lists": [
            {"listId": str(number), "name": name, "additionalProperties": marks}
            for number, name in enumerate(names, 1)
        ],
        "hasMore": False,
    }


def _members(*ids: int) -> dict[str, Any]:
    return {"results": [{"recordId": str(each)} for each in ids]}
