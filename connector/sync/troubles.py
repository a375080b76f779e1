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
_NO_PART = ""
_WRITING = frozenset({_NO_PART, "push"})
"""The parts that write to a receiver."""


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
    part: str = ""
    """Which part of the work met it, such as ``pull contacts``; empty: a run of all of it."""

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
    part: str = "",
) -> None:
    """Remember what kept a run from platforms, and forget what did not happen again.

    `asked` are the platforms that were asked anything. Only a run that `is_whole`, one that both
    reads and writes, shows that no right is missing any more. One that was only a `part`, such as
    ``push``, tells of what others met nothing but that the key is taken: what no part in particular
    met is over with it.
    """
    for name in sorted({*asked, *failures}):
        before = await _read(tx, name)
        after = dict(before)
        error = gravest(failures.get(name, ()))
        if error is None:
            shows = before.keys() if is_whole and not part else {part, _NO_PART}
            for each in before:
                is_over = each in shows and (part or is_whole or not _lacks_a_right(before[each]))
                # The key that another part was refused for is taken again.
                if is_over or before[each].kind is Kind.REFUSED:
                    del after[each]
        else:
            after[part] = _met(error, name, part, before.get(part), now)
        if after != before:
            await tx.notes.put(_note(name), _written(after))


async def troubles(tx: Transaction, platforms: Collection[str]) -> Sequence[Trouble]:
    """Return the gravest that the last runs met on each of these platforms, in their order."""
    found = [(await _read(tx, name)).values() for name in platforms]
    return [min(each, key=_gravity) for each in found if each]


async def hindrances(tx: Transaction, receivers: Collection[str]) -> Mapping[str, Trouble]:
    """Return the gravest that a push or a whole run met at each of these, where one did.

    A stream that cannot be read keeps nothing from being written.
    """
    found = {
        name: [each for part, each in (await _read(tx, name)).items() if part in _WRITING]
        for name in receivers
    }
    return {name: min(each, key=_gravity) for name, each in found.items() if each}


def _met(
    error: ConnectorError, platform: str, part: str, before: Trouble | None, now: datetime
) -> Trouble:
    kind = kind_of(error)
    goes_on = before is not None and before.kind is kind
    return Trouble(
        platform=platform,
        part=part,
        kind=kind,
        message=str(error).removeprefix(f"{platform}: "),
        since=before.since if before and goes_on else now,
        seen_at=now,
    )


def _lacks_a_right(trouble: Trouble) -> bool:
    return trouble.kind is Kind.LACKS_A_RIGHT


def _gravity(trouble: Trouble) -> tuple[int, datetime, str]:
    return _GRAVEST_FIRST.index(trouble.kind), trouble.since, trouble.part


async def _read(tx: Transaction, platform: str) -> Mapping[str, Trouble]:
    """Return what is known to keep a platform from being asked, by part of the work."""
    kept = await tx.notes.get(_note(platform))
    if not kept:
        return {}
    told = json.loads(kept)
    # Before there were parts, a platform had one trouble or none.
    by_part = {_NO_PART: told} if "kind" in told else told
    return {
        part: Trouble(
            platform=platform,
            part=part,
            kind=Kind(each["kind"]),
            message=each["message"],
            since=parse_instant(each["since"]),
            seen_at=parse_instant(each["seen_at"]),
        )
        for part, each in by_part.items()
    }


def _written(by_part: Mapping[str, Trouble]) -> str:
    return json.dumps({part: each.to_json() for part, each in by_part.items()}) if by_part else ""


def _note(platform: str) -> str:
    return f"trouble {platform}"
