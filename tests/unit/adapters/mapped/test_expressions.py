"""An expression that can be read and means something else is told when the file is read."""

from __future__ import annotations

import re

import pytest

from adapters.mapped.expressions import check_expression, found


@pytest.mark.parametrize(
    ("expression", "word"),
    [
        ('kind == "mail_open"', "mail_open"),
        ('"mail open" != kind', "mail open"),
        ('rows[?kind == "x"].id', "x"),
        ('starts_with(type, "order.")', "order."),
        ('contains(tags, "vip")', "vip"),
        ('join(",", ids)', ","),
    ],
)
def test_a_text_in_double_quotes_is_told_for_the_name_it_is(expression: str, word: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"a text stands in single quotes, '{word}'")):
        check_expression(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "kind == 'mail open'",
        'kind == @."mail open"',
        "a.\"b c\" == 'x'",
        "\"Deal Stage\" == 'won'",
        'rows[?"is open" == `true`].id',
        'not_null("Bot Click", other)',
        '"Bot Click"',
        "contains(tags, vip)",
        "contains(\"My tags\", 'vip')",
        '{"a b": "c d"}',
        "!(a.b)",
        "!a",
        "a[0:2].b == `[1, 2]`",
    ],
)
def test_a_name_in_double_quotes_is_fine_elsewhere(expression: str) -> None:
    assert check_expression(expression) == expression


def test_the_way_out_that_is_named_compares_with_the_field() -> None:
    assert found('kind == @."a b"', {"kind": 1, "a b": 1}) is True


def test_a_not_that_reaches_less_far_than_it_looks_is_told() -> None:
    with pytest.raises(ValueError, match=r"write `!\(a\.b\)`"):
        check_expression("!consent.email")


@pytest.mark.parametrize(
    ("expression", "meant"),
    [
        ("status = 'x'", "with `==`"),
        ("data.items[?kind='x']", "with `==`"),
        ("status is null", "with `==`"),
        ("count > 5", "a number stands in backquotes"),
        ("count > -5", "a number stands in backquotes"),
        ("5", "a number stands in backquotes"),
        ("a and b", "`and` is written `&&`"),
        ("a OR b", "`or` is written `||`"),
        ("not a", "`not` is written `!`"),
        ("data.0.id", "is written `[0]`"),
        ("$.data[*]", "begins without `$.`"),
        ("data['id']", "is written `.name`"),
        ("data[0].first-name", 'in double quotes, "first-name"'),
        ("first name", 'in double quotes, "first name"'),
        ("a + b", "join('', [a, b])"),
        ("a ? b : c", "`a && b || c`"),
        ("{{ a }}", "braces belong to requests"),
        ("len(a)", "did you mean `length`"),
        ("concat(a, b)", "did you mean `join`"),
        ("start_with(a, b)", "did you mean `starts_with`"),
    ],
)
def test_what_other_languages_would_say_is_told_in_this_one(expression: str, meant: str) -> None:
    with pytest.raises(ValueError, match=re.escape(meant)):
        check_expression(expression)
