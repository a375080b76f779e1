"""What the drawn cases are full of: a comparison proves only what its cases depend on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given, seed, settings

from tests.reference.comparison import differ, verdicts
from tests.reference.drawing import FRESH
from tests.reference.drawn_histories import Case, cases
from tests.reference.features import features, outcomes
from tests.reference.test_reference import SHARES

# All of these share what was drawn once.
pytestmark = pytest.mark.xdist_group("features")

RUNS = 10
"""How often ten cases of each share are drawn here; the comparison draws four times more."""

DECIDING = {
    *("kind event", "kind sequence", "kind count", "kind inactive", "kind when"),
    *(f"{kind} where" for kind in ("event", "sequence", "count", "inactive", "trait", "unless")),
    *(f"{kind} when" for kind in ("event", "sequence", "count", "inactive")),
    *(f"{kind} group" for kind in ("event", "sequence", "count", "inactive", "when")),
    *(f"{kind} dimension" for kind in ("event", "sequence", "count", "inactive", "when")),
    *(f"{kind} decay" for kind in ("event", "sequence", "count", "model", "dimension")),
    *(f"decay {shape}" for shape in ("half_life", "linear", "expires", "step")),
    *(f"cap per {span}" for span in ("hour", "day", "week", "month", "lifetime")),
    *("event once_per", "event points in SQL", "event unless", "unless same", "unless after"),
    *("sequence award once", "sequence award each", "sequence same", "sequence within"),
    *("sequence step where", "count award standing", "count award once", "count same"),
    *("count distinct day", "count distinct column", "count within", "inactive of"),
    *("inactive repeat", "dimension floor", "dimension cap"),
    *("trait within", "score formula", "score range", "score round", "score population"),
    *("score direction", "leave_below", "exclude", "rename", "ignore", "content", "keep"),
    *(f"NULL {column}" for column in ("url", "message_id", "amount", "quantity", "is_machine")),
    *("a tick before", "a tick after", "late event", "order of a tie"),
    *("created_at", "held", "overrides", "lists"),
    *("change of clocks in Europe/Paris", "change of clocks in America/New_York"),
    "change of clocks in Australia/Lord_Howe",
}
"""Features without which a case comes out differently."""

HAPPENING = {
    *("a limit cuts", "an override holds", "somebody excluded", "a score that is NULL"),
    *("stage cold", "stage warm", "stage hot", "stage None", "grade None"),
    *(f"{kind} {truth}" for kind in ("list", "tag", "trigger") for truth in (True, False)),
    *(
        f"{measure} of something"
        for measure in ("count", "sum", "min", "max", "avg", "first", "last", "mode")
    ),
    *("days of something", "days_since of something", "has of something"),
}
"""What comes out of cases."""


@pytest.fixture(scope="module")
def found() -> Counter[str]:
    """Return in how many drawn cases each feature decides, and each outcome happens."""
    seen: Counter[str] = Counter()

    for number, share in _shares():

        @seed(number)
        @settings(max_examples=FRESH, database=None)
        @given(cases(share))
        def look(case: Case) -> None:
            said = verdicts(case)
            seen.update({name for name, other in features(case) if differ(said, verdicts(other))})
            seen.update(outcomes(said))

        look()
    return seen


def _shares() -> Iterator[tuple[int, tuple[str, ...]]]:
    return enumerate(share for share in SHARES.values() for _ in range(RUNS))


@pytest.mark.parametrize("name", sorted(DECIDING | HAPPENING))
def test_it_decides_or_happens_in_drawn_cases(found: Counter[str], name: str) -> None:
    assert found[name] >= 2
