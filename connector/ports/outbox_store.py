"""The part of the state store about desired states; `connector.ports.store` has the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from connector.domain.outbound import DeliveryState, Outbound, Settlement


class OutboxStore(Protocol):
    """One row per contact and platform: desired, confirmed, and who works on it."""

    async def rows(self, platform: str, contacts: Collection[int]) -> Mapping[int, Outbound]: ...

    async def marks(
        self, platform: str, contacts: Collection[int]
    ) -> Mapping[int, tuple[str, int, int]]:
        """Return the record, the revision and the fence of the rows of these contacts."""
        ...

    async def save(self, rows: Sequence[Outbound]) -> None:
        """Insert or replace what is desired: all fields but fence and lease, which stay.

        Where the row was another record's its lease ends, and the fence moves on: what becomes of
        that record tells nothing of this one.
        """
        ...

    async def drop(self, platform: str, contacts: Collection[int]) -> None:
        """Forget rows: the contact has no record there any more."""
        ...

    async def lease(
        self,
        platform: str,
        *,
        owner: str,
        now: datetime,
        until: datetime,
        limit: int,
        after: int | None = None,
        urgent: bool = False,
    ) -> Sequence[Outbound]:
        """Return pending rows, and those whose lease has run out, now in flight for `owner`.

        By contact, from the first behind `after` on: whoever goes through all of them that way
        meets none twice, whatever becomes of it meanwhile. Those whose record is NOT_YET made are
        not among them. Where that is wanted, only those that are urgent, and of them none whose
        lease has run out: a push that goes on may have it in hand still.
        """
        ...

    async def settle(self, settlements: Sequence[Settlement], *, now: datetime) -> int:
        """Record outcomes; return how many counted.

        One whose fence or record is not the row's any more is ignored. When the row has a newer
        revision it becomes pending again whatever the settlement says, with the confirmed state
        kept. Otherwise it is not urgent any more.
        """
        ...

    async def release(self, rows: Sequence[Outbound]) -> None:
        """Give leased rows back untried."""
        ...

    async def reclaim(self, reason: str, platform: str | None = None) -> int:
        """Make every leased row pending for `reason`, whatever its lease; return how many.

        For the one who alone owns the cycles, at the start: whoever held these leases is dead.
        With `platform`, for the one who has just taken its lane, and for its rows alone.
        """
        ...

    async def is_due(self, platform: str, now: datetime) -> bool:
        """Return whether any row may be worked on now, or waits for its record to be made."""
        ...

    async def is_urgent_in_hand(self, platform: str, now: datetime) -> bool:
        """Return whether an urgent row is leased: it may be decided anew since then."""
        ...

    async def counts(
        self, platform: str | None = None, state: DeliveryState | None = None
    ) -> Mapping[str, Mapping[DeliveryState, int]]:
        """Return the number of rows per platform and state, or of one platform, of one state.

        To count few takes no longer where there are many others.
        """
        ...

    async def unfinished(self) -> Mapping[str, Mapping[DeliveryState, int]]:
        """Return the number of rows per platform and state but for clean ones.

        Which takes no longer where there are many of those.
        """
        ...

    async def list(
        self,
        *,
        platform: str | None = None,
        states: Collection[DeliveryState] | None = None,
        remote_id: str | None = None,
        after: tuple[str, int] | None = None,
        urgent: bool = False,
        limit: int = 1000,
    ) -> Sequence[Outbound]:
        """Return rows ordered by (platform, contact), those behind `after`.

        Only those that are urgent, where that is wanted.
        """
        ...

    async def count_newcomers(self, platform: str) -> int:
        """Return how many rows that are not finished wait for a record: it is NOT_YET made."""
        ...

    async def members(self, platform: str) -> Mapping[str, int]:
        """Return, per list, how many rows are confirmed to be in it."""
        ...

    async def missing_from(
        self, platform: str, list_name: str, *, after: int | None = None, limit: int
    ) -> Sequence[Outbound]:
        """Return rows confirmed to be in a list that is not reported to hold their record.

        By contact, from the first behind `after` on.
        """
        ...

    async def unconfirmed_in(
        self, platform: str, list_name: str, *, after: str | None = None, limit: int
    ) -> Sequence[str]:
        """Return the live records that a list is reported to hold, and no row is confirmed to.

        Remote ids, rising (UTF-8 bytes): at most `limit` of those behind `after`.
        """
        ...
