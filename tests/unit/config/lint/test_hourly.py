"""What has contacts scored again and again."""

from __future__ import annotations

import pytest

from connector.config.lint.hourly import looked_at_hourly, shown_while_moving
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


@pytest.mark.parametrize("name", ["engagement", "quiet"])
def test_a_number_that_moves_and_is_written_is_found(name: str) -> None:
    (told,) = found(
        shown_while_moving, f"{MODEL}targets: {{crm: {{attributes: {{heat: {name}}}}}}}\n"
    )

    assert told.startswith(f"targets.crm.attributes.heat: the decimals of `{name}` change")


def test_a_number_that_moves_and_is_written_whole_has_no_decimals() -> None:
    text = f"{MODEL}targets: {{crm: {{attributes: {{heat: engagement}}}}}}\n"

    assert found(shown_while_moving, text, capabilities={"decimals_of": lambda _: 0}) == []


@pytest.mark.parametrize("name", ["score", "orders", "fit"])
def test_a_score_and_what_only_events_change_may_be_written(name: str) -> None:
    model = """\
model:
  decay: {half_life: 9d}
  dimensions: {engagement: {}, fit: {decay: none}}
  traits: {orders: {count: order.placed}}
  rules:
    visited: {event: page.viewed, points: 1}
    asked: {event: form.submitted, points: 1, dimension: fit}
"""

    text = f"{model}targets: {{crm: {{attributes: {{heat: {name}}}}}}}\n"

    assert found(shown_while_moving, text) == []
