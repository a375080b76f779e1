"""What keeps platforms from being asked, and since when: kept from one run to the next."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from connector.domain.instants import iso, parse_instant
from connector.errors import PlatformUnavailable, RateLimited, RightMissing, is_locked_out

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from connector.errors import ConnectorError
    from connector.ports.store import Transaction


class Kind(Enum):
    """What sort of trouble it is; the gravest first."""

    REFUSED = "refused"
    """The key is refused: nothing is read or written."""
    STOPPED = "stopped"
    """An answer, or what was found there, is no reason to go on."""
    LACKS_A_RIGHT = "lacks_a_right"
    """A part is refused; all else goes on."""
    FAILING = "failing"
    """It is not reached, or fails again and again."""
    USED_UP = "used_up"
    """What may be asked of it is used up."""


_GRAVEST_FIRST = tuple(Kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What the last run that asked a platform was kept from."""

    platform: str
    kind: Kind
    message: str
    since: datetime
    """When the first run met it: every one that asked since then did."""
    seen_at: datetime
    """When the last one did."""

    def to_json(self) -> dict[str, object]:
        """Return the shape that `status --json` prints."""
        return {
            "kind": self.kind.value,
            "message": self.message,
            "since": iso(self.since),
            "seen_at": iso(self.seen_at),
        }


def kind_of(error: ConnectorError) -> Kind:
    """Return what sort of trouble an error is that ended a part of a run."""
    if is_locked_out(error):
        return Kind.REFUSED
    if isinstance(error, RightMissing):
        return Kind.LACKS_A_RIGHT
    if isinstance(error, RateLimited):
        return Kind.USED_UP
    if isinstance(error, PlatformUnavailable):
        return Kind.FAILING
    return Kind.STOPPED


def gravest(errors: Sequence[ConnectorError]) -> ConnectorError | None:
    """Return the error that matters most; None where there is none."""
    return min(errors, key=lambda each: _GRAVEST_FIRST.index(kind_of(each)), default=None)


async def remember_troubles(
    tx: Transaction,
    failures: Mapping[str, Sequence[ConnectorError]],
    *,
    asked: Collection[str],
    is_whole: bool,
    now: datetime,
) -> None:
    """Remember what kept a run from platforms, and forget what did not happen again.

    `asked` are the platforms that were asked anything. Only a run that `is_whole`, one that both
    reads and writes, shows that no right is missing any more.
    """
    for name in sorted({*asked, *failures}):
        before = await _read(tx, name)
        error = gravest(failures.get(name, ()))
        if error is not None:
            kind = kind_of(error)
            goes_on = before is not None and before.kind is kind
            trouble = Trouble(
                platform=name,
                kind=kind,
                message=str(error).removeprefix(f"{name}: "),
                since=before.since if before and goes_on else now,
                seen_at=now,
            )
            await tx.notes.put(_note(name), json.dumps(trouble.to_json()))
        elif before is not None and (is_whole or before.kind is not Kind.LACKS_A_RIGHT):
            await tx.notes.put(_note(name), "")


async def troubles(tx: Transaction, platforms: Collection[str]) -> Sequence[Trouble]:
    """Return what the last runs met on these platforms, in their order."""
    found = [await _read(tx, name) for name in platforms]
    return [each for each in found if each is not None]


async def _read(tx: Transaction, platform: str) -> Trouble | None:
    kept = await tx.notes.get(_note(platform))
    if not kept:
        return None
    told = json.loads(kept)
    return Trouble(
        platform=platform,
        kind=Kind(told["kind"]),
        message=told["message"],
        since=parse_instant(told["since"]),
        seen_at=parse_instant(told["seen_at"]),
    )


def _note(platform: str) -> str:
    return f"trouble {platform}"
