"""All places where Mautic keeps what happened, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Protocol

from adapters.cursors import written
from adapters.mautic.cursor_validity import BEGAN, valid_part
from adapters.mautic.spans import micros_of
from adapters.resuming import resumed
from connector.domain.instants import to_micros
from connector.domain.pages import Page
from connector.errors import PlatformError, is_locked_out

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, Sequence
    from datetime import datetime

    from adapters.clocks import PlatformClock
    from adapters.cursors import Place
    from connector.domain.events import Event
    from connector.domain.pages import Cursor

_SOON = timedelta(minutes=2)
"""How long a source that was read counts as read when others are tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some events of one source, and its place behind them."""

    events: tuple[Event, ...]
    place: Place
    total: int | None = None


class Source(Protocol):
    """A place where Mautic keeps events."""

    @property
    def name(self) -> str:
        """Return what its place is called in a cursor."""
        ...

    @property
    def types(self) -> frozenset[str]:
        """Return the canonical types that it may bring."""
        ...

    def read(self, place: Place) -> AsyncIterator[Batch]:
        """Yield what became known behind `place`, everything when it is empty."""
        ...

    def valid_part(self, place: Place, now: datetime) -> Place:
        """Return what is left of a place at `now`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MauticEvents:
    """Keeps the part `events` of the contract, by the sources that are worth asking.

    A cursor has the `places` of all sources. While some of them have failed, it has as well which
    ones are `done` since the reading began, so that they are not asked again for their sake.
    """

    platform: str
    sources: Sequence[Source]
    clock: PlatformClock

    def events(self, since: Cursor | None) -> AsyncIterator[Page[Event]]:
        """Yield events source by source.

        One that fails does not keep the others from being read; its error comes at the end. Where
        nobody is let in no other is asked.
        """
        path = f"{self.platform}.events"
        return resumed(self.clock, since, self._events, valid_part=self._valid_part, path=path)

    async def _events(self, place: Place) -> AsyncGenerator[Page[Event], None]:
        now = to_micros(self.clock.now())
        if now - place.get(BEGAN, 0) > micros_of(_SOON):
            place = {"places": place.get("places", {}), BEGAN: now, "done": []}
        failed: PlatformError | None = None
        for source in self.sources:
            if source.name in place["done"]:
                continue
            try:
                async for batch in source.read(dict(place["places"].get(source.name, {}))):
                    place = {**place, "places": {**place["places"], source.name: batch.place}}
                    if batch.events:
                        yield Page(items=batch.events, cursor=written(place), total=batch.total)
                place = {**place, "done": [*place["done"], source.name]}
            except PlatformError as error:
                failed = failed or error
                if is_locked_out(error):
                    break
        yield Page(items=(), cursor=written(place if failed else {"places": place["places"]}))
        if failed is not None:
            raise failed

    def _valid_part(self, place: Place, now: datetime) -> Place:
        """Return what is left of a place at `now`, source by source."""
        places: Mapping[str, Place] = place.get("places", {})
        rest = valid_part(place, now)
        if not places:
            return rest
        left = {
            source.name: source.valid_part(places[source.name], now)
            for source in self.sources
            if source.name in places
        }
        return {**rest, "places": {**places, **left}}


def worth_asking(sources: Iterable[Source], wanted: frozenset[str] | None) -> Sequence[Source]:
    """Return the sources that can bring one of the `wanted` types and patterns."""
    return tuple(source for source in sources if are_wanted(source.types, wanted))


def are_wanted(types: Iterable[str], wanted: frozenset[str] | None) -> bool:
    """Return whether anything looks at one of these types."""
    return wanted is None or any(fnmatchcase(kind, each) for kind in types for each in wanted)
