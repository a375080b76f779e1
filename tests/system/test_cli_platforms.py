"""check --fix and webhooks: what a platform lacks is made, and it is told where to call us."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import AsyncMock

import pytest

from adapters.memory import adapter
from adapters.memory.account import Account
from adapters.memory.setup import MemorySetup
from connector.errors import RejectedByPlatform
from connector.ports.platform import RemoteWebhook
from tests.system.shell import heatsync

MAPPINGS = """
version: 1
platforms:
  mail: {adapter: memory}
  past: {adapter: files, path: ../past}
model:
  rules: {opened: {event: email.opened, points: 10}}
  scores: {heat: {formula: engagement}}
targets:
  mail:
    attributes: {HEAT_SCORE: heat}
    lists: {Hot: {when: "heat > 40"}}
"""
ADDRESS = "https://heat.example.com"
OURS = f"{ADDRESS}/webhooks/mail"


@pytest.fixture
def mail(bare: Path, monkeypatch: pytest.MonkeyPatch) -> Account:
    """Stand where a platform in memory is configured, that has nothing so far."""
    (bare / "mappings").mkdir()
    (bare / "mappings" / "heatsync.yaml").write_text(MAPPINGS)
    (bare / "past").mkdir()
    (bare / "past" / "contacts.csv").write_text("id,email\n")
    monkeypatch.setattr(adapter, "_ACCOUNTS", {})
    monkeypatch.setenv("HEATSYNC_PUBLIC_URL", ADDRESS)
    return adapter.account_of("mail")


def test_what_is_missing_is_told_with_what_mends_it(mail: Account) -> None:
    ran = heatsync("check")

    assert ran.code == 69
    assert "mail has no field `HEAT_SCORE`" in ran.out
    assert "mail has no list `Hot`" in ran.out
    assert "heatsync check --fix" in ran.out
    assert (mail.fields, mail.lists) == ({}, {})


def test_what_is_missing_is_made_after_saying_so(mail: Account) -> None:
    ran = heatsync("check", "--fix")

    assert ran.code == 0
    assert ran.out.index("To be made") < ran.out.index("HEAT_SCORE (number)")
    assert set(mail.fields) == {"HEAT_SCORE"}
    assert set(mail.lists) == {"Hot"}


def test_machines_read_what_was_made(mail: Account) -> None:
    ran = heatsync("check", "--fix", "--json")

    assert ran.json["ok"]
    assert ran.json["made"] == {"mail": {"fields": ["HEAT_SCORE"], "options": {}, "lists": ["Hot"]}}
    assert heatsync("check", "--fix", "--json").json["made"] == {}


def test_what_a_platform_does_not_let_be_made_is_told(
    mail: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = RejectedByPlatform("no more fields", platform="mail", operation="create a field")
    monkeypatch.setattr(MemorySetup, "create_field", AsyncMock(side_effect=refused))

    ran = heatsync("check", "--fix", "--json")

    assert ran.code == 69
    assert ran.json["made"] == {"mail": {"fields": [], "options": {}, "lists": ["Hot"]}}
    assert ran.json["platforms"]["mail"][0]["message"] == "no more fields"


def test_mending_asks_the_platforms(mail: Account) -> None:
    ran = heatsync("check", "--fix", "--offline", "--json")

    assert ran.code == 78
    assert "--offline" in ran.json["error"]


def test_webhooks_are_registered_once_and_removed(mail: Account) -> None:
    first = heatsync("webhooks", "register", "--json").json
    second = heatsync("webhooks", "register", "--json").json

    assert first == second
    assert [each["url"] for each in first["mail"]] == [OURS]
    assert OURS in heatsync("webhooks", "list").out
    assert heatsync("webhooks", "remove", "--json").json == first
    assert mail.webhooks == {}
    assert "mail: no webhook" in heatsync("webhooks", "list").out


def test_only_the_webhooks_that_call_us_are_removed(mail: Account) -> None:
    heatsync("webhooks", "register")
    monitor = "https://monitor.example.com/mail"
    mail.webhooks["7"] = RemoteWebhook(remote_id="7", url=monitor)

    heatsync("webhooks", "remove")

    assert [each.url for each in mail.webhooks.values()] == [monitor]
    assert heatsync("webhooks", "remove", "7").code == 0
    assert mail.webhooks == {}
    assert heatsync("webhooks", "remove", "7").code == 1


def test_nobody_can_be_called_who_did_not_say_where_they_are(
    mail: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HEATSYNC_PUBLIC_URL")

    ran = heatsync("webhooks", "register", "--json")

    assert ran.code == 78
    assert "HEATSYNC_PUBLIC_URL" in ran.json["problems"][0]["hint"]


@pytest.mark.parametrize(
    ("name", "told"), [("past", "does not let"), ("nobody", "there is no platform nobody")]
)
def test_a_platform_without_webhooks_is_told_by_name(mail: Account, name: str, told: str) -> None:
    ran = heatsync("webhooks", "list", "--only", name, "--json")

    assert ran.code == 78
    assert told in ran.json["error"]
