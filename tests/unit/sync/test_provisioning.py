"""What a platform lacks of a configuration is told by name, and what can be made is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from adapters.memory.account import Account
from adapters.memory.adapter import MemoryPlatform
from adapters.memory.faults import Fault
from adapters.memory.setup import MemorySetup
from connector.config.configuration import Configuration
from connector.domain.values import FieldType
from connector.errors import PlatformUnavailable, Problem
from connector.ports.platform import RemoteField
from connector.sync.setting_up.provisioning import Lacking, lacking, provide
from tests.builders import a_configuration

TEXT = """
version: 1
platforms:
  crm: {adapter: memory}
  mail: {adapter: memory}
attributes:
  email: {type: email, crm: email}
  job: {type: text, crm: job}
  city: {type: text, crm: town, mail: CITY, sync: [crm]}
model:
  rules: {opened: {event: email.opened, points: 10}}
  scores:
    heat: {formula: engagement, stages: [{name: cold, from: 0}, {name: hot, from: 20}]}
targets:
  crm:
    attributes:
      heat_score: heat
      life: {from: heat_stage, map: {hot: lead, cold: subscriber}}
    lists:
      Hot: {when: "heat_stage = 'hot'"}
      Made: {when: "in_list('crm', 'News')", create: true}
"""
FIELDS = {
    "email": RemoteField(name="email", type=FieldType.EMAIL, is_writable=False),
    "job": RemoteField(name="job", type=FieldType.TEXT),
    "town": RemoteField(name="town", type=FieldType.TEXT),
    "heat_score": RemoteField(name="heat_score", type=FieldType.NUMBER),
    "life": RemoteField(name="life", type=FieldType.TEXT, options=("subscriber", "lead")),
}
LISTS = ("Hot", "Made", "News")


WITH_STAGE = TEXT.replace("    lists:\n", "    stage: heat_stage\n    lists:\n")


class Choosy(MemorySetup):
    """Makes no field with a blank in its name."""

    async def cannot_make(self, name: str) -> Problem | None:
        return Problem(message="blanks", hint="write to `life_cycle`") if " " in name else None


def crm(*, without: tuple[str, ...] = (), **other: RemoteField) -> Account:
    account = Account("crm")
    fields = FIELDS | other
    account.fields |= {name: fields[name] for name in fields if name not in without}
    account.lists |= {name: set() for name in LISTS if name not in without}
    return account


def configured(capabilities: Mapping[str, Any] | None = None) -> Configuration:
    return a_configuration(TEXT, capabilities)


async def found(account: Account) -> Lacking:
    return await lacking(MemoryPlatform(account), configured())


async def test_a_platform_that_has_everything_lacks_nothing() -> None:
    missing = await found(crm())

    assert (missing, bool(missing)) == (Lacking(), False)


@pytest.mark.parametrize(
    "wanted",
    [
        RemoteField(name="heat_score", type=FieldType.NUMBER, decimals=0),
        RemoteField(name="town", type=FieldType.TEXT),
    ],
    ids=lambda each: each.name,
)
async def test_a_field_that_is_written_can_be_made(wanted: RemoteField) -> None:
    name = wanted.name

    missing = await found(crm(without=(name,)))

    assert missing.fields == (wanted,)
    assert name in missing.problems[0].message
    assert missing.problems[0].hint == "heatsync check --fix makes it"


async def test_a_field_that_is_only_read_is_not_made_but_told() -> None:
    account = crm(without=("job",), jobs=RemoteField(name="jobs", type=FieldType.TEXT))

    missing = await found(account)

    assert (missing.fields, missing.lists) == ((), ())
    (problem,) = missing.problems
    assert problem.path == "attributes.job.crm"
    assert problem.hint == "did you mean `jobs`?"


async def test_a_field_of_another_type_is_told() -> None:
    account = crm(heat_score=RemoteField(name="heat_score", type=FieldType.DATETIME))

    missing = await found(account)

    (problem,) = missing.problems
    assert problem.message == "the field `heat_score` is a datetime, and a number is written"


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        (0, "the field `heat_score` keeps no decimals, and 2 are written"),
        (1, "the field `heat_score` keeps 1 decimals, and 2 are written"),
    ],
)
async def test_decimals_that_a_field_would_cut_off_are_told(kept: int, told: str) -> None:
    field = RemoteField(name="heat_score", type=FieldType.NUMBER, decimals=kept)
    text = TEXT.replace("formula: engagement,", "formula: engagement, round: 2,")

    missing = await lacking(MemoryPlatform(crm(heat_score=field)), a_configuration(text, None))

    (problem,) = missing.problems
    assert problem.message == told


async def test_a_field_that_keeps_decimals_enough_is_none_to_tell_of() -> None:
    field = RemoteField(name="heat_score", type=FieldType.NUMBER, decimals=0)

    assert (await found(crm(heat_score=field))).problems == ()


async def test_a_name_that_no_field_can_have_is_told_with_one_that_would_do() -> None:
    platform = MemoryPlatform(crm())
    platform.fields = Choosy(platform._account)
    configuration = a_configuration(TEXT.replace("life:", '"life cycle":'))

    missing = await lacking(platform, configuration)

    (problem,) = missing.problems
    assert missing.fields == ()
    assert problem.message == "crm has no field `life cycle`, and none can be made: blanks"
    assert problem.hint == "write to `life_cycle`"
    assert (problem.file, problem.line) == ("mappings/a.yaml", 18)


async def test_stages_that_are_not_there_are_told_with_their_place() -> None:
    account = crm()
    account.stages = ("cold", "warm")

    missing = await lacking(MemoryPlatform(account), a_configuration(WITH_STAGE))

    (problem,) = missing.problems
    assert not missing
    assert (problem.path, problem.line) == ("targets.crm.stage", 19)
    assert "crm has no stage `hot`: " in problem.message
    assert "make it there" in (problem.hint or "")


async def test_a_stage_that_is_named_nearly_so_is_told_of() -> None:
    account = crm()
    account.stages = ("Cold", "Hot")

    missing = await lacking(MemoryPlatform(account), a_configuration(WITH_STAGE))

    (problem,) = missing.problems
    assert "no stages `cold`, `hot`" in problem.message
    assert (problem.hint or "").startswith("did you mean `Cold`? Or make it there")


async def test_stages_that_are_all_there_are_none_to_tell_of() -> None:
    account = crm()
    account.stages = ("cold", "hot", "other")

    assert await lacking(MemoryPlatform(account), a_configuration(WITH_STAGE)) == Lacking()


async def test_a_text_takes_every_type() -> None:
    account = crm(heat_score=RemoteField(name="heat_score", type=FieldType.TEXT))

    assert (await found(account)).problems == ()


async def test_a_field_that_nobody_may_write_is_told() -> None:
    closed = RemoteField(name="heat_score", type=FieldType.NUMBER, is_writable=False)

    missing = await found(crm(heat_score=closed))

    (problem,) = missing.problems
    assert "does not let the field `heat_score` be written" in problem.message


async def test_words_that_a_field_does_not_take_are_told() -> None:
    narrow = RemoteField(name="life", type=FieldType.TEXT, options=("lead", "customer"))

    missing = await found(crm(life=narrow))

    (problem,) = missing.problems
    assert problem.message == "the field `life` does not take `subscriber`"
    assert "`lead`, `customer`" in (problem.hint or "")


async def test_what_is_lacking_is_told_with_its_place() -> None:
    missing = await found(crm(without=("heat_score", "News")))

    places = {each.path: (each.file, each.line) for each in missing.problems}

    assert places == {
        "targets.crm.attributes.heat_score": ("mappings/a.yaml", 17),
        "targets.crm.lists.Made.when": ("mappings/a.yaml", 21),
    }


async def test_words_that_a_field_may_be_made_to_take_are_added() -> None:
    narrow = RemoteField(name="life", type=FieldType.TEXT, options=("lead",), may_grow=True)
    account = crm(life=narrow)
    missing = await found(account)

    await provide(MemoryPlatform(account), missing)

    wanted = RemoteField(name="life", type=FieldType.TEXT, options=("subscriber",))
    assert (missing.options, bool(missing)) == ((wanted,), True)
    assert "heatsync check --fix adds them" in (missing.problems[0].hint or "")
    assert account.fields["life"].options == ("lead", "subscriber")
    assert await found(account) == Lacking()


async def test_a_list_that_is_written_can_be_made() -> None:
    missing = await found(crm(without=("Hot",)))

    assert missing.lists == ("Hot",)
    assert missing.problems[0].path == "targets.crm.lists.Hot"


async def test_a_list_that_is_made_when_needed_is_no_problem() -> None:
    missing = await found(crm(without=("Made",)))

    assert (missing.lists, missing.problems) == (("Made",), ())


async def test_a_list_that_is_only_looked_at_is_not_made_but_told() -> None:
    missing = await found(crm(without=("News",)))

    assert missing.lists == ()
    (problem,) = missing.problems
    assert problem.message == "crm has no list `News`: nobody is ever in it"


async def test_what_is_made_is_missing_no_more() -> None:
    account = crm(without=("heat_score", "town", "Hot", "Made"))
    missing = await found(account)

    await provide(MemoryPlatform(account), missing)

    assert await found(account) == Lacking()


async def test_what_a_platform_refuses_keeps_nothing_else_from_being_made() -> None:
    account = crm(without=("heat_score", "Hot"))
    missing = await found(account)
    account.fields["heat_score"] = RemoteField(name="heat_score", type=FieldType.BOOLEAN)

    (problem,) = await provide(MemoryPlatform(account), missing)

    assert "heat_score" in problem.message
    assert "Hot" in account.lists


async def test_a_platform_that_does_not_answer_makes_nothing() -> None:
    account = crm(without=("heat_score", "Hot"))
    missing = await found(account)
    account.faults.append(Fault.UNAVAILABLE)

    with pytest.raises(PlatformUnavailable):
        await provide(MemoryPlatform(account), missing)


async def test_a_place_of_ours_gets_its_fields_and_lists_when_they_are_written() -> None:
    platform = MemoryPlatform(crm(without=("heat_score", "town", "Hot")))

    missing = await lacking(platform, configured({"is_ours": True}))

    assert missing == Lacking()
