"""What the dashboard says: every text in both languages, numbers and times as each writes them."""

from __future__ import annotations

import ast
import string
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.pofile import read_po

import connector.web.dashboard
from connector.sync import looking
from connector.web.dashboard.language import CATALOGUES, LANGUAGES, Language, chosen

FOLDER = Path(connector.web.dashboard.__file__).parent
SAYING = {"text", "say", "_say", "marked"}
T = datetime(2026, 3, 12, 14, 5, tzinfo=UTC)


def _said() -> Iterator[tuple[str, ...]]:
    """Yield each text in the code that says something there, with its plural if it has one."""
    for path in (*FOLDER.rglob("*.py"), *Path(looking.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield from _of_call(node)


def _of_call(call: ast.Call) -> Iterator[tuple[str, ...]]:
    is_method = isinstance(call.func, ast.Attribute)
    name = getattr(call.func, "attr", None) or getattr(call.func, "id", "")
    words = [
        each.value
        for each in call.args
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    ]
    if name in {"plural", "plurally"} and len(words) > 1:
        yield words[0], words[1]
    # The function `text` of our own draws an element, and is handed what was said.
    elif words and name in SAYING and (is_method or name != "text"):
        yield (words[0],)


def _translated(code: str) -> dict[tuple[str, ...], tuple[str, ...]]:
    return {told: forms for _, told, forms in _entries(code)}


def _entries(code: str) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Yield the file, the English and the translation of each text."""
    for path in (CATALOGUES / code).glob("*.po"):
        with path.open("rb") as file:
            for each in read_po(file, locale=code):
                if each.id:
                    yield path.name, _forms(each.id), _forms(each.string)


def _forms(told: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (told,) if isinstance(told, str) else tuple(told or ())


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


OTHERS = sorted(set(LANGUAGES) - {"en"})


@pytest.mark.parametrize("code", OTHERS)
def test_each_text_is_translated_and_nothing_else(code: str) -> None:
    translated = _translated(code)

    assert set(_said()) == set(translated)
    assert [told for told, forms in translated.items() if not all(forms)] == []


@pytest.mark.parametrize("code", OTHERS)
def test_a_text_stands_in_one_file(code: str) -> None:
    files: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for file, told, _ in _entries(code):
        files[told].append(file)

    assert {told: each for told, each in files.items() if len(each) > 1} == {}


@pytest.mark.parametrize("code", OTHERS)
def test_translations_take_the_same_values(code: str) -> None:
    for told, forms in _translated(code).items():
        wanted = set().union(*map(_places, told))
        assert all(_places(each) <= wanted for each in forms), told
        assert _places(forms[-1]) == _places(told[-1]), told


@pytest.mark.parametrize(
    ("cookie", "accepted", "code"),
    [
        (None, "", "en"),
        (None, "fr", "fr"),
        (None, "fr-CA;q=0.8, de", "fr"),
        (None, "de, en;q=0.9, fr;q=0.8", "en"),
        (None, ";;,q=,*", "en"),
        ("fr", "en-GB", "fr"),
        ("xx", "fr-FR", "fr"),
    ],
)
def test_the_language_is_the_chosen_one_or_what_the_browser_likes_best(
    cookie: str | None, accepted: str, code: str
) -> None:
    assert chosen(cookie, accepted) == code


@pytest.mark.parametrize(
    ("code", "number", "told"),
    [
        ("en", 0, "0 problems"),
        ("en", 1, "1 problem"),
        ("en", 1200, "1,200 problems"),
        ("fr", 0, "0 problème"),
        ("fr", 1, "1 problème"),
        ("fr", 1200, "1\N{NARROW NO-BREAK SPACE}200 problèmes"),
    ],
)
def test_plurals_follow_the_language(code: str, number: int, told: str) -> None:
    assert Language(code=code).plural("{number} problem", "{number} problems", number) == told


def test_a_text_without_a_translation_stays_english() -> None:
    assert Language(code="fr").text("Nobody wrote {this}", this=1) == "Nobody wrote 1"


def test_values_are_never_taken_for_places() -> None:
    assert Language(code="en").text("Drop: {name}", name="{0.__class__}") == "Drop: {0.__class__}"


@pytest.mark.parametrize(
    ("back", "told"),
    [
        (timedelta(hours=1), "14:05"),
        (timedelta(days=3), "9 Mar, 15:05"),
        (timedelta(days=100), "2 Dec 2025"),
    ],
)
def test_a_moment_is_told_as_shortly_as_it_can_be(back: timedelta, told: str) -> None:
    paris = Language(code="en", zone=ZoneInfo("Europe/Paris"))

    assert paris.moment(T - back, T) == told


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("left alone until 2026-03-12 23:05:59 UTC.", "left alone until 13 mars 2026, 00:05."),
        ("2026-07-01 10:00 UTC", "1 juil. 2026, 12:00"),
        ("the field 2026-13-99 10:00 UTC", "the field 2026-13-99 10:00 UTC"),
        ("2026-03-12T14:05:00Z", "2026-03-12T14:05:00Z"),
    ],
)
def test_instants_in_what_the_daemon_says_are_told_as_others(message: str, told: str) -> None:
    language = Language(code="fr", zone=ZoneInfo("Europe/Paris"))

    assert language.with_times(message) == told


@pytest.mark.parametrize(
    ("value", "told"), [(3, "+3"), (-1200, "\N{MINUS SIGN}1,200"), (0, "\N{EN DASH}")]
)
def test_differences_have_a_sign(value: int, told: str) -> None:
    assert Language(code="en").signed(value) == told
