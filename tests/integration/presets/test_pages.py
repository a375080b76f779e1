"""What the pages of Plezi, Omnisense and ActiveCampaign show is so."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent
from typing import Any
from urllib.parse import urlencode

import pytest
from pydantic import SecretStr

from adapters.registry import all_adapters
from adapters.webhook.adapter import connect
from connector.config.configuration import Configuration
from connector.config.files import Source
from connector.config.folder import Folder
from connector.config.loader import read_configuration
from connector.config.settings import Settings
from connector.ports.adapter import PlatformContext
from connector.ports.budget import Unlimited
from connector.ports.webhook import WebhookRequest
from tests.builders import T
from tests.fakes import FakeClock

PAGES = Path(__file__).parents[3] / "docs" / "platforms"
NAMES = ("plezi", "omnisense", "activecampaign")
SCORES = """
model:
  rules: {opened: {event: email.opened, points: 10}}
  scores: {heat: {stages: [{name: cold, from: 0}, {name: warm, from: 10}, {name: hot, from: 20}]}}
"""
OPENED = {
    # The keys are those of https://developers.activecampaign.com/page/webhooks.
    "type": "open",
    "date_time": "2026-01-15T04:00:00-06:00",
    "initiated_from": "public",
    "list": "0",
    "contact[id]": "5",
    "contact[email]": "Ann@Example.com",
    "contact[fields][country]": "FR",
    "campaign[id]": "12",
    "campaign[name]": "January",
    "campaign[message][subject]": "News",
}


def blocks(name: str, language: str) -> list[str]:
    page = (PAGES / f"{name}.md").read_text("utf-8")
    return [dedent(each) for each in re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)]


def read(entry: str) -> Configuration:
    text = f"version: 1\n{entry}{SCORES}"
    source = Source(name="mappings/a.yaml", raw=text.encode())
    folder = Folder(path=Path("mappings"), sources=(source,))
    return read_configuration(folder, all_adapters(), Settings.model_construct(), offline=True)


@pytest.mark.parametrize(
    "entry", [each for name in NAMES for each in blocks(name, "yaml")], ids=lambda each: each[:40]
)
def test_every_entry_is_right(entry: str) -> None:
    assert read(entry).platforms


def relay() -> dict[str, Any]:
    """Return what the relay of the page defines."""
    names: dict[str, Any] = {"__name__": "relay"}
    exec(blocks("activecampaign", "python")[0], names)  # noqa: S102 - our own page
    return names


def test_a_form_of_activecampaign_becomes_an_event() -> None:
    entry = read(blocks("activecampaign", "yaml")[-1]).platform("ac_events")
    context = PlatformContext(
        name="ac_events",
        config=entry.config,
        folder=Path(),
        clock=FakeClock(T),
        budget=Unlimited(),
        secrets={"webhook_secret": SecretStr("secret")},
    )
    parser = connect(context).webhook_parser
    assert parser is not None
    names = relay()
    body = names["json"].dumps(names["told"](urlencode(OPENED).encode())).encode()

    told = parser.parse(WebhookRequest(method="POST", url="", headers={}, body=body, received_at=T))

    (event,) = told.events
    assert (event.subject, event.type, event.occurred_at) == ("ann@example.com", "email.opened", T)
    assert event.fields == {"campaign_id": "12", "campaign_name": "January"}
    assert told.problems == ()


def test_a_name_that_is_a_text_and_a_list_stays_readable() -> None:
    form = urlencode({"list[][id]": "3", "list": "0", "contact[email]": "ann@x.org"}).encode()

    assert relay()["told"](form) == {"list": "0", "contact": {"email": "ann@x.org"}}
