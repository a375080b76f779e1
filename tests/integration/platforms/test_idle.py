"""A cycle in which nothing happened costs next to nothing, with all surprises of both platforms."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connector.domain.instants import to_micros
from state.opening import DatabaseState, open_state
from tests.integration.platforms.company import Company, a_company

MAPPINGS = """
version: 1
platforms:
  crm: {adapter: hubspot, tier: pro}
  mail: {adapter: brevo}
attributes:
  email: {type: email, crm: email, mail: EMAIL}
  job: {type: text, crm: jobtitle, mail: JOB, sync: [crm, mail]}
model:
  rules:
    opened: {event: email.opened, points: 5, decay: {expires: 30d}}
    clicked: {event: email.clicked, points: 9, decay: {expires: 30d}}
  scores: {lead: {stages: [{name: cold, from: 0}, {name: hot, from: 9}]}}
targets:
  crm: {attributes: {heat_score: lead, heat_stage: lead_stage}}
  mail: {attributes: {HEAT_SCORE: lead, HEAT_STAGE: lead_stage}}
"""


async def a_busy_company(company: Company) -> None:
    """Let 120 people be on both platforms, and do something on each."""
    at_ms = to_micros(company.clock.at) // 1000
    for number in range(120):
        email = f"person{number}@mail.example.com"
        company.crm.account.add(email=email, jobtitle="cook")
        company.mail.account.create(email, JOB="clerk" if number % 2 else "cook")
        company.crm.account.engagement.send_mail_event("CLICK", email, at_ms)
        message = company.mail.account.mail.send(email)
        company.mail.account.mail.happen("opened", message)


@pytest.mark.parametrize("minutes", [5, 15, 60])
async def test_a_cycle_without_change_writes_nothing_and_asks_each_platform_three_times_at_most(
    minutes: int,
) -> None:
    await _idle(minutes)


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
async def test_so_it_is_where_postgresql_keeps_what_is_known(postgres_url: str) -> None:
    state = await open_state(postgres_url)
    await _idle(minutes=60, state=state)
    await state.aclose()


async def _idle(minutes: int, state: DatabaseState | None = None) -> None:
    """Run cycles so far apart, and look at those in which nothing happens any more."""
    async with a_company(MAPPINGS, state=state) as company:
        await a_busy_company(company)
        # Echoes come back for an hour and a bit: until then searches find what we wrote.
        for _ in range(2 + 90 // minutes):
            await company.sync()
            company.clock.advance(timedelta(minutes=minutes))
        for name, way in company.ways.items():
            way.writes.clear()
            company.simulators[name].trace.clear()

        for _ in range(8):
            summary = await company.sync()
            company.clock.advance(timedelta(minutes=minutes))

            asked = {name: len(each.trace) for name, each in company.simulators.items()}
            assert max(asked.values()) <= 3, asked
            assert (summary.scored, summary.problems) == (0, [])
            for each in company.simulators.values():
                each.trace.clear()
        assert [way.writes for way in company.ways.values()] == [[], []]
