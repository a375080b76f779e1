"""Fields, groups of points and segments are made once, and as they are wanted."""

from __future__ import annotations

import pytest

from adapters.mautic.definitions import definition_of
from adapters.mautic.simulator import Quirks
from connector.domain.values import FieldType
from connector.errors import RejectedByPlatform
from connector.ports.platform import RemoteField
from tests.unit.adapters.mautic.writing.canned import Canned
from tests.unit.adapters.mautic.writing.instance import Instance


async def fields_of(mautic: Instance) -> dict[str, RemoteField]:
    return {each.name: each for each in await mautic.parts.fields.fields()}


async def test_fields_have_their_types_options_and_decimals() -> None:
    mautic = Instance()
    mautic.account.add_entity("pointGroups", name="Heat")
    mautic.account.add_field("badge", "text", is_unique=True)

    found = await fields_of(mautic)

    assert found["email"] == RemoteField(name="email", type=FieldType.EMAIL, is_writable=False)
    assert found["badge"] == RemoteField(name="badge", type=FieldType.TEXT, is_writable=False)
    assert found["score"] == RemoteField(name="score", type=FieldType.NUMBER, decimals=0)
    assert found["share"] == RemoteField(name="share", type=FieldType.NUMBER, decimals=2)
    assert found["level"].options == ("cold", "hot")
    assert found["points:Heat"] == RemoteField(
        name="points:Heat", type=FieldType.NUMBER, decimals=0
    )


@pytest.mark.parametrize(
    ("properties", "options"),
    [
        ({"list": "cold|hot"}, ("cold", "hot")),
        ({"list": ["cold", "hot"]}, ("cold", "hot")),
        ({"list": [{"label": "Cold", "value": "c"}, {"label": "Hot"}]}, ("c", "Hot")),
        ({"list": {"0": {"label": "Cold", "value": "c"}}}, ("c",)),
        ({"list": ""}, None),
        ([], None),
        (None, None),
    ],
    ids=str,
)
def test_options_are_read_as_any_version_writes_them(
    properties: object, options: tuple[str, ...] | None
) -> None:
    row = {"alias": "level", "type": "select", "properties": properties}

    assert definition_of(row).options == options


@pytest.mark.parametrize("kind", FieldType, ids=lambda kind: kind.value)
@pytest.mark.parametrize("is_late", [False, True])
async def test_a_field_of_any_type_is_made_once_and_is_there_then(
    kind: FieldType, *, is_late: bool
) -> None:
    mautic = Instance(quirks=Quirks(fields_are_made_later=is_late))
    wanted = RemoteField(name="heat", type=kind)

    for _ in range(2):
        await mautic.parts.fields.create_field(wanted)

    made = (await fields_of(mautic))["heat"]
    assert made.type in {kind, FieldType.TEXT}
    assert made.is_writable
    assert len(mautic.asked("POST", "/fields/")) == 1


@pytest.mark.parametrize(("wanted", "made"), [(None, 4), (0, 0), (1, 1)])
async def test_a_number_is_made_with_the_decimals_it_needs(wanted: int | None, made: int) -> None:
    mautic = Instance()

    await mautic.parts.fields.create_field(
        RemoteField(name="heat", type=FieldType.NUMBER, decimals=wanted)
    )

    assert (await fields_of(mautic))["heat"].decimals == made


async def test_a_text_is_made_with_room_for_more_than_mautic_gives_by_itself() -> None:
    canned = Canned([(201, {})])

    with pytest.raises(RejectedByPlatform, match="is not there yet"):
        await canned.parts().fields.create_field(RemoteField(name="heat", type=FieldType.TEXT))

    assert canned.asked[0].body["charLengthLimit"] == 191


async def test_a_choice_is_made_with_its_options() -> None:
    mautic = Instance()
    wanted = RemoteField(name="heat", type=FieldType.TEXT, options=("cold", "hot"))

    await mautic.parts.fields.create_field(wanted)

    assert (await fields_of(mautic))["heat"].options == ("cold", "hot")


