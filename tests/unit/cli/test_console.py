"""What reaches a terminal: nothing that acts on it, no blanks at the ends of lines."""

from __future__ import annotations

import json

import pytest

from connector.cli.console import glyph, grid, plain, print_json, report, show, tell, visible
from connector.errors import ConfigError, NotFound, Problem


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("Zoë 😀", "Zoë 😀", id="letters of any kind"),
        pytest.param("a\x1b[31mb", "a\\x1b[31mb", id="an escape sequence"),
        pytest.param("a\nb\tc", "a\\nb\\tc", id="line ends and tabs"),
        pytest.param("a\u202eb", "a\\u202eb", id="a reversal of direction"),
        pytest.param("a\udcffb", "a\\udcffb", id="half a surrogate"),
    ],
)
def test_what_is_not_printable_is_spelled_out(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_brackets_of_others_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    table = grid("ll")
    table.add_row(plain("[red]x[/]"), plain("[/]"))

    show(table)

    assert capsys.readouterr().out == "[red]x[/]  [/]\n"


def test_lines_end_where_their_words_end(capsys: pytest.CaptureFixture[str]) -> None:
    table = grid("lr", "name", "count")
    table.add_row("a long name", "1")
    table.add_row("b", "")

    show(table)

    assert capsys.readouterr().out == "name         count\na long name      1\nb\n"


def test_a_sentence_keeps_its_indent(capsys: pytest.CaptureFixture[str]) -> None:
    tell("one [two]\nthree", indent=4)

    assert capsys.readouterr().out == "    one [two]\\nthree\n"


def test_a_captured_output_is_not_ascii_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert glyph("█", "#") == "█"


def test_json_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"name": "Zoë\n"})

    assert capsys.readouterr().out == '{"name": "Zoë\\n"}\n'


def test_people_get_every_problem_on_the_error_stream(capsys: pytest.CaptureFixture[str]) -> None:
    problems = [Problem(message="no", file="a.yaml", line=2), Problem(message="nor this")]

    report(ConfigError(problems), as_json=False)

    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "2 problems to mend:\n  a.yaml:2: no\n  nor this\n"


def test_machines_get_problems_with_their_places(capsys: pytest.CaptureFixture[str]) -> None:
    report(ConfigError([Problem(message="no", file="a.yaml", line=2)]), as_json=True)

    told = capsys.readouterr()
    assert told.err == ""
    assert json.loads(told.out) == {
        "error": "a.yaml:2: no",
        "problems": [{"message": "no", "file": "a.yaml", "line": 2}],
    }


def test_an_error_without_problems_is_its_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    report(NotFound("nobody is known as x"), as_json=False)

    assert capsys.readouterr().err == "nobody is known as x\n"
