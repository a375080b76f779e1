"""What contacts did, as their activity tells it: where a table may not be read.

It tells less than the tables: of openings the first alone, of answers nothing (those it tells of
one contact at a time alone), and of a page that was looked at after a link was followed as of
another link. Only one kind is asked for at a time, since pages are counted for each kind by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from adapters.http import Call
from adapters.mautic.asking import total_of
from adapters.mautic.cursor_validity import BEGAN, SINCE, valid_part
from adapters.mautic.events.deeds import DOWNLOADED, SUBMITTED
from adapters.mautic.events.hits import TYPES as HIT_TYPES
from adapters.mautic.events.hits import click_of, hit_of, view_of
from adapters.mautic.events.mail import OPENED, SENT, fields_of, opening
from adapters.mautic.events.messages import Message
from adapters.mautic.events.row_events import (
    DOWNLOADS,
    HITS,
    MESSAGES,
    OPENINGS,
    SUBMISSIONS,
    event_of_row,
    is_set,
    kind_of_message,
    number_of,
    text_of,
)
from adapters.mautic.events.source import Batch
from adapters.mautic.limits import API
from adapters.mautic.spans import OVERLAP, instant_of, micros_of, stamp
from connector.domain.instants import to_micros

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from adapters.cursors import Place
    from adapters.mautic.account import Account, Row
    from connector.domain.events import Event

    Tell: TypeAlias = Callable[["Told"], Event | None]

PAGE_EVENTS = 100
"""Events of one answer: Mautic gathers each from many tables."""
_PAGE = "page"
"""In a place: the page that comes next."""
_UTC = "+00:00"
"""Without an offset some kinds take an instant for one of the instance's own time zone."""
_FROM = "from"
"""In a place: since when the reading under way asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the activity tells of one deed."""

    number: str
    subject: str
    at: datetime
    label: str | None
    details: Mapping[str, Row]

    def part(self, name: str) -> Row:
        """Return what is told under a name; keys are written in either of two ways."""
        found = self.details.get(name)
        return found if isinstance(found, Mapping) else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One kind of activity of all contacts, as a source of events."""

    account: Account
    name: str
    """Mautic's name of the kind, such as ``page.hit``."""
    types: frozenset[str]
    tell: Tell
    page_rows: int = PAGE_EVENTS

    async def read(self, place: Place) -> AsyncIterator[Batch]:
        """Yield what became known behind `place`."""
        began = place.get(BEGAN, to_micros(self.account.clock.now()))
        since = place.get(_FROM)
        if since is None and SINCE in place:
            since = place[SINCE] - micros_of(OVERLAP)
        page, is_last = place.get(_PAGE, 1), False
        before: list[Row] = []
        while not is_last:
            rows, total = await ask_activity(
                self.account, self.name, since, page=page, limit=self.page_rows
            )
            with self.account.reading(_operation(self.name), "an event"):
                told = [each for row in rows if (each := _told(self.name, row))]
                events = [event for each in told if (event := self.tell(each))]
            is_last = len(rows) < self.page_rows or page * self.page_rows == total
            if not is_last and rows == before:
                what = "goes round in a circle: a page came twice"
                raise self.account.unexpected(_operation(self.name), what)
            before, page = rows, page + 1
            here: Place = {BEGAN: began, _FROM: since, _PAGE: page}
            yield Batch(events=tuple(events), place={SINCE: began} if is_last else here)

    def valid_part(self, place: Place, now: datetime) -> Place:
        """Return what is left of a place at `now`."""
        return valid_part(place, now)


async def ask_activity(
    account: Account, kind: str, since: int | None, *, page: int, limit: int
) -> tuple[list[Row], int | None]:
    """Return events of one kind since an instant, the oldest first, and how many there are."""
    operation = _operation(kind)
    call = Call(
        operation=operation,
        method="GET",
        path="/api/contacts/activity",
        params=[
            ("filters[includeEvents][]", kind),
            *([] if since is None else [("filters[dateFrom]", f"{stamp(since)}{_UTC}")]),
            *(("order[]", "timestamp"), ("order[]", "ASC")),
            *(("page", page), ("limit", limit)),
        ],
        buckets=(API,),
    )
    body = (await account.send(call)).body
    return list(account.rows(operation, body, "events")), total_of(body)


