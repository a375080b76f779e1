"""The files of a copy: written whole or not at all, and never believed unseen."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from typing import IO, TYPE_CHECKING

from state.columnar.manifest import File

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from io import BufferedReader
    from pathlib import Path

_OURS = (".parquet", ".json", ".partial")


class Unreadable(Exception):
    """A file of the copy is not there, or is not what was written."""


class Folder:
    """The folder of one copy. It holds personal data, as the database does."""

    def __init__(self, path: Path) -> None:
        """Take where it is; it is made when something is written to it."""
        self.path = path
        self._seen: dict[str, tuple[int, ...]] = {}

    def write(self, name: str, fill: Callable[[IO[bytes]], object]) -> File:
        """Write a new file and flush it; `settle` makes its name last. Raises OSError."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = self.path / f"{name}.partial"
        with os.fdopen(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
            self._seen[name] = _identity(file)
        partial.rename(self.path / name)
        return File(name=name, size=size, digest=digest)

    def settle(self) -> None:
        """Make the names of all written files outlast the loss of power. Raises OSError."""
        for path in (self.path, self.path.parent):
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def open(self, file: File) -> BufferedReader:
        """Open a file as it was written; it stays readable when it is removed meanwhile.

        One that is something else now is removed, so that the next folding builds the copy anew.
        Raises Unreadable.
        """
        try:
            opened = (self.path / file.name).open("rb")
        except OSError as error:
            raise Unreadable(f"{file.name} cannot be read: {error.strerror}") from None
        if not self._is_intact(file, opened):
            opened.close()
            self._discard(file.name)
            raise Unreadable(f"{file.name} is damaged")
        return opened

    def read(self, name: str, digest: str) -> bytes:
        """Return a small file that has this digest. Raises Unreadable."""
        try:
            content = (self.path / name).read_bytes()
        except OSError as error:
            raise Unreadable(f"{name} cannot be read: {error.strerror}") from None
        if hashlib.sha256(content).hexdigest() != digest:
            self._discard(name)
            raise Unreadable(f"{name} is damaged")
        return content

    def has(self, files: Collection[File]) -> bool:
        """Return whether all these files are there, in their size."""
        try:
            return all((self.path / each.name).stat().st_size == each.size for each in files)
        except OSError:
            return False

    def keep_only(self, names: Collection[str]) -> None:
        """Remove all other files of ours; frames that read them have them open. Raises OSError."""
        if not self.path.is_dir():
            return
        for path in self.path.iterdir():
            if path.suffix in _OURS and path.name not in names:
                self._seen.pop(path.name, None)
                path.unlink(missing_ok=True)

    def _discard(self, name: str) -> None:
        """Remove a damaged file, where that is allowed: it will not be taken for whole again."""
        with suppress(OSError):
            (self.path / name).unlink()

    def _is_intact(self, file: File, opened: BufferedReader) -> bool:
        """Return whether the bytes are those written; they are looked at once per process."""
        identity = _identity(opened)
        if self._seen.get(file.name) == identity:
            return True
        if os.fstat(opened.fileno()).st_size != file.size:
            return False
        if hashlib.file_digest(opened, "sha256").hexdigest() != file.digest:
            return False
        opened.seek(0)
        self._seen[file.name] = identity
        return True


def _identity(file: IO[bytes]) -> tuple[int, ...]:
    """Return what changes when a file is written to or replaced."""
    status = os.fstat(file.fileno())
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
