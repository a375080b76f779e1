"""What a database knows of people, and what it would know after one undisturbed pull."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from connector.domain.frames import AT, CONTACT
from connector.ports.store import Transaction
from connector.runtime.bootstrap import opened_state, opened_workspace
from connector.sync.cycle import Steps, run_cycle
from tests.system.chaos.company import Company
from tests.system.chaos.rest import settings_of

_TOLD_BY_POLLING = frozenset(
    {"email.opened", "email.clicked", "page.viewed", "form.submitted", "order.placed"}
)
_LEAD = "lead"


@dataclass(slots=True, kw_only=True)
class Known:
    """What is known of one person."""

    results: Mapping[str, tuple[float | None, float | None, str | None]] = field(
        default_factory=dict
    )
    """Exact value, rounded value and stage of each score."""
    events: Counter[tuple[str, str, datetime]] = field(default_factory=Counter)
    """How often a platform told of a type at an instant; of types that polling tells all of."""

    @property
    def shown(self) -> tuple[float | None, str | None]:
        """Return the score and the stage that platforms shall show."""
        _, rounded, stage = self.results[_LEAD]
        return rounded, stage


async def kept(company: Company) -> Mapping[str, Known]:
    """Return what daemons made of all that happened, by each address of who is on a platform."""
    settings = settings_of(company, company.database)
    async with opened_state(settings) as state, state.read() as tx:
        return await _known(tx)


async def pulled_anew(company: Company) -> Mapping[str, Known]:
    """Return what one whole pull into an empty database comes to; nothing is written."""
    settings = settings_of(company, f"sqlite:///{company.folder / 'afresh.db'}")
    async with opened_workspace(settings) as workspace:
        summary = await run_cycle(workspace, Steps(pushes=False), workspace.clock.now())
        assert summary.exit_code == 0, summary.problems
        async with workspace.state.read() as tx:
            return await _known(tx)


async def _known(tx: Transaction) -> Mapping[str, Known]:
    numbers = await tx.contacts.all_numbers()
    of_numbers = {number: Known() for number in numbers}
    for number, name, *result in (await tx.scores.current(numbers)).iter_rows():
        of_numbers[number].results |= {name: tuple(result)}  # type: ignore[operator]
    for each in (await tx.events.frame(None, {})).collect().iter_rows(named=True):
        if each["type"] in _TOLD_BY_POLLING:
            of_numbers[each[CONTACT]].events[each["platform"], each["type"], each[AT]] += 1
    return {
        email: of_numbers[record.contact]
        for record in await tx.contacts.records_of(numbers)
        if record.removed_at is None and record.contact is not None
        for email in record.emails
    }
