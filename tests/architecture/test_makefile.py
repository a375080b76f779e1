"""The Makefile explains itself."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGETS = {
    *("help", "demo", "example", "check", "test", "screenshots"),
    *("image", "audit", "chaos", "bench", "docs", "lock"),
}


def test_help_lists_every_target_and_is_the_default() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)

    shown = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert phony is not None
    assert set(re.findall(r"^  make (\w+) +\S", shown, re.MULTILINE)) == TARGETS
    assert set(phony.group(1).split()) == TARGETS
