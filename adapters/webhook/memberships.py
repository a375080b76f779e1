"""Who is in which list of a tool: told by its calls, so that there is nothing to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from connector.domain.contacts import Membership
    from connector.domain.pages import Cursor, Page

_NOTHING: Sequence[Page[Membership]] = ()


class ToldMemberships:
    """Keeps the part `memberships` of the contract: conditions may ask for these lists."""

    async def memberships(
        self,
        list_names: frozenset[str],  # noqa: ARG002 - whatever they are
        since: Cursor | None,  # noqa: ARG002 - as above
    ) -> AsyncIterator[Page[Membership]]:
        """Yield nothing: what calls told is stored as they came."""
        for page in _NOTHING:
            yield page
