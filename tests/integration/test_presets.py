"""What `init` writes can be read, and never takes the place of anything."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from adapters.registry import all_adapters
from connector.config.lint.checks import advise
from connector.config.lint.subject import Seen
from connector.config.loader import load
from connector.config.presets import DEFAULT_PRESET, ENV_EXAMPLE, presets, write_preset
from connector.config.settings import Settings
from connector.errors import ConfigError
from connector.ports.budget import Unlimited
from connector.runtime.connecting import connect
from connector.sync.cycle import Steps, run_cycle
from connector.sync.workspace import Workspace
from state.memory.database import MemoryState
from tests.fakes import FakeClock

if TYPE_CHECKING:
    from pathlib import Path

    from connector.sync.summary import Summary

NAMES = [preset.name for preset in presets()]


def test_the_default_preset_is_one_of_those_with_a_title() -> None:
    assert DEFAULT_PRESET in NAMES
    assert all(preset.title for preset in presets())


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_is_a_configuration_without_a_warning(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "mappings"
    written = write_preset(name, folder, env_folder=tmp_path)
    configuration = load(folder, all_adapters(), Settings.model_construct(), offline=True)
    assert configuration.model.rules
    assert configuration.warnings == ()
    assert tmp_path / ENV_EXAMPLE in written
    assert all(path.is_file() for path in written)


@pytest.mark.parametrize("name", NAMES)
def test_there_is_nothing_to_advise_on_a_preset(tmp_path: Path, name: str) -> None:
    write_preset(name, tmp_path / "mappings", env_folder=tmp_path)
    configuration = load(
        tmp_path / "mappings", all_adapters(), Settings.model_construct(), offline=True
    )

    assert advise(configuration) == ()


async def sampled(folder: Path, name: str) -> tuple[Workspace, Summary]:
    """Return an installation that has synced the sample of a preset, and what it said."""
    write_preset(name, folder / "mappings", env_folder=folder)
    configuration = load(
        folder / "mappings", all_adapters(), Settings.model_construct(), offline=True
    )
    clock = FakeClock(datetime(2026, 1, 16, tzinfo=UTC))
    workspace = Workspace(
        state=MemoryState(),
        platforms={
            each.name: connect(each, clock, Unlimited(), configuration)
            for each in configuration.platforms
        },
        configuration=configuration,
        clock=clock,
    )
    return workspace, await run_cycle(workspace, Steps(), clock.at)


@pytest.mark.parametrize("name", NAMES)
async def test_the_sample_of_a_preset_shows_all_its_scores_and_stages(
    tmp_path: Path, name: str
) -> None:
    workspace, summary = await sampled(tmp_path, name)

    scores = workspace.configuration.model.scores
    async with workspace.state.read() as tx:
        leads = [await tx.scores.top(score) for score in scores]
    assert summary.problems == []
    assert all(leads)
    assert all(count for stages in summary.stages.values() for count in stages.values())


@pytest.mark.parametrize("name", [name for name in NAMES if name != DEFAULT_PRESET])
async def test_there_is_nothing_to_advise_on_the_sample_of_a_method(
    tmp_path: Path, name: str
) -> None:
    workspace, _ = await sampled(tmp_path, name)

    async with workspace.state.read() as tx:
        seen = Seen(types=await tx.events.types(), models=await tx.scores.models())
    assert advise(workspace.configuration, seen) == ()


def test_two_presets_of_one_house_share_what_they_must_and_nothing_else(tmp_path: Path) -> None:
    for name in ("b2b", "ecommerce-cart"):
        write_preset(name, tmp_path, env_folder=tmp_path, overwrite=True)

    configuration = load(tmp_path, all_adapters(), Settings.model_construct(), offline=True)

    assert set(configuration.model.scores) == {"b2b", "cart"}
    assert configuration.warnings == ()


def test_a_variant_takes_the_place_of_the_file_of_its_name(tmp_path: Path) -> None:
    write_preset("plezi", tmp_path, env_folder=tmp_path)
    variant = tmp_path / "variants" / "little-content" / "points.yaml"

    variant.replace(tmp_path / variant.name)

    configuration = load(tmp_path, all_adapters(), Settings.model_construct(), offline=True)
    assert configuration.warnings == ()


def test_the_example_of_settings_names_every_setting(tmp_path: Path) -> None:
    write_preset(DEFAULT_PRESET, tmp_path / "mappings", env_folder=tmp_path)
    text = (tmp_path / ENV_EXAMPLE).read_text(encoding="utf-8")
    named = set(re.findall(r"HEATSYNC_([A-Z_]+?)(?:__\w*)?=", text))
    assert named == {name.upper() for name in Settings.model_fields}


def test_a_file_that_is_there_is_never_overwritten_unasked(tmp_path: Path) -> None:
    (tmp_path / ENV_EXAMPLE).write_text("mine")
    with pytest.raises(ConfigError, match="is there already"):
        write_preset(DEFAULT_PRESET, tmp_path / "mappings", env_folder=tmp_path)
    assert (tmp_path / ENV_EXAMPLE).read_text() == "mine"
    assert not (tmp_path / "mappings").exists()


def test_a_file_is_overwritten_when_asked(tmp_path: Path) -> None:
    (tmp_path / ENV_EXAMPLE).write_text("mine")
    write_preset(DEFAULT_PRESET, tmp_path / "mappings", env_folder=tmp_path, overwrite=True)
    assert (tmp_path / ENV_EXAMPLE).read_text() != "mine"


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(ConfigError, match="cannot be written"):
        write_preset(DEFAULT_PRESET, tmp_path / "mappings", env_folder=tmp_path / "file")
    assert [path.name for path in tmp_path.rglob("*")] == ["file"]


def test_a_preset_nobody_knows_is_told_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="did you mean `simple`"):
        write_preset("simpel", tmp_path)
