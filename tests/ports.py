"""Ports for processes that come later, or come back."""

from __future__ import annotations

import random
import socket
from contextlib import suppress

_PLACES = range(20_000, 32_000)
"""Below those that a system gives to whoever asks for any, which other tests do all the time."""


def free_port() -> int:
    """Return a port that nobody listens on, and that nobody gets who asks for any."""
    while True:
        port = random.SystemRandom().choice(_PLACES)
        with suppress(OSError):
            socket.create_server(("127.0.0.1", port)).close()
            return port
