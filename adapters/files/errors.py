"""What goes wrong with a file, in the words of the contract.

Whatever a person has to mend (a file that is missing or cannot be read) is UnexpectedAnswer, a
missing right is AccessRefused, and the rest (a full disk, a share that went away) may pass by
itself: PlatformUnavailable.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from connector.errors import AccessRefused, PlatformError, PlatformUnavailable, UnexpectedAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MISTAKES = (FileNotFoundError, FileExistsError, IsADirectoryError, NotADirectoryError)


class BadFile(Exception):
    """A file that cannot be read as what it should be; the message says why."""

    def __init__(self, reason: str, path: Path | None = None) -> None:
        super().__init__(reason)
        self.path = path
        """Which file it is, where whoever asked for it does not know."""


@contextmanager
def named(path: Path, *, platform: str, operation: str) -> Iterator[None]:
    """Turn what goes wrong with the file at `path` into a PlatformError that names it."""
    try:
        yield
    except BadFile as error:
        text = f"{error.path or path}: {error}"
        raise UnexpectedAnswer(text, platform=platform, operation=operation) from error
    except OSError as error:
        text = f"{error.filename or path}: {error.strerror or 'cannot be used'}"
        raise _kind(error)(text, platform=platform, operation=operation) from error


def _kind(error: OSError) -> type[PlatformError]:
    if isinstance(error, PermissionError):
        return AccessRefused
    return UnexpectedAnswer if isinstance(error, _MISTAKES) else PlatformUnavailable
