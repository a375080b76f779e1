"""What we write makes platforms call: that leads to no further write, and to hardly a request."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connector.sync.receiving.taking_in import take_in
from tests.integration.platforms.company import Company
from tests.integration.receiving.door import a_calling_company

PEOPLE = 200
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
  scores: {lead: {stages: [{name: cold, from: 0}, {name: hot, from: 5}]}}
targets:
  crm:
    attributes: {heat_score: lead, heat_stage: lead_stage}
    lists: {Hot: {when: "lead_stage = 'hot'", create: true}}
  mail:
    attributes: {HEAT_SCORE: lead, HEAT_STAGE: lead_stage}
    lists: {Hot: {when: "lead_stage = 'hot'", create: true}}
"""


def _found(company: Company) -> None:
    """Let people be on both platforms, none of whom was called about."""
    for number in range(PEOPLE):
        email = f"person{number}@mail.example.com"
        company.crm.account.add(email=email, jobtitle="cook")
        company.mail.account.create(email, JOB="cook")
        message = company.mail.account.mail.send(email)
        company.mail.account.mail.happen("opened", message)


@pytest.mark.parametrize("is_batched", [False, True], ids=["at once", "batched"])
async def test_a_push_whose_calls_all_come_back_is_followed_by_nothing(is_batched: bool) -> None:
    async with a_calling_company(MAPPINGS, is_batched=is_batched) as door:
        company = door.company
        company.crm.account.webhooks.settings = None
        _found(company)
        company.crm.call_at("https://leads.example.com/webhooks/crm", properties=["heat_score"])
        company.mail.due_calls()
        summary = await company.sync()
        company.clock.advance(timedelta(minutes=6 if is_batched else 0))
        door.forget_requests()

        await door.deliverer.deliver_due()
        taken = [await take_in(company.workspace, name) for name in ("crm", "mail")]

        assert summary.deliveries["mail"]["delivered"] >= PEOPLE
        assert door.kinds.keys() == {"contact_updated", "list_addition", "contact.propertyChange"}
        assert door.requests() == {"crm": 0, "mail": 0}
        assert [each.echoes for each in taken] == [PEOPLE, PEOPLE]
        assert [(each.events, each.contacts) for each in taken] == [(0, frozenset())] * 2
        await company.sync()
        assert [way.writes for way in company.ways.values()] == [[], []]
