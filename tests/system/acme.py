"""The page "Add a platform", taken apart: its files, and its commands with what they print."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

from tests.system.pages import DOCS, blocks

PAGE = DOCS / "how-to" / "add-a-platform.md"
TEXT = PAGE.read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:8001"
"""Where the page has Acme played."""
MAPPING = "mappings/acme.yaml"
_BY_FILE, _BY_PACKAGE = TEXT.partition("\n## A YAML file in an hour\n")[2].partition(
    "\n## A package in a day\n"
)[::2]


BY_FILE = blocks(_BY_FILE)
"""What the first part shows, in order."""
BY_PACKAGE = blocks(_BY_PACKAGE)
"""What the second part shows, in order."""
PACKAGE = {each.title: each.text for each in BY_PACKAGE if each.title}
"""The files of the package but for the empty one."""


def mapping_parts() -> tuple[str, ...]:
    """Return the pieces of which the mapping grows; the last one is its rules."""
    return tuple(each.text for each in BY_FILE if each.title == MAPPING)


def write_package(folder: Path) -> None:
    """Write the project of the second part."""
    for name, text in {**PACKAGE, "heatsync_acme/__init__.py": ""}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def run_simulator(folder: Path, name: str) -> dict[str, Any]:
    """Run the simulator of the page as the module `name`, from `folder`; return what it defines."""
    path = folder / "acme.py"
    path.write_text(PACKAGE["heatsync_acme/simulator.py"], encoding="utf-8")
    return runpy.run_path(str(path), run_name=name)


def example(folder: Path) -> Any:  # noqa: ANN401 - what the page defines
    """Return Acme with its three people, as the simulator of the page plays it."""
    return run_simulator(folder, "acme")["example"]()
