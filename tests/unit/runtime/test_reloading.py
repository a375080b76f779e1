"""An edited configuration while the daemon runs: taken up, or told and left."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from connector.config.configuration import Configuration
from connector.config.settings import Settings, read_settings
from connector.errors import ConfigError, MappingError, Problem, StateUnreachable
from connector.runtime.reloading import Reloading
from tests.builders import a_configuration
from tests.unit.sync.world import PLATFORMS


class Desk:
    """Somebody who edits files, and what comes of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.applied: list[Settings] = []
        self.problem: Problem | None = None
        self.told = 0
        (folder / "heatsync.yaml").write_text(PLATFORMS)
        self.reloading = Reloading(
            read_settings(mappings=folder), read=self._read, apply=self._apply, tell=self._tell
        )

    def edit(self) -> None:
        (self.folder / "heatsync.yaml").write_text(PLATFORMS + "# edited\n")

    def _read(self, _: Settings) -> Configuration:
        if self.problem is not None:
            raise MappingError([self.problem])
        return a_configuration(PLATFORMS)

    async def _apply(self, _: Configuration, settings: Settings) -> None:
        self.applied.append(settings)

    async def _tell(self) -> None:
        self.told += 1


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "mappings"
    folder.mkdir()
    return Desk(folder)


async def test_what_the_files_say_is_put_in_force(desk: Desk) -> None:
    assert await desk.reloading.reload()
    assert len(desk.applied) == 1
    assert desk.reloading.problems == ()


async def test_a_broken_file_is_told_and_changes_nothing(desk: Desk) -> None:
    desk.problem = Problem(message="unknown key", file="heatsync.yaml", line=3)

    with capture_logs() as logs:
        assert not await desk.reloading.reload()

    assert desk.applied == []
    assert desk.reloading.problems == (desk.problem,)
    assert [each["problem"] for each in logs if "problem" in each] == [
        "heatsync.yaml:3: unknown key"
    ]


async def test_once_mended_it_is_in_force_and_no_problem_is_left(desk: Desk) -> None:
    desk.problem = Problem(message="unknown key")
    await desk.reloading.reload()
    desk.problem = None

    assert await desk.reloading.reload()
    assert desk.reloading.problems == ()


async def test_a_bad_variable_is_as_a_broken_file(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEATSYNC_KEEP_EVENTS", "for ever")

    assert not await desk.reloading.reload()
    assert "HEATSYNC_KEEP_EVENTS" in str(desk.reloading.problems[0])


async def test_another_secret_is_taken_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEATSYNC_NOTIFY__SALES", "json://localhost")

    await desk.reloading.reload()

    assert set(desk.applied[0].notify) == {"sales"}


@pytest.mark.parametrize(
    ("variable", "value"),
    [("HEATSYNC_PORT", "9"), ("HEATSYNC_ADMIN_TOKEN", "t" * 32), ("HEATSYNC_LOG_LEVEL", "debug")],
)
async def test_what_needs_a_new_start_is_told_once_and_stays(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    before = read_settings(mappings=desk.folder)
    monkeypatch.setenv(variable, value)
    name = variable.removeprefix("HEATSYNC_").lower()

    with capture_logs() as logs:
        await desk.reloading.reload()
        await desk.reloading.reload()

    told = [each["settings"] for each in logs if "settings" in each]
    assert told == [[variable]]
    assert getattr(desk.applied[-1], name) == getattr(before, name)


async def test_an_edited_file_is_noticed_and_one_written_anew_as_it_was_is_not(
    desk: Desk,
) -> None:
    following = asyncio.create_task(desk.reloading.follow(asyncio.Event()))
    (desk.folder / "heatsync.yaml").write_text(PLATFORMS)
    await desk.reloading._look()
    assert desk.applied == []

    desk.edit()
    await desk.reloading._look()

    assert len(desk.applied) == 1
    following.cancel()
    with suppress(asyncio.CancelledError):
        await following


async def test_a_configuration_that_cannot_be_put_in_force_is_told(desk: Desk) -> None:
    async def refuses(_: Configuration, __: Settings) -> None:
        raise ConfigError([Problem(message="no such address")])

    desk.reloading._apply = refuses

    assert not await desk.reloading.reload()
    assert "no such address" in str(desk.reloading.problems[0])


async def test_what_may_pass_is_tried_again_at_the_next_look(desk: Desk) -> None:
    async def is_away(_: Configuration, __: Settings) -> None:
        raise StateUnreachable

    apply, desk.reloading._apply = desk.reloading._apply, is_away
    assert not await desk.reloading.reload()
    desk.reloading._apply = apply

    await desk.reloading._look()

    assert len(desk.applied) == 1
