"""Messages by e-mail as the table of those that were sent has them, by number or by receiver."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from adapters.mautic.asking import MOST_NUMBERS, one_of, parts
from adapters.mautic.events.row_events import MESSAGES, kind_of_message, number_of, text_of
from adapters.mautic.limits import AT_ONCE
from adapters.mautic.spans import instant_of
from adapters.mautic.stats import ask_stats
from adapters.together import ask_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from adapters.mautic.account import Account, Row
    from adapters.mautic.asking import Clause

_OPERATION = f"read the table {MESSAGES}"
_LAST = 1000
"""Messages to some receivers that are looked at, the last first."""
_OPENED = re.compile(rb'"datetime";s:[0-9]+:"([^"]{10,30})";s:9:"useragent";s:([0-9]{1,5}):"')
"""The beginning of an opening, as PHP serialises it: when it was, how many bytes say by what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message that was sent to somebody."""

    id: str
    email: str | None
    """The number of what was sent; None where somebody wrote it for this one occasion."""
    subject: str | None
    """The contact; None for whom there is no record any more."""
    sent_at: datetime
    kind: str | None
    """None where nothing says who sent it."""
    agents: Mapping[datetime, str]
    """By which programs it was opened, by the second."""

    @property
    def about(self) -> str:
        """Return what all that happens to the message has in common."""
        return self.email or f"stat-{self.id}"


def message_of(row: Row) -> Message:
    """Return the message of a row; raises KeyError, TypeError or ValueError."""
    return Message(
        id=str(int(row["id"])),
        email=number_of(row.get("email_id")),
        subject=number_of(row.get("lead_id")),
        sent_at=instant_of(row["date_sent"]),
        kind=kind_of_message(row.get("source")),
        agents=_agents(row.get("open_details")),
    )


async def messages_by_number(account: Account, numbers: Iterable[str]) -> Mapping[str, Message]:
    """Return the messages with these numbers that there are."""
    wanted = list(parts(sorted(set(numbers), key=int), MOST_NUMBERS))
    found = await ask_all(
        wanted, lambda some: _messages(account, [one_of("id", some)]), at_once=AT_ONCE
    )
    return {each.id: each for each in chain.from_iterable(found)}


async def messages_to(
    account: Account, subjects: Iterable[str], emails: Iterable[str]
) -> Sequence[Message]:
    """Return what was sent of these e-mails to these contacts."""
    among = one_of("email_id", sorted(set(emails), key=int))
    wanted = list(parts(sorted(set(subjects), key=int)))
    found = await ask_all(wanted, lambda some: _messages(account, [one_of("lead_id", some), among]))
    return list(chain.from_iterable(found))


async def _messages(account: Account, clauses: Sequence[Clause]) -> Sequence[Message]:
    newest = (("id", "DESC"),)
    found = await ask_stats(account, MESSAGES, clauses, limit=_LAST, order=newest)
    with account.reading(_OPERATION, "a row"):
        return [message_of(row) for row in found.rows]


def _agents(raw: object) -> Mapping[datetime, str]:
    """Return which programs opened a message, as far as it can be read."""
    opened: Iterable[tuple[object, object]]
    if isinstance(raw, str) and raw[:1] == "[":
        try:
            raw = json.loads(raw)
        except (ValueError, RecursionError):
            return {}
    if isinstance(raw, str):
        opened = _serialised(raw.encode(errors="replace"))
    elif isinstance(raw, list):
        entries = [each for each in raw if isinstance(each, dict)]
        opened = [(each.get("datetime"), each.get("useragent")) for each in entries]
    else:
        return {}
    found: dict[datetime, str] = {}
    for at, agent in opened:
        text = text_of(agent)
        try:
            if text:
                found[instant_of(at)] = text
        except ValueError:
            continue
    return found


def _serialised(raw: bytes) -> Iterator[tuple[str, str]]:
    for found in _OPENED.finditer(raw):
        agent = raw[found.end() : found.end() + int(found[2])]
        yield found[1].decode(errors="replace"), agent.decode(errors="replace")
