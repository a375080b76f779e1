"""Outbound rows as they are stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.domain.outbound import DeliveryState, Outbound
from state.codec import desired_from_json, desired_to_json, names_from_json, names_to_json

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row

    from connector.domain.outbound import Desired, Settlement


def lists_to_json(confirmed: Desired) -> str | None:
    """Return the lists that are confirmed to hold a contact; None for none."""
    names = [name for name, is_member in confirmed.lists.items() if is_member]
    return names_to_json(names) if names else None


def as_leased(row: Outbound) -> dict[str, Any]:
    """Return what names a row as it was leased."""
    return {
        "of_platform": row.platform,
        "of_contact": row.contact,
        "of_remote_id": row.remote_id,
        "of_fence": row.fence,
    }


def settling(settlement: Settlement, now: datetime) -> dict[str, Any]:
    """Return what is stored of a row that is settled at `now`."""
    return {
        **as_leased(settlement.row),
        "of_revision": settlement.row.revision,
        "now_confirmed": desired_to_json(settlement.confirmed),
        "now_lists": lists_to_json(settlement.confirmed),
        "now_adopted": names_to_json(settlement.adopted),
        "now_state": settlement.state.value,
        "now_attempts": settlement.attempts,
        "later": settlement.not_before,
        "error": settlement.told,
        "at": now if settlement.is_progress else None,
    }


def to_row(row: Outbound) -> dict[str, Any]:
    """Return a row as it is stored, but for its lease."""
    return {
        "platform": row.platform,
        "contact": row.contact,
        "remote_id": row.remote_id,
        "email": row.email,
        "desired": desired_to_json(row.desired),
        "confirmed": desired_to_json(row.confirmed),
        "confirmed_lists": lists_to_json(row.confirmed),
        "adopted": names_to_json(row.adopted),
        "state": row.state.value,
        "revision": row.revision,
        "fence": row.fence,
        "attempts": row.attempts,
        "not_before": row.not_before,
        "last_error": row.last_error,
        "decided_at": row.decided_at,
        "confirmed_at": row.confirmed_at,
        "is_urgent": row.is_urgent,
    }


def from_row(row: Row[Any]) -> Outbound:
    """Return a row as it was stored."""
    return Outbound(
        contact=row.contact,
        platform=row.platform,
        remote_id=row.remote_id,
        email=row.email,
        desired=desired_from_json(row.desired),
        confirmed=desired_from_json(row.confirmed),
        adopted=names_from_json(row.adopted),
        state=DeliveryState(row.state),
        revision=row.revision,
        fence=row.fence,
        attempts=row.attempts,
        not_before=row.not_before,
        last_error=row.last_error,
        decided_at=row.decided_at,
        confirmed_at=row.confirmed_at,
        is_urgent=row.is_urgent,
    )
