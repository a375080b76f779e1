"""Rules and the events they wait for."""

from __future__ import annotations

import pytest

from connector.config.lint.events import (
    events_never_seen,
    events_nobody_sends,
    machines_counted,
    opened_and_clicked,
)
from connector.config.lint.subject import Seen
from tests.unit.config.lint.looking import found

MAIL_ONLY = {"event_types": frozenset({"email.opened", "email.clicked", "page.viewed"})}


def rules(*each: str) -> str:
    lines = "".join(f"    r{number}: {{{text}}}\n" for number, text in enumerate(each, start=1))
    shapes = "  dimensions: {d: {}, e: {}}\n  groups: {g: {cap: 9}}\n"
    return f"model:\n{shapes}  rules:\n{lines}"


@pytest.mark.parametrize(
    "rule",
    [
        "event: email.opened, points: 1",
        "event: email.*, points: 1",
        "event: '*', points: 1",
        "count: page.viewed, at_least: 3, points: 1",
        "sequence: [form.submitted, email.clicked], points: 1",
        "inactive: 30d, points: -1",
    ],
)
def test_machines_count_where_nothing_leaves_them_out(rule: str) -> None:
    (told,) = found(machines_counted, rules(rule))

    assert "machines" in told


@pytest.mark.parametrize(
    "text",
    [
        "events: {ignore: is_machine}\n" + rules("event: email.opened, points: 1"),
        rules("event: email.opened, where: NOT is_machine, points: 1"),
        rules("event: order.placed, points: 1"),
        rules("inactive: 30d, of: order.placed, points: -1"),
        "",
    ],
    ids=["ignored", "left out by the rule", "orders", "silence of orders", "no model"],
)
def test_machines_that_cannot_count_are_not_told_of(text: str) -> None:
    assert found(machines_counted, text) == []


@pytest.mark.parametrize(
    ("opened", "clicked"),
    [
        ("event: email.opened, points: 1", "event: email.clicked, points: 3"),
        ("event: email.opened, points: 1, group: g", "event: email.clicked, points: 3"),
        ("event: email.*, points: 1, once_per: message_id", "event: email.clicked, points: 3"),
    ],
    ids=["plain", "one in a group", "family"],
)
def test_a_click_that_also_counts_as_an_open_is_found(opened: str, clicked: str) -> None:
    (told,) = found(opened_and_clicked, rules(opened, clicked))

    assert told == (
        "model.rules.r1: a click implies an open, so one message counts here and in `r2`"
    )


@pytest.mark.parametrize(
    ("opened", "clicked"),
    [
        ("event: email.opened, points: 1, group: g", "event: email.clicked, points: 3, group: g"),
        (
            "event: email.opened, points: 1, unless: {event: email.clicked, same: message_id}",
            "event: email.clicked, points: 3",
        ),
        ("event: email.opened, points: 1", "event: email.clicked, points: 3, dimension: e"),
        ("event: email.opened, points: -1", "event: email.clicked, points: 3"),
        ("event: email.opened, points: 1", "event: page.viewed, points: 3"),
        ("event: email.*, points: 1", "event: order.placed, points: 3"),
    ],
    ids=["a group", "taken back", "two dimensions", "a loss", "no click", "one rule for both"],
)
def test_open_and_click_that_do_not_add_up_are_not_told_of(opened: str, clicked: str) -> None:
    assert found(opened_and_clicked, rules(opened, clicked)) == []


@pytest.mark.parametrize(
    "rule",
    [
        "event: order.placed, points: 1",
        "event: order.*, points: 1",
        "count: order.placed, at_least: 2, points: 1",
        "inactive: 30d, of: order.placed, points: 1",
        "sequence: [email.opened, order.placed], points: 1",
        "event: email.opened, unless: {event: order.placed}, points: 1",
    ],
)
def test_events_that_no_platform_sends_are_found(rule: str) -> None:
    (told,) = found(events_nobody_sends, rules(rule), capabilities=MAIL_ONLY)

    assert "no platform sends `order." in told


@pytest.mark.parametrize(
    "text",
    [
        rules("event: email.opened, points: 1"),
        rules("event: email.*, points: 1"),
        rules("event: '*', points: 1"),
        rules("event: custom.swiped, points: 1"),
        "events: {rename: {crm: {sale: order.placed}}}\n" + rules("event: order.placed, points: 1"),
    ],
    ids=["sent", "of a family", "any", "our own", "renamed"],
)
def test_events_that_may_come_are_not_told_of(text: str) -> None:
    assert found(events_nobody_sends, text, capabilities=MAIL_ONLY) == []


def test_events_that_are_renamed_away_are_sent_no_more() -> None:
    text = "events: {rename: {crm: {email.opened: custom.seen}}}\n"

    told = found(
        events_nobody_sends,
        text + rules("event: email.opened, points: 1"),
        capabilities=MAIL_ONLY,
    )

    assert told == ["model.rules.r1.event: no platform sends `email.opened`"]


def test_a_platform_that_may_send_anything_rules_nothing_out() -> None:
    assert found(events_nobody_sends, rules("event: order.placed, points: 1")) == []


def test_types_that_were_never_seen_are_told_of_together() -> None:
    seen = Seen(types={("crm", "email.opened"): 3})
    model = rules(
        "event: email.opened, points: 1",
        "event: order.placed, points: 1",
        "inactive: 3d, of: order.placed, points: -1",
    )

    (told,) = found(events_never_seen, model, seen=seen)

    assert told == "model.rules: no such event has been seen so far: order.placed (`r2`, `r3`)"


@pytest.mark.parametrize(
    "seen",
    [
        None,
        Seen(),
        Seen(types={("crm", "order.placed"): 1}),
        Seen(types={("crm", "custom.sale"): 1}),
    ],
    ids=["no database", "no events yet", "seen", "seen under another name"],
)
def test_types_that_were_seen_are_not_told_of(seen: Seen | None) -> None:
    text = "events: {rename: {crm: {sale: order.placed}}}\n"

    told = found(events_never_seen, text + rules("event: order.placed, points: 1"), seen=seen)

    assert told == []
