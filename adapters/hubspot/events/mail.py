"""Marketing e-mail: sent, delivered, opened, clicked and so on.

The rows of a span of time come newest first, and rows of all types or of one. A span is asked for
whole first: mostly that is one request. When it is long, each type that matters is asked for by
itself, and the span ends a little earlier whenever the rows passed become many.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias

from adapters.http import Call, Json
from adapters.hubspot.asking import unexpected
from adapters.hubspot.events.source import Piece, filled
from adapters.hubspot.legacy import EMAIL_EVENTS
from adapters.hubspot.limits import REQUEST
from adapters.hubspot.milliseconds import instant_at, milliseconds, milliseconds_in
from connector.domain.emails import normalise_email
from connector.domain.events import Event

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from adapters.cursors import Place
    from adapters.hubspot.account import Account

    Row: TypeAlias = "Mapping[str, Json]"

TYPES: Mapping[str, str] = {
    "SENT": "email.sent",
    "DELIVERED": "email.delivered",
    "OPEN": "email.opened",
    "CLICK": "email.clicked",
    "BOUNCE": "email.bounced",
    "STATUSCHANGE": "email.unsubscribed",
    "SPAMREPORT": "email.complained",
}
"""HubSpot's names, whose case matters, and ours."""
PAGE = 1000
_ANY = ""
"""All types at once."""
_MOST_ROWS = 10_000
"""So far one span is paged through; then it is cut."""
_OVERLAP = milliseconds_in(timedelta(hours=1))
"""How far back is looked at each time: rows may come late."""
_OVERLAP_DAILY = milliseconds_in(timedelta(days=1))
"""How far back once a day."""
_READ = "read marketing e-mail events"


@dataclass(frozen=True, slots=True)
class MailSource:
    """What happened to marketing e-mail, by address."""

    account: Account
    wanted: frozenset[str]
    """Canonical types."""
    name = "mail"
    pauses = False
    title = "marketing e-mail (scope `content`)"

    async def pieces(self, place: Place) -> AsyncIterator[Piece]:
        """Yield a page of events after another, newest first."""
        walk: Place = place.get("walk") or self._next(place)
        while walk["left"]:
            rows, offset = await self._rows(walk)
            events = self._events(rows)
            walk = self._behind(walk, rows, offset)
            yield Piece(
                events=events,
                place={**place, "walk": walk} if walk["left"] else self._end(place, walk),
            )

    async def probe(self) -> None:
        """Ask for one row."""
        await self.account.session.send(_call([("limit", 1)]))

    def _next(self, place: Place) -> Place:
        now = milliseconds(self.account.clock.now())
        seen, daily = place.get("seen"), place.get("daily", 0)
        is_daily = now - daily >= _OVERLAP_DAILY
        kinds = sorted(name for name, ours in TYPES.items() if ours in self.wanted)
        walk: Place = {"start": 0, "end": now, "top": now, "left": kinds, "rows": 0}
        if seen is None:
            return {**walk, "daily": now}
        back = _OVERLAP_DAILY if is_daily else _OVERLAP
        walk |= {"start": max(0, seen - back), "daily": now if is_daily else daily}
        return walk if len(kinds) == 1 else {**walk, "left": [_ANY]}

    def _end(self, place: Place, walk: Place) -> Place:
        return {"seen": max(walk["top"], place.get("seen", 0)), "daily": walk["daily"]}

    def _behind(self, walk: Place, rows: Sequence[Row], offset: str | None) -> Place:
        """Return the walk that follows a page."""
        kind, *others = walk["left"]
        if offset is None:
            return {**walk, "left": others, "end": walk["top"], "offset": None, "rows": 0}
        if kind == _ANY:
            kinds = sorted(name for name, ours in TYPES.items() if ours in self.wanted)
            return {**walk, "left": kinds, "offset": None, "rows": 0}
        if offset == walk.get("offset"):
            raise unexpected(self.account, _READ, "goes round in a circle")
        passed, instants = walk["rows"] + len(rows), [row["created"] for row in rows]
        # Where a whole page is of one instant, to cut there would be to begin with it again.
        if rows and passed >= _MOST_ROWS and walk["start"] <= min(instants) < max(instants):
            return {**walk, "end": min(instants), "offset": None, "rows": 0}
        return {**walk, "offset": offset, "rows": passed}

    async def _rows(self, walk: Place) -> tuple[Sequence[Row], str | None]:
        """Return a page, and where the next one begins."""
        kind, offset = walk["left"][0], walk.get("offset")
        params: list[tuple[str, str | int]] = [
            ("startTimestamp", walk["start"]),
            ("endTimestamp", walk["end"]),
            ("limit", PAGE),
        ]
        if kind != _ANY:
            params.append(("eventType", kind))
        if offset is not None:
            params.append(("offset", offset))
        body = (await self.account.session.send(_call(params))).body
        rows = body.get("events") if isinstance(body, dict) else None
        if not isinstance(rows, list) or not all(_is_row(row) for row in rows):
            raise unexpected(self.account, _READ, "answered no events")
        if not body.get("hasMore"):
            return rows, None
        if not body.get("offset"):
            raise unexpected(self.account, _READ, "has more but does not say where")
        return rows, str(body["offset"])

    def _events(self, rows: Sequence[Row]) -> Sequence[Event]:
        try:
            return [event for row in rows if (event := self._event(row))]
        except ValueError:
            raise unexpected(self.account, _READ, "answered no events") from None

    def _event(self, row: Row) -> Event | None:
        kind = TYPES.get(row["type"])
        if kind not in self.wanted or (kind == "email.unsubscribed" and not _unsubscribes(row)):
            return None
        sent = row.get("sentBy")
        message = sent.get("id") if isinstance(sent, dict) else None
        fields = {
            "campaign_id": _text(row.get("emailCampaignId")),
            "campaign_name": _text(row.get("emailCampaignName")),
            # What is opened or clicked names the row of its sending.
            "message_id": _text(row["id"] if row["type"] == "SENT" else message),
            "title": _text(row.get("subject")),
            "url": _text(row.get("url")),
            "message_kind": "marketing",
            "is_machine": row.get("filteredEvent") is True,
        }
        return Event(
            # An id is one's own only together with its instant.
            id=f"mail:{row['created']}:{row['id']}",
            subject=normalise_email(row["recipient"]),
            type=kind,
            occurred_at=instant_at(row["created"]),
            fields=filled(fields),
        )


def _call(params: Sequence[tuple[str, str | int]]) -> Call:
    return Call(operation=_READ, method="GET", path=EMAIL_EVENTS, params=params, buckets=REQUEST)


def _is_row(row: Json) -> bool:
    return (
        isinstance(row, dict)
        and isinstance(row.get("created"), int)
        and all(isinstance(row.get(name), str) for name in ("id", "type", "recipient"))
    )


def _unsubscribes(row: Row) -> bool:
    """Return whether a change of status takes somebody out, of one subscription or of all."""
    if row.get("portalSubscriptionStatus") == "UNSUBSCRIBED":
        return True
    changes = row.get("subscriptions")
    if not isinstance(changes, list):
        return "portalSubscriptionStatus" not in row
    return any(isinstance(each, dict) and each.get("status") == "UNSUBSCRIBED" for each in changes)


def _text(raw: object) -> str | None:
    return str(raw) if isinstance(raw, (str, int)) and not isinstance(raw, bool) else None
