"""Custom events: whatever a site, a shop or a tool told Brevo of a contact.

The list is newest first and knows no other order, and what it is ordered by may lie in the past
when it is told. So each answer's total is compared with what it would be if everything new stood
at the top; where there is more, something was told late, and all is read again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.brevo.events.sms import LACKING
from adapters.brevo.events.source import Batch
from adapters.brevo.limits import GENERAL
from adapters.brevo.marks import OWN_EVENT
from adapters.brevo.spans import stamp
from adapters.brevo.values import fields_of
from adapters.brevo.walking import Footing, Listing, walk
from connector.domain.events import CANONICAL_TYPES, Event, canonical_type, derived_id
from connector.domain.instants import from_micros, parse_instant, to_micros

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from adapters.brevo.account import Account, Row
    from adapters.brevo.walking import Stretch
    from adapters.cursors import Place

PAGE_EVENTS = 10_000
"""The most events of one answer."""
PAST = timedelta(days=3 * 365)
"""How far back events are asked for; Brevo itself goes back six months when nothing is said."""
_AHEAD = timedelta(days=1)
"""The end of what is asked for: clocks differ, and an end has to be given with a beginning."""

_CANONICAL = {kind.replace(".", "_"): kind for kind in CANONICAL_TYPES}
"""Names of events have no dots in Brevo."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomEvents:
    """The custom events of one account.

    A place has the `start` of the past that is read, and of the last reading the `newest` instant
    and the `count`. While one is under way, `next` are those of its first answer, `fresh` is how
    many new events it met, `is_whole` whether all are read, and `at` how far it is.
    """

    account: Account
    page_rows: int = PAGE_EVENTS
    name = "custom events"
    types = frozenset[str]()

    async def read(self, place: Place) -> AsyncIterator[Batch]:
        """Yield the new events; all of them at first, and when some were told late."""
        now = self.account.clock.now()
        place = {"start": to_micros(now - PAST), "newest": 0, **place}
        listing = self._listing(place["start"], to_micros(now + _AHEAD))
        async for stretch in walk(self.account, listing, Footing.of(place.get("at"))):
            place = _gone_on(place, stretch)
            is_done = stretch.is_last or (not place["is_whole"] and _is_at_end(place, stretch))
            rows = stretch.rows if place["is_whole"] else _since(place["newest"], stretch.rows)
            after = _done(place) if is_done else place
            yield Batch(events=self._events(rows), place=after, total=len(rows))
            if is_done:
                return

    def _listing(self, start: int, end: int) -> Listing:
        return Listing(
            operation="read custom events",
            path="/events",
            bucket=GENERAL,
            field="events",
            limit=self.page_rows,
            key=_key,
            order=lambda row: -_instant(row),
            params=(
                ("startDate", stamp(from_micros(start))),
                ("endDate", stamp(from_micros(end))),
            ),
            may_lack=LACKING,
            is_bare_when_empty=True,
        )

    def _events(self, rows: Sequence[Row]) -> tuple[Event, ...]:
        with self.account.reading("read custom events", "an event"):
            return tuple(each for row in rows for each in _events(row))


def _gone_on(place: Place, stretch: Stretch) -> Place:
    """Return a place behind `stretch`, with what has to be known of the events in it."""
    if "next" not in place:
        top = max([place["newest"], *map(_instant, stretch.rows[:1])])
        place = {**place, "next": [top, stretch.total or 0], "fresh": 0}
        place["is_whole"] = "count" not in place
    fresh = place["fresh"] + sum(_instant(row) > place["newest"] for row in stretch.rows)
    place = {**place, "fresh": fresh, "at": stretch.footing.plain()}
    if _is_at_end(place, stretch) and place["next"][1] > place.get("count", 0) + fresh:
        place["is_whole"] = True
    return place


def _is_at_end(place: Place, stretch: Stretch) -> bool:
    """Return whether no new event is behind `stretch`, unless it was told late."""
    return not stretch.rows or _instant(stretch.rows[-1]) <= place["newest"]


def _done(place: Place) -> Place:
    newest, count = place["next"]
    return {"start": place["start"], "newest": newest, "count": count}


def _since(newest: int, rows: Sequence[Row]) -> Sequence[Row]:
    return [row for row in rows if _instant(row) >= newest]


def _instant(row: Row) -> int:
    return to_micros(parse_instant(row["event_date"]))


def _key(row: Row) -> str:
    properties = row.get("event_properties")
    return repr([row.get("contact_id"), row["event_date"], row["event_name"], properties])


def _events(row: Row) -> Iterator[Event]:
    """Yield the event of a row, unless it is about no contact, or one that we sent ourselves."""
    number, told = row.get("contact_id"), row.get("event_properties")
    properties = told if isinstance(told, dict) else {}
    if not isinstance(number, int) or number <= 0 or OWN_EVENT in properties:
        return
    name = str(row["event_name"])
    subject, kind = str(number), _CANONICAL.get(name) or canonical_type(name)
    occurred_at = parse_instant(row["event_date"])
    fields = fields_of(properties)
    yield Event(
        id=derived_id(subject, kind, occurred_at, fields),
        subject=subject,
        type=kind,
        occurred_at=occurred_at,
        fields=fields,
    )
