"""Only what a configuration uses of a platform is asked for there."""

from __future__ import annotations

import pytest

from connector.config.uses import deeds_used, parts_used
from connector.ports.platform import Part
from tests.builders import a_configuration

HEAD = """\
version: 1
platforms:
  crm: {adapter: memory%s}
  mail: {adapter: memory}
attributes:
  email: {type: email, crm: email, mail: email}
  job:   {type: text, crm: job, mail: job%s}
model:
  rules: {opened: {event: email.opened, points: 10}}
"""
READS = frozenset(
    {Part.CONTACTS, Part.EVENTS, Part.LOOKUP, Part.REMOVALS, Part.IDS, Part.WEBHOOK_PARSER}
)


def used(text: str = "", *, of_platform: str = "", of_job: str = "") -> frozenset[Part]:
    configuration = a_configuration(HEAD % (of_platform, of_job) + text)
    return parts_used(configuration, "crm") - READS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", set()),
        ("targets: {mail: {attributes: {heat: score}}}\n", set()),
        (
            "targets: {crm: {attributes: {heat: score}}}\n",
            {Part.ATTRIBUTE_WRITER, Part.FIELDS},
        ),
        (
            "targets: {crm: {lists: {Hot: {when: score > 9}}}}\n",
            {Part.LIST_WRITER, Part.LISTS, Part.MEMBERSHIPS},
        ),
        ("targets: {crm: {tags: {vip: score > 9}}}\n", {Part.TAG_WRITER}),
        (
            "targets: {mail: {tags: {vip: \"in_list('crm', 'News')\"}}}\n",
            {Part.MEMBERSHIPS},
        ),
        (
            "triggers: {call: {when: score > 9, do: [{note: {platform: crm, text: Hot}}]}}\n",
            {Part.ACTIONS},
        ),
        (
            "triggers: {call: {when: score > 9, do: [{push: {platform: crm}}]}}\n",
            {Part.ACTIONS, Part.CONTACT_CREATOR},
        ),
    ],
    ids=["nothing", "elsewhere", "attributes", "lists", "tags", "in_list", "note", "push"],
)
def test_a_part_is_used_where_something_needs_it(text: str, expected: set[Part]) -> None:
    assert used(text) == expected


def test_whoever_may_be_created_needs_the_creator() -> None:
    assert used(of_platform=", create: true") == {Part.CONTACT_CREATOR}


def test_a_copied_attribute_needs_the_writer() -> None:
    assert used(of_job=", sync: [crm]") == {Part.ATTRIBUTE_WRITER, Part.FIELDS}


def test_the_kinds_of_deeds_are_those_of_the_platform() -> None:
    configuration = a_configuration(
        HEAD
        % ("", "")
        + "triggers: {call: {when: score > 9, do: [{note: {platform: crm, text: Hot}}, "
        "{email: {platform: mail, template: 12}}]}}\n"
    )

    assert deeds_used(configuration, "crm") == {"note"}
    assert deeds_used(configuration, "mail") == {"email"}
