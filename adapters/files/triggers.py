"""`out/triggers.jsonl`: a line per action, each key once."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from adapters.files.refusals import DONE, UNCHANGED, misfit_of, refused
from adapters.files.sheets import damaged, read_own
from connector.domain.changes import Outcome
from connector.domain.instants import iso
from connector.errors import UnsupportedByPlatform

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from adapters.files.out import OutFolder
    from connector.domain.changes import Action

KINDS = frozenset({"email", "campaign", "push", "notify", "task", "note"})
_OPERATION = "perform actions"


@dataclass(frozen=True, slots=True)
class TriggerFile:
    """Keeps the part `actions` of the contract."""

    out: OutFolder

    async def perform(self, actions: Sequence[Action]) -> Sequence[Outcome]:
        """Add a line for each action whose key has none yet."""
        return await asyncio.to_thread(self._perform, actions)

    def _perform(self, actions: Sequence[Action]) -> Sequence[Outcome]:
        with self.out.at("triggers.jsonl", operation=_OPERATION) as path:
            text = read_own(path) or ""
            keys = set(_keys(path, text))
            fresh: list[str] = []
            outcomes = [self._add(action, keys, fresh) for action in actions]
            if fresh:
                self.out.write(path, "".join((_ended(text), *fresh)))
            return outcomes

    def _add(self, action: Action, keys: set[str], fresh: list[str]) -> Outcome:
        platform = self.out.platform
        if action.kind not in KINDS:
            text = f"a folder of files does not know the action `{action.kind}`"
            error = UnsupportedByPlatform(text, platform=platform, operation=_OPERATION)
            return Outcome(error=error)
        if reason := misfit_of(action.to, (action.trigger, action.key)):
            return refused(reason, platform=platform, operation=_OPERATION)
        if action.key in keys:
            return UNCHANGED
        keys.add(action.key)
        fresh.append(_line(action))
        return DONE


def _line(action: Action) -> str:
    line = {
        "trigger": action.trigger,
        "contact": action.to.remote_id,
        "email": action.to.email,
        "action": action.kind,
        "at": iso(action.at),
        "key": action.key,
        **_words(action),
    }
    return json.dumps(line, ensure_ascii=False) + "\n"


def _words(action: Action) -> dict[str, object]:
    """Return what a task or a note says; other actions name what is kept elsewhere."""
    if action.kind not in {"task", "note"}:
        return {}
    return {
        name: iso(value) if isinstance(value, datetime) else value
        for name, value in sorted(action.params.items())
    }


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"


def _keys(path: Path, text: str) -> Iterator[str]:
    # splitlines() would also split at characters that may stand inside a JSON text.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield str(json.loads(line)["key"])
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise damaged(path, f"line {number} is not as heatsync wrote it") from error
