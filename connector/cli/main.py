"""The command `heatsync`: what holds whatever the command is."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

INTERRUPTED = 130
TRY_AGAIN = 75


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, and exit as the command says."""
    if os.getpid() == 1:
        # The first process of a container gets no signal that it has no handler for.
        signal.signal(signal.SIGTERM, _end)
    for stream in (sys.stdout, sys.stderr):
        # A name that the terminal's encoding lacks must not stop a sync.
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
    given = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(_run(given))


def _end(number: int, _frame: object) -> None:
    """End at once, as the system ends every other process that hears no signals yet."""
    os._exit(128 + number)


def _run(given: Sequence[str]) -> int:
    try:
        # Here, so that an interrupt while the program is loaded ends in no traceback either.
        from connector.cli.app import run
        from connector.runtime.process import spare_the_collector

        spare_the_collector()
        code = run(given)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return _let_go_of_output()
    except OSError as error:
        return _no_room(error, as_json="--json" in given)
    return code


def _no_room(error: OSError, *, as_json: bool) -> int:
    """Tell that the machine fails us: a full disk, a folder that may not be written to."""
    from connector.cli.console import stop

    place = f"{error.filename}: " if error.filename else ""
    try:
        stop(f"{place}{error.strerror or error}", as_json=as_json)
        sys.stdout.flush()
    except OSError:
        _let_go_of_output()
    return TRY_AGAIN


def _let_go_of_output() -> int:
    """Keep Python from writing at its end to an output that nobody reads any more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
