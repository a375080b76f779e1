"""The image as far as it goes without Docker: its steps are run, and then what they come to."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.deployment.building import Image, build
from tests.deployment.dockerfile import ROOT, Step, read_stages
from tests.deployment.rootfs import why_not
from tests.ports import free_port

USER = 10001
MAPPINGS = """
version: 1
platforms: {past: {adapter: files, path: ./past}}
model: {rules: {visit: {event: page.viewed, points: 1}}}
"""
LEFT_BEHIND = ("mappings/heatsync.yaml", "mappings/data/contacts.csv", "state/heatsync.db")
THEIRS = "ada@customer.example\n"

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
    """Return what the Dockerfile makes of a clone in which somebody left their mapping and data."""
    if request.param and Path(sys.prefix).is_relative_to("/tmp"):  # noqa: S108 - the image's own
        pytest.skip("what is lent lies in /tmp, and the image has a /tmp of its own")
    clone = tmp_path_factory.mktemp("clone")
    sources = {word for step in read_stages()[0].all("COPY") for word in step.rest.words[:-1]}
    for each in {Path(source).parts[0] for source in sources}:
        if (ROOT / each).is_dir():
            shutil.copytree(ROOT / each, clone / each, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / each, clone)
    (clone / "mappings" / "data").mkdir()
    for left in LEFT_BEHIND:
        (clone / left).write_text(THEIRS)
    return build(tmp_path_factory.mktemp("image"), context=clone, is_lent=request.param)


@pytest.fixture
def volume(tmp_path: Path) -> Path:
    """Return an empty folder that is the user's, as Docker makes a volume of /data."""
    folder = tmp_path / "volume"
    folder.mkdir()
    os.chown(folder, USER, USER)
    return folder


@pytest.fixture
def configured(volume: Path) -> Path:
    """Return such a folder with a configuration in it."""
    (volume / "mappings").mkdir()
    (volume / "mappings" / "heatsync.yaml").write_text(MAPPINGS)
    return volume


@contextmanager
def _service(image: Image, volume: Path, **variables: str) -> Iterator[subprocess.Popen[str]]:
    """Start what the image starts by default; once the block ends, it is no more."""
    words = [*image.stage.last("ENTRYPOINT").words, *image.stage.last("CMD").words]
    with subprocess.Popen(
        image.command(words, {"/data": volume}, **variables),
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _first_inside(process: subprocess.Popen[str]) -> int:
    """Return the process that is the first one inside, and heeds only what it listens to."""
    (first,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return int(first)


def _run(
    image: Image, volume: Path, *words: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        image.command(words, {"/data": volume}, **variables),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_the_command_is_there_and_works_on_a_read_only_system(image: Image, volume: Path) -> None:
    commands = ("init --preset simple", "sync", "db vacuum")

    ran = [_run(image, volume, "heatsync", *each.split()) for each in commands]

    assert [(each.returncode, each.stderr) for each in ran] == [(0, "")] * len(commands)
    assert {path.stat().st_uid for path in volume.iterdir()} == {USER}


def test_nothing_that_somebody_left_in_the_clone_is_in_it(image: Image) -> None:
    names = {Path(each).name for each in LEFT_BEHIND}
    installed = [path for path in image.root.inside("/opt/heatsync").rglob("*") if path.is_file()]

    found = [path for path in installed if path.name in names and path.read_text() == THEIRS]

    assert any(path.match("mappings/schema.json") for path in installed)
    assert found == []


def test_nothing_but_its_folder_and_tmp_can_be_written(image: Image, volume: Path) -> None:
    places = ("/", "/opt/heatsync", "/etc", "/var", "/usr/local", "/data", "/tmp")  # noqa: S108

    written = {each for each in places if _run(image, volume, "touch", f"{each}/x").returncode == 0}

    assert written == {"/data", "/tmp"}  # noqa: S108


def test_beyond_a_machine_of_its_own_it_does_not_start_without_a_token(
    image: Image, configured: Path
) -> None:
    with _service(image, configured) as process:
        _, said = process.communicate(timeout=60)

    assert process.returncode == 78
    assert "HEATSYNC_ADMIN_TOKEN" in said


def test_it_is_healthy_while_it_runs_and_ends_by_itself_when_it_is_told_to(
    image: Image, configured: Path
) -> None:
    check = image.stage.last("HEALTHCHECK").rest.text.removeprefix("CMD ")
    asking = Step(name="HEALTHCHECK", text=check).words
    port = {"HEATSYNC_PORT": str(free_port())}
    proxy = {"http_proxy": "http://127.0.0.1:1"}

    with _service(image, configured, HEATSYNC_ADMIN_TOKEN="t", **port) as process:
        assert process.stderr is not None
        begun = next((line for line in process.stderr if "heatsync runs at" in line), None)
        while_it_runs = _run(image, configured, *asking, **port, **proxy).returncode
        limits = Path(f"/proc/{_first_inside(process)}/limits").read_text()
        os.kill(_first_inside(process), signal.SIGTERM)
        process.communicate(timeout=60)

    assert begun is not None
    assert (while_it_runs, process.returncode) == (0, 0)
    assert re.search(r"Max core file size +0 +0 ", limits)
    assert _run(image, configured, *asking, **port).returncode == 1
