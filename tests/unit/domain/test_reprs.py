"""What is about a person names nobody when it is shown, as in a traceback."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from connector.domain.changes import Addressee, AttributeChange
from connector.domain.contacts import Contact
from connector.domain.events import Event
from connector.ports.platform import NewContact

ANN = "ann@mail.example.com"
NAME = {"LASTNAME": "Durand"}


@pytest.mark.parametrize(
    "shown",
    [
        Contact(remote_id="7", emails=(ANN,), attributes={"LASTNAME": "Durand"}),
        Addressee(remote_id="7", email=ANN),
        AttributeChange(
            to=Addressee(remote_id="7", email=ANN), values={**NAME, "SCORE": Decimal(5)}
        ),
        NewContact(email=ANN, attributes=NAME),
        Event(
            id="1",
            subject=ANN,
            type="email.opened",
            occurred_at=datetime(2026, 1, 15, tzinfo=UTC),
            fields={"form": "Durand"},
            raw="Durand",
        ),
    ],
    ids=lambda each: type(each).__name__,
)
def test_neither_addresses_nor_values_are_in_a_repr(shown: object) -> None:
    text = repr(shown)

    assert ANN not in text
    assert "Durand" not in text
