"""The page "Add a platform" says what each adapter costs: all of them, and about right."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.system.acme import PACKAGE, TEXT, mapping_parts

ROOT = Path(__file__).parents[2]
ADAPTERS, PRESETS = ROOT / "adapters", ROOT / "mappings" / "platforms"
EXAMPLE, SHARED = "acme, above", "shared by all"
TOLERANCE = 0.15
_PLAYED = "heatsync_acme/simulator.py"


def _lines(paths: Iterable[Path]) -> int:
    return sum(path.read_text(encoding="utf-8").count("\n") for path in paths)


def _python(folder: Path) -> tuple[int, int]:
    """Return the lines of an adapter, and those of its simulator."""
    simulated = [*(folder / "simulator").rglob("*.py")]
    return _lines({*folder.rglob("*.py")} - {*simulated}), _lines(simulated)


def _example() -> tuple[int, int]:
    package = {name: text for name, text in PACKAGE.items() if name.startswith("heatsync_acme/")}
    played = package.pop(_PLAYED).count("\n")
    return sum(text.count("\n") for text in package.values()), played


def _shared() -> tuple[int, int]:
    together = [*ADAPTERS.glob("*.py"), *(ADAPTERS / "mapped").rglob("*.py")]
    return _lines(together), _lines((ADAPTERS / "simulation").rglob("*.py"))


def _adapters() -> dict[str, tuple[int, int]]:
    platforms = {path.parent.name: _python(path.parent) for path in ADAPTERS.glob("*/adapter.py")}
    return {EXAMPLE: _example(), **platforms, SHARED: _shared()}


def _entries() -> dict[str, int]:
    *entry, _ = mapping_parts()
    presets = {path.stem: _lines([path]) for path in PRESETS.glob("*.yaml")}
    return {EXAMPLE: "".join(entry).count("\n"), **presets}


def _table(*header: str) -> dict[str, list[int]]:
    """Return the numbers of a table of the page by the first cell; an empty cell is 0."""
    _, _, after = TEXT.partition(f"| {' | '.join(header)} |\n")
    rows = [line.strip("|").split("|") for line in after.partition("\n\n")[0].splitlines()[1:]]
    return {
        name.strip(): [int(each.strip().replace(",", "") or 0) for each in numbers]
        for name, *numbers in rows
    }


TOLD = _table("Adapter", "Lines of Python", "Its simulator")
TOLD_ENTRIES = _table("Entry of `rest`", "Lines of YAML")


def test_every_adapter_and_every_preset_has_a_row() -> None:
    assert TOLD.keys() == _adapters().keys()
    assert TOLD_ENTRIES.keys() == _entries().keys()


@pytest.mark.parametrize("name", sorted(TOLD))
def test_an_adapter_costs_what_the_page_says(name: str) -> None:
    assert TOLD[name] == pytest.approx(_adapters()[name], rel=TOLERANCE)


@pytest.mark.parametrize("name", sorted(TOLD_ENTRIES))
def test_an_entry_costs_what_the_page_says(name: str) -> None:
    assert TOLD_ENTRIES[name] == pytest.approx([_entries()[name]], rel=TOLERANCE)
