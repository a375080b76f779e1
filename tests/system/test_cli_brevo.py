"""The whole program against a simulated Brevo, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.brevo.simulator import BrevoSimulator
from adapters.brevo.simulator.attributes import Attribute
from adapters.brevo.simulator.records import CustomEvent
from adapters.simulation.server import Server
from connector.runtime.clock import SystemClock
from tests.system.shell import heatsync

MAPPINGS = """
version: 1
platforms:
  mail: {{adapter: brevo, url: "{url}/v3"}}
attributes:
  email: {{type: email, mail: EMAIL}}
  job: {{type: text, mail: JOB}}
model:
  traits: {{seen: {{last: page.viewed}}, regular: {{has: page.viewed}}}}
  rules:
    asked: {{event: form.submitted, points: 20}}
    viewed: {{event: page.viewed, points: 5}}
  scores:
    heat: {{formula: engagement, stages: [{{name: cold, from: 0}}, {{name: hot, from: 20}}]}}
targets:
  mail:
    attributes: {{HEAT_SCORE: heat, HEAT_STAGE: heat_stage, SEEN: seen, REGULAR: regular}}
    lists:
      Hot leads: {{when: "heat_stage = 'hot'"}}
"""
PUBLIC = "https://heat.example.com"


@pytest.fixture
def brevo(bare: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BrevoSimulator]:
    """Stand where a simulated Brevo with two contacts is configured."""
    simulator = BrevoSimulator(now=SystemClock().now, limits=False)
    account = simulator.account
    ann, bob = (account.create(f"{name}@mail.example.com") for name in ("ann", "bob"))
    for person, name in ((ann, "form_submitted"), (bob, "page_viewed")):
        event = CustomEvent(contact_id=person.id, name=name, at=account.now())
        account.records.events.append(event)
    monkeypatch.setenv("HEATSYNC_PLATFORMS__MAIL__API_KEY", account.key)
    monkeypatch.setenv("HEATSYNC_PLATFORMS__MAIL__WEBHOOK_TOKEN", "a-long-random-text")
    monkeypatch.setenv("HEATSYNC_PUBLIC_URL", PUBLIC)
    with Server(simulator.app) as server:
        (bare / "mappings").mkdir()
        text = MAPPINGS.format(url=server.url)
        (bare / "mappings" / "heatsync.yaml").write_text(text, encoding="utf-8")
        yield simulator


def values(simulator: BrevoSimulator) -> dict[str, tuple[object, object]]:
    return {
        str(each.email).partition("@")[0]: (
            each.values.get("HEAT_SCORE"),
            each.values.get("HEAT_STAGE"),
        )
        for each in simulator.account.people
    }


def test_an_account_is_checked_set_up_and_kept_in_step(brevo: BrevoSimulator) -> None:
    found = heatsync("check")
    assert found.code == 69
    place = "mappings/heatsync.yaml:17: targets.mail.attributes.HEAT_SCORE"
    assert f"{place}: mail has no field `HEAT_SCORE`" in found.out
    assert "mail has no field JOB: the attribute stays empty" in found.out

    brevo.account.define(Attribute(name="JOB"))
    brevo.trace.clear()
    assert heatsync("check", "--fix", "--yes").code == 0
    assert len(brevo.trace.of("GET", "/v3/account")) == 1

    first = heatsync("sync", "--json").json
    assert first["problems"] == []
    assert first["deliveries"]["mail"]["delivered"] == 2
    assert values(brevo) == {"ann": (20, "hot"), "bob": (5, "cold")}
    (hot,) = [each for each in brevo.account.lists.by_id.values() if each.name == "Hot leads"]
    assert len(hot.members) == 1

    brevo.trace.clear()
    for _ in range(2):
        again = heatsync("sync", "--json").json
        assert again["deliveries"].get("mail", {}).get("calls", 0) == 0
        assert again["scored"] == 0
    assert {each.method for each in brevo.trace} == {"GET"}


def test_webhooks_are_registered_listed_and_removed(brevo: BrevoSimulator) -> None:
    made = heatsync("webhooks", "register", "--json").json["mail"]
    again = heatsync("webhooks", "register", "--json").json["mail"]

    assert again == made
    assert {each["url"] for each in made} == {f"{PUBLIC}/webhooks/mail"}
    assert len(brevo.account.outbox.hooks) == 2
    assert "contactDeleted" in heatsync("webhooks", "list").out
    assert heatsync("webhooks", "remove").code == 0
    assert brevo.account.outbox.hooks == {}


def test_a_wrong_key_is_told_in_plain_words_and_not_repeated(
    brevo: BrevoSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEATSYNC_PLATFORMS__MAIL__API_KEY", "xkeysib-wrong")

    checked, synced = heatsync("check"), heatsync("sync")

    assert (checked.code, synced.code) == (69, 69)
    assert "refuses the key, or does not know the address of this machine" in checked.out
    assert "refused by mail" in synced.out
    assert "mail refuses us since" in heatsync("status").out
    assert "xkeysib" not in checked.out + checked.err + synced.out + synced.err
