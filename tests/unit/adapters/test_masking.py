"""A secret is taken out of a text however it is written there."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from html import escape
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.masking import masked

SECRET = 'k+y/of "Zoë" & co\\9%'
WRITTEN: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in an address": quote,
    "in a part of an address": lambda text: quote(text, safe=""),
    "in lower case": lambda text: quote(text, safe="").replace("%2B", "%2b"),
    "as a form": quote_plus,
    "in an address within an address": lambda text: quote(quote(text, safe=""), safe=""),
    "every letter in an address": lambda text: "".join(f"%{each:02X}" for each in text.encode()),
    "in JSON": lambda text: json.dumps(text)[1:-1],
    "in JSON as PHP writes it": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "in JSON within JSON": lambda text: json.dumps(json.dumps(text)[1:-1])[1:-1],
    "in HTML": escape,
    "by numbers in HTML": lambda text: "".join(f"&#{ord(each)};" for each in text),
    "as Basic auth": lambda text: b64encode(f"{text}:".encode()).decode(),
    "as Basic auth of somebody": lambda text: b64encode(f"ann:{text}".encode()).decode(),
    "as base64 of addresses": lambda text: urlsafe_b64encode(f"a:{text}".encode()).decode(),
}


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
def test_a_secret_is_known_however_it_is_written(written: Callable[[str], str]) -> None:
    told = masked(f"the key {written(SECRET)} is wrong", [SECRET])

    assert told.startswith("the key ")
    assert told.endswith(" is wrong")
    assert "***" in told
    # Of base64 what stands beside it stays, and a letter at each end that holds bits of both.
    assert len(told) <= len("the key *** is wrong") + 12


@given(
    secret=st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=40),
    how=st.sampled_from([each for each in WRITTEN if "base64" not in each and "Basic" not in each]),
)
@example(secret="a*b.c[d]", how="as it is")
@example(secret="\ud800", how="as it is")
def test_any_secret_may_be_one(secret: str, how: str) -> None:
    assert masked(WRITTEN[how](secret), [secret]) == "***"


@given(st.text(max_size=200))
def test_what_holds_no_secret_stays_as_it_is(text: str) -> None:
    assert masked(text, ["", "k3y-that-is-nowhere"]) == text


def test_the_longer_of_two_secrets_hides_the_shorter_one() -> None:
    assert masked("Bearer abc123", ["abc", "abc123"]) == "Bearer ***"


def test_a_secret_of_backslashes_is_looked_for_in_time() -> None:
    secret = r"a\\\\\b"

    assert masked("a" + "\\" * 400, [secret]) == "a" + "\\" * 400
    assert masked(json.dumps({"key": secret}), [secret]) == '{"key": "***"}'
