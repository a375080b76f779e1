"""Equal meaning gives equal digests, another meaning another one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connector.config.settings import Settings
from tests.unit.config.fake_adapters import HEAD, read

RULES = """\
model:
  decay: {half_life: 60d}
  rules:
    a: {event: page.viewed, points: 1}
    b: {event: order.placed, points: 5, where: "amount > 3"}
targets:
  past:
    attributes: {x: score, y: engagement}
    lists: {L: {when: "score > 1"}, M: {when: "score > 2"}}
"""

SAME = {
    "another order of keys": """\
targets:
  past:
    lists: {M: {when: "score > 2"}, L: {when: "score > 1"}}
    attributes: {y: engagement, x: score}
model:
  rules:
    b: {where: "amount > 3", event: order.placed, points: 5}
    a: {event: page.viewed, points: 1}
  decay: {half_life: 60d}
""",
    "a comment": RULES.replace("model:", "model:  # what counts"),
    "a number written otherwise": RULES.replace("points: 5", "points: 5.0"),
    "a duration in another unit": RULES.replace("60d", "1440h"),
    "a default written out": RULES.replace("model:", "model:\n  timezone: UTC"),
    "a condition in a block": RULES.replace('"amount > 3"}', '"amount > 3 "}'),
}

OTHER = {
    "other points": RULES.replace("points: 5", "points: 6"),
    "another condition": RULES.replace("amount > 3", "amount > 4"),
    "another decay": RULES.replace("60d", "61d"),
    "another kind of decay": RULES.replace("half_life: 60d", "linear: 60d"),
    "another list": RULES.replace("score > 2", "score > 3"),
    "another attribute": RULES + "attributes: {job: {type: text, past: job}}\n",
    "another catalogue": RULES + "content: [{match: is_machine, kind: x}]\n",
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME.keys())
def test_what_means_the_same_has_the_same_digest(text: str) -> None:
    assert read(HEAD + text).digest == read(HEAD + RULES).digest


def test_files_are_no_part_of_the_meaning() -> None:
    model, _, targets = RULES.partition("targets:")
    assert read(HEAD, "targets:" + targets, model).digest == read(HEAD + RULES).digest


@pytest.mark.parametrize("text", OTHER.values(), ids=OTHER.keys())
def test_what_means_something_else_has_another_digest(text: str) -> None:
    assert read(HEAD + text).digest != read(HEAD + RULES).digest


def test_how_long_events_are_kept_is_part_of_the_meaning() -> None:
    settings = Settings.model_construct(keep_events=timedelta(days=9))
    kept = read(HEAD + RULES, settings=settings)
    assert kept.model.keep_events == timedelta(days=9)
    assert kept.digest != read(HEAD + RULES).digest


def test_the_order_of_the_catalogue_is_part_of_the_meaning() -> None:
    one = "content: [{match: is_machine, kind: x}, {match: 'TRUE', kind: y}]\n"
    two = "content: [{match: 'TRUE', kind: y}, {match: is_machine, kind: x}]\n"
    assert read(HEAD + one).digest != read(HEAD + two).digest
