"""What people install is the four packages with their data, and nothing else."""

import shutil
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("adapters", "connector", "mappings", "state")
LEFT_BEHIND = (
    *("mappings/heatsync.yaml", "mappings/data/contacts.csv", "mappings/data/out/contacts.csv"),
    *("mappings/presets/simple/data/out/contacts.csv", "mappings/.env"),
    *("state/heatsync.db", "state/heatsync.db-wal", "state/heatsync.db.events/1.parquet"),
)
"""What somebody who works in a clone may have lying about: their customers, and their keys."""


def _names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def _build(root: Path, folder: Path) -> Path:
    return Path(next(WheelBuilder(str(root)).build(directory=str(folder), versions=["standard"])))


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of what a wheel is made of, outside of any repository."""
    folder = tmp_path_factory.mktemp("packages")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    for name in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    return folder


def test_the_wheel_holds_every_file_of_the_packages_and_the_command(tmp_path: Path) -> None:
    wanted = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    wheel = _build(ROOT, tmp_path)

    with zipfile.ZipFile(wheel) as archive:
        scripts = next(name for name in archive.namelist() if name.endswith("entry_points.txt"))
        commands = archive.read(scripts).decode()
    assert _names(wheel) == wanted
    assert "heatsync = connector.cli.main:main" in commands


def test_nothing_that_somebody_left_among_the_packages_is_in_the_wheel(
    packages: Path, tmp_path: Path
) -> None:
    before = _names(_build(packages, tmp_path / "before"))
    for each in LEFT_BEHIND:
        (packages / each).parent.mkdir(parents=True, exist_ok=True)
        (packages / each).write_text("ada@customer.example\n")

    after = _names(_build(packages, tmp_path / "after"))

    assert "mappings/presets/simple/data/contacts.csv" in after
    assert after == before
