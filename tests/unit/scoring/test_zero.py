"""A score of zero has no sign, whomever it is computed with."""

from __future__ import annotations

import pytest

from connector.domain.frames import exact_column
from tests.unit.scoring.lab import a_contact, a_model, a_score, an_event_rule, formula, scored


@pytest.mark.parametrize("number", [1, 2, 3, 100])
def test_a_zero_has_no_sign_among_any_number_of_contacts(number: int) -> None:
    score = a_score(formula=formula("engagement * -0.0", "engagement"))
    model = a_model(an_event_rule(), scores=[score])

    outcome = scored(model, contacts=[a_contact(each) for each in range(number)])

    assert {str(each[exact_column("lead")]) for each in outcome.contacts.values()} == {"0.0"}
