"""What rules do, in words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connector.scoring.model import Expires, HalfLife, Linear, Rule, Step
from connector.sync.looking.rule_words import fading, kind_of, purpose, span
from tests.builders import a_configuration

DAY = timedelta(days=1)


def a_rule(text: str) -> Rule:
    head = "version: 1\nplatforms: {crm: {adapter: memory}}\n"
    attributes = "attributes: {job: {type: text, crm: job}}\n"
    rules = f"model: {{rules: {{r: {{{text}, points: 1}}}}}}\n"
    return a_configuration(head + attributes + rules).model.rules["r"]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("event: page.viewed", "page viewed"),
        ("event: cart.item_added", "cart item added"),
        ("event: email.*", "e-mail event"),
        ("event: '*'", "event of any kind"),
        ("event: custom.test_drive", "test drive"),
        ("event: page.viewed, where: \"phase = 'buy'\"", "page viewed where phase = 'buy'"),
        (
            "event: email.delivered, unless: {event: email.opened, same: message_id, after: 3d}",
            "e-mail delivered, unless e-mail opened with the same message_id, counted 3 days later",
        ),
        (
            "sequence: [email.opened, order.placed], same: campaign_id, within: 30d",
            "e-mail opened, then order placed, with the same campaign_id, within 30 days",
        ),
        (
            "count: cart.item_added, at_least: 5, within: 7d",
            "cart item added 5 times within 7 days",
        ),
        (
            "count: page.viewed, distinct: day, at_least: 3, within: 2w",
            "page viewed on 3 days within 2 weeks",
        ),
        (
            "count: page.viewed, distinct: url, at_least: 3",
            "page viewed with 3 different values of url",
        ),
        ("count: page.viewed, same: url, at_least: 2", "page viewed 2 times with the same url"),
        ("inactive: 30d", "no sign of life for more than 30 days"),
        (
            "inactive: 30d, of: order.placed, repeat: 1d",
            "no order placed for more than 30 days, again every 1 day",
        ),
        ("when: \"job ILIKE '%ceo%'\"", "while job ILIKE '%ceo%'"),
    ],
)
def test_a_rule_is_told_in_words(rule: str, said: str) -> None:
    assert purpose(a_rule(rule)) == said


def test_a_long_condition_is_cut() -> None:
    said = purpose(a_rule("event: page.viewed, where: \"url = '" + "x" * 99 + "'\""))

    assert said.endswith("xxx...")
    assert len(said) < 100


@pytest.mark.parametrize(
    ("length", "said"),
    [(DAY, "1 day"), (7 * DAY, "7 days"), (14 * DAY, "2 weeks"), (DAY / 24, "1 hour")],
)
def test_a_span_is_told_in_the_unit_people_use(length: timedelta, said: str) -> None:
    assert span(length) == said


@pytest.mark.parametrize(
    ("decay", "said"),
    [
        (HalfLife(span=60 * DAY), "half is left after 60 days"),
        (Linear(span=180 * DAY), "fades evenly over 180 days"),
        (Expires(span=DAY), "gone after 1 day"),
        (Step(every=30 * DAY, keep=0.5), "50% is left after each 30 days"),
        (None, "never cools"),
    ],
)
def test_cooling_is_told_in_words(
    decay: HalfLife | Linear | Expires | Step | None, said: str
) -> None:
    assert fading(decay) == said


def test_the_kind_of_a_rule_is_its_key() -> None:
    assert kind_of(a_rule("inactive: 30d")) == "inactive"
