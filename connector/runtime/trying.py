"""Tries what an entry of the adapter `rest` yields, before anything else is set up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, cast

from adapters.registry import all_adapters
from adapters.rest.adapter import account_of
from adapters.rest.presets import preset_names
from adapters.rest.trying import saved, streams_of, tried
from connector.config.entries import read_entries
from connector.config.files import Source
from connector.config.folder import MAX_BYTES
from connector.config.hints import did_you_mean, one_of, shown
from connector.errors import ConfigError, Problem
from connector.ports.adapter import PlatformContext
from connector.runtime.clock import SystemClock
from connector.runtime.connecting import opened_budget
from state.pacing.kept import MemoryLedger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.http import Json
    from adapters.rest.config import RestConfig
    from adapters.rest.trying import StreamName, Tried
    from connector.config.configuration import PlatformEntry
    from connector.config.settings import Settings

REST = "rest"
_MOST_OF_AN_ANSWER = 64 * 2**20


def find_entry(
    what: str, platform: str | None, settings: Settings, *, offline: bool
) -> PlatformEntry:
    """Return the entry in a file, or of a preset; raises ConfigError.

    `platform` says which of several in a file, or under which name a preset finds its secrets.
    Secrets need not be there `offline`.
    """
    path = Path(what)
    if path.is_file():
        source = Source(name=what, raw=_read(path, MAX_BYTES))
    elif what in preset_names():
        text = f"platforms: {{{platform or what}: {{adapter: {REST}, preset: {what}}}}}"
        source = Source(name=what, raw=text.encode())
    else:
        message = f"there is no file and no preset {shown(what)}"
        names = preset_names()
        raise ConfigError([Problem(message=message, hint=did_you_mean(what, names))])
    adapters = all_adapters()
    entries = {
        each.name: each
        for each in read_entries(source, adapters, settings, path.parent, offline=offline)
        if each.adapter.name == REST
    }
    return _chosen(entries, what, platform)


async def ask(entry: PlatformEntry, stream: StreamName, limit: int) -> Sequence[Tried]:
    """Return what the first items of a stream tell, asked of the account; raises PlatformError."""
    config = cast("RestConfig", entry.config)
    _refuse_silence(entry, stream)
    clock = SystemClock()
    async with opened_budget(entry, clock, MemoryLedger()) as budget:
        context = PlatformContext(
            name=entry.name,
            config=config,
            folder=entry.folder,
            clock=clock,
            budget=budget,
            secrets=entry.secrets,
        )
        account = account_of(context)
        try:
            return await tried(account, config, stream, limit)
        finally:
            await account.session.aclose()


def read_saved(
    entry: PlatformEntry, stream: StreamName, answer: Path, limit: int
) -> Sequence[Tried]:
    """Return what the first items of an answer in a file tell; nobody is asked."""
    _refuse_silence(entry, stream)
    config, now = cast("RestConfig", entry.config), SystemClock().now()
    return saved(_json(answer), config, stream, now, platform=entry.name)[:limit]


def _chosen(entries: dict[str, PlatformEntry], what: str, platform: str | None) -> PlatformEntry:
    if platform is None and len(entries) == 1:
        return next(iter(entries.values()))
    if platform in entries:
        return entries[platform]
    if not entries:
        message = f"names no platform with `adapter: {REST}`"
        raise ConfigError([Problem(file=what, message=message)])
    message = f"names no such platform: {shown(platform)}" if platform else "names several"
    raise ConfigError([Problem(file=what, message=message, hint=f"--platform: {one_of(entries)}")])


def _refuse_silence(entry: PlatformEntry, stream: StreamName) -> None:
    """Raise ConfigError where an entry says nothing of a stream."""
    if not streams_of(cast("RestConfig", entry.config), stream):
        message = f"it says nothing of `{stream}`"
        raise ConfigError([Problem(path=f"platforms.{entry.name}", message=message)])


def _json(path: Path) -> Json:
    try:
        return json.loads(_read(path, _MOST_OF_AN_ANSWER))
    except (ValueError, RecursionError):
        raise ConfigError([Problem(file=str(path), message="is no JSON")]) from None


def _read(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(most + 1)
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise ConfigError([Problem(file=str(path), message=message)]) from error
    if len(raw) > most:
        raise ConfigError([Problem(file=str(path), message=f"is larger than {most} bytes")])
    return raw
