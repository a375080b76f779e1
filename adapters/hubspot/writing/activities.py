"""Leaves notes and tasks at a contact, each once.

HubSpot takes no key with them: `hs_unique_creation_key` is read-only, and a search finds what was
made only after a while. So each carries a reference in its body, and what is at the contact
already is looked at first, by its associations, which do not lag.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from html import escape
from typing import TYPE_CHECKING

from adapters.http import Call
from adapters.hubspot.asking import ID, batch_read, next_of, rows_of, unexpected
from adapters.hubspot.limits import ASSOCIATIONS_REQUEST, REQUEST
from adapters.hubspot.writing.values import text_of
from connector.domain.changes import Outcome
from connector.errors import ContactGone

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from adapters.http import Json
    from adapters.hubspot.account import Account
    from connector.domain.changes import Action

NOTE, TASK = "note", "task"
OWNER = "hubspot_owner_id"

_DIGEST_BYTES = 8
_BODY = {NOTE: "hs_note_body", TASK: "hs_task_body"}
_PLURAL = {NOTE: "notes", TASK: "tasks"}
_TO_CONTACT = {NOTE: 202, TASK: 204}
"""HubSpot's numbers for what ties a note, or a task, to a contact."""


@dataclass(frozen=True, slots=True)
class Activities:
    """Makes notes and tasks."""

    account: Account

    async def make(self, action: Action) -> Outcome:
        """Make the note or task that `action` asks for, unless it is there."""
        remote_id, reference = action.to.remote_id, reference_of(action.key)
        rows = await batch_read(self.account, [remote_id], [OWNER], kind="contacts")
        if not rows:
            return self._gone(action.kind)
        async for body in self._bodies(action.kind, remote_id):
            if reference in body:
                return Outcome(is_unchanged=True)
        owner = rows[0].get("properties", {}).get(OWNER)
        properties = _described(action, reference)
        if owner:
            properties[OWNER] = str(owner)
        await self._create(action.kind, remote_id, properties)
        return Outcome()

    async def _create(self, kind: str, remote_id: str, properties: Mapping[str, str]) -> None:
        operation = f"make a {kind}"
        tie = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": _TO_CONTACT[kind]}
        call = Call(
            operation=operation,
            method="POST",
            path=self.account.paths.records(_PLURAL[kind]),
            buckets=REQUEST,
            body={
                "properties": properties,
                "associations": [{"to": {"id": remote_id}, "types": [tie]}],
            },
        )
        body = (await self.account.session.send(call)).body
        if not await self._is_made(kind, body):
            raise unexpected(self.account, operation, "the answer shows nothing that was made")

    async def _is_made(self, kind: str, body: Json) -> bool:
        """Return whether an answer shows a record, and not only what was sent."""
        made = str(body.get("id") or "") if isinstance(body, dict) else ""
        shown = body.get("properties") if made else None
        if isinstance(shown, dict) and shown.get(ID) == made:
            return True
        return bool(await batch_read(self.account, [made], [ID], kind=_PLURAL[kind]))

    async def _bodies(self, kind: str, remote_id: str) -> AsyncIterator[str]:
        """Yield what the notes, or the tasks, of a contact say."""
        after: str | None = None
        while True:
            row, after = await self._ties(kind, remote_id, after)
            ids = [str(each.get("toObjectId")) for each in row]
            rows = await batch_read(self.account, ids, [_BODY[kind]], kind=_PLURAL[kind])
            for each in rows:
                yield str(each.get("properties", {}).get(_BODY[kind]) or "")
            if after is None:
                return

    async def _ties(
        self, kind: str, remote_id: str, after: str | None
    ) -> tuple[Sequence[Mapping[str, object]], str | None]:
        """Return a page of what is tied to a contact, and where the next one begins."""
        operation = f"read {_PLURAL[kind]}"
        wanted = {"id": remote_id} if after is None else {"id": remote_id, "after": after}
        call = Call(
            operation=operation,
            method="POST",
            path=f"{self.account.paths.associations}/contacts/{_PLURAL[kind]}/batch/read",
            buckets=ASSOCIATIONS_REQUEST,
            body={"inputs": [wanted]},
        )
        rows = rows_of(self.account, operation, (await self.account.session.send(call)).body)
        # Where nothing is tied to it, HubSpot says so as an error of a 207.
        if not rows:
            return (), None
        following = next_of(rows[0])
        if after is not None and following == after:
            raise unexpected(self.account, operation, "goes round in a circle")
        ties = rows[0].get("to")
        return ties if isinstance(ties, list) else (), following

    def _gone(self, kind: str) -> Outcome:
        operation = f"make a {kind}"
        text = f"{self.account.name}: {operation}: the contact is gone"
        return Outcome(error=ContactGone(text, platform=self.account.name, operation=operation))


def reference_of(key: str) -> str:
    """Return what tells one deed from all others, short enough to stand in a text."""
    return f"heatsync {blake2b(key.encode(), digest_size=_DIGEST_BYTES).hexdigest()}"


def _described(action: Action, reference: str) -> dict[str, str]:
    """Return the properties of a note or a task; the bodies of both are HTML."""
    footer = f"<p>{escape(action.trigger)} ({reference})</p>"
    if action.kind == NOTE:
        lines = escape(str(action.params.get("text") or "")).splitlines()
        return {
            "hs_timestamp": text_of(action.at),
            _BODY[NOTE]: f"<p>{'<br>'.join(lines)}</p>{footer}",
        }
    due_at = action.params.get("due_at")
    return {
        "hs_timestamp": text_of(due_at if isinstance(due_at, datetime) else action.at),
        "hs_task_subject": str(action.params.get("title") or action.trigger),
        "hs_task_status": "NOT_STARTED",
        "hs_task_type": "TODO",
        _BODY[TASK]: footer,
    }
