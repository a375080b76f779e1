"""What forms, e-mails and assets are called: rows know them by number alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.http import Call
from adapters.mautic.events.row_events import text_of
from adapters.mautic.limits import API, AT_ONCE
from adapters.together import ask_all
from connector.errors import (
    PlatformUnavailable,
    RejectedByPlatform,
    RightMissing,
    UnexpectedAnswer,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from adapters.mautic.account import Account

_LASTS = timedelta(hours=12)
"""How long a name counts: hardly any is ever changed."""
_MOST = 5_000
_FEW = 20
"""So many are asked for one by one."""
_PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names of one kind of thing, as they were when they were last asked for."""

    account: Account
    path: str
    """Such as ``/api/forms``."""
    holder: str
    """Where an answer has the thing, such as ``form``."""
    title: str = "name"
    """Where the thing has its name."""
    _known: dict[str, tuple[str | None, datetime]] = field(default_factory=dict, repr=False)

    async def of(self, numbers: Iterable[str | None]) -> Mapping[str, str]:
        """Return the names of those that have one; a right that is lacking costs the names."""
        wanted = sorted({each for each in numbers if each})
        now = self.account.clock.now()
        new = [each for each in wanted if not self._is_recent(each, now)]
        if len(self._known) + len(new) > _MOST:
            self._known.clear()
            new = wanted
        self._known.update({number: (name, now) for number, name in await self._told(new)})
        return {each: name for each in wanted if (name := self._known[each][0]) is not None}

    async def _told(self, numbers: Sequence[str]) -> Iterable[tuple[str, str | None]]:
        """Return the name of each, as each alone says it, or as a list does.

        Each alone comes with all there is to it, such as the text of an e-mail: that is a lot of
        many, and something in it may be more than Mautic can tell.
        """
        if len(numbers) <= _FEW:
            try:
                alone = await ask_all(numbers, self._ask, at_once=AT_ONCE)
            except (PlatformUnavailable, UnexpectedAnswer) as error:
                if error.status is None:
                    raise
            else:
                return zip(numbers, alone, strict=True)
        listed = await self._listed()
        return [(each, listed.get(each)) for each in numbers]

    def _is_recent(self, number: str, now: datetime) -> bool:
        return number in self._known and abs(now - self._known[number][1]) < _LASTS

    async def _listed(self) -> Mapping[str, str | None]:
        """Return the names of all there are, as a list has them."""
        operation, plural = f"read the names of {self.holder}s", self.path.rpartition("/")[2]
        found: dict[str, str | None] = {}
        start, is_last = 0, False
        while not is_last:
            call = Call(
                operation=operation,
                method="GET",
                path=self.path,
                params=[("minimal", 1), ("orderBy", "id"), ("start", start), ("limit", _PAGE)],
                buckets=(API,),
            )
            try:
                body = (await self.account.send(call)).body
            except (RejectedByPlatform, RightMissing):
                return found
            rows = self.account.rows(operation, body, plural)
            known = len(found)
            found |= {str(row.get("id")): text_of(row.get(self.title)) for row in rows}
            start += len(rows)
            is_last = len(rows) < _PAGE or len(found) == known
        return found

    async def _ask(self, number: str) -> str | None:
        call = Call(
            operation=f"read the name of a {self.holder}",
            method="GET",
            path=f"{self.path}/{number}",
            buckets=(API,),
        )
        try:
            body = (await self.account.send(call)).body
        except (RejectedByPlatform, RightMissing):
            return None
        thing = body.get(self.holder) if isinstance(body, dict) else None
        return text_of(thing.get(self.title)) if isinstance(thing, dict) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All names that events have."""

    emails: Names
    forms: Names
    assets: Names


def catalogue_of(account: Account) -> Catalogue:
    """Return the names of an instance; nothing is asked yet."""
    return Catalogue(
        emails=Names(account=account, path="/api/emails", holder="email"),
        forms=Names(account=account, path="/api/forms", holder="form"),
        assets=Names(account=account, path="/api/assets", holder="asset", title="title"),
    )
