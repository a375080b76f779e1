"""What `sync` and `create` come to."""

from __future__ import annotations

import pytest

from connector.domain.values import FieldType
from connector.errors import MappingError
from connector.scoring.model import TargetCopy
from tests.unit.config.fake_adapters import read

WORLD = """\
version: 1
platforms:
  past: {adapter: files, path: ./data}
  other: {adapter: files, path: ./more%s}
attributes:
  email: {type: email, past: email, other: mail}
  job: {type: text, past: job, other: role%s}
"""


def test_a_platform_to_which_values_are_copied_is_a_target() -> None:
    model = read(WORLD % ("", ", sync: [other]")).model

    assert model.targets.keys() == {"other"}
    copy = TargetCopy(field="role", attribute="job", type=FieldType.TEXT)
    assert model.targets["other"].copies == (copy,)


def test_a_target_may_be_copied_to_as_well() -> None:
    targets = "targets: {other: {on_drift: keep}}\n"
    target = read(WORLD % (", create: true", ", sync: [other]") + targets).model.targets["other"]

    assert (len(target.copies), target.repairs_drift, target.creates) == (1, False, True)


def test_what_is_copied_and_created_is_part_of_what_decisions_depend_on() -> None:
    texts = [("", ""), ("", ", sync: [other]"), (", create: true", ", sync: [other]")]

    assert len({read(WORLD % each).digest for each in texts}) == 3


def test_creating_for_nothing_is_told() -> None:
    (warning,) = read(WORLD % (", create: true", "")).warnings

    assert warning.path == "platforms.other.create"
    assert warning.message == "nobody is created: `other` is neither a target nor in any `sync`"


def test_two_attributes_cannot_be_copied_to_one_field() -> None:
    second = "  task: {type: text, past: task, other: role, sync: [other]}\n"

    with pytest.raises(MappingError) as caught:
        read(WORLD % ("", ", sync: [other]") + second)

    (problem,) = caught.value.problems
    assert problem.message == "the attribute `job` is copied to this field too"


def test_nothing_is_said_any_more_of_what_is_done_now() -> None:
    targets = "targets: {other: {on_drift: keep}}\n"

    assert read(WORLD % ("", ", sync: [other]") + targets).warnings == ()
