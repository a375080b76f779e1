"""What the page about threats says is shown by a test is shown by one that is there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "explanation" / "threats.md"


def test_every_test_that_is_named_is_there() -> None:
    named = set(re.findall(r"`(tests/[^`]+)`", PAGE.read_text(encoding="utf-8")))

    assert len(named) > 20
    assert {name for name in named if not (ROOT / name).is_file()} == set()
