"""Who unsubscribed from lists, as contacts showed it a moment ago.

To add them would subscribe them again, so everybody is looked at before being added. One request
reads twenty contacts by their ids, or a thousand of all there are; and what an import is read back
with tells it as well.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING

from adapters.brevo.contacts import PAGE_ROWS, changed
from adapters.brevo.walking import walk_on
from adapters.brevo.wire import remote_id_of
from adapters.brevo.writing.cost import READ_BACK
from adapters.brevo.writing.people import people_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from adapters.brevo.account import Account, Row

OPERATION = "write lists"
LASTS = timedelta(minutes=1)
"""How long a page is believed: somebody may unsubscribe meanwhile."""


@dataclass(slots=True, kw_only=True)
class Look:
    """What pages of contacts showed."""

    at: datetime
    """When the last of them was read."""
    met: set[int] = field(default_factory=set, repr=False)
    """Of whom it is known: after a walk the whole account, for a minute (40 MB of half a million
    contacts), since one batch does not say who comes in the next."""
    left: dict[int, Sequence[object]] = field(default_factory=dict, repr=False)
    """The lists that contacts unsubscribed from, of those who did."""
    told: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set), repr=False)
    """Who was told of, by list: not twice, as to be added and to leave takes no minute."""

    def tells_of(self, remote_id: int, list_id: int) -> bool:
        """Return whether it says of a contact if it unsubscribed from a list."""
        return remote_id in self.met and remote_id not in self.told[list_id]


@dataclass(slots=True, kw_only=True)
class Leavers:
    """Those who unsubscribed from the lists of an account."""

    account: Account
    page_rows: int = PAGE_ROWS
    _looks: list[Look] = field(default_factory=list)
    """The latest one last."""
    _total: int | None = None
    """How many contacts there are, once it is known."""
    _spent: int = 0
    """Requests by ids since the last walk, with no pause among them."""
    _spent_at: datetime | None = None

    async def of(self, remote_ids: Sequence[str], list_id: int) -> set[str]:
        """Return who of these unsubscribed from a list.

        Raises UnexpectedAnswer where one of them does not say so, and PlatformError.
        """
        left, unknown = self._told(remote_ids, list_id)
        spent = self._spent_with(len(unknown))
        if spent > 1 and not self._is_walk_longer(spent):
            await self._walk(spent)
            found, unknown = self._told(unknown, list_id)
            left |= found
        if unknown:
            self._spent, self._spent_at = self._spent_with(len(unknown)), self.account.clock.now()
            people = await people_of(self.account, unknown)
            left |= {each for each, row in people.items() if list_id in self._left(row)}
        return left

    def look(self) -> Look:
        """Return a look that begins now, for what is read from now on."""
        look = Look(at=self.account.clock.now())
        self._looks = [*self._fresh(), look]
        return look

    def note(self, look: Look, rows: Iterable[Row]) -> None:
        """Take note of contacts. Who does not say what they left is left to be asked."""
        look.at = self.account.clock.now()
        for row in rows:
            left = row.get("listUnsubscribed")
            if left is not None and not isinstance(left, list):
                continue
            remote_id = int(remote_id_of(row))
            look.met.add(remote_id)
            if left:
                look.left[remote_id] = left

    def _told(self, remote_ids: Iterable[str], list_id: int) -> tuple[set[str], Sequence[str]]:
        """Return who of these was seen to have left a list, and of whom nothing was seen."""
        looks, left, unknown = self._fresh(), set[str](), list[str]()
        for each in remote_ids:
            number = int(each)
            look = next((one for one in reversed(looks) if one.tells_of(number, list_id)), None)
            if look is None:
                unknown.append(each)
                continue
            look.told[list_id].add(number)
            if list_id in look.left.get(number, ()):
                left.add(each)
        return left, unknown

    def _fresh(self) -> Sequence[Look]:
        """Return what is still believed, and forget the rest."""
        now = self.account.clock.now()
        self._looks = [each for each in self._looks if timedelta() <= now - each.at <= LASTS]
        return self._looks

    def _spent_with(self, count: int) -> int:
        """Return the requests by ids that so many contacts come to, with those right before."""
        now = self.account.clock.now()
        is_going_on = self._spent_at is not None and now - self._spent_at <= LASTS
        return ceil(count / READ_BACK) + (self._spent if is_going_on else 0)

    def _is_walk_longer(self, spent: int) -> bool:
        """Return whether a walk takes more requests; how long it is its first page tells."""
        return self._total is not None and self._total / self.page_rows > spent

    async def _walk(self, spent: int) -> None:
        """Look at everybody; at one page only, where that shows that a walk takes too long."""
        look, is_known = self.look(), self._total is not None
        async for stretch in walk_on(self.account, changed(self.page_rows, None)):
            self._total = stretch.total if stretch.total is not None else self._total
            self.note(look, stretch.rows)
            if not is_known and self._is_walk_longer(spent):
                return
            is_known = True
        self._spent = 0

    def _left(self, row: Row) -> Sequence[object]:
        """Return the ids of the lists that a contact unsubscribed from."""
        left = row.get("listUnsubscribed")
        if left is not None and not isinstance(left, list):
            raise self.account.unexpected(OPERATION, "does not say who unsubscribed from a list")
        return left or ()
