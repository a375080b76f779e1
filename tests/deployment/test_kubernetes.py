"""The example for Kubernetes holds together, and asks for no right that it does not need."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from connector.config.settings import Settings
from tests.deployment.dockerfile import ROOT, read_stages
from tests.system.daemon import running
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
FILES_ONLY = """
version: 1
platforms: {{past: {{adapter: files, path: ../past}}}}
model: {{rules: {{visit: {{event: page.viewed, points: {points}}}}}}}
"""


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


@dataclass
class ConfigMap:
    """A folder as the kubelet mounts a ConfigMap: links to links, changed by one rename."""

    folder: Path
    version: int = 0

    def put(self, files: Mapping[str, str]) -> None:
        """Show other files, all at once."""
        self.version += 1
        written = self.folder / f"..2026_{self.version}"
        written.mkdir(parents=True)
        for name, text in files.items():
            (written / name).write_text(text)
            if not (self.folder / name).is_symlink():
                (self.folder / name).symlink_to(f"..data/{name}")
        (self.folder / "..data_tmp").symlink_to(written.name)
        (self.folder / "..data_tmp").replace(self.folder / "..data")


def test_its_mapping_is_read_once_from_the_links_that_a_config_map_is_mounted_as(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ConfigMap(tmp_path / "mappings").put(OBJECTS["ConfigMap"]["data"])

    ran = heatsync("check", "--offline")

    assert (ran.code, ran.err) == (0, "")


def test_a_changed_config_map_is_taken_up_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [each for each in os.environ if each.startswith("HEATSYNC_")]:
        monkeypatch.delenv(name)
    mounted = ConfigMap(tmp_path / "mappings")
    mounted.put({"heatsync.yaml": FILES_ONLY.format(points=1)})

    with running(tmp_path) as daemon:
        daemon.event("ready")
        mounted.put({"heatsync.yaml": FILES_ONLY.format(points=2)})

        daemon.event("configuration reloaded")
        assert daemon.stop() == 0
