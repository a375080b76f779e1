"""Messages that were sent, opened, answered or refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.mautic.events.machines import is_machine
from adapters.mautic.events.messages import message_of, messages_by_number
from adapters.mautic.events.row_events import (
    MESSAGES,
    REFUSALS,
    REPLIES,
    event_of_row,
    is_set,
    number_of,
    opening_number,
    text_of,
)
from adapters.mautic.spans import instant_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from adapters.mautic.account import Account, Row
    from adapters.mautic.events.messages import Message
    from adapters.mautic.events.names import Names
    from connector.domain.events import Event
    from connector.domain.values import Value

SENT = "email.sent"
OPENED = "email.opened"
REPLIED = "email.replied"
UNSUBSCRIBED, BOUNCED = "email.unsubscribed", "email.bounced"
REPLIES_LAG = timedelta(days=3)
"""How late an answer is found in a mailbox that is read: it bears the time of its own writing."""

_REFUSED: Mapping[str, tuple[str, Mapping[str, Value]]] = {
    "1": (UNSUBSCRIBED, {}),
    "2": (BOUNCED, {"bounce": "hard"}),
}
"""By the reason of a row; what somebody set by hand the contact did not do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """Translates rows about messages."""

    account: Account
    names: Names

    async def sent(self, rows: Sequence[Row]) -> Sequence[Event]:
        """Return messages that went out."""
        names = await self.names.of(number_of(row.get("email_id")) for row in rows)
        found = []
        for row in rows:
            message = message_of(row)
            if message.subject and not is_set(row.get("is_failed")):
                at, fields = message.sent_at, fields_of(message, names)
                found.append(
                    event_of_row(
                        MESSAGES,
                        message.id,
                        subject=message.subject,
                        kind=SENT,
                        at=at,
                        fields=fields,
                    )
                )
        return found

    async def opened(self, rows: Sequence[Row]) -> Sequence[Event]:
        """Return openings, each of them; whoever opened is known by the message."""
        opened = [
            (number, instant_of(row["date_opened"]))
            for row in rows
            if (number := number_of(row.get("stat_id")))
        ]
        messages = await messages_by_number(self.account, [number for number, _ in opened])
        names = await self.names.of(each.email for each in messages.values())
        found = [
            opening(message, at, names)
            for number, at in opened
            if (message := messages.get(number)) and message.subject
        ]
        return list({each.id: each for each in found}.values())

    async def replied(self, rows: Sequence[Row]) -> Sequence[Event]:
        """Return answers."""
        numbers = [number for row in rows if (number := number_of(row.get("stat_id")))]
        messages = await messages_by_number(self.account, numbers)
        names = await self.names.of(each.email for each in messages.values())
        found = []
        for row in rows:
            message = messages.get(number_of(row.get("stat_id")) or "")
            if message and message.subject:
                number, at = str(text_of(row["id"])), instant_of(row["date_replied"])
                fields = fields_of(message, names)
                subject = message.subject
                found.append(
                    event_of_row(
                        REPLIES, number, subject=subject, kind=REPLIED, at=at, fields=fields
                    )
                )
        return found

    async def refused(self, rows: Sequence[Row]) -> Sequence[Event]:
        """Return who would not be written to any more, and whom nothing reached."""
        told = [row for row in rows if row.get("channel") == "email"]
        names = await self.names.of(number_of(row.get("channel_id")) for row in told)
        found = []
        for row in told:
            reason = str(row.get("reason"))
            kind, more = _REFUSED.get(reason, ("", {}))
            subject, email = number_of(row.get("lead_id")), number_of(row.get("channel_id"))
            if kind and subject:
                fields = {"campaign_id": email, "message_id": email, **more}
                fields["campaign_name"] = names.get(email or "")
                number, at = f"{int(row['id'])}:{reason}", instant_of(row["date_added"])
                found.append(
                    event_of_row(REFUSALS, number, subject=subject, kind=kind, at=at, fields=fields)
                )
        return found


def opening(message: Message, at: datetime, names: Mapping[str, str]) -> Event:
    """Return the opening of a message at an instant."""
    by_machine = is_machine(message.agents.get(at), message.sent_at, at)
    fields = {**fields_of(message, names), "is_machine": by_machine}
    number = opening_number(message.id, at)
    subject = message.subject or ""
    return event_of_row(MESSAGES, number, subject=subject, kind=OPENED, at=at, fields=fields)


def fields_of(message: Message, names: Mapping[str, str]) -> dict[str, Value | None]:
    """Return what all that happens to a message says of it."""
    return {
        "campaign_id": message.email,
        "campaign_name": names.get(message.email or ""),
        "message_id": message.about,
        "message_kind": message.kind,
    }
