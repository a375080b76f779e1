"""Whether a call that says nothing of when it is of is a repeat, or says the same anew; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, MutableMapping, Sequence
    from datetime import datetime

    from connector.domain.ledger import Inbound

AGAIN = timedelta(minutes=10)
"""How long a sender that had no answer goes on trying; what is said later is said anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was said last of somebody."""

    content: str
    """A key of what the call said."""
    received_at: datetime


def news(
    calls: Iterable[Inbound], last: MutableMapping[tuple[str, str], Said]
) -> Sequence[Inbound]:
    """Return the calls that repeat none, by when they were received; `last` learns what they say.

    A call is a repeat when it has a `content`, and that was said last of each whom it is about,
    minutes before. `last` holds what was said by platform and key.
    """
    found: list[Inbound] = []
    for call in sorted(calls, key=lambda each: each.received_at):
        if call.content is not None and _is_repeat(call, last):
            continue
        content = call.content or call.id
        said = Said(content=content, received_at=call.received_at)
        last.update(((call.platform, each), said) for each in call.about)
        found.append(call)
    return found


def _is_repeat(call: Inbound, last: MutableMapping[tuple[str, str], Said]) -> bool:
    """Return whether a call without an instant of its own was made before."""
    before = [last.get((call.platform, each)) for each in call.about]
    return bool(before) and all(
        each is not None
        and each.content == call.content
        and abs(call.received_at - each.received_at) < AGAIN
        for each in before
    )
