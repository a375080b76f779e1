"""Lists of an account in memory, told as by a platform that keeps no log of who came and went."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

from adapters.memory.account import Account
from connector.domain.contacts import Membership
from connector.domain.pages import Cursor, Page


@dataclass
class Rosters:
    """Tells who came and who left since the last reading, as told by the lists as they are."""

    account: Account
    late: timedelta = timedelta()
    """How long before a reading the walk began that it tells of."""

    async def memberships(
        self, list_names: frozenset[str], since: Cursor | None
    ) -> AsyncIterator[Page[Membership]]:
        before = json.loads(since or "{}")
        now = {name: sorted(self.account.lists[name]) for name in sorted(list_names)}
        moves = [
            Membership(list_name=name, remote_id=each, is_member=each in members)
            for name, members in now.items()
            for each in sorted({*members} ^ {*before.get(name, ())})
        ]
        began = self.account.now() - self.late
        yield Page(items=tuple(moves), cursor=json.dumps(now), whole=dict.fromkeys(now, began))
