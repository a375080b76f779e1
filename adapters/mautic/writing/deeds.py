"""What all deeds of triggers need: the contact as it is at that moment, and a mark of the deed."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import httpx

from adapters.http import Call
from adapters.mautic.limits import API
from adapters.mautic.writing.answers import error_of
from adapters.mautic.writing.editor import is_id

if TYPE_CHECKING:
    from adapters.mautic.account import Account, Row

_DIGEST_BYTES = 8
_NOT_FOUND = httpx.codes.NOT_FOUND


async def contact_of(account: Account, operation: str, remote_id: str) -> Row:
    """Return a contact as it is now; raises ContactGone where there is none."""
    if not is_id(remote_id):
        raise error_of(account, operation, _NOT_FOUND, {})
    call = Call(
        operation=operation,
        method="GET",
        path=f"/api/contacts/{remote_id}",
        buckets=(API,),
        reads=frozenset({_NOT_FOUND}),
    )
    answer = await account.send(call)
    if answer.status == _NOT_FOUND:
        raise error_of(account, operation, answer.status, {})
    row = answer.body.get("contact") if isinstance(answer.body, dict) else None
    if not isinstance(row, dict):
        raise account.unexpected(operation, "answered no contact")
    return row


def mark_of(key: str) -> str:
    """Return what tells one deed from all others, short enough to stand in a text."""
    return blake2b(key.encode(), digest_size=_DIGEST_BYTES).hexdigest()
