"""What must not be in any file that is published."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Folders of one machine, and hosts that packages are served from.
FOLDERS = re.compile(r"(?<![\w.~}*-])/(?:farm|home|root|tmp|work)/[a-z.]+")
INDEXES = re.compile(r"(?:pypi|pythonhosted|npmjs)\.(?:org|com)|deb\.debian\.org", re.IGNORECASE)


def _tracked() -> Iterator[tuple[str, str]]:
    """Yield the name and text of every tracked text file."""
    names = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    for name in filter(None, names):
        path = ROOT / name
        if not path.is_file():
            continue
        try:
            yield name, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


@pytest.mark.parametrize(
    "unwanted",
    [pytest.param(FOLDERS, id="folders-of-a-machine"), pytest.param(INDEXES, id="package-indexes")],
)
def test_no_tracked_file_names(unwanted: re.Pattern[str]) -> None:
    found = [
        f"{name}:{number}: {match.group()}"
        for name, text in _tracked()
        for number, line in enumerate(text.splitlines(), start=1)
        for match in unwanted.finditer(line)
    ]

    assert found == []
