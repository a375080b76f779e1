"""By what a person can be known again, and a body of a webhook call without them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from connector.domain.emails import normalise_email

if TYPE_CHECKING:
    from collections.abc import Collection

Name: TypeAlias = tuple[str, str]
"""A platform and a record's id there, or what `anywhere` makes of another name."""

_ESCAPED = re.compile(rb"%([0-9a-fA-F]{2})")
"""A byte as forms write it."""
_DEEPEST = 100
_NOBODY = object()
"""What is left of a value that is about somebody who is to be left out."""


def anywhere(text: str) -> Name:
    """Return the name that an address (normalised), or our id, is on whatever platform."""
    return ("", text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """What the state holds of persons: by these names and numbers it is found."""

    contacts: frozenset[int]
    """Their numbers, with those of everybody who was merged into them."""
    records: frozenset[Name]
    """Their records, and other names under which events of theirs came."""
    emails: frozenset[str]
    """Their addresses, earlier ones too; none that somebody else carries now."""
    keys: frozenset[str] = frozenset()
    """Our ids of them."""

    @property
    def names(self) -> frozenset[Name]:
        """Return all that is to be remembered, so that they are not taken in again."""
        return self.records | {anywhere(each) for each in self.emails | self.keys}

    def ids_on(self, platform: str) -> frozenset[str]:
        """Return the ids they have on one platform."""
        return frozenset(remote_id for name, remote_id in self.records if name == platform)


def without_them(body: bytes, *, ids: Collection[str], emails: Collection[str]) -> bytes | None:
    """Return the body of a call without what is about people; None when all of it may be.

    Of JSON the items of a list that name one of them are left out, and the others stay as they
    came. `body` itself is returned when it names none of them.
    """
    people = _People(ids, emails)
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        plain = _ESCAPED.sub(lambda found: bytes.fromhex(found[1].decode()), body)
        text = plain.decode(errors="replace")
        return None if people.are_in(text) else body
    left = people.taken_out(value, _DEEPEST)
    if left is _NOBODY:
        return None
    return body if left == value else json.dumps(left, ensure_ascii=False).encode()


class _People:
    """Those who are to be found in what a platform sent."""

    def __init__(self, ids: Collection[str], emails: Collection[str]) -> None:
        self._ids = frozenset(ids)
        choices = "|".join(re.escape(each) for each in emails)
        # Whoever's address only ends like theirs is somebody else.
        self._pattern = re.compile(rf"(?<![\w.+-])(?:{choices})(?![\w-]|\.\w)") if choices else None

    def are_in(self, text: str) -> bool:
        """Return whether a text mentions an address of theirs."""
        return self._pattern is not None and bool(self._pattern.search(normalise_email(text)))

    def taken_out(self, value: object, deepest: int) -> object:
        """Return a value without the items of lists that name them; _NOBODY if it does itself."""
        if not deepest:
            return _NOBODY
        if isinstance(value, list):
            left = [self.taken_out(each, deepest - 1) for each in value]
            kept = [each for each in left if each is not _NOBODY]
            return kept if kept or not value else _NOBODY
        if isinstance(value, dict):
            fields = {key: self.taken_out(each, deepest - 1) for key, each in value.items()}
            is_named = any(map(self.are_in, fields)) or any(
                each is _NOBODY for each in fields.values()
            )
            return _NOBODY if is_named else fields
        if isinstance(value, bool) or value is None:
            return value
        text = str(value)
        return _NOBODY if text in self._ids or self.are_in(text) else value
