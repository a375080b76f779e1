"""What people are called."""

from __future__ import annotations

import pytest

from connector.domain.names import name_of


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ({}, ""),
        ({"first_name": "Ada"}, "Ada"),
        ({"first_name": " Ada ", "last_name": "Martin"}, "Ada Martin"),
        ({"full_name": "Dr. Ada Martin", "first_name": "Ada"}, "Dr. Ada Martin"),
        ({"name": 7, "company": "Acme"}, "7"),
    ],
)
def test_a_name_is_made_of_the_usual_attributes(attributes: dict[str, object], name: str) -> None:
    assert name_of(attributes) == name
