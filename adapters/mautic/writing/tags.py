"""Sets tags and clears them, all those of a contact at once; its other tags stay.

Mautic keeps a tag with what HTML would stumble over escaped.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from html import unescape
from typing import TYPE_CHECKING

from adapters.mautic.writing.editor import Edit, is_id
from connector.domain.changes import Outcome
from connector.errors import PlatformError, RejectedByPlatform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.mautic.account import Account, Row
    from adapters.mautic.writing.editor import Editor
    from connector.domain.changes import TagChange

_OPERATION = "write tags"
_REMOVES = "-"
_LETTERS = 191
_ESCAPED = "\"'&<>"
_MORE = 4
"""Letters that each of these takes more than it has, once it is escaped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MauticTags:
    """Keeps the part `tag_writer` of the contract."""

    account: Account
    editor: Editor

    async def write_tags(self, changes: Sequence[TagChange]) -> Sequence[Outcome]:
        """Set and clear tags; done is only what the contacts show."""
        alike: defaultdict[str, list[TagChange]] = defaultdict(list)
        for each in changes:
            if self._refusal(each) is None:
                alike[each.to.remote_id].append(each)
        edits = [
            Edit(
                remote_id=remote_id,
                body={"tags": [_told(each) for each in some]},
                is_shown_by=partial(_all_shown, some),
            )
            for remote_id, some in alike.items()
        ]
        rows = await self.editor.edit(_OPERATION, edits) if edits else []
        shown = dict(zip(alike, rows, strict=True))
        return [self._outcome(each, shown.get(each.to.remote_id)) for each in changes]

    def _outcome(self, change: TagChange, row: Row | PlatformError | None) -> Outcome:
        if error := self._refusal(change):
            return Outcome(error=error)
        if isinstance(row, PlatformError):
            return Outcome(error=row)
        if row is None or not _is_shown(change, row):
            what = "the contact does not show its tags so"
            return Outcome(error=self.account.unexpected(_OPERATION, what))
        return Outcome()

    def _refusal(self, change: TagChange) -> PlatformError | None:
        reason = None
        if not is_id(change.to.remote_id):
            reason = "the contact's id is none of Mautic's"
        else:
            reason = refuses_tag(change.tag)
        if reason is None:
            return None
        text = f"{self.account.name}: {_OPERATION}: {reason}"
        return RejectedByPlatform(text, platform=self.account.name, operation=_OPERATION)


def refuses_tag(tag: str) -> str | None:
    """Return why a tag cannot be set; None where it can."""
    name = tag.strip()
    if not name:
        return "Mautic has no tag without a name"
    if name.startswith(_REMOVES):
        return "Mautic takes a tag off where its name begins with `-`"
    if len(name) + _MORE * sum(map(name.count, _ESCAPED)) > _LETTERS:
        return f"the name of a tag has {_LETTERS} letters at most in Mautic"
    return None


def _told(change: TagChange) -> str:
    return change.tag if change.is_set else _REMOVES + change.tag


def _all_shown(changes: Sequence[TagChange], row: Row) -> bool:
    return all(_is_shown(each, row) for each in changes)


def _is_shown(change: TagChange, row: Row) -> bool:
    """Return whether a contact, as an answer shows it, has the tag or not, as it should."""
    listed = row.get("tags")
    if isinstance(listed, dict):
        listed = list(listed.values())
    if not isinstance(listed, list):
        return False
    tags = {_plain(each.get("tag") if isinstance(each, dict) else each) for each in listed}
    if not change.is_set:
        # One that is written otherwise is another tag, and somebody else's.
        return _plain(change.tag) not in tags
    return _plain(change.tag).casefold() in {each.casefold() for each in tags}


def _plain(tag: object) -> str:
    return unescape(str(tag)).strip()
