"""Which events of a platform are worth asking for."""

from __future__ import annotations

import pytest

from connector.config.event_types import event_types
from tests.builders import a_configuration

HEAD = """
version: 1
platforms:
  crm: {adapter: memory}
  mail: {adapter: memory}
events:
  rename: {mail: {cart_updated: cart.item_added, other: custom.other}}
"""


@pytest.mark.parametrize(
    ("model", "types"),
    [
        ("rules: {a: {event: email.opened, points: 1}}", {"email.opened"}),
        ("rules: {a: {event: 'email.*', points: 1}}", {"email.*"}),
        (
            "rules: {a: {event: email.sent, unless: {event: email.opened}, points: 1}}",
            {"email.sent", "email.opened"},
        ),
        (
            "rules: {a: {sequence: [email.opened, order.placed], points: 1}}",
            {"email.opened", "order.placed"},
        ),
        ("rules: {a: {count: page.viewed, at_least: 2, points: 1}}", {"page.viewed"}),
        ("rules: {a: {inactive: 30d, of: page.viewed, points: -1}}", {"page.viewed"}),
        ("rules: {a: {when: 'spent > 3', points: 1}}", {"order.placed"}),
        (
            "rules: {a: {event: cart.item_added, points: 1}}",
            {"cart.item_added", "custom.cart_updated"},
        ),
        ("rules: {a: {event: 'cart.*', points: 1}}", {"cart.*", "custom.cart_updated"}),
    ],
)
def test_what_rules_and_traits_look_at_is_asked_for(model: str, types: set[str]) -> None:
    traits = "traits: {spent: {sum: amount, of: order.placed}}" if "spent" in model else ""
    configuration = a_configuration(f"{HEAD}model:\n  {model}\n  {traits}\n")

    assert event_types(configuration.model, "mail") == frozenset(types)


def test_other_platforms_have_other_names() -> None:
    text = f"{HEAD}model:\n  rules: {{a: {{event: cart.item_added, points: 1}}}}\n"

    assert event_types(a_configuration(text).model, "crm") == frozenset({"cart.item_added"})


@pytest.mark.parametrize("rule", ["event: '*'", "inactive: 30d", "inactive: 30d, of: '*'"])
def test_a_rule_that_looks_at_everything_asks_for_everything(rule: str) -> None:
    text = f"{HEAD}model:\n  rules: {{a: {{{rule}, points: -1}}}}\n"

    assert event_types(a_configuration(text).model, "mail") is None


def test_without_a_model_no_event_is_asked_for() -> None:
    assert event_types(a_configuration(HEAD).model, "mail") == frozenset()
