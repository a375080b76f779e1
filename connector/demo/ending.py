"""How processes of the demo end together, whichever of them is killed.

Each child reads from a pipe whose other end the one who started it holds. Nothing is ever sent: a
process that is gone has closed its ends, however it went.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_LONGEST_END = 15.0
"""Seconds that a daemon takes to end at most, and some more."""

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def wait_for_end(held: int) -> None:
    """Wait until nobody holds the other end of the pipe `held`; for a quarter of a minute at most.

    The file descriptor is closed then.
    """
    select.select([held], [], [], _LONGEST_END)
    os.close(held)


def remove(folder: Path) -> None:
    """Remove a folder with all that is in it, as far as that is allowed."""
    shutil.rmtree(folder, ignore_errors=True)


class Interrupts:
    """Signals that end the demo; they wait while something is made that would be left behind."""

    def __init__(self) -> None:
        """Hear nothing yet."""
        self._is_held = False
        self._came = False
        self._again: Callable[[], object] | None = None

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Have Ctrl-C, SIGTERM and a closed terminal raise KeyboardInterrupt in the block.

        What whoever started us ignores, as `nohup` and a shell's background do, stays ignored.
        """
        before = {each: signal.getsignal(each) for each in _SIGNALS}
        for number, handler in before.items():
            if handler is not signal.SIG_IGN:
                signal.signal(number, self._take)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextmanager
    def held(self, again: Callable[[], object] | None = None) -> Iterator[None]:
        """Let signals wait for the end of the block; at each that comes, do `again` at once."""
        self._again, self._is_held = again, True
        try:
            yield
        finally:
            self._is_held = False
        if self._came:
            self._came = False
            raise KeyboardInterrupt

    def _take(self, _number: int, _frame: object) -> None:
        if not self._is_held:
            raise KeyboardInterrupt
        self._came = True
        if self._again is not None:
            self._again()
