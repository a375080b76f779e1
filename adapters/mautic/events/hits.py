"""Pages that were looked at, and links of messages that were followed.

A hit is stored before Mautic knows whose it is and of what: by the visit itself a moment later, or
by a queue that may lag. Such rows are waited for. A link of a message leads past Mautic, which
stores that, and passes on who came from where: a page that tells Mautic of its visitors then tells
of the same deed once more.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from adapters.mautic import numbered
from adapters.mautic.asking import one_of, parts
from adapters.mautic.events.machines import is_machine
from adapters.mautic.events.messages import messages_to
from adapters.mautic.events.row_events import FOUND, HITS, event_of_row, number_of, text_of
from adapters.mautic.events.source import Batch
from adapters.mautic.limits import AT_ONCE
from adapters.mautic.spans import instant_of, stamp
from adapters.mautic.stats import PAGE_ROWS, ask_stats
from adapters.together import ask_all
from connector.domain.instants import to_micros

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
    from datetime import datetime

    from adapters.cursors import Place
    from adapters.mautic.account import Account, Row
    from adapters.mautic.asking import Clause
    from adapters.mautic.events.messages import Message
    from adapters.mautic.events.names import Names
    from connector.domain.events import Event

VIEWED = "page.viewed"
_CLICKED: Mapping[str, str] = {"email": "email.clicked", "sms": "sms.clicked"}
"""What following a link is, by what the link was in."""
TYPES = frozenset({VIEWED, *_CLICKED.values()})

_PENDING = "pending"
"""In a place: rows that did not say yet whose they are."""
_MOST_PENDING = 1000
_WAITS = timedelta(days=1)
"""How long a row is waited for: one that says nothing by then was given up by Mautic."""
LANDING = timedelta(minutes=2)
"""So soon after a link was followed the page behind it tells of its visitor."""
_OPERATION = f"read the table {HITS}"

_Trail: TypeAlias = "tuple[str, str, str]"
"""Who followed a link of what, and of which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """The hits of one instance."""

    account: Account
    names: Names
    page_rows: int = PAGE_ROWS
    name: str = field(default=HITS, init=False)
    types: frozenset[str] = field(default=TYPES, init=False)

    async def read(self, place: Place) -> AsyncIterator[Batch]:
        """Yield what became known behind `place`."""
        waited = await self._rows_of(place.get(_PENDING, ()))
        pending = self._pending(waited)
        rest = {name: value for name, value in place.items() if name != _PENDING}
        if waited:
            yield Batch(events=await self.events(waited), place={**rest, _PENDING: pending})
        rows = numbered.read_numbered(self.account, HITS, (), rest, limit=self.page_rows)
        async for some, here in rows:
            pending = sorted({*pending, *self._pending(some)})[-_MOST_PENDING:]
            events = await self.events(some)
            yield Batch(events=events, place={**here, _PENDING: pending} if pending else here)

    def valid_part(self, place: Place, now: datetime) -> Place:
        """Return what is left of a place at `now`."""
        kept = numbered.valid_part(place, now)
        return {**kept, _PENDING: place[_PENDING]} if _PENDING in place else kept

    async def events(self, rows: Sequence[Row]) -> tuple[Event, ...]:
        """Return what rows tell of contacts."""
        with self.account.reading(_OPERATION, "a row"):
            hits = [hit for row in rows if (hit := hit_of(row))]
            trails = await self._trails(hits)
            clicks = [each for each in hits if each.follows(trails)]
            messages = await self._messages(clicks)
            names = await self.names.of(each.email for each in clicks)
        followed = {each.id for each in clicks}
        return tuple(
            click_of(each, _last(each, messages), names) if each.id in followed else view_of(each)
            for each in hits
        )

    async def _rows_of(self, numbers: Sequence[int]) -> Sequence[Row]:
        """Return the rows with these numbers that there are."""
        wanted = list(parts([str(each) for each in numbers]))
        found = await ask_all(
            wanted, lambda some: self._some([one_of("id", some)]), at_once=AT_ONCE
        )
        return list(chain.from_iterable(found))

    async def _some(self, clauses: Sequence[Clause]) -> Sequence[Row]:
        found = await ask_stats(
            self.account, HITS, clauses, limit=PAGE_ROWS, order=(("id", "DESC"),)
        )
        return found.rows

    def _pending(self, rows: Iterable[Row]) -> list[int]:
        """Return which rows do not say yet whose they are, as long as they may come to."""
        since = self.account.clock.now() - _WAITS
        with self.account.reading(_OPERATION, "a row"):
            return [
                int(row["id"])
                for row in rows
                if row.get("lead_id") is None
                and row.get("url") is None
                and instant_of(row["date_hit"]) > since
            ]

    async def _trails(self, hits: Sequence[Hit]) -> Mapping[_Trail, Sequence[datetime]]:
        """Return when links were followed that may have led to one of these hits."""
        found: dict[_Trail, list[datetime]] = defaultdict(list)
        landed = [each for each in hits if each.trail and not each.is_redirected]
        known = [each for each in hits if each.trail and each.is_redirected]
        if landed:
            first = min(each.at for each in landed) - LANDING
            clauses: list[Clause] = [
                ("redirect_id", "isNotNull", None),
                ("date_hit", "gte", stamp(to_micros(first))),
                ("date_hit", "lte", stamp(to_micros(max(each.at for each in landed)))),
            ]
            wanted = list(parts([each.subject for each in landed]))
            asked = await ask_all(
                wanted,
                lambda some: self._some([one_of("lead_id", some), *clauses]),
                at_once=AT_ONCE,
            )
            rows = chain.from_iterable(asked)
            known += [hit for row in rows if (hit := hit_of(row)) and hit.trail]
        for each in known:
            if each.trail:
                found[each.trail].append(each.at)
        return found

    async def _messages(self, clicks: Sequence[Hit]) -> Mapping[_Trail, Sequence[Message]]:
        """Return the messages whose links were followed, the last first."""
        found: dict[_Trail, list[Message]] = defaultdict(list)
        told = [each for each in clicks if each.email]
        if told:
            emails = [each.email for each in told if each.email]
            subjects = [each.subject for each in told]
            for message in await messages_to(self.account, subjects, emails):
                if message.subject and message.email:
                    found[message.subject, "email", message.email].append(message)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A row that says whose it is."""

    id: str
    subject: str
    at: datetime
    url: str | None
    title: str | None
    agent: str | None
    page: str | None
    trail: _Trail | None
    is_redirected: bool

    @property
    def email(self) -> str | None:
        """Return the e-mail that it comes from."""
        return self.trail[2] if self.trail and self.trail[1] == "email" else None

    def follows(self, trails: Mapping[_Trail, Sequence[datetime]]) -> bool:
        """Return whether it is a link that was followed, and not where one had led."""
        if self.trail is None or self.is_redirected:
            return self.trail is not None
        return not any(
            timedelta() <= self.at - each <= LANDING for each in trails.get(self.trail, ())
        )


def hit_of(row: Row) -> Hit | None:
    """Return what a row tells; None where nobody saw a page. Raises KeyError or ValueError.

    Mautic also stores that it sent a visitor on to the page that is stored next, such as the one
    in their language, and that there was no page.
    """
    subject = number_of(row.get("lead_id"))
    if subject is None or str(row.get("code") or FOUND) != FOUND:
        return None
    source, of = row.get("source"), number_of(row.get("source_id"))
    if source == "email":
        of = of or number_of(row.get("email_id"))
    trail = (subject, str(source), of) if source in _CLICKED and of else None
    return Hit(
        id=str(int(row["id"])),
        subject=subject,
        at=instant_of(row["date_hit"]),
        url=text_of(row.get("url")),
        title=text_of(row.get("url_title")),
        agent=text_of(row.get("user_agent")),
        page=number_of(row.get("page_id")),
        trail=trail,
        is_redirected=number_of(row.get("redirect_id")) is not None,
    )


def view_of(hit: Hit) -> Event:
    """Return a page that was looked at."""
    fields = {
        "url": hit.url,
        "title": hit.title,
        "page_id": hit.page,
        "campaign_id": hit.email,
        "is_machine": is_machine(hit.agent, None, hit.at),
    }
    return event_of_row(HITS, hit.id, subject=hit.subject, kind=VIEWED, at=hit.at, fields=fields)


def click_of(hit: Hit, message: Message | None, names: Mapping[str, str]) -> Event:
    """Return a link that was followed, of a message where it is known."""
    _, source, of = hit.trail or ("", "email", None)
    sent_at = message.sent_at if message else None
    fields = {
        "url": hit.url,
        "campaign_id": of,
        "message_id": of,
        "campaign_name": names.get(hit.email or ""),
        "message_kind": message.kind if message else None,
        "is_machine": is_machine(hit.agent, sent_at, hit.at),
    }
    kind = _CLICKED[source]
    return event_of_row(HITS, hit.id, subject=hit.subject, kind=kind, at=hit.at, fields=fields)


def _last(hit: Hit, messages: Mapping[_Trail, Sequence[Message]]) -> Message | None:
    """Return the last message before a hit whose link it may be."""
    if hit.trail is None:
        return None
    sent = [each for each in messages.get(hit.trail, ()) if each.sent_at <= hit.at]
    return max(sent, key=lambda each: each.sent_at, default=None)
