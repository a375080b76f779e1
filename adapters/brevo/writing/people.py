"""Contacts as they are read back: by id, and what they show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.brevo.contacts import rows_of
from adapters.brevo.wire import remote_id_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from adapters.brevo.account import Account, Row


async def people_of(account: Account, remote_ids: Iterable[str]) -> dict[str, Row]:
    """Return those of the contacts that exist, by id; raises UnexpectedAnswer for what is none."""
    rows = await rows_of(account, remote_ids)
    with account.reading("read contacts by id", "a contact"):
        return {remote_id_of(row): row for row in rows}


def values_of(row: Row) -> Mapping[str, object]:
    """Return the attributes that a contact shows."""
    found = row.get("attributes")
    return found if isinstance(found, dict) else {}
