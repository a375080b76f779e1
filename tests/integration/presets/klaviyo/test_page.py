"""What the page on Klaviyo shows is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapters.registry import all_adapters
from adapters.rest.config import RestConfig
from connector.config.files import Source
from connector.config.folder import Folder
from connector.config.loader import read_configuration
from connector.config.settings import Settings

PAGE = Path(__file__).parents[4] / "docs" / "platforms" / "klaviyo.md"
TEXT = PAGE.read_text(encoding="utf-8")
ENTRIES = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
SCORES = """
model:
  rules: {opened: {event: email.opened, points: 10}}
  scores: {heat: {stages: [{name: cold, from: 0}, {name: hot, from: 20}]}}
"""


@pytest.mark.parametrize("entry", ENTRIES, ids=range(len(ENTRIES)))
def test_every_entry_is_right(entry: str) -> None:
    text = f"version: 1\n{entry}"
    text = text + SCORES if "targets:" in text else text
    folder = Folder(path=Path("m"), sources=(Source(name="m/a.yaml", raw=text.encode()),))

    read = read_configuration(folder, all_adapters(), Settings.model_construct(), offline=True)

    assert [each.name for each in read.platforms] == ["shop"]


def test_the_page_names_the_revision_the_fields_and_the_metrics_of_the_entry() -> None:
    config = RestConfig.model_validate({"adapter": "rest", "preset": "klaviyo"})
    assert config.contacts
    metrics = re.findall(r"@ == '([^']+)'", config.events[0].record[0].type)

    assert f"revision {config.headers['revision']}" in TEXT
    assert metrics
    assert [each for each in metrics if each not in TEXT] == []
    assert [each for each in config.contacts.record.attributes if f"`{each}`" not in TEXT] == []
