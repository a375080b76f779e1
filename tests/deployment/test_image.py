"""The image as far as it goes without Docker: its steps are run, and then what they come to."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.deployment.building import Image, build
from tests.deployment.rootfs import why_not

USER = 10001

pytestmark = [
    pytest.mark.skipif(why_not() is not None, reason=why_not() or ""),
    pytest.mark.xdist_group("image"),
]


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(True, id="packages-lent"),
        pytest.param(False, id="packages-installed", marks=pytest.mark.image),
    ],
)
def image(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Image:
    """Return what the Dockerfile makes."""
    return build(tmp_path_factory.mktemp("image"), is_lent=request.param)


@pytest.fixture
def volume(tmp_path: Path) -> Path:
    """Return an empty folder that is the user's, as Docker makes a volume of /data."""
    folder = tmp_path / "volume"
    folder.mkdir()
    os.chown(folder, USER, USER)
    return folder


def _run(image: Image, volume: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        image.command(words, {"/data": volume}),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_the_command_is_there_and_works_on_a_read_only_system(image: Image, volume: Path) -> None:
    commands = ("init --preset simple", "sync", "top --json", "db vacuum")

    ran = [_run(image, volume, "heatsync", *each.split()) for each in commands]

    assert [(each.returncode, each.stderr) for each in ran] == [(0, "")] * len(commands)
    assert {path.stat().st_uid for path in volume.iterdir()} == {USER}


def test_nothing_but_its_folder_and_tmp_can_be_written(image: Image, volume: Path) -> None:
    places = ("/", "/opt/heatsync", "/etc", "/var", "/usr/local", "/data", "/tmp")  # noqa: S108

    written = {each for each in places if _run(image, volume, "touch", f"{each}/x").returncode == 0}

    assert written == {"/data", "/tmp"}  # noqa: S108
