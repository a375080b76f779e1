"""The mapping that a case runs on: a preset, two of them, or one of its own, and its edits."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters.registry import all_adapters
from connector.config.files import Source, put_together
from connector.config.folder import Folder, read_folder
from connector.config.loader import read_configuration
from connector.config.settings import Settings
from tests.scenarios.language import HERE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.config.configuration import Configuration
    from tests.scenarios.language import Case

PRESETS = HERE.parents[1] / "mappings" / "presets"
SHARED = "heatsync.yaml"
"""What presets that go into one folder have in common."""


def configuration_of(case: Case, edits: Mapping[str, Any], folder: Path) -> Configuration:
    """Return what the mapping of `case` says after `edits`, as if it lay in `folder`."""
    sources = _sources(case)
    changes = {**case.change, **edits}
    if changes:
        values = deepcopy(_plain(sources))
        for path, value in changes.items():
            _edit(values, path.split("/"), value)
        # JSON is YAML: what was edited is read again as any file is.
        sources = (Source(name="edited.yaml", raw=json.dumps(values).encode()),)
    read = _read(sources)
    platforms = tuple(replace(each, folder=folder) for each in read.platforms)
    return replace(read, folder=folder, platforms=platforms)


@cache
def _plain(sources: tuple[Source, ...]) -> dict[str, Any]:
    return put_together(sources).values


@cache
def _read(sources: tuple[Source, ...]) -> Configuration:
    folder = Folder(path=Path("mappings"), sources=sources)
    return read_configuration(folder, all_adapters(), Settings.model_construct(), offline=True)


def _sources(case: Case) -> tuple[Source, ...]:
    if case.mapping is not None:
        return (Source(name="case.yaml", raw=case.mapping.encode()),)
    assert case.preset, f"{case.shows}: neither preset nor mapping"
    files = dict(_files(case.preset))
    if case.beside:
        files |= {name: each for name, each in _files(case.beside).items() if name != SHARED}
    if case.variant:
        files |= _files(f"{case.preset}/variants/{case.variant}")
    return tuple(files.values())


@cache
def _files(preset: str) -> dict[str, Source]:
    folder = PRESETS / preset
    return {each.name.rpartition("/")[2]: each for each in read_folder(folder).sources}


def _edit(values: dict[str, Any], path: Sequence[str], value: object) -> None:
    here: Any = values
    for key in path[:-1]:
        here = here[int(key)] if isinstance(here, list) else here.setdefault(key, {})
    if value is None:
        here.pop(path[-1])
    elif isinstance(here, list):
        place = int(path[-1])
        here[place : place + 1] = [value]
    else:
        here[path[-1]] = value
