"""How far a long run is, and what it came to: lines for whoever waits, and JSON for the end.

`python -m tests.system.chaos.figures` prints the sum of all that was kept in the file that
CHAOS_FIGURES names.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from tests.system.chaos.company import Company
from tests.system.chaos.deeds import DEEDS
from tests.system.chaos.rest import writes
from tests.system.chaos.traffic import Traffic

Say: TypeAlias = Callable[[str], None]

FILE = "CHAOS_FIGURES"
_EVERY = 10


@dataclass
class Figures:
    """Counts what one run came to."""

    company: Company
    traffic: Traffic
    kills: Counter[str]
    seed: int
    say: Say
    began: float = field(default_factory=time.monotonic)
    told: int = 0

    @property
    def database(self) -> str:
        """Return which kind of database it was on."""
        return self.company.database.partition(":")[0]

    def tell_progress(self) -> None:
        """Say how far it is, once every ten kills."""
        tens = self.kills.total() // _EVERY
        if tens > self.told:
            self.told = tens
            things, many = self.traffic.things.total(), len(writes(self.company))
            self.say(
                f"{self.database}, seed {self.seed}: killed {self.kills.total()} times, "
                f"{things} things happened, {many} writes"
            )

    def keep(self) -> None:
        """Add what it came to to the file of figures, where one is named."""
        if FILE not in os.environ:
            return
        with Path(os.environ[FILE]).open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps(self._all())}\n")

    def _all(self) -> dict[str, Any]:
        people = self.traffic.people
        return {
            "seed": self.seed,
            "database": self.database,
            "seconds": round(time.monotonic() - self.began),
            "kills": dict(self.kills),
            "things": dict(self.traffic.things),
            "people": len(people),
            "events": sum(each.events.total() for each in people),
            "writes": len(writes(self.company)),
            "done": {
                each.trigger: sum(each.done_to(self.company, person) for person in people)
                for each in DEEDS
            },
            "repeats": {
                "hook": self.company.hook.records.repeats,
                "tool": self.company.tool.records.repeats,
            },
        }


def summed(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the sum of runs by database; seeds are listed."""
    sums: dict[str, Any] = {}
    for run in runs:
        whole = sums.setdefault(run["database"], {"seeds": []})
        whole["seeds"].append(run["seed"])
        for name in run.keys() - {"database", "seed"}:
            value, known = run[name], whole.get(name, 0)
            if isinstance(value, dict):
                value, known = Counter(value), Counter(known or {})
            whole[name] = known + value
    return sums


if __name__ == "__main__":
    lines = Path(os.environ[FILE]).read_text(encoding="utf-8").splitlines()
    sys.stdout.write(json.dumps(summed([json.loads(each) for each in lines]), indent=2) + "\n")
