"""Forms that were sent in, assets that were taken, text messages that were sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.mautic.events.row_events import (
    DOWNLOADS,
    FOUND,
    SUBMISSIONS,
    TEXTS,
    event_of_row,
    is_set,
    number_of,
    text_of,
)
from adapters.mautic.spans import instant_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.mautic.account import Row
    from adapters.mautic.events.names import Catalogue
    from connector.domain.events import Event

SUBMITTED = "form.submitted"
DOWNLOADED = "asset.downloaded"
TEXTED = "sms.sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deeds:
    """Translates rows about what somebody did with one thing."""

    names: Catalogue

    async def submitted(self, rows: Sequence[Row]) -> Sequence[Event]:
        """Return forms that were sent in."""
        names = await self.names.forms.of(number_of(row.get("form_id")) for row in rows)
        return [
            event_of_row(
                SUBMISSIONS,
                str(int(row["id"])),
                subject=subject,
                kind=SUBMITTED,
                at=instant_of(row["date_submitted"]),
                fields={
                    "form_id": (form := number_of(row.get("form_id"))),
                    "form_name": names.get(form or ""),
                    "url": text_of(row.get("referer")),
                    "page_id": number_of(row.get("page_id")),
                },
            )
            for row in rows
            if (subject := number_of(row.get("lead_id")))
        ]

    async def downloaded(self, rows: Sequence[Row]) -> Sequence[Event]:
        """Return assets that were taken; what was not there nobody got.

        A row without an asset is of one that went out with a message.
        """
        names = await self.names.assets.of(number_of(row.get("asset_id")) for row in rows)
        return [
            event_of_row(
                DOWNLOADS,
                str(int(row["id"])),
                subject=subject,
                kind=DOWNLOADED,
                at=instant_of(row["date_download"]),
                fields={
                    "asset": names.get(asset, asset),
                    "asset_id": asset,
                    "url": text_of(row.get("referer")),
                    "campaign_id": number_of(row.get("email_id")),
                },
            )
            for row in rows
            if (subject := number_of(row.get("lead_id")))
            and (asset := number_of(row.get("asset_id")))
            and str(row.get("code") or FOUND) == FOUND
        ]

    async def texted(self, rows: Sequence[Row]) -> Sequence[Event]:
        """Return text messages that went out."""
        return [
            event_of_row(
                TEXTS,
                str(int(row["id"])),
                subject=subject,
                kind=TEXTED,
                at=instant_of(row["date_sent"]),
                fields={"campaign_id": message, "message_id": message},
            )
            for row in rows
            if (subject := number_of(row.get("lead_id"))) and not is_set(row.get("is_failed"))
            for message in [number_of(row.get("sms_id"))]
        ]
