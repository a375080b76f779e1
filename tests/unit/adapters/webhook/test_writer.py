"""What is told in one call is told in smaller ones where that is too large."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adapters.webhook.messages import Message
from adapters.webhook.writer import WebhookWriter
from connector.domain.changes import Addressee, AttributeChange, Outcome
from connector.errors import PlatformError, PlatformUnavailable, RejectedByPlatform

PEOPLE = 20
WHERE: dict[str, Any] = {"platform": "tool", "operation": "tell"}


@dataclass
class Narrow:
    """Takes so many contacts at once, and some not at all; answers no more after so many calls."""

    most: int
    refused: frozenset[str] = frozenset()
    answers: int = 10_000
    name: str = "tool"
    told: list[str] = field(default_factory=list)
    calls: int = 0

    async def send(self, message: Message, operation: str) -> None:
        self.calls += 1
        if self.calls > self.answers:
            raise PlatformUnavailable("is down", **WHERE)
        content = message.content if isinstance(message.content, list) else [message.content]
        ids = [each["contact"]["id"] for each in content]
        if len(ids) > self.most or self.refused & {*ids}:
            raise RejectedByPlatform("answered 413", **WHERE)
        self.told += ids


def told(endpoint: Narrow, people: int = PEOPLE, batch: int = 8) -> list[PlatformError | None]:
    """Return what became of telling of so many people."""
    writer = WebhookWriter(endpoint=endpoint, batch=batch, kinds=frozenset())  # type: ignore[arg-type]  # all that is asked of it
    changes = [
        AttributeChange(to=Addressee(remote_id=f"p{each}", email=None), values={"heat": None})
        for each in range(people)
    ]
    outcomes: list[Outcome] = list(asyncio.run(writer.write_attributes(changes)))
    return [each.error for each in outcomes]


@given(
    most=st.integers(1, PEOPLE),
    batch=st.integers(2, PEOPLE),
    refused=st.frozensets(st.integers(0, PEOPLE - 1).map("p{}".format), max_size=3),
)
def test_everybody_is_told_of_once_but_for_those_who_are_refused_alone(
    most: int, batch: int, refused: frozenset[str]
) -> None:
    endpoint = Narrow(most, refused)

    errors = told(endpoint, batch=batch)

    taken = [f"p{each}" for each, error in enumerate(errors) if error is None]
    assert sorted(endpoint.told) == sorted(taken)
    assert {f"p{each}" for each in range(PEOPLE)} - {*taken} == refused


def test_what_was_told_is_known_where_the_receiver_goes_away_amid_the_halves() -> None:
    endpoint = Narrow(most=2, answers=2)

    errors = told(endpoint, people=4, batch=4)

    assert endpoint.told == ["p0", "p1"]
    assert errors[:2] == [None, None]
    assert {type(each) for each in errors[2:]} == {PlatformUnavailable}
