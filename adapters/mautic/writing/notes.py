"""Leaves notes at contacts, each once: a note ends with the mark of its deed and is found by it."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import httpx

from adapters.http import Call
from adapters.mautic.limits import API
from adapters.mautic.writing.answers import error_of
from adapters.mautic.writing.deeds import mark_of
from adapters.mautic.writing.editor import is_id
from connector.domain.changes import Outcome

if TYPE_CHECKING:
    from adapters.http import Json
    from adapters.mautic.account import Account
    from connector.domain.changes import Action

_OPERATION = "leave a note"
_PAGE = 100
_NOT_FOUND = httpx.codes.NOT_FOUND


@dataclass(frozen=True, slots=True)
class Notes:
    """Leaves notes."""

    account: Account

    async def leave(self, action: Action) -> Outcome:
        """Leave the note that `action` asks for, unless it is there; raises PlatformError."""
        remote_id, mark = action.to.remote_id, mark_of(action.key)
        if await self._is_there(remote_id, mark):
            return Outcome(is_unchanged=True)
        call = Call(
            operation=_OPERATION,
            method="POST",
            path="/api/notes/new",
            body={
                "lead": int(remote_id),
                "text": _text(action, mark),
                "type": "general",
                "dateTime": action.at.isoformat(timespec="seconds"),
            },
            buckets=(API,),
            reads=frozenset({_NOT_FOUND}),
        )
        answer = await self.account.send(call)
        if answer.status == _NOT_FOUND:
            raise error_of(self.account, _OPERATION, answer.status, {})
        body = answer.body
        note = body.get("note") if isinstance(body, dict) else None
        if not isinstance(note, dict) or mark not in str(note.get("text")):
            raise self.account.unexpected(_OPERATION, "the answer does not show the note")
        return Outcome()

    async def _is_there(self, remote_id: str, mark: str) -> bool:
        """Return whether a contact has a note with this mark; raises ContactGone without one."""
        if not is_id(remote_id):
            raise error_of(self.account, _OPERATION, _NOT_FOUND, {})
        call = Call(
            operation="read notes",
            method="GET",
            path=f"/api/contacts/{remote_id}/notes",
            params=[("search", mark), ("limit", _PAGE)],
            buckets=(API,),
            reads=frozenset({_NOT_FOUND}),
        )
        answer = await self.account.send(call)
        if answer.status == _NOT_FOUND:
            raise error_of(self.account, _OPERATION, answer.status, {})
        rows = self.account.rows("read notes", answer.body, "notes")
        return any(mark in str(row.get("text")) for row in rows)


def _text(action: Action, mark: str) -> Json:
    """Return what a note says, which Mautic shows as HTML."""
    lines = escape(str(action.params.get("text") or "")).splitlines()
    body = "<br>\n".join(lines)
    return f"<p>{body}</p>\n<p>{escape(action.trigger)} (heatsync {mark})</p>"
