"""Numbers that lose decimals on their way are told of."""

from __future__ import annotations

import pytest

from connector.config.lint.rounded import numbers_rounded
from tests.unit.config.lint.looking import found

MODEL = """\
model:
  rules: {opened: {event: email.opened, points: 1}}
  scores:
    fine: {formula: engagement, round: 3}
    whole: {formula: engagement}
    stages: {formula: engagement, stages: [{name: cold, from: 0}]}
"""


def told(name: str, kept: int | None) -> list[str]:
    text = f"{MODEL}targets: {{crm: {{attributes: {{points: {name}}}}}}}\n"
    return found(numbers_rounded, text, capabilities={"decimals_of": lambda _: kept})


@pytest.mark.parametrize(
    ("name", "kept", "what"),
    [
        ("fine", 0, "whole numbers"),
        ("fine", 2, "at most 2 decimals"),
        ("engagement", 0, "whole numbers"),
    ],
)
def test_a_number_that_is_rounded_is_found(name: str, kept: int, what: str) -> None:
    (remark,) = told(name, kept)

    assert remark == (
        f"targets.crm.attributes.points: `points` takes {what}: `{name}` is rounded when it is "
        "written"
    )


@pytest.mark.parametrize(
    ("name", "kept"), [("fine", 3), ("fine", None), ("whole", 0), ("stages_stage", 0)]
)
def test_what_loses_nothing_is_not(name: str, kept: int | None) -> None:
    assert told(name, kept) == []
