"""Segments that somebody came into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.mautic.events.row_events import event_of_row, number_of
from adapters.mautic.segments import all_segments
from adapters.mautic.spans import instant_of
from connector.domain.instants import to_micros

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.mautic.account import Account, Row
    from connector.domain.events import Event

MEMBERS = "lead_lists_leads"
SUBSCRIBED = "list.subscribed"
_SECOND = 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """Translates rows about who is in a segment since when."""

    account: Account

    async def came(self, rows: Sequence[Row]) -> Sequence[Event]:
        """Return who came into which segment."""
        names = await self._names() if rows else {}
        found = []
        for row in rows:
            subject, segment = number_of(row.get("lead_id")), number_of(row.get("leadlist_id"))
            if subject and segment:
                at = instant_of(row["date_added"])
                number = f"{segment}:{subject}:{to_micros(at) // _SECOND}"
                fields = {"list_id": segment, "list_name": names.get(segment)}
                found.append(
                    event_of_row(
                        MEMBERS, number, subject=subject, kind=SUBSCRIBED, at=at, fields=fields
                    )
                )
        return found

    async def _names(self) -> Mapping[str, str]:
        rows = await all_segments(self.account)
        return {str(int(row["id"])): str(row.get("name")) for row in rows}
