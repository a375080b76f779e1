"""What the addresses of the page and of its file say alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.sync.looking.lead_list import Wanted

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 500
"""Characters of what is asked for that are looked at."""


def wanted_in(query: Mapping[str, str]) -> Wanted:
    """Return which leads an address asks for, whether there is such a thing or not."""
    told = {name: value.strip()[:LONGEST] or None for name, value in query.items()}
    return Wanted(
        score=told.get("score"),
        stage=told.get("stage"),
        platform=told.get("platform"),
        in_list=told.get("list"),
        search=told.get("search"),
        is_ascending=told.get("lowest_first") == "true",
    )
