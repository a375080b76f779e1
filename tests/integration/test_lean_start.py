"""A command loads what it needs: who only reads does without the engine and its arrays."""

from __future__ import annotations

import subprocess
import sys


def test_the_command_line_starts_without_the_engine() -> None:
    program = (
        "import sys\n"
        "import connector.cli.app\n"
        "print(*sorted({'numpy', 'connector.scoring.engine'} & sys.modules.keys()))"
    )

    answer = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )

    assert answer.stdout.split() == []
