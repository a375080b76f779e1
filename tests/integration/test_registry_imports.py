"""To import one adapter is to import only that one."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("done", "imported"),
    [
        ("names()", []),
        ("find('memory')", ["memory"]),
        ("find('files')", ["files"]),
        ("'files' in all_adapters()", []),
        ("list(all_adapters())", []),
    ],
)
def test_only_what_is_asked_for_is_imported(done: str, imported: list[str]) -> None:
    program = (
        "import sys\n"
        "from adapters.registry import all_adapters, find, names\n"
        f"{done}\n"
        "found = {each.split('.')[1] for each in sys.modules if each.startswith('adapters.')}\n"
        "print(*sorted(found - {'registry'}))"
    )

    answer = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )

    assert answer.stdout.split() == imported
