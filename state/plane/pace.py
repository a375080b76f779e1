"""How often replicas tell that they live, and after what silence they count as gone."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The times by which replicas share the work."""

    beat: timedelta = timedelta(seconds=3)
    """How often a replica tells that it lives."""
    lease: timedelta = timedelta(seconds=15)
    """For how long it has its lanes from then on, and its jobs are left to it."""
    margin: timedelta = timedelta(seconds=3)
    """By how much sooner it takes them for lost itself."""
    sweep: timedelta = timedelta(seconds=10)
    """How often jobs are looked for that nobody performs any more."""
    retry: timedelta = timedelta(seconds=1)
    """How soon a database that did not answer is asked again."""
    drain: timedelta = timedelta(seconds=30)
    """How long jobs may go on in a lane that another replica shall have."""


def since_boot() -> float:
    """Return seconds that nobody can set back, and that pass while the machine sleeps."""
    # Where it is not known, as outside of Linux, the other one pauses in a machine that sleeps.
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
