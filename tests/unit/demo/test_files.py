"""The mappings folder that the demo writes."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from adapters.registry import all_adapters
from connector.config.loader import load
from connector.config.settings import read_settings
from connector.demo.files import MODEL, write_folder
from connector.demo.orders import Account
from connector.demo.played.base import ReplayClock
from connector.demo.playing import PLATFORMS

CHOICES = [each for n in (1, 2, 3) for each in combinations(PLATFORMS, n)]


def account(adapter: str) -> Account:
    played = PLATFORMS[adapter](ReplayClock())
    return Account(
        name=played.name,
        adapter=adapter,
        title=played.title,
        url=f"http://127.0.0.1:9{played.base}",
        secrets=played.secrets(),
    )


@pytest.mark.parametrize("adapters", CHOICES, ids="-".join)
def test_any_choice_of_platforms_is_a_configuration_that_is_right(
    tmp_path: Path, adapters: tuple[str, ...]
) -> None:
    accounts = [account(each) for each in adapters]
    write_folder(tmp_path, accounts, public_url="http://127.0.0.1:8080", port=8080)

    settings = read_settings(tmp_path / ".env")
    found = load(tmp_path / "mappings", all_adapters(), settings)

    assert {each.name for each in accounts} == {each.name for each in found.platforms}
    assert settings.port == 8080


def test_only_whoever_started_it_reads_the_settings(tmp_path: Path) -> None:
    write_folder(tmp_path, [account("brevo")], public_url="http://127.0.0.1:8080", port=8080)

    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0


def test_the_line_that_is_to_be_tried_changes_a_rule(tmp_path: Path) -> None:
    write_folder(tmp_path, [account("brevo")], public_url="http://127.0.0.1:8080", port=8080)

    model = (tmp_path / "mappings" / MODEL).read_text()

    rules = [line for line in model.splitlines() if "asked:" in line]
    assert len(rules) == 1
    assert "points: 20" in rules[0]
