"""All places where Brevo keeps what happened, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Protocol

from adapters.cursors import read, written
from connector.domain.pages import Page
from connector.errors import AccessRefused, PlatformError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence

    from adapters.cursors import Place
    from connector.domain.events import Event
    from connector.domain.pages import Cursor


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some events of one place, and where to go on behind them."""

    events: tuple[Event, ...]
    place: Place
    total: int | None = None


class Source(Protocol):
    """A place where Brevo keeps events."""

    @property
    def name(self) -> str:
        """Return what its place is called in a cursor."""
        ...

    @property
    def types(self) -> frozenset[str]:
        """Return the canonical types that it may bring; nothing where that may be any."""
        ...

    def read(self, place: Place) -> AsyncIterator[Batch]:
        """Yield what became known behind `place`, everything when it is empty."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BrevoEvents:
    """The events of one account, of the places that are worth asking."""

    sources: Sequence[Source]

    async def events(self, since: Cursor | None) -> AsyncIterator[Page[Event]]:
        """Yield events place by place.

        A place that fails does not keep the others from being read; its error comes at the end.
        """
        places, failed = read(since), None
        for source in self.sources:
            try:
                async for batch in source.read(dict(places.get(source.name, {}))):
                    places = {**places, source.name: batch.place}
                    yield Page(items=batch.events, cursor=written(places), total=batch.total)
            except AccessRefused:
                raise
            except PlatformError as error:
                failed = failed or error
        if failed is not None:
            raise failed


def worth_asking(sources: Iterable[Source], wanted: frozenset[str] | None) -> Sequence[Source]:
    """Return the sources that can bring one of the `wanted` types and patterns.

    A source that may bring any is asked for what no other one brings.
    """
    every = tuple(sources)
    if wanted is None:
        return every
    known = frozenset[str]().union(*(source.types for source in every))
    rest = {each for each in wanted if not any(fnmatchcase(kind, each) for kind in known)}
    return tuple(
        source for source in every if (rest if not source.types else _brings(source.types, wanted))
    )


def _brings(types: frozenset[str], wanted: frozenset[str]) -> bool:
    return any(fnmatchcase(kind, each) for kind in types for each in wanted)