async def test_a_field_that_takes_too_long_is_said_to_be_made_in_the_background() -> None:
    mautic = Instance(quirks=Quirks(fields_are_made_later=True, columns_take=3600))

    with pytest.raises(RejectedByPlatform, match="in the background"):
        await mautic.parts.fields.create_field(RemoteField(name="heat", type=FieldType.NUMBER))


async def test_another_field_of_the_name_is_left_alone() -> None:
    mautic = Instance()

    with pytest.raises(RejectedByPlatform, match="there already, as a number"):
        await mautic.parts.fields.create_field(RemoteField(name="score", type=FieldType.TEXT))


@pytest.mark.parametrize("name", ["", "Heat", "heat score", "hitze_größe", "x" * 26, "heat_", "12"])
async def test_a_name_that_mautic_would_change_is_refused_unasked(name: str) -> None:
    mautic = Instance()

    with pytest.raises(RejectedByPlatform, match="is no alias"):
        await mautic.parts.fields.create_field(RemoteField(name=name, type=FieldType.TEXT))

    assert len(mautic.simulator.trace) == 0


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Job Title", "job_title"),
        ("hitze_größe", "hitze_grosse"),
        ("Très chaud !", "tres_chaud"),
        ("heat_", "heat"),
        ("2026", "lead_score"),
        ("热度", "lead_score"),
        ("the_temperature_of_a_lead_now", "the_temperature_of_a_lead"),
    ],
)
async def test_a_name_that_is_no_alias_is_told_with_one_that_would_do(
    name: str, other: str
) -> None:
    mautic = Instance()
    part = mautic.parts.fields

    why = await part.cannot_make(name)

    assert why is not None
    assert why.hint == f"write to `{other}`"
    assert await part.cannot_make(other) is None
    assert len(mautic.simulator.trace) == 0


@pytest.mark.parametrize(("version", "can"), [("5.0.4", False), ("5.1.0", True)])
async def test_a_group_of_points_can_be_made_where_there_are_any(version: str, can: bool) -> None:
    mautic = Instance(version=version)

    assert (await mautic.parts.fields.cannot_make("points:Heat") is None) is can


async def test_a_group_of_points_is_made_once() -> None:
    mautic = Instance()
    wanted = RemoteField(name="points:Heat", type=FieldType.NUMBER)

    for _ in range(2):
        await mautic.parts.fields.create_field(wanted)

    made = mautic.account.entities["pointGroups"].values()
    assert [each["name"] for each in made] == ["Heat"]


async def test_an_old_version_has_no_groups_and_says_so() -> None:
    mautic = Instance(version="5.0.4")

    with pytest.raises(RejectedByPlatform, match="from 5"):
        await mautic.parts.fields.create_field(
            RemoteField(name="points:Heat", type=FieldType.NUMBER)
        )

    assert not [name for name in await fields_of(mautic) if name.startswith("points:")]


async def test_who_may_not_see_groups_sees_fields() -> None:
    mautic = Instance()
    mautic.account.add_entity("pointGroups", name="Heat")
    rights = {"lead:leads:viewown", "lead:leads:viewother", "lead:fields:view"}
    mautic.account.keys.add_user("reader", "p", rights=rights)

    found = await mautic.connected("reader", "p").fields.fields()

    assert "score" in {each.name for each in found}


async def test_segments_with_a_filter_or_put_away_take_nobody_in() -> None:
    mautic = Instance()
    mautic.account.segments.add("Hot")
    mautic.account.segments.add("Rich", rule=lambda _: True)
    mautic.account.segments.add("Old")["isPublished"] = False

    found = {each.name: each.is_writable for each in await mautic.parts.lists.lists()}

    assert found == {"Hot": True, "Rich": False, "Old": False}


async def test_a_segment_is_made_once_for_everybody_and_without_a_filter() -> None:
    mautic = Instance()

    made = [await mautic.parts.lists.create_list("Hot leads") for _ in range(2)]

    (segment,) = mautic.account.segments.by_id.values()
    assert made[0] == made[1]
    assert (segment["filters"], segment["isGlobal"], segment["isPublished"]) == ([], True, True)
