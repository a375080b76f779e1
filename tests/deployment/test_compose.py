"""The files for Docker Compose hold together, and ask for no right that they do not need."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from connector.config.settings import Settings, variable
from tests.deployment.dockerfile import ROOT, read_stages

FILES = ("compose.yaml", "compose.sqlite.yaml")
IMAGE = read_stages()[-1]


def _read(name: str) -> Mapping[str, Any]:
    document: Mapping[str, Any] = YAML(typ="safe").load(ROOT / name)
    return document


SERVICES = [
    pytest.param(name, entry, id=f"{name}-{service}")
    for name in FILES
    for service, entry in _read(name)["services"].items()
]


@pytest.mark.parametrize(("name", "service"), SERVICES)
def test_no_service_can_do_more_than_it_must(name: str, service: Mapping[str, Any]) -> None:
    document = _read(name)

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["ulimits"] == {"core": 0}
    assert any(each.split(":")[0] == "/tmp" for each in service["tmpfs"])  # noqa: S108
    named = {each.split(":")[0] for each in service["volumes"] if not each.startswith(".")}
    assert named <= document["volumes"].keys()
    assert set(service.get("networks", ())) <= document.get("networks", {}).keys()


@pytest.mark.parametrize(("name", "service"), SERVICES)
def test_no_secret_is_in_the_file(name: str, service: Mapping[str, Any]) -> None:
    secret = ("TOKEN", "PASSWORD", "KEY")

    given = {
        variable: value
        for variable, value in service["environment"].items()
        if any(word in variable for word in secret)
    }

    assert given
    assert all(value.startswith("${") and ":?" in value for value in given.values())


@pytest.mark.parametrize("name", FILES)
def test_our_service_fits_the_image_and_is_reached_from_this_machine_alone(name: str) -> None:
    service = _read(name)["services"]["heatsync"]
    ours = {each for each in service["environment"] if each.startswith("HEATSYNC_")}
    (ports,) = service["ports"]
    mounted = {each.split(":")[1] for each in service["volumes"]}

    assert ours <= {variable(each) for each in Settings.model_fields}
    assert ports.startswith("127.0.0.1:")
    assert ports.endswith(f":{IMAGE.last('EXPOSE').text}")
    assert mounted == {IMAGE.last("VOLUME").text, "/data/mappings"}
    assert "./mappings:/data/mappings:ro" in service["volumes"]


@pytest.mark.parametrize("name", FILES)
def test_our_service_has_more_time_to_stop_than_it_takes(name: str) -> None:
    given = _read(name)["services"]["heatsync"]["stop_grace_period"]

    assert int(given.removesuffix("s")) > 10


def test_the_database_is_pinned_and_reached_by_our_service_alone() -> None:
    document = _read("compose.yaml")
    database = document["services"]["postgres"]

    assert database["image"].split(":")[1][0].isdigit()
    assert "ports" not in database
    assert database["networks"] == ["inside"]
    assert document["networks"]["inside"] == {"internal": True}


def test_tables_are_upgraded_once_before_any_replica_begins() -> None:
    services = _read("compose.yaml")["services"]

    assert services["upgrade"]["command"] == ["db", "upgrade"]
    assert services["heatsync"]["depends_on"]["upgrade"] == {
        "condition": "service_completed_successfully"
    }


def test_what_is_kept_for_developers_alone_is_not_mounted() -> None:
    mounted = [
        each.split(":")[0]
        for name in FILES
        for service in _read(name)["services"].values()
        for each in service["volumes"]
    ]

    assert not any(Path(each).name in {".env", ".git"} for each in mounted)
