"""Whether every stage was shown when it was due: compared with a reference, person by person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from tests.system.soak.accounts import Moves
from tests.system.soak.ladder import RUNGS, Cooling, Deed, falls_at, micros, rung

_MOST_TOLD = 20


@dataclass
class Verdict:
    """What became of all stages on one platform."""

    cooling: Cooling
    within: timedelta
    """From a change that time makes until it is shown."""
    heard: timedelta
    """From when an event may be asked for until what comes of it is shown."""
    fallen: int = 0
    """Stages that fell by time alone, and were compared."""
    latest: int = 0
    """Microseconds after its time, of the one shown last."""
    complaints: list[str] = field(default_factory=list)

    def judge(
        self, deeds: Mapping[int, Sequence[Deed]], moves: Moves, known: Sequence[int], last: int
    ) -> None:
        """Compare what was shown of each person from when on they are `known` until `last`."""
        shown: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for person, move in moves.of_people():
            shown[person].append(move)
        for person, first in enumerate(known):
            if len(self.complaints) > _MOST_TOLD:
                return
            did = sorted(deeds.get(person, ()))
            for complaint in self._person(did, shown.get(person, []), first, last):
                self.complaints.append(f"person {person}: {complaint}")

    def _person(
        self, deeds: Sequence[Deed], moves: Sequence[tuple[int, int]], first: int, last: int
    ) -> Iterator[str]:
        """Look at each span in which all that a person did is known, and nothing happens."""
        for number in range(len(deeds) + 1):
            known = deeds[:number]
            begins = max([first, *(each.known_at + micros(self.heard) for each in known)])
            ends = deeds[number].at if number < len(deeds) else last
            if begins < ends:
                yield from self._span(known, moves, begins, ends)

    def _span(
        self, deeds: Sequence[Deed], moves: Sequence[tuple[int, int]], begins: int, ends: int
    ) -> Iterator[str]:
        before = [move for move in moves if move[0] <= begins]
        if not before:
            yield f"shows nothing at {begins}"
            return
        held = before[-1][1]
        if (risen := rung(self.cooling.score(deeds, begins), held)) > held:
            yield f"is {RUNGS[held]} at {begins}, and was to become {RUNGS[risen]}"
            return
        coming = iter([move for move in moves if begins < move[0] < ends])
        # What fell just before may be shown already, or not yet.
        place, within = begins - micros(self.within), micros(self.within)
        while True:

            def stage_at(at: int, held: int = held) -> int:
                return rung(self.cooling.score(deeds, at), held)

            due = falls_at(stage_at, held, place, ends)
            at, next_held = next(coming, (None, held))
            if due is None or due + within >= ends:
                if at is not None and (due is None or at < due):
                    yield f"became {RUNGS[next_held]} at {at} for no reason"
                return
            wanted = stage_at(at or due)
            if at is None or not due <= at <= due + within or next_held != wanted:
                yield f"was to become {RUNGS[wanted]} at {due}, and did {next_held} at {at}"
                return
            self.fallen += 1
            self.latest = max(self.latest, at - due)
            held, place = next_held, at
