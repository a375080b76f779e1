"""Simulators stand beside their adapters, and nothing that works for a customer knows them."""

import ast
from collections.abc import Iterator
from pathlib import Path

ADAPTERS = Path(__file__).resolve().parents[2] / "adapters"


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _is_simulated(name: str) -> bool:
    return "simulator" in name.split(".") or name.startswith("adapters.simulation")


def test_no_adapter_imports_a_simulator() -> None:
    working = [
        path
        for path in ADAPTERS.rglob("*.py")
        if not {"simulator", "simulation"} & {*path.relative_to(ADAPTERS).parts}
    ]

    found = {
        str(path.relative_to(ADAPTERS)): name
        for path in working
        for name in _imports(path)
        if _is_simulated(name)
    }

    assert len(working) > 20
    assert found == {}


def test_what_simulators_share_knows_no_platform() -> None:
    platforms = {path.parent.name for path in ADAPTERS.glob("*/adapter.py")}

    found = {
        name
        for path in (ADAPTERS / "simulation").rglob("*.py")
        for name in _imports(path)
        if platforms & {*name.split(".")}
    }

    assert {"brevo", "hubspot"} <= platforms
    assert found == set()
