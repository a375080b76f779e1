"""Pages seen and custom events, contact by contact: only Enterprise accounts have them.

They are told for one contact at a time, so contacts are asked whose last visit is news.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.http import Call
from adapters.hubspot.asking import ID, Row, Search, next_of, rows_of, unexpected
from adapters.hubspot.changes import SETTLED, begun, behind, changed
from adapters.hubspot.cursor_validity import WALK
from adapters.hubspot.events.source import Piece, filled
from adapters.hubspot.limits import REQUEST
from adapters.hubspot.wire import instant_of
from connector.domain.events import EVENT_COLUMNS, Event, canonical_type
from connector.domain.instants import from_micros, iso
from connector.domain.values import Misfit, read_value

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from adapters.cursors import Place
    from adapters.hubspot.account import Account
    from connector.domain.values import Value

VIEWED = "page.viewed"
_VISITED = "e_visited_page"
_LAST_VISIT = "hs_analytics_last_timestamp"
_PAGE = 100
_READ = "read event occurrences"
_OWN = "hs_"
_FIELDS: Mapping[str, str] = {"hs_url": "url", "hs_title": "title"}
"""Theirs: ours. HubSpot's further properties say what browser and campaign it was."""
_CUSTOM = "pe"
"""How the names of custom events begin: with it, the number of the account, and `_`."""


@dataclass(frozen=True, slots=True)
class OccurrenceSource:
    """What HubSpot saw contacts do, by record id."""

    account: Account
    name = "occurrences"
    pauses = False
    wanted = frozenset({VIEWED})
    title = "page views and custom events (Enterprise; scope `business-intelligence`)"

    async def pieces(self, place: Place) -> AsyncIterator[Piece]:
        """Yield what was done by contacts with a visit since; some of it again."""
        start = max(0, place["sure"] - SETTLED) if "sure" in place else 0
        place = begun(self.account, {"start": start, **place})
        wanted = Search(kind="contacts", modified=_LAST_VISIT, properties=[ID])
        async for rows, here in changed(self.account, wanted, place):
            for row in rows:
                contact = str(row["id"])
                # So many requests are not made again because of one that fails.
                async for events, after in self._of(contact, place):
                    further = {**place, WALK: {**place[WALK], "contact": contact, "after": after}}
                    place = behind(place, int(contact)) if after is None else further
                    yield Piece(events=events, place=place)
            yield Piece(events=(), place=here)

    async def probe(self) -> None:
        """Ask for the events of nobody."""
        await self.account.session.send(self._call([("objectId", "0"), ("limit", 1)]))

    async def _of(
        self, contact: str, place: Place
    ) -> AsyncIterator[tuple[Sequence[Event], str | None]]:
        """Yield pages of what a contact did, each with where the next one begins."""
        start, walk = place["start"], place[WALK]
        after = walk["after"] if walk.get("contact") == contact else None
        while True:
            params: list[tuple[str, str | int]] = [
                ("objectId", contact),
                ("occurredAfter", iso(from_micros(start * 1000))),
                ("limit", _PAGE),
            ]
            params += [("after", after)] if after else []
            body = (await self.account.session.send(self._call(params))).body
            rows = rows_of(self.account, _READ, body)
            try:
                events = [_event(row, contact) for row in rows]
            except (KeyError, TypeError, ValueError):
                raise unexpected(self.account, _READ, "lacks a needed field") from None
            before, after = after, next_of(body)
            if after is not None and after == before:
                raise unexpected(self.account, _READ, "goes round in a circle")
            yield events, after
            if after is None:
                return

    def _call(self, params: Sequence[tuple[str, str | int]]) -> Call:
        return Call(
            operation=_READ,
            method="GET",
            path=self.account.paths.occurrences,
            params=[("objectType", "contact"), *params],
            buckets=REQUEST,
        )


def _event(row: Row, contact: str) -> Event:
    told, kind = row.get("properties"), str(row["eventType"])
    properties = told if isinstance(told, dict) else {}
    fields = {
        _FIELDS.get(name, name): _value(_FIELDS.get(name, name), raw)
        for name, raw in properties.items()
        if name in _FIELDS or not name.startswith(_OWN)
    }
    return Event(
        id=f"occurrence:{row['id']}",
        subject=contact,
        type=VIEWED if kind == _VISITED else canonical_type(_bare(kind)),
        occurred_at=instant_of(row["occurredAt"]),
        fields=filled(fields),
    )


def _value(name: str, raw: object) -> Value | None:
    """Return a property as it came; of those that every condition may name, with its type."""
    if name not in EVENT_COLUMNS:
        return raw if isinstance(raw, (str, int, float)) else None
    try:
        return read_value(raw, EVENT_COLUMNS[name])
    except Misfit:
        return None


def _bare(kind: str) -> str:
    """Return the name of a custom event without the number of the account."""
    head, _, name = kind.partition("_")
    is_custom = head.startswith(_CUSTOM) and head.removeprefix(_CUSTOM).isdecimal()
    return name if is_custom and name else kind
