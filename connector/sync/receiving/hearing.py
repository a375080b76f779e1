"""Read calls that were stored, each by itself: none keeps another from being read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from connector.errors import ConnectorError
from connector.ports.webhook import WebhookRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from connector.domain.ledger import Inbound
    from connector.ports.webhook import Notification, WebhookParser

ITEMS = 1_000
"""What is stored in one transaction: whoever stores a webhook waits for no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A call that was read."""

    call: Inbound
    """Without what it carried."""
    told: Notification

    @property
    def size(self) -> int:
        """Return of how many things it tells."""
        told = self.told
        parts = (told.contacts, told.events, told.memberships, told.removals, told.reread)
        return sum(map(len, parts))

    @property
    def hints(self) -> frozenset[str]:
        """Return the ids and addresses of those of whom it says that something is otherwise."""
        told = self.told
        records = [each.remote_id for some in (told.contacts, told.removals) for each in some]
        return frozenset({*told.reread, *records})

    @property
    def subjects(self) -> frozenset[str]:
        """Return whom its events name."""
        return frozenset(each.subject for each in self.told.events)

    @property
    def names(self) -> frozenset[str]:
        """Return whom it is about, by id or address."""
        return self.hints | self.subjects | {each.remote_id for each in self.told.memberships}

    def changed_at(self, hint: str) -> datetime:
        """Return when what it hints at happened: never later than it reached us."""
        at = self.call.received_at
        return min(self.told.changed_at.get(hint, at), at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unheard:
    """A call that cannot be read."""

    call: Inbound
    why: str


def hear(
    parser: WebhookParser, calls: Iterable[Inbound]
) -> tuple[Sequence[Heard], Sequence[Unheard]]:
    """Return the calls as read, and those that cannot be."""
    heard: list[Heard] = []
    unheard: list[Unheard] = []
    for call in calls:
        bare = replace(call, body=b"", headers={})
        try:
            heard.append(Heard(call=bare, told=parser.parse(_request(call))))
        except ConnectorError as error:
            unheard.append(Unheard(call=bare, why=str(error)))
        except Exception as error:  # noqa: BLE001 - whatever a body does to a parser, it dies alone
            unheard.append(Unheard(call=bare, why=why(error)))
    return heard, unheard


def why(error: Exception) -> str:
    """Return what to tell of an error that nobody expected: its text may name people."""
    return f"processing it failed ({type(error).__name__})"


def portions(heard: Iterable[Heard]) -> Iterator[Sequence[Heard]]:
    """Yield calls in order, some at a time: one by itself where it tells of more than ITEMS."""
    portion: list[Heard] = []
    size = 0
    for each in heard:
        if portion and size + each.size > ITEMS:
            yield portion
            portion, size = [], 0
        portion.append(each)
        size += each.size
    if portion:
        yield portion


def _request(call: Inbound) -> WebhookRequest:
    return WebhookRequest(
        method="POST",
        url="",
        headers=call.headers,
        body=call.body,
        received_at=call.received_at,
    )
