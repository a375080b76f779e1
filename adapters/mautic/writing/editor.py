"""Edits contacts by their ids, many at a time: what an answer does not show, alone once more.

Only `PATCH` is sent: `PUT` empties whatever a request does not name. And nothing by which Mautic
tells contacts apart is ever sent: it would merge whoever has the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import httpx

from adapters.http import Call
from adapters.mautic.limits import API
from adapters.mautic.writing.answers import (
    FieldsRefused,
    error_of,
    first_error,
    shown_and_refused,
)
from adapters.mautic.writing.sizes import Sizes
from adapters.together import ask_each
from connector.errors import PlatformError, PlatformUnavailable, Recovery

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from adapters.http import Answer, Json
    from adapters.mautic.account import Account, Row

Answered = TypeVar("Answered")

AT_ONCE = 4
"""Requests of single contacts under way: since 7 nothing but the server itself limits us."""

_BATCH = "/api/contacts/batch/edit"
_UNNAMED = {
    "email": "another contact has the same address: merge the two in Mautic",
    "stage": "the contact is in a stage that is not published: publish it in Mautic",
    "owner": "the contact's owner is a user who is switched off, or has the name of another user: "
    "give the contact another owner in Mautic",
}
"""Why a contact cannot be edited at all, by the field that is refused without being sent."""
_REFUSALS = frozenset(
    {httpx.codes.BAD_REQUEST, httpx.codes.NOT_FOUND, httpx.codes.UNPROCESSABLE_ENTITY}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What one contact is told."""

    remote_id: str
    body: Mapping[str, Json] = field(repr=False)
    is_shown_by: Callable[[Row], bool]
    """Returns whether the contact, as an answer shows it, took it."""


@dataclass(slots=True)
class Editor:
    """Edits contacts of an instance."""

    account: Account
    sizes: Sizes = field(default_factory=Sizes)

    async def edit(self, operation: str, edits: Sequence[Edit]) -> list[Row | PlatformError]:
        """Return for each edit, in order, the contact as it is shown then, or why it is not.

        What is shown need not be what was told. Raises PlatformError where nothing was answered,
        and what was said of a batch and of nobody in it.
        """
        found: list[Row | PlatformError] = []
        while len(found) < len(edits):
            some = _different(edits[len(found) : len(found) + self.sizes.size])
            try:
                found += await self._some(operation, some)
            except PlatformError as error:
                if not found or error.recovery is Recovery.SKIP:
                    raise
                found += [error] * (len(edits) - len(found))
        return found

    async def _some(self, operation: str, edits: Sequence[Edit]) -> list[Row | PlatformError]:
        try:
            answers = await self._batch(operation, edits)
        except PlatformUnavailable as error:
            self.sizes.failed(len(edits))
            if error.status is None or len(edits) == 1:
                raise
            # One contact may make a batch fail, and so may more than the instance lets in.
            return await self._one_by_one(operation, edits)
        again = [place for place, each in enumerate(answers) if _is_open(each, edits[place])]
        seen = dict(zip(again, await self._again(operation, edits, again), strict=True))
        silent = self.account.unexpected(operation, "says neither that it was done nor why not")
        return [seen.get(place) or each or silent for place, each in enumerate(answers)]

    async def _again(
        self, operation: str, edits: Sequence[Edit], places: Sequence[int]
    ) -> Sequence[Row | PlatformError]:
        """Tell these alone; what a batch said of the others stands whatever becomes of that."""
        try:
            return await self._one_by_one(operation, [edits[place] for place in places])
        except PlatformError as error:
            if len(places) == len(edits):
                raise
            return [error] * len(places)

    async def _batch(
        self, operation: str, edits: Sequence[Edit]
    ) -> list[Row | PlatformError | None]:
        call = Call(
            operation=operation,
            method="PATCH",
            path=_BATCH,
            body=[{"id": int(each.remote_id), **each.body} for each in edits],
            buckets=(API,),
        )
        answer = await self.account.send(call)
        self.sizes.took(len(edits), answer.took)
        names = [each.remote_id for each in edits]
        found = shown_and_refused(self.account, operation, answer.body, names)
        return [_explained(each, edit) for each, edit in zip(found, edits, strict=True)]

    async def _one_by_one(self, operation: str, edits: Sequence[Edit]) -> list[Row | PlatformError]:
        async def alone(edit: Edit) -> Row:
            return await self._alone(operation, edit)

        return await ask_each(edits, alone, at_once=AT_ONCE)

    async def _alone(self, operation: str, edit: Edit) -> Row:
        call = Call(
            operation=operation,
            method="PATCH",
            path=f"/api/contacts/{edit.remote_id}/edit",
            body=dict(edit.body),
            buckets=(API,),
            reads=_REFUSALS,
        )
        answer = await self.account.send(call)
        if answer.status in _REFUSALS:
            told = first_error(answer.body)
            raise _explained(error_of(self.account, operation, answer.status, told), edit)
        return self._contact(operation, answer)

    def _contact(self, operation: str, answer: Answer) -> Row:
        row = answer.body.get("contact") if isinstance(answer.body, dict) else None
        if not isinstance(row, dict):
            raise self.account.unexpected(operation, "the answer shows no contact")
        return row


def _different(edits: Sequence[Edit]) -> Sequence[Edit]:
    """Return the first of these, before one comes again: Mautic takes that for somebody new."""
    known: set[int] = set()
    for place, each in enumerate(edits):
        if int(each.remote_id) in known:
            return edits[:place]
        known.add(int(each.remote_id))
    return edits


def is_id(text: str) -> bool:
    """Return whether a record of Mautic's may have this id."""
    return text.isascii() and text.isdecimal()


def _explained(answer: Answered, edit: Edit) -> Answered:
    """Return what became of an edit; that it fails for what it does not name says what to do.

    Mautic looks at a whole contact whenever any of it is edited.
    """
    if not isinstance(answer, FieldsRefused) or not answer.reasons.keys().isdisjoint(edit.body):
        return answer
    hint = next((_UNNAMED[name] for name in answer.reasons if name in _UNNAMED), None)
    if hint is not None:
        answer.args = (f"{answer.platform}: {answer.operation}: {hint}",)
    return answer


def _is_open(answer: Row | PlatformError | None, edit: Edit) -> bool:
    """Return whether a contact is told alone once more what a batch was to tell it."""
    if isinstance(answer, PlatformError):
        return isinstance(answer, PlatformUnavailable)
    return answer is None or not edit.is_shown_by(answer)
