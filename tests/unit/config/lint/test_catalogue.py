"""A catalogue of content that has outgrown the points it was given."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connector.config.lint.catalogue import catalogue_grown, has_outgrown
from connector.config.lint.subject import Seen
from tests.builders import T, a_configuration
from tests.unit.config.lint.looking import HEAD, found


def a_mapping(entries: int, points: int = 5) -> str:
    lines = "".join(
        f"  - {{match: \"url = '{number}'\", phase: discovery}}\n" for number in range(entries)
    )
    rule = f"{{event: page.viewed, where: \"phase = 'discovery'\", points: {points}}}"
    return f"content:\n{lines}model: {{rules: {{discovery: {rule}}}}}\n"


def used(*mappings: str) -> Seen:
    """Return a past in which these models were used, one a day."""
    past = [a_configuration(HEAD + each) for each in mappings]
    return Seen(
        models={str(day): (T + timedelta(days=day), each.source) for day, each in enumerate(past)}
    )


@pytest.mark.parametrize(
    ("count", "before", "is_grown"),
    [(15, 10, True), (14, 10, False), (5, 0, True), (9, 5, False), (30, 25, False), (3, 9, False)],
)
def test_a_catalogue_has_outgrown_its_points_with_half_as_many_more(
    count: int, before: int, is_grown: bool
) -> None:
    assert has_outgrown(count, before) is is_grown


def test_growth_counts_from_when_the_rules_were_last_edited() -> None:
    seen = used(a_mapping(1, points=1), a_mapping(10), a_mapping(12))

    (told,) = found(catalogue_grown, a_mapping(16), seen=seen)

    assert told == (
        "content: the catalogue has 16 entries, and had 10 when the rules were last edited"
    )


@pytest.mark.parametrize(
    "seen",
    [
        None,
        Seen(),
        used(a_mapping(2, points=1)),
        used(a_mapping(2), a_mapping(16, points=1)),
        used(a_mapping(2), a_mapping(2, points=1), a_mapping(14)),
    ],
    ids=["no database", "never used", "rules edited now", "edited and back", "grown before"],
)
def test_a_catalogue_its_rules_were_set_for_is_not_told_of(seen: Seen | None) -> None:
    assert found(catalogue_grown, a_mapping(16), seen=seen) == []