def activities_of(account: Account, page_rows: int) -> Mapping[str, Activity]:
    """Return which activity takes the place of which table."""
    return {
        table: Activity(
            account=account,
            name=name,
            types=types,
            tell=tell,
            page_rows=min(page_rows, PAGE_EVENTS),
        )
        for table, (name, types, tell) in _KINDS.items()
    }


def kind_of(table: str) -> str | None:
    """Return Mautic's name of the activity that tells the same as a table; None for none."""
    return _KINDS[table][0] if table in _KINDS else None


def _operation(kind: str) -> str:
    return f"read the activity {kind}"


def _told(kind: str, row: Row) -> Told | None:
    """Return what a row tells; None where it is of nobody. Raises KeyError or ValueError."""
    subject = number_of(row.get("contactId"))
    if subject is None:
        return None
    label, details = row.get("eventLabel"), row.get("details")
    return Told(
        number=str(row["eventId"]).removeprefix(kind),
        subject=subject,
        at=instant_of(row["timestamp"]),
        label=text_of(label.get("label") if isinstance(label, dict) else label),
        details=details if isinstance(details, dict) else {},
    )


def _hit(told: Told) -> Event | None:
    hit = told.part("hit")
    found = hit_of(
        {
            "id": told.number,
            "lead_id": told.subject,
            "date_hit": told.at,
            "code": hit.get("code"),
            "url": hit.get("url"),
            "url_title": hit.get("urlTitle"),
            "user_agent": hit.get("userAgent"),
            "source": hit.get("source"),
            "source_id": hit.get("sourceId"),
            "page_id": _either(hit, "pageId", "page_id"),
        }
    )
    if found is None:
        return None
    return click_of(found, None, {}) if found.trail else view_of(found)


def _submitted(told: Told) -> Event:
    fields = {"form_id": number_of(told.part("form").get("id")), "form_name": told.label}
    return event_of_row(
        SUBMISSIONS, told.number, subject=told.subject, kind=SUBMITTED, at=told.at, fields=fields
    )


def _downloaded(told: Told) -> Event | None:
    asset = number_of(told.part("asset").get("id"))
    if asset is None:
        return None
    fields = {"asset": told.label or asset, "asset_id": asset}
    return event_of_row(
        DOWNLOADS, told.number, subject=told.subject, kind=DOWNLOADED, at=told.at, fields=fields
    )


def _sent(told: Told) -> Event | None:
    stat = told.part("stat")
    if is_set(_either(stat, "isFailed", "is_failed")):
        return None
    message = _message(told)
    fields = fields_of(message, _names(told))
    return event_of_row(
        MESSAGES, message.id, subject=told.subject, kind=SENT, at=told.at, fields=fields
    )


def _opened(told: Told) -> Event:
    return opening(_message(told), told.at, _names(told))


def _message(told: Told) -> Message:
    stat = told.part("stat")
    sent = _either(stat, "dateSent", "date_sent")
    return Message(
        id=told.number,
        email=number_of(_either(stat, "emailId", "email_id")),
        subject=told.subject,
        sent_at=instant_of(sent) if isinstance(sent, str) else told.at,
        kind=kind_of_message(stat["source"]) if "source" in stat else None,
        agents={},
    )


def _names(told: Told) -> Mapping[str, str]:
    stat = told.part("stat")
    email = number_of(_either(stat, "emailId", "email_id"))
    name = text_of(_either(stat, "emailName", "email_name"))
    return {email: name} if email and name else {}


def _either(row: Row, name: str, other: str) -> object:
    return row.get(name, row.get(other))


_KINDS: Mapping[str, tuple[str, frozenset[str], Tell]] = {
    HITS: ("page.hit", HIT_TYPES, _hit),
    SUBMISSIONS: ("form.submitted", frozenset({SUBMITTED}), _submitted),
    DOWNLOADS: ("asset.download", frozenset({DOWNLOADED}), _downloaded),
    MESSAGES: ("email.sent", frozenset({SENT}), _sent),
    OPENINGS: ("email.read", frozenset({OPENED}), _opened),
}
"""By the table that tells the same: Mautic's name of the kind, what it may bring, how."""
