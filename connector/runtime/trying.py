"""Tries what an entry of the adapter `rest` yields, before anything else is set up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, cast

from adapters.registry import all_adapters
from adapters.rest.adapter import account_of
from adapters.rest.presets import preset_names
from adapters.rest.trying import saved, streams_of, tried
from connector.config.entries import platforms_in, read_entries
from connector.config.files import Source
from connector.config.folder import MAX_BYTES, read_folder
from connector.config.hints import did_you_mean, one_of, shown
from connector.errors import ConfigError, PlatformError, Problem
from connector.ports.adapter import PlatformContext
from connector.runtime.clock import SystemClock
from connector.runtime.connecting import opened_budget
from state.pacing.kept import MemoryLedger

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.http import Json
    from adapters.rest.config import RestConfig
    from adapters.rest.trying import StreamName, Tried
    from connector.config.configuration import PlatformEntry
    from connector.config.settings import Settings
    from connector.ports.progress import Progress

REST = "rest"
_MOST_OF_AN_ANSWER = 64 * 2**20


def find_entry(
    what: str, platform: str | None, settings: Settings, *, offline: bool
) -> PlatformEntry:
    """Return the entry in a file, or of a preset; raises ConfigError.

    `platform` says which of several in a file. Of a preset it is the entry of that name in the
    mappings folder, if there is one, and else the name under which secrets are found. Secrets need
    not be there `offline`.
    """
    path = Path(what)
    if path.is_file():
        folder = path.parent
        sources: Sequence[Source] = [Source(name=what, raw=_read(path, MAX_BYTES))]
    elif what in preset_names():
        folder = settings.mappings
        sources = _of_preset(what, platform, folder)
    else:
        message = f"there is no file and no preset {shown(what)}"
        names = preset_names()
        raise ConfigError([Problem(message=message, hint=did_you_mean(what, names))])
    read = read_entries(sources, all_adapters(), settings, folder, of=REST, offline=offline)
    entries = {each.name: each for each in read}
    if path.is_file():
        return _chosen(entries, what, platform)
    return _of_that_preset(entries, what, platform or what)


async def ask(
    entry: PlatformEntry, stream: StreamName, limit: int, progress: Progress | None = None
) -> Sequence[Tried]:
    """Return what the first items of a stream tell, asked of the account.

    `progress` shows for what is waited. Raises PlatformError, which says which address was asked.
    """
    config = cast("RestConfig", entry.config)
    _refuse_silence(entry, stream)
    clock = SystemClock()
    async with opened_budget(entry, clock, MemoryLedger(), progress) as budget:
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
        except PlatformError as error:
            error.args = (f"{error} (asked: {address_of(entry)})",)
            raise
        finally:
            await account.session.aclose()


def address_of(entry: PlatformEntry) -> str:
    """Return the address that all requests of an entry go below; it holds no secret."""
    return cast("RestConfig", entry.config).account


def read_saved(
    entry: PlatformEntry, stream: StreamName, answer: Path, limit: int
) -> Sequence[Tried]:
    """Return what the first items of an answer in a file tell; nobody is asked."""
    _refuse_silence(entry, stream)
    config, now = cast("RestConfig", entry.config), SystemClock().now()
    return saved(_json(answer), config, stream, now, platform=entry.name)[:limit]


def _of_preset(preset: str, platform: str | None, mappings: Path) -> Sequence[Source]:
    """Return the files whose entry is meant: the mappings, where they name the platform."""
    if platform is not None and mappings.is_dir():
        found = read_folder(mappings)
        if found.sources and found.problems:
            raise ConfigError(found.problems)
        if platform in platforms_in(found.sources):
            return found.sources
    text = f"platforms: {{{platform or preset}: {{adapter: {REST}, preset: {preset}}}}}"
    return [Source(name=preset, raw=text.encode())]


def _of_that_preset(
    entries: Mapping[str, PlatformEntry], preset: str, platform: str
) -> PlatformEntry:
    entry = entries.get(platform)
    if entry is None or cast("RestConfig", entry.config).preset != preset:
        message = f"the mappings have {shown(platform)} as no entry with `preset: {preset}`"
        hint = "name the file instead of the preset, or choose another name"
        raise ConfigError([Problem(path=f"platforms.{platform}", message=message, hint=hint)])
    return entry


def _chosen(entries: Mapping[str, PlatformEntry], what: str, platform: str | None) -> PlatformEntry:
    if platform is None and len(entries) == 1:
        return next(iter(entries.values()))
    if platform is not None and platform in entries:
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
