"""What the last push to a platform could not write, kept until one tells otherwise.

It is no trouble that keeps a platform from being asked: a field that is not there, a list that is
held back. All else is written, and what waits is written once somebody has mended it.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from connector.errors import Problem
    from connector.ports.store import Transaction
    from connector.sync.workspace import Workspace

_EVER = timedelta(days=3650)


async def note_amiss(workspace: Workspace, platform: str, problems: Sequence[Problem]) -> None:
    """Note what a push of all could not write: of its problems those that somebody can mend."""
    plain = [replace(each, file=None, line=None) for each in problems if each.hint is not None]
    await _put(workspace, platform, [str(each).removeprefix(f"{platform}: ") for each in plain])


async def end_amiss(workspace: Workspace, platform: str) -> None:
    """Note that all is written, where a push has nothing to do, now or later."""
    ever = workspace.clock.now() + _EVER
    async with workspace.state.read() as tx:
        # It is asked whenever a push has nothing to do: mostly nothing was amiss.
        is_over = await tx.notes.get(_note(platform)) and not await tx.outbox.is_due(platform, ever)
    if is_over:
        await _put(workspace, platform, [])


async def amiss(tx: Transaction, platforms: Collection[str]) -> Mapping[str, Sequence[str]]:
    """Return what could not be written, in words, to those of whom there is anything to tell."""
    found = {name: _read(await tx.notes.get(_note(name))) for name in platforms}
    return {name: told for name, told in found.items() if told}


async def _put(workspace: Workspace, platform: str, told: Sequence[str]) -> None:
    async with workspace.state.read() as tx:
        before = _read(await tx.notes.get(_note(platform)))
    if told != before:
        async with workspace.state.write() as tx:
            await tx.notes.put(_note(platform), json.dumps(told) if told else "")


def _read(kept: str | None) -> Sequence[str]:
    return json.loads(kept) if kept else []


def _note(platform: str) -> str:
    return f"amiss {platform}"
