"""How this process treats its memory, what it is called, and with whom it ends."""

from __future__ import annotations

import gc
import os
import socket
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from io import RawIOBase
    from typing import BinaryIO

_YOUNG, _MIDDLE, _OLD = 10_000, 3, 300


def spare_the_collector() -> None:
    """Let the cycle collector look less often; call it once, when everything is imported.

    A page of contacts is tens of thousands of small values without a cycle among them. With
    Python's own thresholds they are walked again and again: a third of a first sync's time. Ten
    times as high, what answers of platforms leave behind in cycles would fill the memory.
    Nothing else runs while they are walked, so those that outlived one look are walked soon, and
    few at once: that takes a quarter of the time, and no longer all in all.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)


def this_process() -> str:
    """Return what people call this process."""
    return f"process {os.getpid()} on {socket.gethostname()}"


def when_closed(pipe: BinaryIO | RawIOBase, act: Callable[[], object]) -> None:
    """Do `act` in a thread once nobody holds the other end of a pipe any more."""

    def wait() -> None:
        while pipe.read(1):
            pass
        act()

    threading.Thread(target=wait, daemon=True).start()
