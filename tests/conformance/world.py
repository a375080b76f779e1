"""What the conformance suites know of a platform: how to look at it from behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum, auto
from typing import TypeVar

import pytest

from connector.domain.changes import AttributeChange
from connector.domain.values import FieldType, Value, Written
from connector.ports.budget import Unlimited
from connector.ports.platform import Capabilities, Platform

AT = datetime(2026, 1, 15, 10, 30, tzinfo=UTC)

Part = TypeVar("Part")


class Fault(Enum):
    """What may happen to the next request of a platform that can play it."""

    UNAVAILABLE = auto()
    TIMEOUT = auto()
    RATE_LIMITED = auto()
    ACCESS_REFUSED = auto()
    CUT_ANSWER = auto()
    HTML_ANSWER = auto()
    LOST_ANSWER = auto()
    DID_NOTHING = auto()


class Unhurried(Unlimited):
    """No limits, but before each request whoever else is under way gets a turn."""

    @asynccontextmanager
    async def spend(self, *buckets: str) -> AsyncIterator[None]:
        """Let the others go first."""
        await asyncio.sleep(0)
        async with super().spend(*buckets):
            yield


class World:
    """One account of a platform, seeded and inspected without the adapter.

    To join the suite an adapter gives a subclass with what its capabilities need.
    """

    capabilities: Capabilities
    page_items: int
    """The items of a full page."""
    fields: Mapping[FieldType, str]
    """A field that exists, for some types."""
    faults: frozenset[Fault] = frozenset()
    """What it can play."""
    secrets: tuple[str, ...] = ()
    """What must never be seen in a repr or an error."""
    stages: tuple[str, ...] = ()
    lateness: timedelta = timedelta(days=30)
    """How late an event may become known and still be read."""
    params: Mapping[str, Mapping[str, Written]] = {}
    """What an action of a kind is asked for with, where it is nothing without it."""
    deed: str = ""
    """A kind of action whose key can be seen there; empty: any that it can do."""
    number: tuple[Written, Value] = (Decimal("0.10"), 0.1)
    """A number that it keeps as it is, and how it is read."""
    new_field: str = "heat_score"
    """The name of a field that may be made."""

    def connect(self) -> Platform:
        raise NotImplementedError

    def play(self, fault: Fault) -> None:
        raise NotImplementedError

    def requests(self) -> int:
        """Return how often the platform was asked; 0 where nobody counts."""
        return 0

    def most_requests(self, items: int) -> int:
        """Return how many requests a batch of so many items may take."""
        return 1

    def add_contact(self, email: str, values: Mapping[str, Value] | None = None) -> str:
        """Make a record; return its id."""
        raise NotImplementedError

    def change_contact(self, remote_id: str, values: Mapping[str, Value]) -> None:
        raise NotImplementedError

    def remove_contact(self, remote_id: str) -> None:
        raise NotImplementedError

    def merge_contacts(self, loser: str, winner: str) -> None:
        raise NotImplementedError

    def add_event(
        self,
        remote_id: str,
        kind: str,
        at: datetime = AT,
        values: Mapping[str, Value] | None = None,
    ) -> None:
        raise NotImplementedError

    def add_list(self, name: str) -> None:
        raise NotImplementedError

    def set_member(self, name: str, remote_id: str, *, is_member: bool) -> None:
        raise NotImplementedError

    def value(self, remote_id: str, name: str, kind: FieldType) -> Value | None:
        raise NotImplementedError

    def members(self, name: str) -> set[str]:
        raise NotImplementedError

    def tags(self, remote_id: str) -> set[str]:
        raise NotImplementedError

    def stage(self, remote_id: str) -> str | None:
        raise NotImplementedError

    def done(self) -> Sequence[str]:
        """Return the keys of actions, as the receiver is told them, once per effect."""
        raise NotImplementedError

    def told_as(self, *keys: str) -> list[str]:
        """Return as what the receiver is told these keys."""
        return list(keys)

    def refused_change(self) -> AttributeChange | None:
        """Return a change that this platform refuses alone, if it refuses any."""
        return None


def offered(part: Part | None) -> Part:
    """Return a part that the platform has; a test of one that it lacks is skipped."""
    if part is None:
        pytest.skip("the platform does not declare this part")
    return part
