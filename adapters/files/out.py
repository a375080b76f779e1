"""The folder `out/`: files in it are replaced whole, and nothing outside it is ever written."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from threading import Lock
from typing import TYPE_CHECKING

from adapters.files.errors import BadFile, named

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OUT = "out"
LISTS = "lists"
_UNFINISHED = ".unfinished"


class OutFolder:
    """`out/` of one platform; one writer at a time."""

    def __init__(self, folder: Path, *, platform: str) -> None:
        self._folder = folder
        self.path = folder / OUT
        self.lists = self.path / LISTS
        self.platform = platform
        self._lock = Lock()

    @contextmanager
    def at(self, name: str, operation: str) -> Iterator[Path]:
        """Lock the folder and give a path in it; raises PlatformError that names it."""
        path = self.path / name
        with self._lock, named(path, platform=self.platform, operation=operation):
            for folder in (self.path, self.lists):
                self._refuse_outside(folder)
                _sweep(folder)
            yield path

    def write(self, path: Path, text: str) -> None:
        """Replace the file at `path` by one that holds `text`, whole or not at all."""
        if not self._folder.is_dir():
            raise BadFile("the folder of this platform is not there")
        path.parent.mkdir(parents=True, exist_ok=True)
        # A short name, which fits wherever that of `path` does; what a crash leaves is swept.
        fresh = path.with_name(f".{os.getpid()}{_UNFINISHED}")
        try:
            with fresh.open("x", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
        except OSError:
            fresh.unlink(missing_ok=True)
            raise
        _settle(path.parent)

    def is_writable(self) -> bool:
        """Return whether files could be written, without writing any."""
        nearest = self.path if self.path.exists() else self._folder
        return os.access(nearest, os.W_OK | os.X_OK)

    def _refuse_outside(self, folder: Path) -> None:
        if not folder.resolve().is_relative_to(self._folder.resolve()):
            text = f"is a link out of {self._folder}; heatsync writes only inside it"
            raise BadFile(text, folder)


def _sweep(folder: Path) -> None:
    for left in folder.glob(f".*{_UNFINISHED}"):
        left.unlink(missing_ok=True)


def _settle(folder: Path) -> None:
    """Make the replacement outlive a loss of power, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
