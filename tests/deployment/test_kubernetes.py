"""The example for Kubernetes holds together, and asks for no right that it does not need."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from connector.config.settings import Settings
from tests.deployment.dockerfile import ROOT, read_stages
from tests.system.shell import heatsync

IMAGE = read_stages()[-1]
OBJECTS = {
    each["kind"]: each
    for each in YAML(typ="safe").load_all(ROOT / "docs" / "deploy" / "kubernetes.yaml")
}
POD: Mapping[str, Any] = OBJECTS["Deployment"]["spec"]["template"]["spec"]
LABELS = OBJECTS["Deployment"]["spec"]["template"]["metadata"]["labels"]
CONTAINERS = [*POD["initContainers"], *POD["containers"]]
SERVICE = POD["containers"][0]


def test_everything_lies_in_the_same_namespace() -> None:
    others = {kind: each for kind, each in OBJECTS.items() if kind != "Namespace"}

    places = {each["metadata"]["namespace"] for each in others.values()}

    assert places == {OBJECTS["Namespace"]["metadata"]["name"]}


def test_whatever_selects_pods_selects_ours() -> None:
    assert OBJECTS["Deployment"]["spec"]["selector"]["matchLabels"] == LABELS
    assert OBJECTS["Service"]["spec"]["selector"] == LABELS
    assert OBJECTS["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == LABELS
    assert OBJECTS["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == LABELS


@pytest.mark.parametrize("container", CONTAINERS, ids=lambda each: str(each["name"]))
def test_no_container_can_do_more_than_it_must(container: Mapping[str, Any]) -> None:
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["resources"].keys() == {"requests", "limits"}
    assert not container["image"].endswith(":latest")


def test_it_runs_as_the_user_of_the_image() -> None:
    user, group = IMAGE.last("USER").text.split(":")
    context = POD["securityContext"]

    assert context["runAsNonRoot"] is True
    assert (context["runAsUser"], context["runAsGroup"]) == (int(user), int(group))
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}
    assert POD["automountServiceAccountToken"] is False


def test_its_ports_and_volumes_fit() -> None:
    port = Settings.model_fields["port"].default
    volumes = {each["name"] for each in POD["volumes"]}
    folder = IMAGE.last("WORKDIR").text

    mounts = {each["name"]: each["mountPath"] for each in SERVICE["volumeMounts"]}

    assert SERVICE["ports"] == [{"name": "http", "containerPort": port}]
    assert mounts.keys() == volumes
    assert mounts["mappings"] == f"{folder}/{Settings.model_fields['mappings'].default}"


def test_it_is_restarted_only_when_the_process_is_dead_and_called_only_when_the_state_answers() -> (
    None
):
    assert SERVICE["livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert SERVICE["readinessProbe"]["httpGet"]["path"] == "/readyz"


def test_it_has_more_time_to_stop_than_it_takes() -> None:
    taken = 10 + int(SERVICE["lifecycle"]["preStop"]["exec"]["command"][-1])

    assert POD["terminationGracePeriodSeconds"] > taken


def test_no_secret_is_in_the_file() -> None:
    given = [name for each in CONTAINERS for name in each.get("env", ())]

    assert "Secret" not in OBJECTS
    assert [each["name"] for each in given] == ["HEATSYNC_LOG_FORMAT"]
    assert all(each["envFrom"] == [{"secretRef": {"name": "heatsync"}}] for each in CONTAINERS)


def test_the_world_reaches_the_webhooks_alone() -> None:
    paths = [path for rule in OBJECTS["Ingress"]["spec"]["rules"] for path in rule["http"]["paths"]]

    assert [each["path"] for each in paths] == ["/webhooks/"]


def test_it_does_not_reach_the_network_that_it_is_in() -> None:
    ways = OBJECTS["NetworkPolicy"]["spec"]["egress"]

    to_all = [way["ports"] for way in ways if "to" not in way]
    (web,) = (way for way in ways if "to" in way)

    assert {each["port"] for ports in to_all for each in ports} == {53, 5432}
    assert "169.254.0.0/16" in web["to"][0]["ipBlock"]["except"]


def test_its_mapping_is_read_once_from_the_links_that_a_config_map_is_mounted_as(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written, mounted = tmp_path / "mappings" / "..2026_11_22", tmp_path / "mappings"
    written.mkdir(parents=True)
    (mounted / "..data").symlink_to(written.name)
    for name, text in OBJECTS["ConfigMap"]["data"].items():
        (written / name).write_text(text)
        (mounted / name).symlink_to(f"..data/{name}")

    ran = heatsync("check", "--offline")

    assert (ran.code, ran.err) == (0, "")
