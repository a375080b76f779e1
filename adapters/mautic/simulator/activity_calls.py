"""/contacts/activity: the timeline, which is paged by each type of events on its own."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from adapters.mautic.simulator import timeline
from adapters.mautic.simulator.contact_calls import found_contact
from adapters.mautic.simulator.listing import BASE
from adapters.mautic.simulator.php import entries
from adapters.mautic.simulator.refusals import denied, encountered
from adapters.simulation.messages import json_reply
from adapters.simulation.routes import Route

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from adapters.mautic.simulator.account import Account
    from adapters.mautic.simulator.call import Call
    from adapters.mautic.simulator.tables import Row
    from adapters.simulation.messages import Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class _Type:
    """A type of events, and the table it comes from."""

    label: str
    table: str
    at: str
    """The column of its instant."""
    tell: timeline.Tell = timeline.log
    passes: Callable[[Row], bool] = lambda _: True


_TYPES = {
    "asset.download": _Type(
        label="Asset downloaded",
        table="asset_downloads",
        at="date_download",
        tell=timeline.download,
    ),
    "email.failed": _Type(
        label="Email failed",
        table="email_stats",
        at="date_sent",
        tell=timeline.message,
        passes=lambda row: bool(row["is_failed"]),
    ),
    "email.read": _Type(
        label="Email read",
        table="email_stats",
        at="date_read",
        tell=timeline.message,
        passes=lambda row: bool(row["is_read"]),
    ),
    "email.replied": _Type(
        label="Email replied",
        table="email_stat_replies",
        at="date_replied",
        tell=timeline.nothing,
    ),
    "email.sent": _Type(
        label="Email sent", table="email_stats", at="date_sent", tell=timeline.message
    ),
    "form.submitted": _Type(
        label="Form submitted",
        table="form_submissions",
        at="date_submitted",
        tell=timeline.submission,
    ),
    "lead.donotcontact": _Type(label="Do not contact", table="lead_donotcontact", at="date_added"),
    "page.hit": _Type(label="Page hit", table="page_hits", at="date_hit", tell=timeline.hit),
    "point.gained": _Type(label="Point gained", table="lead_points_change_log", at="date_added"),
    "sms.failed": _Type(
        label="Text message failed",
        table="sms_message_stats",
        at="date_sent",
        passes=lambda row: bool(row["is_failed"]),
    ),
    "sms.sent": _Type(label="Text message sent", table="sms_message_stats", at="date_sent"),
    "stage.changed": _Type(label="Stage changed", table="lead_stages_change_log", at="date_added"),
}
_SILENT = (
    "campaign.event", "campaign.event.scheduled", "dynamic.content.sent", "lead.apiadded",
    "lead.imported", "lead.source.created", "lead.source.identified", "lead.utmtagsadded",
    "message.queue",
)  # fmt: skip
"""Types that are known, and of which nothing is told here."""
_BARE = frozenset({"page.hit"})
"""Types whose events are named by the number of their row alone."""
_OF_ONE = frozenset({"email.replied"})
"""Types whose query names a contact in any case: of all contacts it finds nothing."""
_TWICE_BOUND = frozenset({"email.failed", "email.read", "email.sent"})
"""Types that take the beginning of a span for UTC, and for an instant of the instance as well."""
_LIMIT = 25


class ActivityCalls:
    """What contacts did, of all of them or of one."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def routes(self) -> Iterator[Route]:
        """Yield what is answered here."""
        yield Route("GET", "/contacts/activity", self.of_all)
        yield Route("GET", "/contacts/{contact_id}/activity", self.of_one)

    def of_all(self, call: Call) -> Reply:
        """Return what contacts did."""
        return self._answer(call, None)

    def of_one(self, call: Call, contact_id: str) -> Reply:
        """Return what a contact did."""
        return self._answer(call, found_contact(call, contact_id, "view").id)

    def _answer(self, call: Call, contact_id: int | None) -> Reply:
        if not call.user.may(BASE, "view"):
            raise denied()
        filters = call.query.get("filters") or {}
        order = [str(each) for _, each in entries(call.query.get("order"))] or ["timestamp", "DESC"]
        descends = len(order) > 1 and order[1].upper() == "DESC"
        limit, page = call.number("limit", _LIMIT), call.number("page", 1)
        start = max(0, page - 1) * limit
        events: list[dict[str, Any]] = []
        totals = {}
        for name in self._wanted(filters):
            rows = sorted(
                self._rows(name, filters, contact_id),
                key=lambda row, at=_TYPES[name].at: row[at],  # type: ignore[misc]
                reverse=descends,
            )
            totals[name] = len(rows)
            events += [self._told(name, row) for row in rows[start : start + limit]]
        if order[0] == "timestamp":
            events.sort(key=lambda each: str(each["timestamp"]), reverse=descends)
        most = max(totals.values(), default=0)
        content = {
            "events": events,
            "filters": filters,
            "order": order,
            "types": {name: each.label for name, each in _TYPES.items()}
            | {name: name for name in _SILENT},
            "total": sum(totals.values()),
            "page": page,
            "limit": limit,
            "maxPages": math.ceil(most / limit) if most and limit else 1,
        }
        return json_reply(content, size=len(events))

    def _wanted(self, filters: dict[str, Any]) -> Iterator[str]:
        included = {str(each) for _, each in entries(filters.get("includeEvents"))}
        excluded = {str(each) for _, each in entries(filters.get("excludeEvents"))}
        for name in _TYPES:
            if name not in excluded and (not included or name in included):
                yield name

    def _rows(self, name: str, filters: dict[str, Any], contact_id: int | None) -> Iterator[Row]:
        kind = _TYPES[name]
        first, last = self._bound(name, filters.get("dateFrom")), self._wall(filters.get("dateTo"))
        if contact_id is None and name in _OF_ONE:
            return
        for row in self._account.tables.rows[kind.table]:
            if contact_id is not None and self._contact_of(row) != contact_id:
                continue
            if not kind.passes(row):
                continue
            at = row[kind.at]
            if not ((first and at < first) or (last and at > last)):
                yield row

    def _contact_of(self, row: Row) -> int | None:
        if "lead_id" in row:
            return row["lead_id"]  # type: ignore[no-any-return]
        stats = self._account.tables.rows["email_stats"]
        return next((each["lead_id"] for each in stats if each["id"] == row["stat_id"]), None)

    def _bound(self, name: str, text: object) -> datetime | None:
        """Return the instant from which on rows are told, None for the first."""
        at, wall = self._instant(text), self._wall(text)
        return max(at, wall) if at and wall and name in _TWICE_BOUND else wall

    def _wall(self, text: object) -> datetime | None:
        """Return what a clock shows, as if it were one in UTC: so it is put beside a column."""
        at = self._instant(text)
        return at.replace(tzinfo=UTC) if at else None

    def _instant(self, text: object) -> datetime | None:
        """Return an instant; without an offset it is one of the instance."""
        if not text:
            return None
        try:
            at = datetime.fromisoformat(str(text))
        except ValueError:
            raise encountered() from None
        return at.replace(tzinfo=self._account.zone) if at.tzinfo is None else at

    def _told(self, name: str, row: Row) -> dict[str, Any]:
        kind = _TYPES[name]
        label, details = kind.tell(self._account, row)
        contact_id = self._contact_of(row)
        told: dict[str, Any] = {
            "event": name,
            "eventId": str(row["id"]) if name in _BARE else f"{name}{row['id']}",
            "eventLabel": {"label": label, "href": self._account.url} if label else kind.label,
            "eventType": kind.label,
            "timestamp": timeline.at_of(self._account, row[kind.at]),
            "contactId": None if contact_id is None else str(contact_id),
        }
        return told | ({"details": details} if details is not None else {})
