"""What the Dockerfile says: what goes into the image, who runs it, and how it is looked after."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from connector.config.settings import Settings, variable
from tests.deployment.dockerfile import ROOT, read_stages

BUILD, IMAGE = read_stages()


def _let_through() -> set[str]:
    """Return what .dockerignore hands to a build; everything else stays outside."""
    first, *lines = (
        line
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    )
    assert first == "*"
    return {line.removeprefix("!") for line in lines if line.startswith("!")}


def test_the_base_is_pinned_to_a_version_and_its_python_is_one_we_test_with() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    pinned = re.fullmatch(r"python:(3\.\d+)\.\d+-slim-[a-z]+", IMAGE.base)

    assert pinned is not None
    assert f"Programming Language :: Python :: {pinned[1]}" in project["classifiers"]
    assert BUILD.base == IMAGE.base


def test_nothing_goes_in_but_what_the_packages_are_made_of() -> None:
    copied = {
        word for step in BUILD.all("COPY") for word in step.rest.words[:-1] if "=" not in word
    }

    assert copied == _let_through()
    assert all((ROOT / each).exists() for each in copied)


def test_the_image_holds_what_was_installed_and_nothing_of_how() -> None:
    assert [(step.options, step.rest.words) for step in IMAGE.all("COPY")] == [
        ({"from": "build"}, ["/opt/heatsync", "/opt/heatsync"])
    ]


def test_whatever_is_installed_is_in_the_lock_with_its_hash() -> None:
    commands = [step.text for stage in (BUILD, IMAGE) for step in stage.all("RUN")]

    installs = [each for text in commands for each in text.split("&&") if " install " in each]
    from_outside = [each for each in installs if "pip" in each and "--no-deps" not in each]

    assert from_outside
    assert all("--require-hashes -r requirements.lock" in each for each in from_outside)
    assert not any(word in " ".join(commands) for word in ("apt", "curl", "wget"))
    assert not (*BUILD.all("ADD"), *IMAGE.all("ADD"))


def test_it_runs_as_a_user_of_a_fixed_number_in_the_folder_that_is_kept() -> None:
    user, group = IMAGE.last("USER").text.split(":")

    assert (int(user), int(group)) == (10001, 10001)
    assert IMAGE.last("WORKDIR").text == IMAGE.last("VOLUME").text == "/data"


def test_it_is_the_service_by_default_and_any_command_on_demand() -> None:
    assert IMAGE.last("ENTRYPOINT").words == ["heatsync"]
    assert IMAGE.last("CMD").words == ["run"]
    assert IMAGE.last("EXPOSE").text == str(Settings.model_fields["port"].default)
    assert IMAGE.last("STOPSIGNAL").text == "SIGTERM"


def test_its_variables_are_settings_and_none_is_a_secret() -> None:
    ours = {name for name in IMAGE.environment if name.startswith("HEATSYNC_")}

    assert ours <= {variable(name) for name in Settings.model_fields}
    assert not any(word in name for name in ours for word in ("TOKEN", "KEY", "SECRET", "URL"))


def test_its_health_is_asked_for_without_any_tool_but_python() -> None:
    check = IMAGE.last("HEALTHCHECK")

    assert set(check.options) == {"interval", "timeout", "start-period", "retries"}
    assert check.rest.text.startswith('CMD ["python", ')


@pytest.mark.parametrize(
    "name",
    [
        *(".env", "heatsync.db", ".git", "mappings/.env", "tests"),
        *("mappings/heatsync.yaml", "mappings/data/contacts.csv", "mappings/contacts.csv"),
        *("mappings/presets/simple/data/out/contacts.csv", "state/heatsync.db.events/1.parquet"),
    ],
)
def test_nothing_that_somebody_left_in_the_clone_is_handed_to_a_build(name: str) -> None:
    assert not _is_handed_on(name)


@pytest.mark.parametrize(
    "name", ["mappings/schema.json", "mappings/presets/simple/data/contacts.csv", "state/tables.py"]
)
def test_what_the_packages_are_made_of_is_handed_to_a_build(name: str) -> None:
    assert _is_handed_on(name)


def test_the_mappings_are_copied_by_name_also_where_nobody_heeds_what_is_to_be_ignored() -> None:
    copied = [word for step in BUILD.all("COPY") for word in step.rest.words[:-1]]

    assert "mappings" not in copied
    assert "." not in copied


def _is_handed_on(name: str) -> bool:
    """Return whether a build gets to see a file: the last line that is about it says so."""
    is_seen = True
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        folders = [Path(name), *Path(name).parents[:-1]]
        if any(_is_about(line.removeprefix("!"), each) for each in folders):
            is_seen = line.startswith("!")
    return is_seen


def _is_about(pattern: str, path: Path) -> bool:
    if pattern.startswith("**/"):
        return path.match(pattern.removeprefix("**/"))
    return len(path.parts) == len(Path(pattern).parts) and path.match(pattern)
