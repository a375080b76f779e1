"""Omnisense is told of everybody by their address: scores as texts, triggers as events."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator

import pytest

from adapters.rest.adapter import CAPABILITIES
from adapters.rest.config import RestConfig
from adapters.simulation.faults import Fault
from connector.domain.outbound import DeliveryState
from connector.ports.platform import Part
from tests.builders import T
from tests.fakes import FakeClock
from tests.integration.presets.accounts import KEY, Company, a_company
from tests.integration.presets.omnisense.simulator import OmnisenseSimulator

TEXT = """
version: 1
platforms:
  crm: {adapter: memory}
  omni: {adapter: rest, preset: omnisense, url: https://acme.app.omnisense.io}
attributes:
  email: {type: email, crm: email}
model:
  rules: {opened: {event: email.opened, points: 12.5}}
  scores: {heat: {round: 1, stages: [{name: cold, from: 0}, {name: hot, from: 20}]}}
targets:
  omni: {attributes: {heat_score: heat, heat_stage: heat_stage}, write_when: {change_of: 5}}
triggers:
  hot: {when: "heat_stage = 'hot'", do: [{campaign: {platform: omni, id: score.changed}}]}
"""


@pytest.fixture
async def company() -> AsyncIterator[Company]:
    clock = FakeClock(T)
    omni = OmnisenseSimulator(now=clock.now)
    async with a_company(TEXT, {"omni": omni}, clock) as company:
        yield company


@pytest.fixture
def omni(company: Company) -> OmnisenseSimulator:
    found = company.simulators["omni"]
    assert isinstance(found, OmnisenseSimulator)
    return found


async def test_scores_are_told_as_texts_to_the_address(
    company: Company, omni: OmnisenseSimulator
) -> None:
    company.opens(company.crm.create("ann@x.org"))

    await company.sync()

    profile = omni.profiles["ann@x.org"]
    assert profile.user == {"email": "ann@x.org"}
    assert profile.metadata == {"heat_score": "12.5", "heat_stage": "cold"}


async def test_a_second_cycle_tells_nothing(company: Company, omni: OmnisenseSimulator) -> None:
    company.opens(company.crm.create("ann@x.org"))
    await company.sync()
    told = len(omni.trace)

    await company.sync()

    assert len(omni.trace) == told


async def test_a_trigger_becomes_an_event(company: Company, omni: OmnisenseSimulator) -> None:
    ann = company.crm.create("ann@x.org")
    await company.sync()
    company.opens(ann, 2)

    await company.sync()

    (event,) = omni.events
    assert (event["email"], event["identifier"]) == ("ann@x.org", "score.changed")
    assert event["segments"]["trigger"] == "hot"
    assert event["segments"]["key"]
    assert omni.profiles["ann@x.org"].metadata == {"heat_score": "25.0", "heat_stage": "hot"}


async def test_of_somebody_without_an_address_nothing_is_sent(
    company: Company, omni: OmnisenseSimulator
) -> None:
    company.crm.create(None)

    await company.sync()

    assert len(omni.trace) == 0
    states = {each.state for each in await company.rows("omni")}
    assert states <= {DeliveryState.DEAD}


async def test_nobody_is_read_there() -> None:
    entry = {"adapter": "rest", "preset": "omnisense", "url": "https://acme.app.omnisense.io"}
    config = RestConfig.model_validate_json(json.dumps(entry), strict=True)

    able = config.able(CAPABILITIES)

    assert able.is_sink
    assert able.parts == {Part.ATTRIBUTE_WRITER, Part.ACTIONS}
    assert able.action_kinds == {"campaign"}
    assert config.missing_secrets([]) == ["api_key"]


@pytest.mark.parametrize(
    "fault",
    [Fault.HTML_PAGE, Fault.CUT_BODY, Fault.UNAVAILABLE, Fault.LOST_ANSWER, Fault.RATE_LIMITED],
)
async def test_what_goes_wrong_is_told_again(
    company: Company, omni: OmnisenseSimulator, fault: Fault
) -> None:
    company.opens(company.crm.create("ann@x.org"))
    omni.faults.play(fault)

    for _ in range(3):
        await company.sync()

    assert omni.profiles["ann@x.org"].metadata["heat_score"] == "12.5"


async def test_a_refusal_that_repeats_the_key_does_not_bring_it_to_light(
    company: Company, omni: OmnisenseSimulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    company.opens(company.crm.create("ann@x.org"))
    omni.key = "another"

    summary = await company.sync()

    seen = f"{summary!r}{await company.rows('omni')!r}{caplog.text}{company.platforms!r}"
    assert "401" in seen
    assert KEY not in seen


async def test_the_key_is_in_no_address(company: Company, omni: OmnisenseSimulator) -> None:
    company.opens(company.crm.create("ann@x.org"))

    await company.sync()

    assert len(omni.trace) > 0
    assert all(KEY not in each.path + each.query for each in omni.trace)
