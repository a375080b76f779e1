"""All sources of events as one stream: a page of each in turn, each with a place of its own."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters import cursors
from adapters.hubspot.events.source import WALK, Piece
from adapters.hubspot.milliseconds import milliseconds, milliseconds_in
from connector.domain.pages import Page
from connector.errors import AccessRefused, PlatformError, Recovery, RejectedByPlatform

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from adapters.cursors import Place
    from adapters.hubspot.account import Account
    from adapters.hubspot.events.source import Source
    from connector.domain.events import Event
    from connector.domain.pages import Cursor

_LACKING = "lacking"
"""In the place of a source: since when the account is known not to have it."""
_OF = "of"
"""In the place of a source: what it was to bring."""
_ONE_PULL = milliseconds_in(timedelta(minutes=10))
"""So long what follows an error belongs to the pull that it ended."""
_ASKED_AGAIN = milliseconds_in(timedelta(days=1))
_FORBIDDEN = frozenset({402, 403})
_ABSENT = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class EventReader:
    """Keeps the part `events` of the contract."""

    account: Account
    sources: Sequence[Source]
    """Those that can bring what anything looks at."""

    async def events(self, since: Cursor | None) -> AsyncIterator[Page[Event]]:
        """Yield pages of what became known after `since`.

        What the account lacks is left out, and asked for again a day later. A source that fails
        in a way of its own does not keep the others from their end; then its error is raised.
        """
        place = cursors.read(since)
        places: dict[str, Place] = place.get("sources", {})
        left, begun, now = place.get("left", ()), place.get("begun", 0), self._now()
        if left:
            async for page in self._round(places, left, begun):
                yield page
        # After an error a pull begins again from its last page; who was through is through.
        if not left or now - begun >= _ONE_PULL:
            everything = [each.name for each in self.sources]
            async for page in self._round(places, everything, now):
                yield page

    async def _round(
        self, places: dict[str, Place], names: Collection[str], begun: int
    ) -> AsyncIterator[Page[Event]]:
        """Yield a page of each source in turn until all are through; their places move along."""
        sources = {
            each.name: each
            for each in self.sources
            if each.name in names and not self._is_lacking(places.get(each.name, {}))
        }
        under_way = {
            name: each.pieces(_place_of(each, places.get(name, {})))
            for name, each in sources.items()
        }
        left, failed = set(under_way), list[PlatformError]()
        try:
            while under_way:
                for name, pieces in list(under_way.items()):
                    piece = await self._next(pieces, places.get(name, {}), failed)
                    if piece is None:
                        del under_way[name]
                        continue
                    places[name] = {**piece.place, _OF: sorted(sources[name].wanted)}
                    if WALK not in piece.place:
                        left.discard(name)
                    rest: Place = {"left": sorted(left), "begun": begun} if left else {}
                    cursor = cursors.written({"sources": places, **rest})
                    yield Page(items=tuple(piece.events), cursor=cursor)
        finally:
            await _close(under_way.values())
        if failed:
            yield Page(items=(), cursor=cursors.written({"sources": places}))
            raise failed[0]

    async def lacking(self) -> Sequence[Source]:
        """Return the sources that this account does not have, or that its token may not read."""
        found = []
        for each in self.sources:
            try:
                await each.probe()
            except PlatformError as error:
                if not _is_lacked(error):
                    raise
                found.append(each)
        return found

    async def _next(
        self, pieces: AsyncIterator[Piece], place: Place, failed: list[PlatformError]
    ) -> Piece | None:
        """Return the next piece of a source; None at its end."""
        try:
            return await anext(pieces, None)
        except PlatformError as error:
            if _is_lacked(error):
                lacking = {name: each for name, each in place.items() if name != WALK}
                return Piece(events=(), place={**lacking, _LACKING: self._now()})
            # What passes is tried again, from behind the last page.
            if error.recovery is Recovery.RETRY or isinstance(error, AccessRefused):
                raise
            failed.append(error)
            return None

    def _is_lacking(self, place: Place) -> bool:
        since = place.get(_LACKING)
        return since is not None and self._now() - since < _ASKED_AGAIN

    def _now(self) -> int:
        return milliseconds(self.account.clock.now())


def _place_of(source: Source, place: Place) -> Place:
    """Return where a source goes on: at its start when it is to bring more than before."""
    if not source.wanted <= set(place.get(_OF, ())):
        return {}
    return {name: value for name, value in place.items() if name not in {_LACKING, _OF}}


def _is_lacked(error: PlatformError) -> bool:
    """Return whether an error says that an account does not have what was asked."""
    return (isinstance(error, AccessRefused) and error.status in _FORBIDDEN) or (
        isinstance(error, RejectedByPlatform) and error.status in _ABSENT
    )


async def _close(under_way: Iterable[AsyncIterator[Piece]]) -> None:
    for pieces in under_way:
        if isinstance(pieces, AsyncGenerator):
            await pieces.aclose()
