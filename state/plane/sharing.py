"""Which lanes a replica takes and lets go, so that all have about as many: pure decisions."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """What a replica sees of all that share the lanes."""

    me: str
    replicas: Mapping[str, Collection[str]]
    """Those who live, with the lanes that each can have."""
    holders: Mapping[str, str]
    """Who has each lane that anybody has."""

    def to_take(self, free: Collection[str], orphaned: Collection[str]) -> Sequence[str]:
        """Return the free lanes that this replica shall take.

        Up to its share of all that it can have, and none that is rather for another who has fewer.
        Of those that nobody has wanted for long, orphaned, every one: others may know other lanes,
        and not reckon with these.
        """
        mine = self._mine & set(free)
        left = sorted(mine & set(orphaned))
        room = max(0, self._share - self._loads[self.me] - len(left))
        wanted = [
            lane for lane in sorted(mine - set(left)) if not self._is_rather_for_another(lane)
        ]
        return [*left, *wanted[:room]]

    def to_let_go(self, busy: Collection[str]) -> str | None:
        """Return a lane that another replica shall have, one at which nothing is done if any."""
        loads = self._loads
        for lane in sorted(self._held, key=lambda lane: (lane in busy, lane)):
            for other, able in self.replicas.items():
                if lane in able and loads[other] + 1 < loads[self.me]:
                    return lane
        return None

    def _is_rather_for_another(self, lane: str) -> bool:
        loads = self._loads
        return any(
            lane in able and loads[other] < loads[self.me] for other, able in self.replicas.items()
        )

    @property
    def _mine(self) -> set[str]:
        return set(self.replicas.get(self.me, ()))

    @property
    def _held(self) -> Sequence[str]:
        return [lane for lane, owner in self.holders.items() if owner == self.me]

    @property
    def _loads(self) -> Counter[str]:
        return Counter(self.holders.values())

    @property
    def _share(self) -> int:
        """Return how many of its lanes each replica has that can have some of them, rounded up."""
        mine = self._mine
        able = sum(not mine.isdisjoint(lanes) for lanes in self.replicas.values())
        return -(-len(mine) // max(1, able))
