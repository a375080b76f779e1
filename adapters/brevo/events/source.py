"""All places where Brevo keeps what happened, one after the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Protocol

from adapters.brevo.cursor_validity import valid_part
from adapters.brevo.pull import Pull
from adapters.brevo.spans import micros_of
from adapters.cursors import written
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

_SOON = timedelta(minutes=5)
"""How long a source that was read counts as read when others are tried again."""


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
    """The events of one account, of the places that are worth asking.

    A cursor has the `places` of all sources. While some of them have failed, it has as well which
    ones are `done` since the reading `began`, so that they are not asked again for their sake: in
    the same pull never, else not soon.
    """

    platform: str
    sources: Sequence[Source]
    clock: PlatformClock
    pull: Pull = field(default_factory=Pull)

    def events(self, since: Cursor | None) -> AsyncIterator[Page[Event]]:
        """Yield events source by source.

        One that fails does not keep the others from being read; its error comes at the end. Where
        the key is refused no other is asked.
        """
        path = f"{self.platform}.events"
        return resumed(self.clock, since, self._events, valid_part=_valid_part, path=path)

    async def _events(self, place: Place) -> AsyncGenerator[Page[Event], None]:
        now = to_micros(self.clock.now())
        is_same = "done" in place and self.pull.has_failed
        if not is_same and now - place.get("began", 0) > micros_of(_SOON):
            place = {"places": place.get("places", {}), "began": now, "done": []}
        held: Batch | None = None
        failed: PlatformError | None = None
        for source in self.sources:
            if source.name in place["done"]:
                continue
            try:
                async for batch in source.read(dict(place["places"].get(source.name, {}))):
                    if held is not None:
                        yield _page(held, place)
                    held, places = batch, {**place["places"], source.name: batch.place}
                    place = {**place, "places": places}
                place = {**place, "done": [*place["done"], source.name]}
            except PlatformError as error:
                if is_locked_out(error):
                    failed = error
                    break
                failed = failed or error
        if held is not None:
            yield _page(held, place if failed else {"places": place["places"]})
        if failed is not None:
            self.pull.has_failed = True
            raise failed


def _valid_part(place: Place, now: datetime) -> Place:
    """Return what is left of a place at `now`, source by source."""
    places: Mapping[str, Place] = place.get("places", {})
    rest = valid_part(place, now)
    if not places:
        return rest
    return {**rest, "places": {name: valid_part(each, now) for name, each in places.items()}}


def _page(batch: Batch, place: Place) -> Page[Event]:
    return Page(items=batch.events, cursor=written(place), total=batch.total)


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
