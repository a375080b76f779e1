"""What is passed on of Brevo's errors says what is wrong, and nothing of a contact."""

from __future__ import annotations

import pytest

from adapters.brevo.sentences import known_code, known_words
from adapters.http import Call
from connector.errors import RejectedByPlatform
from tests.unit.adapters.brevo.canned import Canned


@pytest.mark.parametrize(
    "sentence",
    [
        "Invalid phone number",
        "Key not found",
        "We have detected you are using an unrecognised IP address",
        "endDate must not be greater than the current date",
        "days cannot be passed together with startDate and endDate",
        "Exactly one of fileUrl, fileBody, jsonBody should be passed",
        "email is already associated with this contact",
        "Contact already exist",
    ],
)
def test_what_brevo_says_of_a_request_is_passed_on(sentence: str) -> None:
    assert known_words(sentence) == sentence


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("Invalid value for attribute NOM: Jean-Pierre Durand", "Invalid value for attribute …"),
        ("Contact 0612345678 not valid phone number", "Contact … not valid phone number"),
        ("Invalid phone number 33612345678", "Invalid phone number …"),
        ("attribute PRENOM 'odile' is invalid", "attribute … is invalid"),
        ("ann@mail.example.com (id: 7) already exists", "… (id: … already exists"),
        ("durand", "…"),
        ("", ""),
    ],
)
def test_what_may_be_of_a_contact_is_left_out(sentence: str, told: str) -> None:
    assert known_words(sentence) == told


@pytest.mark.parametrize(
    ("code", "told"),
    [("invalid_parameter", "invalid_parameter"), ("Jean Durand", None), ("0612345678", None)],
)
def test_a_code_is_one_word_in_small_letters(code: str, told: str | None) -> None:
    assert known_code(code) == told


async def test_an_error_tells_nothing_of_a_contact() -> None:
    told = {"code": "invalid_parameter", "message": "NOM 'Durand' of 06 12 34 56 78 is not valid"}
    account = Canned(lambda _: (400, told)).account()
    call = Call(operation="write", method="GET", path="/things", buckets=("contacts",))

    with pytest.raises(RejectedByPlatform) as caught:
        await account.session.send(call)

    assert str(caught.value) == "mail: write: answered 400: invalid_parameter: … of … is not valid"
