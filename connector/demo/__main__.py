"""The processes of the demo: `platforms <order>` and `daemon`, each in its folder."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from importlib import import_module

from connector.demo.orders import order_of
from connector.runtime.process import when_closed

_WORDS_OF_PLATFORMS = 3
_LONGEST_END = 12.0
"""Seconds that the daemon has to end by itself."""


def main(words: list[str]) -> None:
    """Be one of the processes."""
    if len(words) == _WORDS_OF_PLATFORMS and words[1] == "platforms":
        from connector.demo.platforms import play

        play(order_of(words[2]))
    else:
        _be_the_daemon()


def _be_the_daemon() -> None:
    """Sync as of yesterday, then run `heatsync run` as anybody would.

    It ends as well when nobody holds our input any more. What takes its time is loaded before a
    first line says that the platforms are there.
    """
    from connector.config.settings import read_settings
    from connector.demo.yesterday import begin_yesterday
    from connector.runtime.daemon import prepare_process, run_daemon
    from connector.runtime.process import spare_the_collector

    import_module("connector.web.dashboard.mounting")
    spare_the_collector()
    if not sys.stdin.buffer.readline():
        return
    settings = read_settings()
    when_closed(sys.stdin.buffer, _end)
    prepare_process(settings)
    asyncio.run(begin_yesterday(settings))
    asyncio.run(run_daemon(settings, _announce))


def _end() -> None:
    """End as one that is told to; and whatever holds it up, before long."""
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_LONGEST_END)
    os._exit(1)


def _announce(address: str) -> None:
    sys.stdout.write(f"{address}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv)
