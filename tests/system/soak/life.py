"""Days of a company, one after the other, and what is to be said of them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from structlog.typing import EventDict

from connector.domain.instants import to_micros
from tests.system.soak.accounts import LongLived
from tests.system.soak.company import AT, KNOWN, Company
from tests.system.soak.ladder import RUNGS
from tests.system.soak.verdict import Verdict
from tests.system.soak.watching import Figures, complaints, counted, figures

UPKEEP = timedelta(hours=2)
"""Within which what is old is gone."""
_KEPT_IN_MIND = 20


@dataclass(frozen=True, kw_only=True)
class Life:
    """What became of all the days."""

    days: Sequence[Figures]
    """As things were at the end of each."""
    seconds: float
    """Of this machine's time."""
    complaints: Sequence[EventDict]
    """What was logged at warning or above."""
    answers: Collection[int]
    """How webhooks were answered."""
    jobs: Counter[str]
    """How often each task ended, and how."""
    statements: int
    requests: int
    verdicts: Sequence[Verdict]
    """Of the stages that each platform shows."""
    misfired: Sequence[str]
    """Deeds of triggers that are too many, or missing."""
    repeated: int
    """Deeds that were asked for again."""
    instants: Sequence[int]
    """When each event happened, in microseconds."""

    @property
    def events(self) -> int:
        """How many there were."""
        return len(self.instants)

    def events_of(self, span: timedelta) -> int:
        """Return how many there were within such a span before the end, and an upkeep."""
        since = to_micros(AT + timedelta(days=len(self.days)) - span - UPKEEP)
        return sum(1 for each in self.instants if each > since)


async def lived(company: Company, folder: Path, *, days: int) -> Life:
    """Let days pass, and return what became of them."""
    began, found = time.perf_counter(), []
    with complaints() as told, counted(company.parts) as counts:
        for day in range(1, days + 1):
            await company.live(AT + timedelta(days=day))
            found.append(figures(folder / "heatsync.db"))
    return Life(
        days=found,
        seconds=round(time.perf_counter() - began, 1),
        complaints=told[:_KEPT_IN_MIND],
        answers=company.answers,
        jobs=counts.jobs,
        statements=counts.statements,
        requests=company.requests,
        verdicts=[_judged(company, each) for each in (company.crm, company.shop)],
        misfired=[
            *_misfired(company.crm, "cooled", "cold"),
            *_misfired(company.shop, "warmed", "hot"),
        ],
        repeated=company.crm.deeds.repeated + company.shop.deeds.repeated,
        instants=[deed.at for each in company.deeds.values() for deed in each],
    )


def _judged(company: Company, account: LongLived) -> Verdict:
    terms = company.terms
    verdict = Verdict(cooling=terms.cooling, within=terms.scoring, heard=terms.heard)
    known, last = [to_micros(each + KNOWN) for each in company.founded], company.clock.now()
    verdict.judge(company.deeds, account.moves, known, to_micros(last))
    return verdict


def _misfired(account: LongLived, trigger: str, stage: str) -> Sequence[str]:
    """Return whose deeds are not as many as the times at which they came to `stage`."""
    rung, stood = RUNGS.index(stage), set[int]()
    came: Counter[int] = Counter()
    for person, (_, held) in account.moves.of_people():
        # The first scoring is the baseline.
        came[person] += held == rung and person in stood
        stood.add(person)
    fired = {person: count for (_, person), count in account.deeds.fired.items()}
    return [
        f"{trigger} was done {fired.get(person, 0)} times for {person}, and was due {due} times"
        for person, due in came.items()
        if fired.get(person, 0) != due
    ][:_KEPT_IN_MIND]
