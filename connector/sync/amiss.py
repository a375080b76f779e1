"""What the last push to a receiver could not write, kept until one tells otherwise.

It is no trouble that keeps a platform from being asked: a field that is not there, a list that is
guarded. All else is written, and what waits is written once it is mended.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from connector.errors import Problem
    from connector.ports.store import Transaction


def told_of(platform: str, problems: Sequence[Problem]) -> Sequence[str]:
    """Return in words what problems of a push are, without the name of the platform."""
    return [each.message.removeprefix(f"{platform}: ") for each in problems if not each.is_advice]


async def remember_amiss(tx: Transaction, platform: str, told: Sequence[str]) -> None:
    """Remember what the last push to a platform could not write; nothing: it could all."""
    await tx.notes.put(_note(platform), json.dumps(list(told)) if told else "")


async def amiss_at(tx: Transaction, platform: str) -> Sequence[str]:
    """Return what the last push to a platform could not write."""
    kept = await tx.notes.get(_note(platform))
    return json.loads(kept) if kept else []


async def amiss(tx: Transaction, platforms: Collection[str]) -> Mapping[str, Sequence[str]]:
    """Return the same of those of many platforms of whom there is anything to tell."""
    found = {name: await amiss_at(tx, name) for name in platforms}
    return {name: told for name, told in found.items() if told}


def _note(platform: str) -> str:
    return f"amiss {platform}"
