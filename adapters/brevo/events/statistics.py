"""Transactional mail: what happened to each message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.brevo.events.days import Days
from adapters.brevo.events.mail import TRANSACTIONAL, TYPES, mail_event, meaning_of, message_id
from adapters.brevo.events.sms import LACKING
from adapters.brevo.limits import STATISTICS
from adapters.brevo.wire import email_of
from connector.domain.instants import parse_instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from adapters.brevo.account import Account, Row
    from connector.domain.events import Event

PAGE_EVENTS = 5000
"""The most events of one answer."""


def statistics(account: Account, page_rows: int = PAGE_EVENTS) -> Days:
    """Return the events of transactional mail."""
    return Days(
        account=account,
        name="transactional mail",
        types=TYPES,
        path="/smtp/statistics/events",
        bucket=STATISTICS,
        page_rows=page_rows,
        key=_key,
        translate=_translate,
        may_lack=LACKING,
    )


def _key(row: Row) -> str:
    return repr([row.get(name) for name in ("date", "event", "messageId", "email", "link")])


async def _translate(rows: Sequence[Row]) -> tuple[Event, ...]:
    return tuple(each for row in rows for each in _events(row))


def _events(row: Row) -> Iterator[Event]:
    """Yield the event of a row, unless it is about no contact or nobody knows what it is."""
    what, email = meaning_of(str(row["event"])), email_of(row["email"])
    if what is None or email is None:
        return
    yield mail_event(
        what,
        email=email,
        occurred_at=parse_instant(row["date"]),
        message_kind=TRANSACTIONAL,
        about=message_id(row.get("messageId")),
        link=row.get("link"),
        fields={
            "title": row.get("subject"),
            "tag": row.get("tag"),
            "template_id": row.get("templateId"),
        },
    )
