"""The platforms of a configuration: each entry read by the model of its own adapter."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from connector.config.configuration import PlatformEntry
from connector.config.hints import did_you_mean, one_of, shown
from connector.config.settings import Settings, variable
from connector.config.validation import check_model
from connector.domain.durations import parse_duration
from connector.errors import ConfigError
from connector.mapping.sources import RESERVED
from connector.ports.platform import Part

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from connector.config.files import Plain, Written
    from connector.config.places import Report
    from connector.ports.adapter import Adapter, PlatformConfig

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def known_adapters(
    written: Written, adapters: Mapping[str, Adapter], report: Report
) -> dict[str, Adapter]:
    """Return the adapter of each platform that names one; what is wrong is reported."""
    found: dict[str, Adapter] = {}
    for name, entry in _entries(written):
        _check_name(name, report)
        adapter = _adapter(name, entry, adapters, report)
        if adapter:
            found[name] = adapter
    return found


def read_platforms(
    written: Written,
    adapters: Mapping[str, Adapter],
    settings: Settings,
    report: Report,
    folder: Path,
) -> tuple[PlatformEntry, ...]:
    """Return the platforms whose entries are right; what is wrong is reported.

    `adapters` are those of `known_adapters`, by platform.
    """
    found: list[PlatformEntry] = []
    for name, values in _entries(written):
        if name not in adapters:
            continue
        adapter = adapters[name]
        config = check_model(adapter.config, values, ("platforms", name), report)
        if config is None:
            continue
        _check_pull(name, config, report)
        adapter = replace(adapter, capabilities=config.able(adapter.capabilities))
        if config.create and Part.CONTACT_CREATOR not in adapter.capabilities.parts:
            message = f"{adapter.title} cannot create contacts"
            report.add(("platforms", name, "create"), message, "remove `create`")
        secrets = settings.platforms.get(name, {})
        found.append(
            PlatformEntry(
                name=name,
                adapter=adapter,
                config=config,
                folder=folder,
                secrets=secrets,
                allows_private=settings.allow_private_webhooks,
            )
        )
    return tuple(found)


def _check_pull(name: str, config: PlatformConfig, report: Report) -> None:
    for stream in ("contacts", "events"):
        try:
            parse_duration(getattr(config.pull, stream))
        except ValueError as error:
            report.add(("platforms", name, "pull", stream), str(error))


def check_secrets(platforms: Sequence[PlatformEntry], report: Report) -> None:
    """Report the secrets that platforms need and the environment lacks."""
    for entry in platforms:
        for field in entry.config.missing_secrets(entry.secrets):
            name = variable("platforms", entry.name, field)
            report.add(("platforms", entry.name), f"the variable {name} is not set")


def surplus_variables(
    platforms: Sequence[PlatformEntry], settings: Settings
) -> Iterator[tuple[str, str | None]]:
    """Yield each variable of a platform that nothing reads, and what may have been meant."""
    known = {entry.name: entry for entry in platforms}
    for name, secrets in settings.platforms.items():
        if name not in known:
            guess = did_you_mean(name, known)
            for field in secrets:
                yield variable("platforms", name, field), guess
            continue
        declared = known[name].adapter.config.secrets
        for field in secrets:
            if field not in declared:
                yield variable("platforms", name, field), did_you_mean(field, declared)


def _entries(written: Written) -> Iterator[tuple[str, Plain]]:
    platforms = written.values.get("platforms")
    if isinstance(platforms, dict):
        yield from platforms.items()


def _adapter(
    name: str, values: Plain, adapters: Mapping[str, Adapter], report: Report
) -> Adapter | None:
    path = ("platforms", name)
    if not isinstance(values, dict):
        hint = "for example `{adapter: files, path: ./data}`"
        report.add(path, "a mapping is expected here", hint)
        return None
    if "adapter" not in values:
        report.add(path, "`adapter` is missing", one_of(sorted(adapters)))
        return None
    word = values["adapter"]
    try:
        return adapters[str(word)]
    except KeyError:
        hint = did_you_mean(word, adapters) or one_of(sorted(adapters))
        report.add((*path, "adapter"), f"there is no adapter {shown(word)}", hint)
    except ConfigError as error:
        for problem in error.problems:
            report.add((*path, "adapter"), problem.message, problem.hint)
    return None


def _check_name(name: str, report: Report) -> None:
    path = ("platforms", name)
    if name in RESERVED:
        report.add(path, f"a platform cannot be called {shown(name)}", "choose another name")
    elif not _NAME.fullmatch(name):
        report.add(
            path,
            f"a platform cannot be called {shown(name)}",
            "write a lower-case letter, then letters, digits and single underscores",
        )
