"""Conditions that time alone changes, nobody can tell when."""

from __future__ import annotations

import pytest

from connector.config.lint.hourly import looked_at_hourly
from tests.unit.config.lint.looking import found

MODEL = """\
model:
  decay: {half_life: 9d}
  traits: {quiet: {days_since: page.viewed}}
  rules: {visited: {event: page.viewed, points: 1}}
"""


@pytest.mark.parametrize(
    "when",
    [
        "CASE WHEN engagement > 3 THEN 'a' ELSE 'b' END = 'a'",
        "CAST(quiet AS TEXT) LIKE '3%'",
    ],
)
def test_a_text_made_of_what_moves_is_found(when: str) -> None:
    (told,) = found(looked_at_hourly, f'{MODEL}targets: {{crm: {{tags: {{t: "{when}"}}}}}}\n')

    assert told.startswith("targets.crm.tags.t: nothing tells when")


@pytest.mark.parametrize(
    "when",
    ["engagement > 3", "quiet > 30", "CASE WHEN engagement > 3 THEN 1 ELSE 2 END = 1", "score = 5"],
)
def test_numbers_that_move_are_not_told_of(when: str) -> None:
    assert found(looked_at_hourly, f'{MODEL}targets: {{crm: {{tags: {{t: "{when}"}}}}}}\n') == []
