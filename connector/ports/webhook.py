"""The contract with platforms that call us."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from connector.domain.contacts import Contact, Membership, Removal
    from connector.domain.events import Event
    from connector.errors import Problem


MOST_BYTES = 2**20
"""How long a body may be where a platform has no reason for longer ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRequest:
    """A call as it reached us: the raw bytes, since proofs are over them."""

    method: str
    url: str
    """As the platform called it, so behind a proxy the public one."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """What a call told: changes themselves, and ids of contacts to be read again.

    Where a platform's calls name nobody by id, an address stands for it, in `removals` and in
    `reread` as in `Event.subject`. Calls come late, doubled and in any order, and what a platform
    can be asked for is but hinted at: contacts are read again, and removals asked about.
    """

    contacts: tuple[Contact, ...] = ()
    events: tuple[Event, ...] = ()
    memberships: tuple[Membership, ...] = ()
    removals: tuple[Removal, ...] = ()
    reread: tuple[str, ...] = field(default=())
    """Record ids of which the call only hints that something changed."""
    changed_at: Mapping[str, datetime] = field(default_factory=dict)
    """When it did, by what `reread` names, where the platform tells: the latest instant."""
    fields: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Which fields of the platform did, by what `reread` names, where it tells."""
    problems: tuple[Problem, ...] = ()
    """What of the call is no such thing, in words: all the rest was taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """How a call is told from a repeat of itself, besides by its keys."""

    about: tuple[str, ...] = ()
    """Keys of whom it tells, and of what it says of nobody, where calls may say no time."""
    is_dated: bool = True
    """Whether what it says is of one time, so that its keys mean the same whenever it comes."""


DATED = Telling()
"""A call of a platform that tells by ids or instants what each is."""


class WebhookParser(Protocol):
    """Verifies the calls of one platform and reads them."""

    @property
    def unavailable_status(self) -> int:
        """Return what to answer while a call cannot be stored, so that it comes again."""
        ...

    @property
    def most_bytes(self) -> int:
        """Return how long the body of a call may be; a longer one is refused unread."""
        ...

    def verify(self, request: WebhookRequest) -> None:
        """Return when `request` proves where it comes from, else raise WebhookRefused."""
        ...

    def delivery_ids(self, request: WebhookRequest) -> Sequence[str]:
        """Return the keys under which the call, and each item of it, is stored once."""
        ...

    def telling(self, request: WebhookRequest) -> Telling:
        """Return whether an equal call may say the same anew, and of whom it says something."""
        ...

    def parse(self, request: WebhookRequest) -> Notification:
        """Return what a verified call says; pure.

        Of the request there are `headers`, `body` and `received_at`: it was stored meanwhile.
        """
        ...
