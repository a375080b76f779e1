"""The part of the state store about people who were erased; `connector.ports.store` has all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from connector.domain.forgetting import Name, Traces


class ForgottenStore(Protocol):
    """Who was erased on request: known again by keyed hashes, and by nothing else."""

    async def anybody(self) -> bool:
        """Return whether anybody was forgotten: mostly nobody was, and then it costs nothing."""
        ...

    async def known(self, names: Collection[Name]) -> frozenset[Name]:
        """Return those of `names` that are somebody's who was forgotten.

        Raises ConfigError when the key of the hashes is another than when people were forgotten.
        """
        ...

    async def traces(self, contacts: Collection[int]) -> Traces:
        """Return by what these persons are found, everybody merged with them included."""
        ...

    async def erase(self, traces: Traces, at: datetime) -> Mapping[str, int]:
        """Delete all there is of these persons, and remember their names as hashes.

        Calls of webhooks that wait lose what is about them. Returns how many rows are gone, by
        kind. What the columnar copy holds is not touched: see `State.expunge_events`.
        """
        ...

    async def remember(self, names: Collection[Name], at: datetime) -> int:
        """Remember names as hashes, as `erase` does; return how many were new."""
        ...
