"""Transactional SMS: what was sent, delivered and replied.

Rows name a telephone number only, so each number is looked up; of a number that nobody has the
event waits under the number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.brevo.contacts import row_by
from adapters.brevo.events.days import Days
from adapters.brevo.limits import GENERAL
from adapters.brevo.values import short
from adapters.brevo.wire import remote_id_of
from adapters.together import ask_all
from connector.domain.events import Event, derived_id
from connector.domain.instants import parse_instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from adapters.brevo.account import Account, Row

PAGE_EVENTS = 100
"""The most events of one answer."""
LACKING = frozenset({402, 403, 404, 405})
"""What an account is answered that has no such thing."""

_TYPES: Mapping[str, str] = {
    **dict.fromkeys(("sent", "accepted"), "sms.sent"),
    "delivered": "sms.delivered",
    "replies": "sms.replied",
}


def sms(account: Account, page_rows: int = PAGE_EVENTS) -> Days:
    """Return the events of transactional SMS."""
    return Days(
        account=account,
        name="SMS",
        types=frozenset(_TYPES.values()),
        path="/transactionalSMS/statistics/events",
        bucket=GENERAL,
        page_rows=page_rows,
        key=_key,
        translate=_Translation(account=account).events,
        may_lack=LACKING,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Translation:
    account: Account

    async def events(self, rows: Sequence[Row]) -> tuple[Event, ...]:
        known = [row for row in rows if row.get("event") in _TYPES and _number(row)]
        owners = await self._owners(sorted({_number(row) for row in known}))
        return tuple(each for row in known for each in _events(row, owners))

    async def _owners(self, numbers: Sequence[str]) -> Mapping[str, str]:
        """Return the contact of each number that somebody has."""
        found = await ask_all(numbers, lambda each: row_by(self.account, each, "phone_id"))
        pairs = zip(numbers, found, strict=True)
        return {number: remote_id_of(row) for number, row in pairs if row is not None}


def _events(row: Row, owners: Mapping[str, str]) -> Iterator[Event]:
    number, kind, ref = _number(row), _TYPES[row["event"]], short(row.get("messageId"))
    occurred_at = parse_instant(row["date"]).replace(microsecond=0)
    fields = {"message_kind": "transactional"} | ({"message_id": ref} if ref else {})
    yield Event(
        # Who has the number may be known later only: it is the same event then.
        id=derived_id(number, kind, occurred_at, fields),
        subject=owners.get(number, number),
        type=kind,
        occurred_at=occurred_at,
        fields=fields,
    )


def _number(row: Row) -> str:
    return (short(row.get("phoneNumber")) or "").removeprefix("+")


def _key(row: Row) -> str:
    return repr([row.get(name) for name in ("date", "event", "messageId", "phoneNumber")])
