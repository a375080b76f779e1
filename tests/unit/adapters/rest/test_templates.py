"""Texts take in values, each as what it is, and are checked before."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.mapped.expressions import check_expression, ends, roots
from adapters.rest.templates import Unfillable, check_template, filled, filled_path, names_in

KNOWN = ("contact", "since", "values", "fields", "ids")
CONTEXT = {
    "since": "2026-01-15T10:00:00Z",
    "contact": {"id": "a/b ü", "email": None},
    "values": {"heat": 7, "is_hot": True},
    "fields": [{"name": "heat", "value": 7}],
}
scalars = st.none() | st.booleans() | st.integers() | st.text()
json_values = st.recursive(
    scalars, lambda some: st.lists(some) | st.dictionaries(st.text(), some), max_leaves=8
)


@given(json_values)
def test_a_text_that_is_one_slot_becomes_what_is_found(value: Any) -> None:  # noqa: ANN401
    assert filled({"it": "{{ value }}"}, {"value": value}) == {"it": value}


@given(
    st.text(alphabet=st.characters(blacklist_categories=["Cs"])).filter(
        lambda text: text not in {"", ".", ".."}
    )
)
def test_what_is_put_into_a_path_stays_one_part_of_it(text: str) -> None:
    path = filled_path("/contacts/{{ id }}/tags", {"id": text})

    assert path.count("/") == 3
    assert "?" not in path
    assert "#" not in path


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("after {{ since }}", "after 2026-01-15T10:00:00Z"),
        ("{{ values.heat }} of {{ values.is_hot }}", "7 of true"),
        ("{{ fields[].{field: name, value: value} }}", [{"field": "heat", "value": 7}]),
        ("no slot { at } all", "no slot { at } all"),
        ("{{ contact.email }}", None),
    ],
)
def test_a_text_is_filled_in(text: str, told: object) -> None:
    assert filled(text, CONTEXT) == told


@pytest.mark.parametrize("text", ["to {{ contact.email }}", "to {{ values }}", "{{ length(`1`) }}"])
def test_what_is_not_there_cannot_stand_within_a_text(text: str) -> None:
    with pytest.raises(Unfillable):
        filled(text, CONTEXT)


@pytest.mark.parametrize("part", ["", ".", "..", None])
def test_a_path_has_no_part_that_is_none(part: str | None) -> None:
    with pytest.raises(Unfillable):
        filled_path("/contacts/{{ id }}", {"id": part})


def test_what_names_since_is_left_out_while_there_is_none() -> None:
    told = {"a": "gt({{ since }})", "b": ["{{ since }}", 1], "c": {"d": "{{ since }}"}, "e": "f"}

    assert filled(told, {"since": None}) == {"b": [1], "c": {}, "e": "f"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ contct.id }}", "names `contct`, which is not known here: did you mean `contact`"),
        ("{{ zzz }}", "there is `contact`, `fields`, `ids`, `since`, `values`"),
        ("{{ contact.idd }}", "names `contact.idd`, which is not known here: did you mean `id`"),
        ("{{ contact | idd }}", "names `contact.idd`"),
        ("{{ @.contact.idd }}", "names `contact.idd`"),
        (
            "{{ contact.[id, phone] }}",
            "names `contact.phone`, which is not known here: there is `e",
        ),
        ("{{ contact.{a: idd} }}", "names `contact.idd`"),
        ("{{ not_null(contact.idd, contact.id) }}", "names `contact.idd`"),
        ("{{ contact.id.value }}", "names `value` of `contact.id`, which is a single value"),
        ("{{ fields.name }}", "its items have it, as `fields[].name`"),
        ("{{ fields[].key }}", "there is `name`, `value`"),
        ("{{ fields[?nam == 'heat'] }}", "did you mean `name`"),
        ("{{ fields[0].vlue }}", "did you mean `value`"),
        ("{{ ids[].id }}", "which is a single value"),
        ("{{ {a: contact.id}.b }}", "there is `a`"),
        ("{{ contact. }}", "is no JMESPath expression"),
        ("{{ nope(contact) }}", "there is no function `nope`"),
        ("{{ contact", "a `{{` has no `}}`"),
    ],
)
def test_a_wrong_text_is_told(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        check_template({"deep": [text]}, KNOWN)


@pytest.mark.parametrize(
    "text",
    [
        "{{ fields[].{field: name, value: value} }}",
        "{{ fields[?name == 'heat'] | [0].value }}",
        "{{ map(&name, fields) }}",
        "{{ sort_by(fields, &name)[0].value }}",
        "{{ fields[0:2].name }}",
        "{{ values.heat.anything }}",
        "{{ values.* }}",
        "{{ join(',', ids) }}",
        "{{ ids | [0] }}",
        "{{ [contact.id, since] }}",
        "{{ contact.email && contact.id || since }}",
        "{{ {a: contact}.a.id }}",
        "{{ to_number(contact.id) }}",
        "{{ contact.*.x }}",
        "{{ @ | contact.id }}",
    ],
)
def test_what_may_be_there_is_let_be(text: str) -> None:
    check_template(text, KNOWN)


def test_names_are_those_at_the_top() -> None:
    assert names_in({"a": "{{ values.x }}", "b": ["{{ contact.id }}"]}) == {"values", "contact"}


@pytest.mark.parametrize("word", ["true", "false", "null"])
def test_a_value_without_backquotes_is_no_field_to_compare_with(word: str) -> None:
    with pytest.raises(ValueError, match=f"stands in backquotes, `{word}`"):
        check_expression(f"people[?is_active == {word}] | [0:2]")


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("a.b", {"a"}),
        ("a[].{x: b, y: c}", {"a"}),
        ("a[?b == 'x'].c | [0]", {"a"}),
        ("join(',', a[*].b)", {"a"}),
        ("sort_by(a, &b)", {"a"}),
        ("a || b.c", {"a", "b"}),
        ("{x: a, y: [b, c]}", {"a", "b", "c"}),
        ("@.a", {"a"}),
        ("a[0:2].b", {"a"}),
        ("'text'", set()),
    ],
)
def test_an_expression_looks_for_these_names(expression: str, names: set[str]) -> None:
    assert roots(check_expression(expression)) == names


def test_a_path_with_a_slice_has_an_end() -> None:
    assert "mail" in ends("people[0:2].mail | [0]")
