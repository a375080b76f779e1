"""Moves contacts between stages, and looks whether they moved.

From 7 on Mautic lets a stage only grow. Whoever is to go back is taken out of the stage and put
into the other one; where that does not move them either they stay, and it is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from adapters.http import Call
from adapters.mautic.limits import API
from adapters.mautic.listing import all_of
from adapters.mautic.writing.editor import AT_ONCE, Edit, is_id
from adapters.remembered import Remembered
from adapters.together import ask_each
from connector.domain.changes import Outcome
from connector.errors import NotSetUp, PlatformError, RejectedByPlatform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.mautic.account import Account, Row
    from adapters.mautic.writing.editor import Editor
    from connector.domain.changes import StageChange

OPERATION = "write stages"
_INVALID = frozenset({httpx.codes.BAD_REQUEST, httpx.codes.UNPROCESSABLE_ENTITY})
_FORWARD = (
    "Mautic lets nobody go back to an earlier stage: write the stage into a field instead, "
    "under `attributes`"
)


class MauticStages:
    """Keeps the part `stage_writer` of the contract."""

    def __init__(self, account: Account, editor: Editor) -> None:
        self._account = account
        self._editor = editor
        self._known = Remembered(account.clock, self._ask)

    async def stages(self) -> Sequence[str]:
        """Return the stages as they are now; one that is not published is none."""
        self._known.forget()
        return list(await self._known.get())

    async def write_stages(self, changes: Sequence[StageChange]) -> Sequence[Outcome]:
        """Move contacts; done is only what they show. A stage that is not there waits for it."""
        names = {each.stage for each in changes}
        stages = await self._known.get(lambda known: known.keys() >= names)
        places: dict[int, int] = {
            place: stages[each.stage]
            for place, each in enumerate(changes)
            if each.stage in stages and is_id(each.to.remote_id)
        }
        edits = [
            Edit(
                remote_id=changes[place].to.remote_id,
                body={"stage": stage},
                is_shown_by=_shows_a_stage,
            )
            for place, stage in places.items()
        ]
        rows = await self._editor.edit(OPERATION, edits) if edits else []
        shown = dict(zip(places, rows, strict=True))
        back = {place: row for place, row in shown.items() if _is_kept(row, places[place])}
        moved = await self._take_back(changes, places, back) if back else {}
        return [
            moved.get(place) or self._outcome(each, shown.get(place))
            for place, each in enumerate(changes)
        ]

    def _outcome(self, change: StageChange, row: Row | PlatformError | None) -> Outcome:
        if isinstance(row, PlatformError):
            return Outcome(error=row)
        if row is not None:
            return Outcome()
        if not is_id(change.to.remote_id):
            return Outcome(error=self._rejected("the contact's id is none of Mautic's"))
        text = f"{self._account.name}: {OPERATION}: there is no stage `{change.stage}`"
        return Outcome(error=NotSetUp(text, platform=self._account.name, operation=OPERATION))

    async def _take_back(
        self,
        changes: Sequence[StageChange],
        wanted: Mapping[int, int],
        back: Mapping[int, Row | PlatformError],
    ) -> dict[int, Outcome]:
        """Move those who did not move: out of where they are, then in."""

        async def move(place: int) -> Outcome:
            remote_id, row = changes[place].to.remote_id, back[place]
            if isinstance(row, PlatformError):
                row = await self._contact(remote_id)
            if await self._moved(remote_id, stage_of(row), wanted[place]):
                return Outcome()
            raise self._rejected(_FORWARD)

        answers = await ask_each(list(back), move, at_once=AT_ONCE)
        return {
            place: Outcome(error=each) if isinstance(each, PlatformError) else each
            for place, each in zip(back, answers, strict=True)
        }

    async def _moved(self, remote_id: str, present: int | None, wanted: int) -> bool:
        """Take a contact from one stage to another; return whether it is there then."""
        if present not in {None, wanted}:
            await self._send(present, remote_id, "remove")
        await self._send(wanted, remote_id, "add")
        seen = stage_of(await self._contact(remote_id))
        if seen is None and present is not None:
            await self._send(present, remote_id, "add")
        return seen == wanted

    async def _send(self, stage: int | None, remote_id: str, what: str) -> None:
        path = f"/api/stages/{stage}/contact/{remote_id}/{what}"
        call = Call(operation=OPERATION, method="POST", path=path, buckets=(API,))
        await self._account.send(call)

    async def _contact(self, remote_id: str) -> Row:
        call = Call(
            operation=OPERATION,
            method="GET",
            path=f"/api/contacts/{remote_id}",
            buckets=(API,),
        )
        body = (await self._account.send(call)).body
        row = body.get("contact") if isinstance(body, dict) else None
        if not isinstance(row, dict):
            raise self._account.unexpected(OPERATION, "answered no contact")
        return row

    async def _ask(self) -> Mapping[str, int]:
        rows = await all_of(self._account, "read stages", "/api/stages", "stages")
        found: dict[str, int] = {}
        with self._account.reading("read stages", "a stage"):
            for row in rows:
                if row.get("isPublished") is not False:
                    found.setdefault(str(row["name"]), int(row["id"]))
        return found

    def _rejected(self, reason: str) -> RejectedByPlatform:
        text = f"{self._account.name}: {OPERATION}: {reason}"
        return RejectedByPlatform(text, platform=self._account.name, operation=OPERATION)


def stage_of(row: Row) -> int | None:
    """Return the id of the stage that a contact shows, None where it is in none."""
    stage = row.get("stage")
    number = str(stage.get("id")) if isinstance(stage, dict) else ""
    return int(number) if number.isascii() and number.isdecimal() else None


def _shows_a_stage(row: Row) -> bool:
    """Return whether an answer shows stages at all: one that did not move is no riddle."""
    return "stage" in row


def _is_kept(row: Row | PlatformError, wanted: int) -> bool:
    """Return whether a contact is seen to be in another stage, or was not let go to this one."""
    if isinstance(row, PlatformError):
        return isinstance(row, RejectedByPlatform) and row.status in _INVALID
    return stage_of(row) != wanted
