"""What can be read of Plezi takes part in scoring; no score can be written there."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from adapters.rest.adapter import CAPABILITIES
from adapters.rest.config import RestConfig
from adapters.simulation.faults import Fault
from connector.errors import ConfigError
from connector.ports.platform import Part
from tests.builders import T
from tests.fakes import FakeClock
from tests.integration.presets.accounts import KEY, Company, a_company
from tests.integration.presets.plezi.simulator import CONTENT, FORM, TENANT, PleziSimulator

TEXT = f"""
version: 1
platforms:
  crm: {{adapter: memory, create: true}}
  plezi:
    adapter: rest
    preset: plezi
    settings: {{tenant: {TENANT}, form: {FORM}, content: {CONTENT}}}
    contacts: {{params: {{limit: 3}}}}
attributes:
  email: {{type: email, crm: email, plezi: email}}
  first_name: {{type: text, crm: first_name, plezi: first_name, sync: [crm]}}
model:
  rules:
    opened: {{event: email.opened, points: 12}}
    named: {{when: "first_name IS NOT NULL", points: 1}}
  scores: {{heat: {{stages: [{{name: cold, from: 0}}, {{name: hot, from: 12}}]}}}}
targets:
  crm: {{attributes: {{heat: heat}}}}
"""
NURTURED = """
triggers:
  nurture: {when: "heat_stage = 'hot'", do: [{push: {platform: plezi}}], backfill: true}
"""


@pytest.fixture
async def company() -> AsyncIterator[Company]:
    clock = FakeClock(T)
    async with a_company(TEXT, {"plezi": PleziSimulator(now=clock.now)}, clock) as company:
        yield company


@pytest.fixture
def plezi(company: Company) -> PleziSimulator:
    found = company.simulators["plezi"]
    assert isinstance(found, PleziSimulator)
    return found


def config(**own: object) -> RestConfig:
    entry = {"adapter": "rest", "preset": "plezi", **own}
    return RestConfig.model_validate_json(json.dumps(entry), strict=True)


async def test_everybody_is_read_in_full_pages_and_scored_in_the_crm(
    company: Company, plezi: PleziSimulator
) -> None:
    for number in range(8):
        plezi.create(f"p{number}@x.org", first_name="Ann")

    await company.sync()

    assert {each.email for each in company.crm.people.values()} == {
        f"p{number}@x.org" for number in range(8)
    }
    assert all(each.values["heat"] == 1 for each in company.crm.people.values())


async def test_who_is_missing_at_a_later_reading_is_gone(
    company: Company, plezi: PleziSimulator
) -> None:
    people = [plezi.create(f"p{number}@x.org", first_name="Ann") for number in range(8)]
    await company.sync()
    del plezi.people[people[2].id]

    await company.sync(timedelta(days=2))

    async with company.state.read() as tx:
        live = await tx.contacts.live_ids("plezi", limit=100)
    assert set(live) == {each.id for each in people if each is not people[2]}


async def test_a_contact_is_made_by_a_form_once() -> None:
    clock = FakeClock(T)
    plezi = PleziSimulator(now=clock.now)
    async with a_company(TEXT + NURTURED, {"plezi": plezi}, clock) as company:
        company.opens(company.crm.create("new@x.org"))

        await company.sync()
        await company.sync()

    (made,) = plezi.people.values()
    assert (made.email, made.forms) == ("new@x.org", [FORM])


async def test_without_a_form_nothing_is_asked_for() -> None:
    clock = FakeClock(T)
    plezi = PleziSimulator(now=clock.now)
    text = (TEXT + NURTURED).replace(f", form: {FORM}, content: {CONTENT}", "")
    async with a_company(text, {"plezi": plezi}, clock) as company:
        company.opens(company.crm.create("new@x.org"))

        await company.sync()

    assert plezi.trace.of("GET", "/api/v1/create_contact_after_webform") == []


def test_what_is_not_known_of_it_is_absent() -> None:
    able = config().able(CAPABILITIES)

    assert able.parts == {Part.CONTACTS, Part.IDS, Part.CONTACT_CREATOR, Part.ACTIONS}
    assert able.action_kinds == {"push"}
    assert able.event_types == frozenset()
    assert able.writable_types == frozenset()
    assert not able.is_sink


async def test_a_score_cannot_be_written_there() -> None:
    text = TEXT.replace("targets:", "targets:\n  plezi: {attributes: {score: heat}}")

    with pytest.raises(ConfigError) as refused:
        async with a_company(text, {"plezi": PleziSimulator(now=FakeClock(T).now)}):
            pass

    assert "plezi" in str(refused.value)


async def test_an_own_entry_says_anew_what_was_only_guessed() -> None:
    own = config(contacts={"path": "/contact", "items": "contacts", "record": {"email": "email"}})

    assert own.contacts is not None
    assert (own.contacts.path, own.contacts.items) == ("/contact", "contacts")
    assert (own.contacts.record.id, own.contacts.record.email) == ("id", "email")


@pytest.mark.parametrize("fault", [Fault.HTML_PAGE, Fault.CUT_BODY, Fault.UNAVAILABLE])
async def test_an_answer_that_is_none_takes_nobody_away(
    company: Company, plezi: PleziSimulator, fault: Fault
) -> None:
    ann = plezi.create("ann@x.org")
    await company.sync()
    plezi.faults.play(*[fault] * 4)

    await company.sync(timedelta(days=2))

    async with company.state.read() as tx:
        assert await tx.contacts.live_ids("plezi", limit=100) == [ann.id]


async def test_a_refusal_that_repeats_the_key_does_not_bring_it_to_light(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    clock = FakeClock(T)
    text = TEXT.replace(f"tenant: {TENANT}", "tenant: Another")
    async with a_company(text, {"plezi": PleziSimulator(now=clock.now)}, clock) as company:
        summary = await company.sync()

        seen = f"{summary!r}{caplog.text}{company.platforms!r}"
    assert "401" in seen
    assert KEY not in seen
