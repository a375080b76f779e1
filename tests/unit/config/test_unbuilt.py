"""What the engine cannot do yet is refused by name, and checked all the same."""

from __future__ import annotations

import pytest

from connector.errors import MappingError
from tests.unit.config.fake_adapters import HEAD, read

RULES = {
    "sequence": "{sequence: [page.viewed, order.placed], points: 1}",
    "count": "{count: page.viewed, at_least: 3, points: 1}",
    "unless": "{event: page.viewed, unless: {event: order.placed}, points: 1}",
    "repeat": "{inactive: 3d, repeat: 3d, points: -1}",
}


@pytest.mark.parametrize(("key", "rule"), RULES.items(), ids=RULES.keys())
def test_a_rule_that_cannot_be_scored_is_refused_by_name(key: str, rule: str) -> None:
    with pytest.raises(MappingError) as caught:
        read(f"{HEAD}model:\n  rules:\n    r: {rule}\n")
    (problem,) = caught.value.problems
    assert problem.path == f"model.rules.r.{key}"
    assert f"`{key}`" in problem.message
    assert "not built yet in this version" in problem.message
    assert problem.line == 6


def test_what_else_is_wrong_with_such_a_rule_is_told_too() -> None:
    rule = "{sequence: [page.viewd, order.placed], points: 1}"
    with pytest.raises(MappingError) as caught:
        read(f"{HEAD}model:\n  rules:\n    r: {rule}\n")
    assert {each.path for each in caught.value.problems} == {
        "model.rules.r.sequence",
        "model.rules.r.sequence[0]",
    }
