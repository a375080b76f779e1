"""Rows that tell what a contact did, as events.

An event has the id of its row, wherever it is told: by the table, by a call, by the activity of a
contact. Only openings have no row of their own everywhere, and are known by the message and the
second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.domain.events import Event
from connector.domain.instants import to_micros

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from connector.domain.values import Value

HITS = "page_hits"
SUBMISSIONS = "form_submissions"
DOWNLOADS = "asset_downloads"
MESSAGES = "email_stats"
OPENINGS = "email_stats_devices"
REPLIES = "email_stat_replies"
TEXTS = "sms_message_stats"
REFUSALS = "lead_donotcontact"

MARKETING = "marketing"
TRANSACTIONAL = "transactional"
LONGEST = 4096
"""Characters of a text that are kept: no address and no title of a person's doing is longer."""
FOUND = "200"
"""What a page or a file is answered with that somebody got."""
_SECOND = 10**6


def event_of_row(
    table: str,
    number: str,
    *,
    subject: str,
    kind: str,
    at: datetime,
    fields: Mapping[str, Value | None],
) -> Event:
    """Return the event that row `number` of a table tells of."""
    return Event(
        id=f"{table}:{number}",
        subject=subject,
        type=kind,
        occurred_at=at,
        fields={name: value for name, value in fields.items() if value is not None},
    )


def opening_number(message: str, at: datetime) -> str:
    """Return what stands for the number of an opening: its message and when it was."""
    return f"{message}:{to_micros(at) // _SECOND}"


def text_of(raw: object) -> str | None:
    """Return a text or number as text, cut and without what no database keeps; None for nothing."""
    if isinstance(raw, bool) or not isinstance(raw, (str, int, float)):
        return None
    text = str(raw)[:LONGEST].replace("\0", "").encode(errors="ignore").decode().strip()
    return text or None


def number_of(raw: object) -> str | None:
    """Return an id as its digits; None where there is none."""
    text = text_of(raw)
    return text if text and text.isascii() and text.isdecimal() and text != "0" else None


def is_set(raw: object) -> bool:
    """Return whether a column that is true or false is true: drivers write it in many ways."""
    return str(raw).lower() in {"1", "true"}


def kind_of_message(source: object) -> str:
    """Return what a message was for: one that another program sent by the API serves a deal."""
    return TRANSACTIONAL if source == "api" else MARKETING
