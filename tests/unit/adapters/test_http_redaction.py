"""What is asked and answered, and with which key, never comes to light."""

from __future__ import annotations

import logging
from base64 import b64encode

import httpx
import pytest

from adapters.http import Answer, Call, HttpSession, Plain
from connector.errors import ConfigError
from connector.ports.budget import Unlimited
from tests.unit.adapters.sessions import KEY, a_session, answers, refused


@pytest.mark.parametrize(
    "told",
    [
        "Contact ada@example.org exists",
        "no user ADA%40example.org",
        f"the key {KEY} is wrong",
        f"GET /v3/contacts?api_key={KEY.replace('-', '%2D')} failed",
        "the key x\x00keysib-0123456789abcdef is wrong",
        f"Basic {b64encode(f'ann:{KEY}'.encode()).decode()} is wrong",
        "SMS +33 6 12 34 56 78 is taken",
        "SMS 06.12 34-56 78 is taken",
        "number 0612345678 is taken",
        "number-33612345678: taken",
        "value=ada@example.org&x",
        "x" * 5_000 + KEY,
        " " * 10_000 + KEY,
        f"{'ada@example.org ' * 500}{KEY}",
        "\x1b[31mred",
    ],
)
async def test_a_vendors_words_are_told_without_what_they_repeat(told: str) -> None:
    error = await refused(answers(400, json={"message": told}))

    text = f"{error} {error!r}".lower()
    assert not any(each in text for each in (KEY, KEY[:12], "ada", "12 34", "12345", "\x1b"))
    assert len(str(error)) < 400


def test_no_repr_tells_what_is_sent_and_by_whom() -> None:
    session = HttpSession(
        platform="mail",
        base_url=f"https://ada:{KEY}@api.example.com/{KEY}",
        budget=Unlimited(),
        headers={"api-key": KEY},
        dialect=Plain(),
    )
    call = Call(
        operation="write",
        method="POST",
        path="/contacts/ada@example.org",
        params=[("email", "ada@example.org")],
        body={"email": "ada@example.org"},
        form={"key": KEY},
        headers={"authorization": KEY},
    )
    answer = Answer(status=200, headers=httpx.Headers({"x": KEY}), body=["ada@example.org"])

    text = f"{session!r} {call!r} {answer!r}"

    assert (KEY in text, "ada" in text) == (False, False)
    assert "https://api.example.com" in text


async def test_no_log_names_whom_was_asked_for(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    call = Call(operation="look", method="GET", path="/contacts/ada@example.org")

    await a_session(answers(200, json={})).send(call)

    assert "ada" not in caplog.text
    assert KEY not in caplog.text


def test_a_key_that_cannot_be_sent_is_a_wrong_setting() -> None:
    with pytest.raises(ConfigError) as caught:
        HttpSession(
            platform="mail",
            base_url="https://api.example.com",
            budget=Unlimited(),
            headers={"api-key": "schlüssel"},
            dialect=Plain(),
        )

    assert "schl" not in str(caught.value)


@pytest.mark.parametrize("found", [KEY, "ada@example.org", "a b", "x" * 65, ""])
async def test_an_odd_request_id_is_not_told(found: str) -> None:
    error = await refused(answers(500, headers={"x-request-id": found}))

    assert error.request_id is None
