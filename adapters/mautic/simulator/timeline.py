"""What the timeline says of a row: by other names than its table has, and less."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from adapters.mautic.simulator.account import Account
    from adapters.mautic.simulator.tables import Row

    Details: TypeAlias = "tuple[str | None, dict[str, Any] | None]"

_HIT: Mapping[str, str] = {
    "id": "hitId",
    "page_id": "page_id",
    "user_agent": "userAgent",
    "date_hit": "dateHit",
    "date_left": "dateLeft",
    "referer": "referer",
    "source": "source",
    "source_id": "sourceId",
    "url": "url",
    "url_title": "urlTitle",
    "query": "query",
}
"""Neither with what a page was answered, nor of which link or e-mail a hit is."""
_STAT: Mapping[str, str] = {
    "email_id": "email_id",
    "id": "id",
    "date_read": "dateRead",
    "date_sent": "dateSent",
    "is_read": "isRead",
    "is_failed": "isFailed",
    "viewed_in_browser": "viewedInBrowser",
    "retry_count": "retryCount",
    "list_id": "list_id",
    "tracking_hash": "idHash",
    "open_details": "openDetails",
}
"""Nothing of what sent it."""

Tell: TypeAlias = Callable[["Account", "Row"], "Details"]
"""Returns how an event is called, None for as its type, and its details."""


def hit(account: Account, row: Row) -> Details:
    """Tell a page that was looked at."""
    page = account.entities["pages"].get(row["page_id"] or 0)
    label = page["title"] if page else row["url_title"] or row["url"]
    return label, {"hit": _renamed(account, row, _HIT)}


def message(account: Account, row: Row) -> Details:
    """Tell what became of an e-mail."""
    name = account.entities["emails"].get(row["email_id"] or 0, {}).get("name")
    stat = {**_renamed(account, row, _STAT), "email_name": name, "subject": "Hello"}
    return name or "Custom Email", {"stat": stat, "type": "sent"}


def submission(account: Account, row: Row) -> Details:
    """Tell a form that was sent."""
    form = account.entities["forms"].get(row["form_id"], {})
    told = {"id": row["id"], "dateSubmitted": _plain(account, row["date_submitted"])}
    named = {"id": form.get("id"), "name": form.get("name"), "alias": None}
    return form.get("name"), {"submission": told, "form": named, "page": None}


def download(account: Account, row: Row) -> Details:
    """Tell an asset that was taken."""
    asset = account.entities["assets"].get(row["asset_id"] or 0, {})
    named = {"id": asset.get("id"), "title": asset.get("title"), "alias": None}
    return asset.get("title"), {"asset": named, "assetDownloadUrl": f"{account.url}/asset"}


def log(_account: Account, _row: Row) -> Details:
    """Tell something of which nobody asks for more."""
    return None, {"log": {}}


def nothing(_account: Account, _row: Row) -> Details:
    """Tell no details at all."""
    return None, None


def at_of(account: Account, at: datetime) -> str:
    """Return an instant as the timeline tells it: in the time zone of the instance."""
    return at.astimezone(account.zone).isoformat(timespec="seconds")


def _renamed(account: Account, row: Row, names: Mapping[str, str]) -> dict[str, Any]:
    return {name: _plain(account, row[column]) for column, name in names.items()}


def _plain(account: Account, cell: object) -> object:
    if isinstance(cell, datetime):
        return at_of(account, cell)
    return cell if cell is None or isinstance(cell, str) else str(int(cell))  # type: ignore[call-overload]
