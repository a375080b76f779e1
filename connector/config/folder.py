"""The mappings folder on disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.config.files import Source
from connector.errors import Problem

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 1_000_000
MAX_FILES = 200

_SUFFIX = ".yaml"
_OTHER_SUFFIXES = (".yml", ".YML", ".YAML")


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """The files of a mappings folder in the order of their names, and what could not be read."""

    path: Path
    """As it was given; relative paths in the files start there."""
    sources: tuple[Source, ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Reading:
    sources: list[Source] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


def read_folder(path: Path) -> Folder:
    """Return the ``*.yaml`` files of a folder; what cannot be read is a problem in it."""
    reading = _Reading()
    names = _names(path, reading)
    for name in names:
        if name.endswith(_OTHER_SUFFIXES):
            message = f"is not read: its name does not end in `{_SUFFIX}`"
            reading.warnings.append(Problem(file=_printable(path / name), message=message))
    found = [path / name for name in names if name.endswith(_SUFFIX)]
    if not found and not reading.problems:
        message = f"the mappings folder holds no `*{_SUFFIX}`"
        _refuse(path, reading, message, "`heatsync init` writes one")
    if len(found) > MAX_FILES:
        _refuse(path, reading, f"the mappings folder holds more than {MAX_FILES} files")
    for each in found[:MAX_FILES]:
        _read(each, reading)
    return Folder(
        path=path,
        sources=tuple(reading.sources),
        problems=tuple(reading.problems),
        warnings=tuple(reading.warnings),
    )


def _names(path: Path, reading: _Reading) -> list[str]:
    """Return the names of all files; those that begin with a dot belong to editors."""
    try:
        names = [each.name for each in path.iterdir()]
    except FileNotFoundError:
        hint = "`heatsync init` writes one; or set HEATSYNC_MAPPINGS"
        _refuse(path, reading, "there is no such mappings folder", hint)
    except NotADirectoryError:
        _refuse(path, reading, "the mappings folder is not a folder")
    except OSError as error:
        _refuse(path, reading, f"the mappings folder cannot be read: {error.strerror}")
    else:
        return sorted((name for name in names if not name.startswith(".")), key=_as_bytes)
    return []


def _read(path: Path, reading: _Reading) -> None:
    """Read one file; opening what is no file, such as a pipe, could wait for ever."""
    try:
        if not path.is_file():
            _refuse(path, reading, "is no file that can be read")
            return
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        _refuse(path, reading, f"cannot be read: {error.strerror}")
        return
    if len(raw) > MAX_BYTES:
        _refuse(path, reading, f"is larger than {MAX_BYTES} bytes")
    else:
        reading.sources.append(Source(name=_printable(path), raw=raw))


def _refuse(path: Path, reading: _Reading, message: str, hint: str | None = None) -> None:
    reading.problems.append(Problem(file=_printable(path), message=message, hint=hint))


def _as_bytes(name: str) -> bytes:
    return name.encode(errors="surrogateescape")


def _printable(path: Path) -> str:
    return path.as_posix().encode(errors="replace").decode()
