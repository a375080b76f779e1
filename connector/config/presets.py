"""Mappings folders to start from, shipped with heatsync."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from connector.config.env_example import env_example
from connector.config.hints import did_you_mean, one_of, shown
from connector.errors import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from importlib.resources.abc import Traversable

DEFAULT_PRESET = "simple"
ENV_EXAMPLE = ".env.example"

_SUFFIXES = (".yaml", ".csv")
_OURS = ("__init__.py", "presets", "schema.json")
"""What the package `mappings` of a clone holds, and no mappings folder does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A mappings folder to start from."""

    name: str
    title: str
    """The first line of its main file: what it is for."""


def presets() -> Sequence[Preset]:
    """Return all presets, by name."""
    folders = sorted(_root().iterdir(), key=lambda each: each.name)
    return [Preset(name=each.name, title=_title(each)) for each in folders if _is_preset(each)]


def write_preset(
    name: str, folder: Path, *, env_folder: Path = Path(), overwrite: bool = False
) -> Sequence[Path]:
    """Write the preset `name` to `folder`, and `.env.example` to `env_folder`; return the files.

    Either all files are there afterwards or, when something is wrong, none is new. Raises
    ConfigError when there is no such preset, the folder is in a clone of heatsync among its own
    files, a file is there already, or one cannot be written.
    """
    _refuse_ours(folder)
    contents = {folder / path: raw for path, raw in _contents(_find(name), Path()).items()}
    contents[env_folder / ENV_EXAMPLE] = env_example().encode()
    there = [path for path in contents if path.exists() or path.is_symlink()]
    if there and not overwrite:
        hint = "choose another folder, or overwrite it on purpose"
        message = "is there already"
        raise ConfigError([Problem(file=str(path), message=message, hint=hint) for path in there])
    try:
        _write_all(contents)
    except OSError as error:
        place = error.filename if isinstance(error.filename, str) else str(folder)
        message = f"cannot be written: {error.strerror}"
        raise ConfigError([Problem(file=place, message=message)]) from error
    return tuple(contents)


def _refuse_ours(folder: Path) -> None:
    """Raise ConfigError when `folder` is heatsync's own package of that name, or within it."""
    whole = folder.resolve()
    if any(all((each / name).exists() for name in _OURS) for each in (whole, *whole.parents)):
        message = "belongs to heatsync itself, and goes into what is built of it"
        hint = "make a folder of your own, as `mkdir ~/scoring && cd ~/scoring`, and begin there"
        raise ConfigError([Problem(file=str(folder), message=message, hint=hint)])


def _root() -> Traversable:
    return files("mappings") / "presets"


def _is_preset(entry: Traversable) -> bool:
    return entry.is_dir() and not entry.name.startswith(("_", "."))


def _find(name: str) -> Traversable:
    known = {each.name: each for each in _root().iterdir() if _is_preset(each)}
    if name not in known:
        guess, all_of_them = did_you_mean(name, known), one_of(sorted(known))
        hint = f"{guess} {all_of_them}" if guess else all_of_them
        raise ConfigError([Problem(message=f"there is no preset {shown(name)}", hint=hint)])
    return known[name]


def _title(preset: Traversable) -> str:
    mains = sorted(
        (each for each in preset.iterdir() if each.name.endswith(".yaml")),
        key=lambda each: each.name,
    )
    first = mains[0].read_text(encoding="utf-8").partition("\n")[0] if mains else ""
    return first.lstrip("# ")


def _contents(folder: Traversable, below: Path) -> Mapping[Path, bytes]:
    """Return the files of a preset by their paths in it."""
    found: dict[Path, bytes] = {}
    for each in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if each.is_dir() and _is_preset(each):
            found |= _contents(each, below / each.name)
        elif each.name.endswith(_SUFFIXES):
            found[below / each.name] = each.read_bytes()
    return found


def _write_all(contents: Mapping[Path, bytes]) -> None:
    """Write everything beside its place first; only then does any of it take its place."""
    ready: dict[Path, Path] = {}
    made: list[Path] = []
    try:
        for path, raw in contents.items():
            made.extend(_make_folder(path.parent))
            ready[path] = _write_beside(path, raw)
        while ready:
            path = next(iter(ready))
            ready[path].replace(path)
            del ready[path]
    except OSError:
        for temporary in ready.values():
            temporary.unlink(missing_ok=True)
        for folder in reversed(made):
            with suppress(OSError):
                folder.rmdir()
        raise


def _make_folder(folder: Path) -> Iterator[Path]:
    """Make `folder` and those above it that are missing; yield each one made."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir()
        yield each


def _write_beside(path: Path, raw: bytes) -> Path:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    return temporary
