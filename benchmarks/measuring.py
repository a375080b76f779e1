"""Time something several times, in a process of its own if need be; say on what machine."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_STATUS = Path("/proc/self/status")


@dataclass(slots=True)
class Taken:
    """Seconds that runs took, by the clock and of processor time in all threads."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @contextmanager
    def run(self) -> Iterator[None]:
        """Take the time of the block."""
        began, used = time.perf_counter(), time.process_time()
        yield
        self.wall.append(round(time.perf_counter() - began, 4))
        self.cpu.append(round(time.process_time() - used, 4))

    def figures(self) -> dict[str, object]:
        """Return the medians, and every run."""
        return {**figure(self.wall), "median_cpu_s": statistics.median(self.cpu)}


def seconds(work: Callable[[], object], *, runs: int) -> list[float]:
    """Return how many seconds each of `runs` runs of `work` took."""
    taken: list[float] = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        taken.append(round(time.perf_counter() - began, 3))
    return taken


def figure(taken: list[float]) -> dict[str, object]:
    """Return the median of some runs, and all of them."""
    return {"median_s": statistics.median(taken), "runs_s": taken}


def medians(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the figures of runs in processes of their own as those of one."""
    return {
        **figure([each["median_s"] for each in runs]),
        "median_cpu_s": statistics.median(each["median_cpu_s"] for each in runs),
        "peak_mb": max((each["peak_mb"] or 0 for each in runs), default=0),
    }


def apart(work: Callable[..., dict[str, Any]], *arguments: object) -> dict[str, Any]:
    """Return what `work` returns in a process of its own, and its `peak_mb` of memory.

    `work` is a function of a module; arguments and answer go as JSON.
    """
    name = f"{work.__module__}:{work.__name__}"
    command = [sys.executable, "-m", "benchmarks.measuring", name, json.dumps(arguments)]
    ran = subprocess.run(command, check=True, stdout=subprocess.PIPE)  # noqa: S603 - our own
    answer: dict[str, Any] = json.loads(ran.stdout)
    return answer


def machine() -> dict[str, object]:
    """Return what tells this machine from another."""
    return {
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "system": platform.system(),
    }


def say(what: str) -> None:
    """Tell a person who waits what takes so long; figures alone go to standard output."""
    sys.stderr.write(f"{what} ...\n")


def _peak_mb() -> int | None:
    """Return the most memory this process ever held; None where the system does not say."""
    if not _STATUS.exists():
        return None
    for line in _STATUS.read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) // 1024
    return None


def _main(name: str, arguments: str) -> None:
    module, _, function = name.partition(":")
    answer = getattr(import_module(module), function)(*json.loads(arguments))
    sys.stdout.write(json.dumps({**answer, "peak_mb": _peak_mb()}))
    sys.stdout.flush()
    # Without Python's end: DuckDB's bindings would complain there, of leaks that are no matter.
    os._exit(0)


if __name__ == "__main__":
    _main(*sys.argv[1:])
