"""Several files are one document."""

from __future__ import annotations

import pytest

from connector.errors import MappingError
from tests.unit.config.fake_adapters import HEAD, read

RULE = "model:\n  rules:\n    {name}: {{event: page.viewed, points: 1}}\n"


def test_a_section_may_be_spread_over_files() -> None:
    configuration = read(HEAD + RULE.format(name="a"), RULE.format(name="b"))
    assert list(configuration.model.rules) == ["a", "b"]


def test_a_target_may_be_spread_over_files() -> None:
    configuration = read(
        HEAD + "model: {}\ntargets: {past: {attributes: {x: score}}}\n",
        "targets: {past: {lists: {L: {when: 'score > 1'}}}}\n",
    )
    target = configuration.model.targets["past"]
    assert [each.field for each in target.attributes] == ["x"]
    assert [each.name for each in target.lists] == ["L"]


def test_an_id_given_twice_is_refused_with_both_places() -> None:
    with pytest.raises(MappingError) as caught:
        read(HEAD + RULE.format(name="a"), "# a comment\n" + RULE.format(name="a"))
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == ("mappings/b.yaml", 4)
    assert problem.hint == "first in mappings/a.yaml:6"


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ("model: {}\nmodel: {}\n", 5),
        ("attributes:\n  a: {type: text, past: x}\n  a: {type: text, past: y}\n", 6),
        ("attributes: {a: {type: text, type: text, past: x}}\n", 4),
        ("content: []\ncontent: []\n", 5),
    ],
    ids=["section", "id", "key", "list"],
)
def test_a_key_twice_in_one_file_is_refused(more: str, line: int) -> None:
    with pytest.raises(MappingError) as caught:
        read(HEAD + more)
    assert [each.line for each in caught.value.problems] == [line]


def test_the_catalogue_is_joined_in_the_order_of_file_names() -> None:
    configuration = read(
        HEAD + "content: [{match: 'is_machine', kind: a}]\n",
        "content: [{match: 'is_machine', kind: b}]\n",
        "content: [{match: 'is_machine', kind: c}]\n",
    )
    assert [tag.kind for tag in configuration.model.content] == ["a", "b", "c"]


def test_each_file_may_say_the_version_but_all_the_same() -> None:
    assert read("version: 1\n", "version: 1\n").platforms == ()
    with pytest.raises(MappingError, match=r"b\.yaml:1: version: `version` is given twice"):
        read("version: 1\n", "version: 2\n")


def test_a_section_with_everything_commented_out_is_empty() -> None:
    configuration = read(HEAD + "model:\n  rules:\n    # nothing yet\ntargets:\n")
    assert configuration.has_model
    assert configuration.model.rules == {}


def test_empty_files_are_fine() -> None:
    assert read("", "version: 1\n", "# nothing\n").model.scores == {}


def test_without_a_model_nothing_is_scored() -> None:
    configuration = read(HEAD + "model:\n")
    assert not configuration.has_model
    assert configuration.model.dimensions == {}
    assert configuration.model.scores == {}


def test_every_file_tells_all_its_problems() -> None:
    with pytest.raises(MappingError) as caught:
        read("version: 1\nx: 1\n", "- a list\n", "y: [\n", "z: \xff\n")
    assert [(each.file, each.line) for each in caught.value.problems] == [
        ("mappings/a.yaml", 2),
        ("mappings/b.yaml", 1),
        ("mappings/c.yaml", 2),
        ("mappings/d.yaml", 1),
    ]


def test_of_what_a_broken_file_may_hold_nothing_is_missed_elsewhere() -> None:
    targets = "targets:\n  past:\n    attributes: {heat: lead}\n    colour: red\n"
    with pytest.raises(MappingError) as caught:
        read(HEAD + targets, "model:\n  rules: [\n  scores:\n    lead: {}\n")
    assert [(each.file, each.path) for each in caught.value.problems] == [
        ("mappings/a.yaml", "targets.past.colour"),
        ("mappings/b.yaml", None),
    ]


def test_a_file_that_is_not_utf8_is_told_with_its_line() -> None:
    with pytest.raises(MappingError) as caught:
        read(b"version: 1\n# caf\xe9\n")
    (problem,) = caught.value.problems
    assert (problem.line, problem.message) == (2, "is not UTF-8")


def test_a_byte_order_mark_is_no_problem() -> None:
    assert read(b"\xef\xbb\xbfversion: 1\n").platforms == ()
