"""The rule kinds `inactive` and `when`: points without events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tests.reference.gifts import Gift, Given, Rule
from tests.reference.history import Happening, matching
from tests.reference.local_time import span
from tests.reference.sql import Row, is_true

_NOT_DONE_BY_THE_CONTACT = (
    *("email.sent", "email.delivered", "email.bounced", "sms.sent", "sms.delivered"),
    *("contact.created", "cart.abandoned", "deal.lost"),
)


def inactive_rule(
    rule: Rule, events: Sequence[Happening], created_at: datetime | None, at: datetime
) -> Given | None:
    """Return what the silence of a contact gives at `at`."""
    found = matching(events, rule.get("of", "*"), rule.get("where"))
    if "of" not in rule:
        found = [each for each in found if each.columns["type"] not in _NOT_DONE_BY_THE_CONTACT]
    since = found[-1].at if found else created_at
    if since is None or at - since <= span(rule["inactive"]):
        return None
    times = 1
    if "repeat" in rule:
        times += (at - since - span(rule["inactive"])) // span(rule["repeat"])
    points = float(rule["points"] * times)
    lasting = frozenset({(since, since)})
    return Given(raw=points, gifts=[Gift(points, None)], events=0, lasting=lasting)


def when_rule(rule: Rule, row: Row) -> Given | None:
    """Return what a condition on attributes and traits gives."""
    if not is_true(rule["when"], row):
        return None
    points = float(rule["points"])
    return Given(raw=points, gifts=[Gift(points, None)], events=0)
