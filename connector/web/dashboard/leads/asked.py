"""Which leads the address of the page asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from connector.web.dashboard import paths
from connector.web.dashboard.frame import at
from connector.web.dashboard.language import marked
from connector.web.dashboard.leads.wanted import wanted_in

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from connector.scoring.model import Score
    from connector.sync.looking.lead_list import Wanted
"""Of the number of a page."""
_DIGITS = 7
"""Of the number of a page."""
UNKNOWN: Mapping[str, str] = {
    "score": marked("There is no score {name}."),
    "stage": marked("There is no stage {name}: all of them are shown."),
    "platform": marked("There is no platform {name}: all of them are shown."),
    "list": marked("No list is called {name}: leads of all lists are shown."),
}
"""What is said of a name in the address that nothing has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Leads in an order, and which page of them."""

    wanted: Wanted
    cursor: str | None = None
    number: int | None = 1
    """Of the page, the first being 1; None where only the cursor is told."""

    @classmethod
    def read(
        cls, query: Mapping[str, str], scores: Mapping[str, Score], platforms: Collection[str]
    ) -> tuple[Asked, Sequence[tuple[str, str]]]:
        """Return what is asked for, and what in it there is not, as keys of UNKNOWN with names.

        What there is not is not asked for; without a score, the first one is meant.
        """
        given = wanted_in(query)
        score = given.score if given.score in scores else next(iter(scores), None)
        rungs = {rung.name for rung in scores[score].stages} if score else set()
        platform, _, name = (given.in_list or "").partition(":")
        is_known = {
            "score": given.score in {None, score},
            "stage": given.stage in {None, *rungs},
            "platform": given.platform in {None, *platforms},
            "list": given.in_list is None or bool(name and platform in platforms),
        }
        named = {
            "score": given.score,
            "stage": given.stage,
            "platform": given.platform,
            "list": given.in_list,
        }
        wanted = replace(
            given,
            score=score,
            stage=given.stage if is_known["stage"] else None,
            platform=given.platform if is_known["platform"] else None,
            in_list=given.in_list if is_known["list"] else None,
        )
        cursor = query.get("cursor") or None
        asked = cls(wanted=wanted, cursor=cursor, number=_number(query, cursor))
        return asked, [(kind, name or "") for kind, name in named.items() if not is_known[kind]]

    @property
    def is_filtered(self) -> bool:
        """Return whether anything but the score and its stages narrows down who is shown."""
        wanted = self.wanted
        return any((wanted.platform, wanted.in_list, wanted.search))

    def other(self, **changes: Any) -> Asked:  # noqa: ANN401 - fields of Wanted
        """Return the first page of what is wanted with these changes."""
        return Asked(wanted=replace(self.wanted, **changes))

    def page(self, cursor: str, by: int) -> Asked:
        """Return the page that `cursor` leads to, so many pages from this one."""
        number = None if self.number is None else max(1, self.number + by)
        return replace(self, cursor=cursor, number=number)

    def address(self, path: str = paths.LEADS) -> str:
        """Return where this is shown, or given otherwise."""
        wanted = self.wanted
        return at(
            path,
            score=wanted.score,
            stage=wanted.stage,
            platform=wanted.platform,
            list=wanted.in_list,
            search=wanted.search,
            lowest_first="true" if wanted.is_ascending else None,
            cursor=self.cursor,
            page=self.number if self.cursor else None,
        )


def _number(query: Mapping[str, str], cursor: str | None) -> int | None:
    if cursor is None:
        return 1
    told = query.get("page", "")
    # Digits of other scripts are digits too, but no number of ours.
    return int(told) if told.isascii() and told.isdigit() and len(told) <= _DIGITS else None
