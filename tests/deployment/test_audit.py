"""What fails a build because of a known hole, and what does not."""

from __future__ import annotations

import importlib.util
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
UNREACHABLE = "Traceback ...\nrequests.exceptions.ConnectTimeout: no answer"
ACCEPTED = '[[accepted]]\nid = "CVE-1"\npackage = "a"\nreason = "not used"\nuntil = 2026-06-30\n'


def _audit() -> Any:  # noqa: ANN401 - a script, loaded by its path
    spec = importlib.util.spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


audit = _audit()


def _printed(**mended: list[str]) -> str:
    """Return what pip-audit prints of package `a` with a hole for each name given."""
    holes = [
        {"id": name, "aliases": ["CVE-1"], "fix_versions": versions}
        for name, versions in mended.items()
    ]
    known = [{"name": "a", "version": "1", "vulns": holes}]
    return json.dumps({"dependencies": [*known, {"name": "b", "skip_reason": "not found"}]})


def test_a_hole_with_a_remedy_fails() -> None:
    answer = audit.read_answer(_printed(X=["2"]), "")

    assert [str(each) for each in audit.to_mend(answer, {})] == ["a 1: X CVE-1 (mended in 2)"]


def test_a_hole_without_a_remedy_is_told_and_fails_nothing() -> None:
    answer = audit.read_answer(_printed(X=[]), "")

    assert audit.to_mend(answer, {}) == []
    assert "  a 1: X CVE-1 (no remedy yet)" in audit.tell("lock", answer, {})


@pytest.mark.parametrize(
    ("day", "fails"),
    [
        pytest.param(date(2026, 6, 30), False, id="until its day"),
        pytest.param(date(2026, 7, 1), True, id="and no longer"),
    ],
)
def test_a_hole_is_accepted_by_any_of_its_names(day: date, fails: bool) -> None:
    accepted = audit.still_accepted(ACCEPTED, today=day)
    answer = audit.read_answer(_printed(X=["2"]), "")

    assert bool(audit.to_mend(answer, accepted)) is fails
    assert any("accepted: not used" in line for line in audit.tell("l", answer, accepted)) != fails


@pytest.mark.parametrize(
    ("printed", "failure"),
    [
        pytest.param("", UNREACHABLE, id="no way there"),
        pytest.param(
            json.dumps({"dependencies": [{"name": "a", "skip_reason": "not found"}]}),
            "",
            id="a mirror that knows no advisories",
        ),
    ],
)
def test_an_audit_that_did_not_take_place_is_told_as_such(printed: str, failure: str) -> None:
    answer = audit.read_answer(printed, failure)

    assert answer is None
    assert "NOT AUDITED" in next(audit.tell("lock", answer, {}))


def test_a_failure_of_the_tool_is_not_taken_for_a_missing_network() -> None:
    with pytest.raises(RuntimeError, match="unrecognized arguments"):
        audit.read_answer("", "pip-audit: error: unrecognized arguments: --nope")


def test_what_is_accepted_says_why_and_until_when() -> None:
    text = (ROOT / ".ci" / "accepted-advisories.toml").read_text(encoding="utf-8")

    accepted = audit.still_accepted(text, today=date(2000, 1, 1))

    assert all(accepted.values())
