"""Reads a mappings folder: a Configuration, or every problem there is, each with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.config.compile import compile_model
from connector.config.configuration import Configuration, PlatformEntry
from connector.config.files import put_together
from connector.config.folder import Folder, read_folder
from connector.config.places import Report, in_order
from connector.config.platforms import (
    check_secrets,
    known_adapters,
    read_platforms,
    surplus_variables,
)
from connector.config.secrets import refuse_secrets
from connector.config.settings import variable
from connector.config.validation import check_document
from connector.errors import MappingError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from connector.config.settings import Settings
    from connector.ports.adapter import Adapter
    from connector.scoring.model import Model

__all__ = ["Configuration", "PlatformEntry", "load", "read_configuration"]


def load(
    folder: Path, adapters: Mapping[str, Adapter], settings: Settings, *, offline: bool = False
) -> Configuration:
    """Return what the ``*.yaml`` files of `folder` say together.

    Raises MappingError with all problems of all files; while one of them cannot be read, without
    those of names that it may hold, and of what is made of them. A secret that the environment
    lacks is a problem too, except `offline`, where only what is written is of interest.
    """
    return read_configuration(read_folder(folder), adapters, settings, offline=offline)


def read_configuration(
    folder: Folder, adapters: Mapping[str, Adapter], settings: Settings, *, offline: bool = False
) -> Configuration:
    """Return the configuration that files already read make up; as `load`, but pure."""
    written = put_together(folder.sources)
    written.problems.extend(folder.problems)
    report = Report(
        places=written.places, problems=written.problems, warnings=list(folder.warnings)
    )
    of_platforms = known_adapters(written, adapters, report)
    refuse_secrets(
        written, report, {name: each.config.secrets for name, each in of_platforms.items()}
    )
    platforms = read_platforms(written, of_platforms, settings, report, folder.path)
    checked = check_document(written, report)
    if not offline:
        check_secrets(platforms, report)
    if not written.is_whole or folder.problems:
        # What a file cannot say yet would be missed everywhere else.
        raise MappingError(in_order(report.problems))
    # An entry may be able to do less than its adapter.
    able = of_platforms | {entry.name: entry.adapter for entry in platforms}
    model, attributes, source = compile_model(written, checked, able, settings.keep_events, report)
    report.warnings.extend(_warnings_of_environment(platforms, settings))
    report.warnings.extend(_missing_addresses(model, settings))
    if report.problems:
        raise MappingError(in_order(report.problems))
    return Configuration(
        folder=folder.path,
        platforms=platforms,
        attributes=attributes,
        model=model,
        has_model=checked.document.model is not None,
        digest=model.digest,
        source=source,
        warnings=in_order(report.warnings),
        document=checked.document,
        places=written.places,
        files=folder.sources,
    )


def _warnings_of_environment(
    platforms: Sequence[PlatformEntry], settings: Settings
) -> Iterator[Problem]:
    for name, hint in surplus_variables(platforms, settings):
        yield Problem(message=f"the variable {name} belongs to nothing", hint=hint)


def _missing_addresses(model: Model, settings: Settings) -> Iterator[Problem]:
    """Yield what triggers name and the environment lacks: what they want done waits for it."""
    deeds = [deed for trigger in model.triggers.values() for deed in trigger.deeds]
    for deed in deeds:
        name = deed.destination.lower()
        if deed.kind == "notify" and name not in settings.notify:
            yield Problem(message=f"the variable {variable('notify', name)} is not set")
        given = settings.webhooks.get(name, {})
        for part in ("url", "secret") if deed.kind == "webhook" else ():
            if part not in given:
                message = f"the variable {variable('webhooks', name, part)} is not set"
                yield Problem(message=message)
