"""Marketing events, such as webinars: who registered and who came.

Who took part is told for each contact, or for each event, which takes far fewer requests. Nothing
tells that somebody registered; so every event that is to come, or was held lately, is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.http import Call
from adapters.hubspot.asking import Row, next_of, rows_of, unexpected
from adapters.hubspot.cursor_validity import WALK
from adapters.hubspot.events.source import Piece, filled
from adapters.hubspot.limits import REQUEST
from adapters.hubspot.milliseconds import instant_at, milliseconds, milliseconds_in
from adapters.hubspot.wire import instant_of
from connector.domain.events import Event

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from adapters.cursors import Place
    from adapters.hubspot.account import Account

TYPES: Mapping[str, str] = {"REGISTERED": "webinar.registered", "ATTENDED": "webinar.attended"}
"""Who cancelled or did not come did nothing more."""
_STILL_OPEN = milliseconds_in(timedelta(days=7))
"""So long after an event its list of those who came may grow."""
_PAGE = 100
_LIST = "list marketing events"
_READ = "read participations"


@dataclass(frozen=True, slots=True)
class WebinarSource:
    """Who took part in marketing events, by record id."""

    account: Account
    wanted: frozenset[str]
    """Canonical types."""
    name = "webinars"
    pauses = True
    title = "marketing events (scope `crm.objects.marketing_events.read`)"

    async def pieces(self, place: Place) -> AsyncIterator[Piece]:
        """Yield pages of participations, event by event."""
        now = milliseconds(self.account.clock.now())
        begun = {"since": place.get("seen"), "top": now, "done": 0, "event": 0, "after": None}
        walk: Place = place.get(WALK) or begun
        if "open" not in walk:
            walk = {**walk, "open": await self._open(walk["since"])}
            yield Piece(events=(), place={**place, WALK: walk})
        for webinar in walk["open"]:
            if webinar <= walk["done"]:
                continue
            after = walk["after"] if walk["event"] == webinar else None
            while True:
                rows, after = await self._page(f"/participations/{webinar}/breakdown", _READ, after)
                walk = {**walk, "event": webinar, "after": after}
                walk |= {"done": webinar} if after is None else {}
                yield Piece(events=self._events(rows), place={**place, WALK: walk})
                if after is None:
                    break
        yield Piece(events=(), place={"seen": walk["top"]})

    async def probe(self) -> None:
        """Ask for a page of events."""
        await self._page("", _LIST, None)

    async def _open(self, since: int | None) -> Sequence[int]:
        """Return the ids of events that may have news; all of them when nothing was read yet."""
        found: list[int] = []
        after: str | None = None
        while True:
            rows, after = await self._page("", _LIST, after)
            try:
                found += [int(row["objectId"]) for row in rows if _is_open(row, since)]
            except (KeyError, OverflowError, TypeError, ValueError):
                raise unexpected(self.account, _LIST, "lacks a needed field") from None
            if after is None:
                return sorted(found)

    async def _page(
        self, path: str, operation: str, after: str | None
    ) -> tuple[Sequence[Row], str | None]:
        params: list[tuple[str, str | int]] = [("limit", _PAGE)]
        params += [("after", after)] if after else []
        call = Call(
            operation=operation,
            method="GET",
            path=f"{self.account.paths.marketing_events}{path}",
            params=params,
            buckets=REQUEST,
        )
        body = (await self.account.session.send(call)).body
        following = next_of(body)
        if following is not None and following == after:
            raise unexpected(self.account, operation, "goes round in a circle")
        return rows_of(self.account, operation, body), following

    def _events(self, rows: Sequence[Row]) -> Sequence[Event]:
        try:
            return [event for row in rows if (event := self._event(row))]
        except (KeyError, OverflowError, TypeError, ValueError):
            raise unexpected(self.account, _READ, "lacks a needed field") from None

    def _event(self, row: Row) -> Event | None:
        done, links = row["properties"], row["associations"]
        kind = TYPES.get(done["attendanceState"])
        if kind not in self.wanted:
            return None
        webinar = links["marketingEvent"]
        fields = {"title": str(webinar.get("name") or "")}
        return Event(
            id=f"webinar:{row['id']}:{kind}",
            subject=str(links["contact"]["contactId"]),
            type=kind,
            occurred_at=instant_at(int(done["occurredAt"])),
            fields=filled(fields),
        )


def _is_open(row: Row, since: int | None) -> bool:
    started = row.get("startDateTime")
    if since is None or not started:
        return True
    return milliseconds(instant_of(started)) > since - _STILL_OPEN
