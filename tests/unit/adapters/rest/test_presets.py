"""A preset is an entry that a user's own keys are laid over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from adapters.rest import presets
from tests.unit.adapters.rest.entries import a_config

BELOW = """
url: https://below.example
auth: {type: bearer}
settings: {region: eu, revision: one}
contacts:
  path: /contacts
  params: {size: 100, region: "{{ settings.region }}", of: "{{ settings.revision }}"}
  record: {id: id, attributes: {a: x, b: y}}
"""


@pytest.fixture(autouse=True)
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let one preset be shipped."""
    (tmp_path / "below.yaml").write_text(BELOW, encoding="utf-8")
    (tmp_path / "__init__.py").touch()
    monkeypatch.setattr(presets, "_entries", lambda: list(tmp_path.iterdir()))
    presets._read.cache_clear()
    yield
    presets._read.cache_clear()


def test_an_entry_may_be_a_preset_alone() -> None:
    values = presets.with_preset({"adapter": "rest", "preset": "below"})

    assert isinstance(values, dict)
    assert values["contacts"]["params"]["size"] == 100


def test_own_keys_take_the_place_of_those_below_to_whatever_depth() -> None:
    own = "{preset: below, settings: {region: us}, contacts: {record: {attributes: {b: z, c: w}}}}"

    config = a_config(own)

    assert config.settings == {"region": "us", "revision": "one"}
    assert config.contacts is not None
    assert config.contacts.record.attributes == {"a": "x", "b": "z", "c": "w"}
    assert config.contacts.record.id == "id"


def test_what_is_laid_over_a_preset_may_leave_its_settings_without_use() -> None:
    a_config("{preset: below, contacts: {params: {of: two}}}")


def test_a_preset_stays_as_it_is_shipped() -> None:
    a_config("{preset: below, contacts: {params: {size: 5}}}")

    assert presets.preset("below")["contacts"]["params"]["size"] == 100


def test_presets_are_known_by_name() -> None:
    assert list(presets.preset_names()) == ["below"]
    with pytest.raises(ValueError, match="did you mean `below`"):
        presets.preset("blow")


def test_an_unknown_preset_is_told_where_it_is_named() -> None:
    with pytest.raises(ValidationError, match="did you mean `below`") as caught:
        a_config("{preset: blow}")

    assert [each["loc"] for each in caught.value.errors()] == [("preset",)]
