"""How processes of the demo end together, whichever of them is killed.

Each child reads from a pipe whose other end the one who started it holds. Nothing is ever sent: a
process that is gone has closed its ends, however it went.
"""

from __future__ import annotations

import os
import select
import shutil
import threading
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_LONGEST_END = 15.0
"""Seconds that a daemon takes to end at most, and some more."""


def when_closed(pipe: BinaryIO, act: Callable[[], object]) -> None:
    """Do `act` in a thread once nobody holds the other end of a pipe any more."""

    def wait() -> None:
        while pipe.read(1):
            pass
        act()

    threading.Thread(target=wait, daemon=True).start()


def wait_for_end(held: int) -> None:
    """Wait until nobody holds the other end of the pipe `held`; for a quarter of a minute at most.

    The file descriptor is closed then.
    """
    select.select([held], [], [], _LONGEST_END)
    os.close(held)


def remove(folder: Path) -> None:
    """Remove a folder with all that is in it, as far as that is allowed."""
    shutil.rmtree(folder, ignore_errors=True)
