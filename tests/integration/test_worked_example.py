"""The page "How a score is made": its files, run, give every number it shows."""

from __future__ import annotations

import os
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.system.shell import heatsync
from tests.terminals import no_terminal

__all__ = ["no_terminal"]

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "how-a-score-is-made.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r'^```\w+ title="(.+?)"\n(.*?)^```$', TEXT, re.DOTALL | re.MULTILINE))
BEFORE, NOW = "2026-03-17T10:00:00Z", "2026-03-31T10:00:00Z"
SHOWN = f"heatsync explain ada@example.com --at {NOW}"


class Example(NamedTuple):
    """Where the example was run."""

    options: tuple[str, ...]

    def explained(self, at: str) -> Any:  # noqa: ANN401 - JSON
        """Return why Ada has her score at `at`."""
        return _explained(at, self.options)

    def told(self, at: str) -> str:
        """Return the same for people."""
        return heatsync("explain", "ada@example.com", "--at", at, *self.options).out


@cache
def _explained(at: str, options: tuple[str, ...]) -> Any:  # noqa: ANN401 - JSON
    return heatsync("explain", "ada@example.com", "--at", at, *options, "--json").json


def rows(*header: str) -> list[list[str]]:
    """Return the cells of the table of the page with these headings, without their quotes."""
    head = f"| {' | '.join(header)} |"
    _, _, after = TEXT.partition(f"{head}\n")
    lines = after.partition("\n\n")[0].splitlines()[1:]
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines]


@pytest.fixture(scope="module")
def example(empty_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    """Run the files of the page at the two instants it names, with no setting of this machine."""
    folder = tmp_path_factory.mktemp("example")
    for name, text in BLOCKS.items():
        if name != SHOWN:
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
    shutil.copy(empty_file, folder / "heatsync.db")
    database = f"sqlite:///{folder / 'heatsync.db'}"
    options = ("--mappings", str(folder / "mappings"), "--database", database)
    with pytest.MonkeyPatch.context() as patch:
        for name in [each for each in os.environ if each.upper().startswith("HEATSYNC_")]:
            patch.delenv(name)
        for at in (BEFORE, NOW):
            summary = heatsync("sync", "--at", at, *options, "--json").json
            assert summary["problems"] == []
        yield Example(options)


def contributions(explained: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {each["rule"]: each for each in explained["contributions"]}


def test_the_mapping_of_the_page_needs_no_advice(example: Example) -> None:
    checked = heatsync("check", *example.options, "--json").json

    assert checked["warnings"] == []


@pytest.mark.parametrize(
    ("rule", "raw", "points"), rows("Rule", "Before caps and cooling", "Points")
)
def test_each_rule_gives_what_the_page_computes(
    example: Example, rule: str, raw: str, points: str
) -> None:
    given = contributions(example.explained(NOW))[rule]

    assert given["raw_points"] == float(raw)
    assert given["points"] == pytest.approx(float(points), abs=5e-5)


def test_every_rule_is_on_the_page(example: Example) -> None:
    computed = {rule for rule, _, _ in rows("Rule", "Before caps and cooling", "Points")}

    assert computed | {"(limit)"} == set(contributions(example.explained(NOW)))


def test_points_of_events_add_up_to_those_of_their_rules() -> None:
    before_group: defaultdict[str, float] = defaultdict(float)
    for rule, _, given, share, points in rows("Rule", "Event", "Given", "Share left", "Points"):
        assert float(given) * float(share) == pytest.approx(float(points), abs=1e-4)
        before_group[rule] += float(points)

    factor = 6 / (before_group["opened"] + before_group["clicked"])
    for rule, _, points in rows("Rule", "Before caps and cooling", "Points"):
        if rule in before_group:
            held = factor if rule in {"opened", "clicked"} else 1
            assert before_group[rule] * held == pytest.approx(float(points), abs=1e-4)


def test_what_the_cap_cuts_off_is_told(example: Example) -> None:
    assert "an entry of its own, -5," in TEXT
    assert contributions(example.explained(NOW))["(limit)"]["points"] == -5


@pytest.mark.parametrize(
    ("at", "engagement", "fit", "exact", "rounded", "stage", "grade"),
    rows("At", "engagement", "fit", "heat, exactly", "heat", "Stage", "Grade"),
)
def test_results_are_those_of_the_page(
    example: Example,
    *,
    at: str,
    engagement: str,
    fit: str,
    exact: str,
    rounded: str,
    stage: str,
    grade: str,
) -> None:
    explained = example.explained(at)

    assert explained["dimensions"] == pytest.approx(
        {"engagement": float(engagement), "fit": float(fit)}, abs=5e-5
    )
    assert explained["scores"]["heat"] == pytest.approx(float(exact), abs=5e-5)
    assert explained["rounded"]["heat"] == float(rounded)
    assert explained["stages"]["heat"] == stage
    assert explained["grades"]["grade"] == grade


@pytest.mark.parametrize(
    ("at", "what", "exact", "rounded", "stage"),
    rows("At", "What happens", "heat, exactly", "heat", "Stage"),
)
def test_time_alone_does_what_the_page_foretells(
    example: Example, *, at: str, what: str, exact: str, rounded: str, stage: str
) -> None:
    explained = example.explained(at)

    assert explained["scores"]["heat"] == pytest.approx(float(exact), abs=5e-5), what
    assert explained["rounded"]["heat"] == float(rounded)
    assert explained["stages"]["heat"] == stage


def test_the_next_change_and_the_next_stage_are_foreseen(example: Example) -> None:
    foretold = rows("At", "What happens", "heat, exactly", "heat", "Stage")

    explained = example.explained(NOW)

    assert explained["next_change_at"] == foretold[0][0]
    assert explained["next_stage"] == {
        "score": "heat",
        "at": foretold[-1][0],
        "from": "hot",
        "to": "warm",
        "is_fall": True,
    }


def test_the_page_quotes_what_is_shown(example: Example) -> None:
    said = example.told(NOW).splitlines()

    # Our id of a person and the digest of a model say nothing on paper.
    quotable = [line for line in said if not line.startswith(("p_", "Explained by"))]
    assert quotable == BLOCKS[SHOWN].splitlines()
