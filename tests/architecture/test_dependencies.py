"""The lock files, pyproject.toml and the decision about dependencies tell the same story."""

import ast
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")


def _name(requirement: str) -> str:
    """Return the package that a requirement is about."""
    name = re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]
    return name.lower().replace("_", "-")


def _project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _declared() -> set[str]:
    """Return every package that we ask for ourselves."""
    project = _project()
    optional = project["project"]["optional-dependencies"].values()
    asked = [
        *project["build-system"]["requires"],
        *project["project"]["dependencies"],
        *(requirement for group in optional for requirement in group),
    ]
    return {_name(requirement) for requirement in asked} - {"heatsync"}


def _pins(lock: str) -> dict[str, str]:
    """Return version by package."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", text, re.MULTILINE))


def test_every_dependency_has_its_reason_and_every_reason_its_dependency() -> None:
    page = (ROOT / "docs/decisions/0002-dependencies.md").read_text(encoding="utf-8")

    explained = set(re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE))

    assert explained == _declared()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_versions_and_hashes_and_nothing_else(lock: str) -> None:
    allowed = re.compile(
        r"#.*|[a-z0-9][a-z0-9._-]*==\S+ \\|    --hash=sha256:[0-9a-f]{64}( \\)?| +#.*|"
    )

    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if not allowed.fullmatch(line) or "://" in line] == []


def test_the_locks_agree_on_versions() -> None:
    running, developing = (_pins(lock) for lock in LOCKS)

    assert running.items() <= developing.items()


def test_everything_declared_is_pinned() -> None:
    pinned = {name.replace(".", "-") for name in _pins("requirements-dev.lock")}

    assert {name.replace(".", "-") for name in _declared()} <= pinned


def _imported(folder: str) -> set[str]:
    """Return every top-level module that a folder's code imports."""
    found = set()
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.split(".")[0])
    return found


def test_what_production_imports_is_declared_for_running() -> None:
    own = {"adapters", "connector", "mappings", "state"}
    project = _project()["project"]
    postgres = project["optional-dependencies"]["postgres"]
    declared = {_name(requirement) for requirement in [*project["dependencies"], *postgres]}

    imported = {name for folder in own for name in _imported(folder)}
    foreign = imported - own - sys.stdlib_module_names
    packages = metadata.packages_distributions()
    used = {name: {_name(package) for package in packages.get(name, [name])} for name in foreign}

    assert {name: names for name, names in used.items() if not names & declared} == {}
