"""Whatever somebody types, and whatever a name is written like, is cut into the same words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.domain.search_words import LONGEST, MOST, search_words, words_in


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jean-Luc.Dupont+News_2@mail.example", "jean luc dupont news 2 mail example"),
        ("ÉLODIE élodie Elodie", "elodie"),
        ("Œuvre Søren Łukasz STRASSE straße", "oeuvre soren lukasz strasse"),
        ("İstanbul ISPARTA \u0131sparta", "istanbul isparta"),
        ("東京 ﬁn", "東京 fin"),
        ("!?  \x00 \ud83d", ""),
    ],
)
def test_words_have_neither_case_nor_accents(text: str, expected: str) -> None:
    assert " ".join(words_in(text)) == expected


def test_names_and_the_company_are_looked_through_and_nothing_else() -> None:
    attributes = {"first_name": "Ann", "company": "Acme", "name": 7, "job_title": "CEO"}

    assert search_words("a.lee@x.example", attributes) == "a lee x example ann acme"
    assert search_words(None, {"job_title": "CEO"}) is None


@given(st.text())
def test_words_are_found_by_themselves_however_odd_they_are(text: str) -> None:
    words = words_in(text)

    assert words_in(" ".join(words)) == words
    assert len(words) <= MOST
    assert all(0 < len(word) <= LONGEST for word in words)
