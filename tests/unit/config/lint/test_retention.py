"""What HEATSYNC_KEEP_EVENTS does to rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from connector.config.lint.retention import rules_that_forget
from connector.config.lint.subject import Subject
from tests.builders import a_configuration
from tests.unit.config.lint.looking import HEAD

KEEP = timedelta(days=100)


def told_of(rule: str, keep: timedelta | None = KEEP) -> list[str]:
    """Return what is remarked on a model with `rule` when events are kept so long."""
    configuration = a_configuration(f"{HEAD}model:\n  {rule}\n")
    model = replace(configuration.model, keep_events=keep)
    subject = Subject(configuration=replace(configuration, model=model))
    return [each.message for each in rules_that_forget(subject)]


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("event: page.viewed, points: 1", "its points never cool"),
        ("event: page.viewed, points: 1, decay: {half_life: 100d}", "50% of its points are left"),
        ("event: page.viewed, points: 1, decay: {linear: 400d}", "75% of its points are left"),
        ("event: page.viewed, points: 1, decay: {expires: 101d}", "100% of its points are left"),
        (
            "event: page.viewed, points: 1, decay: {step: {every: 30d, keep: 0.5}}",
            "12% of its points are left",
        ),
        (
            "event: page.viewed, points: 1, decay: {expires: 3d}, once_per: url",
            "what was first is forgotten",
        ),
        ("count: page.viewed, at_least: 3, within: 101d, points: 1", "it looks back 101d"),
        ("count: page.viewed, at_least: 3, points: 1", "it looks at all events"),
        ("inactive: 101d, points: 1", "then silence counts from the contact's creation"),
        ("inactive: 9d, repeat: 9d, points: 1", "then silence counts from the contact's creation"),
        (
            "sequence: [page.viewed, email.opened], points: 1, decay: {expires: 3d}",
            "it looks at all events",
        ),
    ],
)
def test_a_rule_that_looks_further_back_is_named(rule: str, reason: str) -> None:
    (told,) = told_of(f"rules: {{r: {{{rule}}}}}")

    assert told.startswith("HEATSYNC_KEEP_EVENTS forgets events after 100d")
    assert f"`r` ({reason}" in told


@pytest.mark.parametrize(
    "rule",
    [
        "event: page.viewed, points: 1, decay: {half_life: 9d}",
        "event: page.viewed, points: 1, decay: {linear: 100d}",
        "event: page.viewed, points: 1, decay: {expires: 100d}",
        "event: page.viewed, points: 1, decay: {step: {every: 10d, keep: 0}}",
        "count: page.viewed, at_least: 3, within: 100d, points: 1",
        "inactive: 100d, points: 1",
        "when: 'TRUE', points: 1",
        "sequence: [page.viewed, email.opened], within: 9d, points: 1, decay: {expires: 3d}",
    ],
)
def test_a_rule_that_looks_no_further_back_is_not_told_of(rule: str) -> None:
    assert told_of(f"rules: {{r: {{{rule}}}}}") == []


def test_a_trait_over_all_events_is_named_too() -> None:
    (told,) = told_of("traits: {orders: {count: order.placed}, few: {count: '*', within: 9d}}")

    assert "`orders` (it looks at all events)" in told
    assert "few" not in told


def test_events_that_are_kept_for_ever_are_never_missed() -> None:
    assert told_of("rules: {r: {event: page.viewed, points: 1}}", keep=None) == []
