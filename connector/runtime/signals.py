"""How a daemon is told to stop and to read its configuration again."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

STOPS = (signal.SIGTERM, signal.SIGINT)
LONGEST_END = 9.5
"""Seconds after which the process ends wherever it stands."""
_BY_SIGNAL = 128
"""Shells tell the end by a signal as this and its number."""


class Signals:
    """What the process was told so far."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.stop = asyncio.Event()
        self.reload = asyncio.Event()

    def stops(self, number: int) -> None:
        """Ask for a graceful end; asked again, or too late, the process ends where it stands.

        That loses nothing: whatever was under way is taken up again by the next one.
        """
        if self.stop.is_set():
            os._exit(_BY_SIGNAL + number)
        self.stop.set()
        # Threads that wait for a database or a file that does not answer cannot be cancelled, and
        # Python waits for each of them. This one it does not wait for.
        end = threading.Timer(LONGEST_END, os._exit, [_BY_SIGNAL + number])
        end.daemon = True
        end.start()


@contextmanager
def heard() -> Iterator[Signals]:
    """Hear SIGTERM, SIGINT and SIGHUP while the block runs, in the loop that is running."""
    signals = Signals()
    loop = asyncio.get_running_loop()
    for number in STOPS:
        loop.add_signal_handler(number, signals.stops, number)
    loop.add_signal_handler(signal.SIGHUP, signals.reload.set)
    try:
        yield signals
    finally:
        for number in (*STOPS, signal.SIGHUP):
            loop.remove_signal_handler(number)
