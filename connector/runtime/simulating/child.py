"""One simulation, in a process of its own: ``python -m connector.runtime.simulating.child``.

The order comes on standard input, what comes of it goes to standard output; each is a line of
JSON: ``{"share": 0.5}`` on the way, then one of ``{"result": ...}``, ``{"problems": [...]}`` and
``{"error": ...}``. Whoever ordered it holds standard input open: once it is closed, they are gone
or want no answer, and this process ends at once.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import suppress
from dataclasses import asdict
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from connector.ports.progress import Silent
from connector.runtime.process import when_closed

if TYPE_CHECKING:
    from connector.config.configuration import Configuration
    from connector.runtime.simulating.messages import Order
    from connector.sync.simulating.outcome import Simulation

_PATIENT = 5
"""By how much everything else on this machine is more urgent."""
_FIRST_TO_GO = "1000"
"""Where memory runs out, the system ends this process rather than the daemon."""


class _Told(Silent):
    """Tells how far the simulation is, in hundredths."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._hundredths = 0

    def step(self, label: str, done: int, total: int | None = None) -> None:
        del label
        hundredths = 100 * done // total if total else 0
        if hundredths > self._hundredths:
            self._hundredths = hundredths
            _tell(self._out, {"share": hundredths / 100})


def main() -> None:
    """Simulate what is asked."""
    _step_back()
    # Nothing that a library prints may come between the lines.
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    line = sys.stdin.buffer.readline()
    # A thread that waits within the buffer would keep the process from ending well.
    when_closed(FileIO(sys.stdin.fileno(), closefd=False), lambda: os._exit(1))
    if line:
        _tell(out, _outcome(line, out))


def _outcome(line: bytes, out: TextIO) -> dict[str, Any]:
    # Whoever is gone before this is loaded has it ended at once.
    from connector.errors import ConnectorError, MappingError  # noqa: PLC0415 - as said
    from connector.runtime.simulating.messages import Order  # noqa: PLC0415 - as said

    order = Order.read(line)
    try:
        present, draft = _read(order)
    except MappingError as error:
        return {"problems": [asdict(each) for each in error.problems]}
    try:
        simulation = asyncio.run(_simulate(order, present, draft, _Told(out)))
    except ConnectorError as error:
        return {"error": str(error)}
    return {"result": simulation.to_json()}


def _read(order: Order) -> tuple[Configuration, Configuration]:
    from adapters.registry import all_adapters  # noqa: PLC0415 - slow to load, as above
    from connector.config.loader import read_configuration  # noqa: PLC0415 - as above

    # Nothing is asked of platforms, so their keys need not be there.
    present, draft = (
        read_configuration(folder, all_adapters(), order.settings, offline=True)
        for folder in (order.present_folder(), order.draft_folder())
    )
    return present, draft


async def _simulate(
    order: Order, present: Configuration, draft: Configuration, progress: _Told
) -> Simulation:
    from connector.runtime.bootstrap import opened_state  # noqa: PLC0415 - slow to load, as above
    from connector.runtime.clock import SystemClock  # noqa: PLC0415 - as above
    from connector.sync.simulating.simulation import simulate  # noqa: PLC0415 - as above
    from connector.sync.workspace import Workspace  # noqa: PLC0415 - as above

    async with opened_state(order.settings) as state:
        workspace = Workspace(
            state=state,
            platforms={},
            configuration=present,
            clock=SystemClock(),
            progress=progress,
        )
        return await simulate(workspace, draft, order.question)


def _step_back() -> None:
    """Leave machine and memory to others."""
    os.nice(_PATIENT)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO, encoding="ascii")


def _tell(out: TextIO, told: dict[str, Any]) -> None:
    out.write(f"{json.dumps(told)}\n")
    out.flush()


if __name__ == "__main__":
    main()
