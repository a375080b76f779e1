"""What a source of events is, and what each of them needs."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping, Sequence

    from adapters.cursors import Place
    from connector.domain.events import Event
    from connector.domain.values import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some events of one source, and its place behind them."""

    events: Sequence[Event]
    place: Place


class Source(Protocol):
    """One of the places where HubSpot keeps what contacts did."""

    @property
    def name(self) -> str:
        """Return its name in cursors."""
        ...

    @property
    def title(self) -> str:
        """Return what it is, for people."""
        ...

    @property
    def pauses(self) -> bool:
        """Return whether it may stop behind each piece, and go on in another pull."""
        ...

    @property
    def wanted(self) -> frozenset[str]:
        """Return what it is to bring: types, and whatever else is kept of its events."""
        ...

    def pieces(self, place: Place) -> AsyncIterator[Piece]:
        """Yield what became known after `place`; everything when it is empty."""
        ...

    async def probe(self) -> None:
        """Ask for as little as possible; raises PlatformError where the account lacks it."""
        ...


def wanted_of(patterns: frozenset[str] | None, types: Iterable[str]) -> frozenset[str]:
    """Return those of `types` that anything looks at; a pattern is like ``email.*``."""
    if patterns is None:
        return frozenset(types)
    return frozenset(
        each for each in types if any(fnmatchcase(each, pattern) for pattern in patterns)
    )


def filled(fields: Mapping[str, Value | None]) -> Mapping[str, Value]:
    """Return the fields that have a value."""
    return {name: value for name, value in fields.items() if value is not None and value != ""}
