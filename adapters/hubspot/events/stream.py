"""All sources of events as one stream: a page of each in turn, each with a place of its own."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters import cursors
from adapters.hubspot.cursor_validity import WALK, is_ahead, valid_part
from adapters.hubspot.events.source import Piece
from adapters.hubspot.milliseconds import milliseconds, milliseconds_in
from adapters.hubspot.turns import AT_MOST, Turns
from adapters.resuming import resumed
from connector.domain.pages import Page
from connector.errors import AccessRefused, PlatformError, RejectedByPlatform, RightMissing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from datetime import datetime

    from adapters.cursors import Place
    from adapters.hubspot.account import Account
    from adapters.hubspot.events.source import Source
    from connector.domain.events import Event
    from connector.domain.pages import Cursor

_LACKING = "lacking"
"""In the place of a source: since when the account is known not to have it."""
_ASKED = "asked"
"""In the place of a source: when it was asked last."""
_OF = "of"
"""In the place of a source: what it was to bring."""
_ONE_PULL = milliseconds_in(timedelta(minutes=2))
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
    turns: Turns = field(default_factory=Turns)

    def events(self, since: Cursor | None) -> AsyncIterator[Page[Event]]:
        """Yield pages of what became known after `since`.

        What the account lacks is left out, and asked for again a day later. A source that fails
        does not keep the others from their end; then its error is raised, unless the key is bad:
        that is raised at once. Soon after an error only whoever is not through is asked.
        """
        path = f"{self.account.name}.events"
        return resumed(self.account.clock, since, self._events, valid_part=_valid_part, path=path)

    async def _events(self, place: Place) -> AsyncGenerator[Page[Event], None]:
        now = self._now()
        places: dict[str, Place] = place.get("sources", {})
        left, begun = place.get("left", ()), place.get("begun", 0)
        failed: dict[str, PlatformError] = {}
        async for page in self._round(places, left, begun, failed, known=left):
            yield page
        if not left or (now - begun >= _ONE_PULL and not self.turns.has_failed):
            due, in_turn = self._asked(places)
            names = [each for each in (*due, *in_turn) if each not in failed]
            pausing = in_turn & self._pausing
            async for page in self._round(places, names, now, failed, known=left, pausing=pausing):
                yield page
        for error in failed.values():
            self.turns.has_failed = True
            raise error

    async def _round(
        self,
        places: dict[str, Place],
        names: Collection[str],
        begun: int,
        failed: dict[str, PlatformError],
        *,
        known: Collection[str],
        pausing: Collection[str] = (),
    ) -> AsyncIterator[Page[Event]]:
        """Yield a page of each source in turn until all are through; their places move along.

        Those of `names` that fail are added to `failed`; those of `pausing` go on another time.
        `known` were not through before.
        """
        sources = {each.name: each for each in self.sources if each.name in names}
        under_way = self._begun(sources.values(), places)
        left = {*under_way, *failed}
        try:
            while under_way:
                for name, pieces in list(under_way.items()):
                    piece = await self._next(name, pieces, places.get(name, {}), failed)
                    if piece is None:
                        places[name] = {**places.get(name, {}), _ASKED: self._now()}
                        del under_way[name]
                        continue
                    wanted = sorted(sources[name].wanted)
                    places[name] = {**piece.place, _OF: wanted, _ASKED: self._now()}
                    if WALK not in piece.place:
                        left.discard(name)
                    elif name in pausing:
                        left.discard(name)
                        del under_way[name]
                        await _close([pieces])
                    yield Page(items=tuple(piece.events), cursor=_cursor(places, left, begun))
        finally:
            await _close(under_way.values())
        # Who fails again is known already: a page that says so would pass for an answer.
        if failed.keys() & sources.keys() and not left <= set(known):
            yield Page(items=(), cursor=_cursor(places, left, begun))

    def _begun(
        self, sources: Iterable[Source], places: Mapping[str, Place]
    ) -> dict[str, AsyncIterator[Piece]]:
        """Begin with those of the sources that the account has."""
        return {
            each.name: each.pieces(_place_of(each, places.get(each.name, {})))
            for each in sources
            if not self._is_lacking(places.get(each.name, {}))
        }

    def _asked(self, places: Mapping[str, Place]) -> tuple[Collection[str], AbstractSet[str]]:
        """Return the sources that are asked in any case, and those whose turn it is."""
        most, now = self.turns.for_events(), self._now()
        everybody = [each.name for each in self.sources]
        if most is None:
            return everybody, frozenset()
        waiting: dict[str, int] = {}
        for each in self.sources:
            place = _place_of(each, places.get(each.name, {}))
            is_read = "seen" in place and (each.pauses or WALK not in place)
            if self._is_lacking(places.get(each.name, {})):
                everybody.remove(each.name)
            elif is_read and now - place["seen"] < AT_MOST:
                waiting[each.name] = places[each.name].get(_ASKED, 0)
        in_turn = sorted(waiting, key=waiting.__getitem__)[:most]
        return [each for each in everybody if each not in waiting], frozenset(in_turn)

    @property
    def _pausing(self) -> AbstractSet[str]:
        return {each.name for each in self.sources if each.pauses}

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
        self,
        name: str,
        pieces: AsyncIterator[Piece],
        place: Place,
        failed: dict[str, PlatformError],
    ) -> Piece | None:
        """Return the next piece of a source; None at its end, and when it fails."""
        try:
            return await anext(pieces, None)
        except PlatformError as error:
            if _is_lacked(error):
                lacking = {key: each for key, each in place.items() if key != WALK}
                return Piece(events=(), place={**lacking, _LACKING: self._now()})
            if _is_of_all(error):
                raise
            failed[name] = error
            return None

    def _is_lacking(self, place: Place) -> bool:
        since = place.get(_LACKING)
        return since is not None and self._now() - since < _ASKED_AGAIN

    def _now(self) -> int:
        return milliseconds(self.account.clock.now())


def _valid_part(place: Place, now: datetime) -> Place:
    """Return what is left of a place at `now`, source by source."""
    places: Mapping[str, Place] = place.get("sources", {})
    sources = {name: valid_part(each, now) for name, each in places.items()}
    rest = {} if is_ahead(place, now) else place
    return {**rest, "sources": sources} if places else rest


def _place_of(source: Source, place: Place) -> Place:
    """Return where a source goes on: at its start when it is to bring more than before."""
    if not source.wanted <= set(place.get(_OF, ())):
        return {}
    return {name: value for name, value in place.items() if name not in {_LACKING, _OF, _ASKED}}


def _is_lacked(error: PlatformError) -> bool:
    """Return whether an error says that an account does not have what was asked."""
    return (isinstance(error, AccessRefused) and error.status in _FORBIDDEN) or (
        isinstance(error, RejectedByPlatform) and error.status in _ABSENT
    )


def _cursor(places: Mapping[str, Place], left: Collection[str], begun: int) -> Cursor:
    rest: Place = {"left": sorted(left), "begun": begun} if left else {}
    return cursors.written({"sources": places, **rest})


def _is_of_all(error: PlatformError) -> bool:
    """Return whether no other source would be answered either."""
    return isinstance(error, AccessRefused) and not isinstance(error, RightMissing)


async def _close(under_way: Iterable[AsyncIterator[Piece]]) -> None:
    for pieces in under_way:
        if isinstance(pieces, AsyncGenerator):
            await pieces.aclose()
