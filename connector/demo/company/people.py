"""The contacts of the company."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.demo.company import words
from connector.demo.company.seasons import YEAR

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from random import Random

    from connector.demo.company.seasons import Year

_IS_ON_SEVERAL = 0.45
"""How many contacts are known to more than one platform."""
_CAME_BEFORE = 0.3
"""How many were there when the year began."""
_SPELLS = (50, 34, 11, 5)
"""How many of a hundred were never, once, twice and three times really interested."""
_WANT_NEWS = 0.55
"""How many said yes to the newsletter."""
_NO_ACCENTS = str.maketrans({"ø": "o", "ł": "l", "ß": "ss", "œ": "oe", "æ": "ae"})
"""Letters that are no letter with a mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Someone:
    """A contact, as the company would describe them."""

    number: int
    first: str
    last: str
    firm: str
    job: str
    address: str
    spelling: str
    """Their address on further platforms: written otherwise, or another one."""
    on: tuple[str, ...]
    """The adapters whose platforms know them."""
    arrived_at: datetime
    spells: tuple[datetime, ...]
    """When they began to be really interested, for some weeks each time."""
    wants_news: bool
    """Whether they said yes to the newsletter."""
    is_shopper: bool
    """Whether they buy in the shop, and not from people who sell."""
    is_dead: bool
    """Whether their address is dead."""
    is_scanned: bool
    """Whether a machine follows all links in their mail before they see it."""

    @property
    def name(self) -> str:
        """Return how they are called."""
        return f"{self.first} {self.last}"

    def address_on(self, adapter: str) -> str:
        """Return under which address a platform knows them."""
        return self.address if adapter == self.on[0] else self.spelling


def found(chance: Random, number: int, adapters: Sequence[str], year: Year) -> list[Someone]:
    """Return so many contacts; those who are on several platforms are one person each."""
    return [_someone(chance, each, adapters, year) for each in range(number)]


def newcomer(chance: Random, number: int, adapters: Sequence[str], year: Year) -> Someone:
    """Return a contact who arrives now."""
    return _someone(chance, number, adapters, year, is_new=True)


def _someone(
    chance: Random, number: int, adapters: Sequence[str], year: Year, *, is_new: bool = False
) -> Someone:
    first, last = chance.choice(words.FIRST_NAMES), chance.choice(words.LAST_NAMES)
    firm = chance.choice(words.FIRMS)
    address = f"{_plain(first)}.{_plain(last)}{number}@{_plain(firm)}.example"
    if is_new:
        arrived_at = year.now
    elif chance.random() < _CAME_BEFORE:
        arrived_at = year.start - chance.random() * YEAR
    else:
        arrived_at = year.instant(chance)
    spells = chance.choices(range(len(_SPELLS)), _SPELLS)[0]
    since = max(arrived_at, year.start)
    return Someone(
        number=number,
        first=first,
        last=last,
        firm=firm,
        job=chance.choices([*words.JOBS], [*words.JOBS.values()])[0],
        address=address,
        spelling=_spelled(chance, address, first, number),
        on=_places(chance, adapters),
        arrived_at=arrived_at,
        spells=tuple(sorted(year.instant(chance, since) for _ in range(spells))),
        wants_news=chance.random() < _WANT_NEWS,
        is_shopper=chance.random() < 0.5,  # noqa: PLR2004 - half of them
        is_dead=chance.random() < 0.03,  # noqa: PLR2004 - so many in any list
        is_scanned=chance.random() < 0.08,  # noqa: PLR2004 - those behind such servers
    )


def _places(chance: Random, adapters: Sequence[str]) -> tuple[str, ...]:
    """Return which platforms know somebody."""
    if len(adapters) > 1 and chance.random() < _IS_ON_SEVERAL:
        return tuple(chance.sample(adapters, 2))
    return (chance.choice(adapters),)


def _spelled(chance: Random, address: str, first: str, number: int) -> str:
    """Return how another platform has an address: most often the same, else as people write."""
    name, _, domain = address.partition("@")
    ways = (
        address,
        address.title(),
        f"{name}+news@{domain}",
        f"{_plain(first)}{number}@home.example",
    )
    return chance.choices(ways, (75, 12, 6, 7))[0]


def _plain(text: str) -> str:
    """Return a name as it stands in an address."""
    marked = text.lower().translate(_NO_ACCENTS)
    letters = unicodedata.normalize("NFKD", marked).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", letters))
