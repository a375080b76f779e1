"""What forms, e-mails and assets are called: rows know them by number alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.http import Call
from adapters.mautic.events.happening import text_of
from adapters.mautic.limits import API, AT_ONCE
from adapters.together import ask_all
from connector.errors import RejectedByPlatform, RightMissing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from adapters.mautic.account import Account

_LASTS = timedelta(hours=12)
"""How long a name counts: hardly any is ever changed."""
_MOST = 5_000


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
        self._known.update(
            {
                number: (name, now)
                for number, name in zip(
                    new, await ask_all(new, self._ask, at_once=AT_ONCE), strict=True
                )
            }
        )
        return {each: name for each in wanted if (name := self._known[each][0]) is not None}

    def _is_recent(self, number: str, now: datetime) -> bool:
        return number in self._known and abs(now - self._known[number][1]) < _LASTS

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
