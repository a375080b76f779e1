"""What was left out of what webhooks brought: how often, and why, without a word of whom."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from connector.domain.instants import iso, parse_instant

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from connector.errors import Problem
    from connector.ports.store import Transaction

KEPT_FOR = timedelta(days=7)
"""After so long it is not told any more."""
MOST_REASONS = 20
"""Different reasons that are kept of one platform: the latest."""
_PLACE = re.compile(r"^item \d+: ")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """That something was left out for one reason."""

    platform: str
    reason: str
    count: int
    last_at: datetime

    def to_json(self) -> dict[str, object]:
        """Return the shape that `status --json` prints."""
        return {
            "platform": self.platform,
            "reason": self.reason,
            "count": self.count,
            "last_at": iso(self.last_at),
        }


async def count_left_out(
    tx: Transaction, platform: str, problems: Sequence[Problem], at: datetime
) -> None:
    """Count what `problems` of calls of a platform tell to have been left out at `at`."""
    known = {each.reason: each for each in await left_out(tx, [platform], at)}
    for problem in problems:
        reason = _PLACE.sub("", problem.message)
        before = known.pop(reason, None) or LeftOut(
            platform=platform, reason=reason, count=0, last_at=at
        )
        known[reason] = replace(before, count=before.count + 1, last_at=at)
    latest = list(known.values())[-MOST_REASONS:]
    await tx.notes.put(_note(platform), json.dumps([each.to_json() for each in latest]))


async def left_out(tx: Transaction, platforms: Collection[str], at: datetime) -> Sequence[LeftOut]:
    """Return what was left out lately of what these platforms told, oldest first for each."""
    found = [_read(each) for name in platforms for each in json.loads(await _kept(tx, name))]
    return [each for each in found if at - each.last_at <= KEPT_FOR]


async def _kept(tx: Transaction, platform: str) -> str:
    return await tx.notes.get(_note(platform)) or "[]"


def _read(told: Mapping[str, str | int]) -> LeftOut:
    return LeftOut(
        platform=str(told["platform"]),
        reason=str(told["reason"]),
        count=int(told["count"]),
        last_at=parse_instant(told["last_at"]),
    )


def _note(platform: str) -> str:
    return f"left out {platform}"
