"""All places of events together: which are asked, and what becomes of an error."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.brevo.contacts import BrevoContacts
from adapters.brevo.events.custom import CustomEvents
from adapters.brevo.events.marketing import Marketing
from adapters.brevo.events.orders import Orders
from adapters.brevo.events.sms import sms
from adapters.brevo.events.source import Batch, Source, worth_asking
from adapters.brevo.events.statistics import statistics
from adapters.brevo.pull import Pull
from connector.domain.contacts import Reading
from connector.domain.events import Event
from connector.errors import (
    AccessRefused,
    PlatformError,
    PlatformUnavailable,
    RateLimited,
    RightMissing,
)
from connector.ports.budget import LONGEST_WAIT
from tests.fakes import FakeClock
from tests.insisting import insisted
from tests.unit.adapters.brevo.canned import AT, Canned, all_of


class Told:
    """A place with one event, or with an error."""

    def __init__(self, name: str, error: Exception | None = None) -> None:
        self.name = name
        self.types = frozenset({f"{name}.happened"})
        self.error = error

    async def read(self, place: dict[str, Any]) -> AsyncIterator[Batch]:
        if self.error is not None:
            raise self.error
        kind = f"{self.name}.happened"
        event = Event(
            id=self.name, subject="7", type=kind, occurred_at=datetime(2026, 1, 1, tzinfo=UTC)
        )
        yield Batch(events=(event,), place={"n": place.get("n", 0) + 1})


class Slow(Told):
    """A place that takes long to fail."""

    def __init__(self, name: str, error: Exception, clock: FakeClock, lasts: timedelta) -> None:
        super().__init__(name, error)
        self.clock, self.lasts = clock, lasts

    async def read(self, place: dict[str, Any]) -> AsyncIterator[Batch]:
        self.clock.advance(self.lasts)
        async for batch in super().read(place):
            yield batch


async def test_a_place_that_fails_does_not_keep_the_others_from_being_read() -> None:
    failing = PlatformUnavailable("no", platform="mail", operation="read")
    source = all_of([Told("a"), Told("b", failing), Told("c")], FakeClock(AT))
    seen: list[str] = []

    async def collect() -> None:
        async for page in source.events(None):
            seen.extend(event.id for event in page.items)

    with pytest.raises(PlatformUnavailable):
        await collect()

    assert seen == ["a", "c"]


async def test_a_refused_key_ends_the_reading_at_once() -> None:
    refused = AccessRefused("no", platform="mail", operation="read")
    source = all_of([Told("a", refused), Told("b")], FakeClock(AT))

    with pytest.raises(AccessRefused):
        _ = [page async for page in source.events(None)]


@pytest.mark.parametrize(
    ("error", "seen"), [(AccessRefused, {"a"}), (RightMissing, {"a", "c"})], ids=["key", "right"]
)
async def test_a_refusal_loses_nothing_that_came_before_it(
    error: type[AccessRefused], seen: set[str]
) -> None:
    refused = error("no", platform="mail", operation="read")
    source = all_of([Told("a"), Told("b", refused), Told("c")], FakeClock(AT))
    found: set[str] = set()

    async def collect() -> None:
        async for page in source.events(None):
            found.update(event.id for event in page.items)

    with pytest.raises(error):
        await collect()

    assert found == seen


async def test_each_place_goes_on_from_its_own_cursor() -> None:
    source = all_of([Told("a"), Told("b")], FakeClock(AT))
    *_, last = [page async for page in source.events(None)]

    *_, last = [page async for page in source.events(last.cursor)]

    assert last.cursor == '{"places":{"a":{"n":2},"b":{"n":2}},"v":1}'


@pytest.mark.parametrize(("later", "read_again"), [(1, set()), (15, {"a", "c"})])
async def test_what_was_read_is_not_read_again_at_once_because_another_place_failed(
    later: int, read_again: set[str]
) -> None:
    clock = FakeClock(AT)
    failing = PlatformUnavailable("no", platform="mail", operation="read")
    broken = all_of([Told("a"), Told("b", failing), Told("c")], clock)
    cursor = None
    with suppress(PlatformUnavailable):
        async for page in broken.events(None):
            cursor = page.cursor
    clock.advance(timedelta(minutes=later))

    whole = all_of([Told("a"), Told("b"), Told("c")], clock)
    seen = {event.id async for page in whole.events(cursor) for event in page.items}

    assert seen == {"b"} | read_again


@pytest.mark.parametrize(
    ("error", "lasts"),
    [
        (PlatformUnavailable("no", platform="mail", operation="read"), timedelta(minutes=2)),
        (
            RateLimited("wait", platform="mail", operation="read", retry_after=LONGEST_WAIT),
            timedelta(seconds=1),
        ),
    ],
    ids=["hangs", "asks for waits"],
)
async def test_a_place_that_keeps_failing_has_no_other_read_again_in_the_same_pull(
    error: PlatformError, lasts: timedelta
) -> None:
    clock = FakeClock(AT)
    sources = [Told("a"), Slow("b", error, clock, lasts)]

    pages = await insisted(all_of(sources, clock).events, None, clock)

    assert [event.id for page in pages for event in page.items] == ["a"]


async def test_the_next_pull_reads_all_places_again_however_long_one_has_failed() -> None:
    canned = Canned(lambda _: (200, {"contacts": [], "count": 0}))
    failing = PlatformUnavailable("no", platform="mail", operation="read")
    pull = Pull()
    source = all_of([Told("a"), Told("b", failing)], canned.clock, pull)
    cursor = (await insisted(source.events, None, canned.clock))[-1].cursor
    canned.clock.advance(timedelta(minutes=15))

    contacts = BrevoContacts(account=canned.account(), pull=pull)
    _ = [page async for page in contacts.contacts(Reading(), None)]
    pages = await insisted(source.events, cursor, canned.clock)

    assert [event.id for page in pages for event in page.items] == ["a"]


@pytest.mark.parametrize(
    ("wanted", "asked"),
    [
        (None, ["transactional mail", "custom events", "orders", "SMS", "campaigns"]),
        ({"email.*"}, ["transactional mail", "campaigns"]),
        ({"email.clicked", "order.placed"}, ["transactional mail", "orders", "campaigns"]),
        ({"sms.replied"}, ["SMS"]),
        ({"webinar.attended"}, ["custom events"]),
        ({"custom.cart_updated", "sms.*"}, ["custom events", "SMS"]),
        (set(), []),
    ],
    ids=lambda value: "-".join(sorted(value)) if value else "anything",
)
def test_only_places_that_can_bring_what_is_looked_at_are_asked(
    wanted: set[str] | None, asked: list[str]
) -> None:
    account = Canned(lambda _: (200, {})).account()
    places: list[Source] = [
        statistics(account),
        CustomEvents(account=account),
        Orders(account=account),
        sms(account),
        Marketing(account=account),
    ]

    found = worth_asking(places, None if wanted is None else frozenset(wanted))

    assert [each.name for each in found] == asked
