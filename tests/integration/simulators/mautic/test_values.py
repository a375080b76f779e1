"""What becomes of values that are written: zeros, blanks, fractions, texts and booleans."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from tests.integration.simulators.mautic.conftest import World

Make = Callable[..., Awaitable[World]]


@pytest.mark.parametrize("zero", [0, "0", 0.0, "0.0", 0.5, "-0.9"])
@pytest.mark.parametrize("version", ["3.3.5", "4.4.13", "5.1.0", "6.0.1", "7.1.1"])
async def test_a_number_whose_whole_part_is_zero_is_passed_over(
    make_world: Make, version: str, zero: object
) -> None:
    world = await make_world(version=version)
    ann = world.account.add_contact("ann@example.com", score=40)

    answer = await world.patch(ann, score=zero)

    assert answer.status_code == 200
    assert (await world.shown(ann))["score"] == 40


async def test_from_version_7_2_only_zero_itself_is_passed_over(make_world: Make) -> None:
    world = await make_world(version="7.2.0")
    world.account.add_field("share", properties={"scale": 2, "roundmode": 6})
    ann = world.account.add_contact("ann@example.com", share=0.9)

    await world.patch(ann, share=0.25)
    await world.patch(ann, share=0)

    assert (await world.shown(ann))["share"] == 0.25


@pytest.mark.parametrize("text", ["0", "0.7"])
async def test_a_text_that_reads_as_such_a_number_is_passed_over_too(
    world: World, text: str
) -> None:
    world.account.add_field("band", "text")
    ann = world.account.add_contact("ann@example.com", band="warm")

    await world.patch(ann, band=text)

    assert (await world.shown(ann))["band"] == "warm"


async def test_a_zero_is_not_written_into_a_new_contact_either(world: World) -> None:
    answer = await world.post("/api/contacts/new", {"email": "ann@example.com", "score": 0})

    assert answer.json()["contact"]["fields"]["all"]["score"] is None


async def test_put_writes_a_zero_and_empties_everything_else(world: World) -> None:
    ann = world.account.add_contact("ann@example.com", firstname="Ann", score=40, points=7)

    await world.http.put(f"/api/contacts/{ann.id}/edit", json={"score": 0})

    shown = await world.shown(ann)
    assert (shown["score"], shown["email"], shown["firstname"]) == (0, None, None)
    assert ann.points == 0


async def test_a_blank_changes_nothing(world: World) -> None:
    ann = world.account.add_contact("ann@example.com", score=40)

    await world.patch(ann, score="")
    await world.patch(ann, score=None)

    assert (await world.shown(ann))["score"] == 40


async def test_a_blank_that_may_overwrite_empties_and_is_once_shown_as_zero(world: World) -> None:
    ann = world.account.add_contact("ann@example.com", firstname="Ann", score=40)

    answer = await world.patch(ann, score="", overwriteWithBlank=True)

    assert answer.json()["contact"]["fields"]["all"]["score"] == 0
    shown = await world.shown(ann)
    assert (shown["score"], shown["firstname"]) == (None, "Ann")


async def test_without_the_quirk_a_zero_is_a_zero(plain: World) -> None:
    ann = plain.account.add_contact("ann@example.com", score=40)

    await plain.patch(ann, score=0)

    assert (await plain.shown(ann))["score"] == 0


async def test_points_are_never_set_to_zero(plain: World) -> None:
    ann = plain.account.add_contact("ann@example.com", points=7)

    await plain.patch(ann, points=0)

    assert ann.points == 7


async def test_a_number_without_decimals_shows_none_and_keeps_them(world: World) -> None:
    ann = world.account.add_contact("ann@example.com")

    answer = await world.patch(ann, score=12.7)

    assert answer.json()["contact"]["fields"]["all"]["score"] == 12
    found = await world.where("/api/contacts", ("score", "gt", "12"))
    assert [*found["contacts"]] == [str(ann.id)]


async def test_decimals_are_rounded_up_unless_the_field_says_how(world: World) -> None:
    world.account.add_field("up", properties={"scale": 1})
    world.account.add_field("even", properties={"scale": 1, "roundmode": 4})
    ann = world.account.add_contact("ann@example.com")

    await world.patch(ann, up=1.21, even=1.25)

    shown = await world.shown(ann)
    assert (shown["up"], shown["even"]) == (1.3, 1.2)


async def test_a_boolean_is_written_false(world: World) -> None:
    world.account.add_field("vip", "boolean")
    ann = world.account.add_contact("ann@example.com", vip=True)

    await world.patch(ann, vip=False)

    assert (await world.shown(ann))["vip"] == 0


async def test_what_is_no_field_is_passed_over(world: World) -> None:
    ann = world.account.add_contact("ann@example.com")

    answer = await world.patch(ann, shoe_size=43)

    assert answer.status_code == 200
    assert "shoe_size" not in await world.shown(ann)
    assert ann.modified_at is None


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("text", "<b>hot</b> & new", "hot & new"),
        ("url", "www.example.com", "http://www.example.com"),
        ("date", "2026-11-02T10:30:00+00:00", "2026-11-02"),
        ("datetime", "2026-11-02T10:30:59+02:00", "2026-11-02 08:30:00"),
        ("datetime", "no date", None),
        ("multiselect", ["a", "b"], "a|b"),
    ],
)
async def test_a_value_is_kept_as_its_field_has_it(
    world: World, kind: str, value: object, kept: str | None
) -> None:
    world.account.add_field("thing", kind)
    ann = world.account.add_contact("ann@example.com")

    await world.patch(ann, thing=value)

    assert (await world.shown(ann))["thing"] == kept


@pytest.mark.parametrize(
    ("kind", "value"),
    [("number", "many"), ("text", "x" * 192), ("select", "c"), ("email", "nobody")],
)
async def test_a_value_that_does_not_fit_is_refused_with_its_field(
    world: World, kind: str, value: str
) -> None:
    world.account.add_field("thing", kind, properties={"list": "a|b"})
    ann = world.account.add_contact("ann@example.com")

    answer = await world.patch(ann, thing=value, firstname="Ann")

    assert answer.status_code == 400
    assert [*answer.json()["errors"][0]["details"]] == ["thing"]
    assert (await world.shown(ann))["firstname"] is None


@pytest.mark.parametrize(
    ("version", "limit", "letters"),
    [
        ("5.1.0", {}, 64),
        ("5.1.0", {"charLengthLimit": 191}, 191),
        ("5.0.4", {}, 191),
        ("4.4.13", {"charLengthLimit": 30}, 191),
    ],
)
async def test_a_text_has_as_many_letters_as_its_field_takes(
    make_world: Make, version: str, limit: dict[str, int], letters: int
) -> None:
    world = await make_world(version=version)
    made = {"label": "Band", "alias": "band", "type": "text", **limit}
    field = (await world.post("/api/fields/contact/new", made)).json()["field"]
    ann = world.account.add_contact("ann@example.com", score=40)

    fits = await world.patch(ann, band="x" * letters)
    is_long = await world.patch(ann, band="x" * (letters + 1), score=9)

    assert "charLengthLimit" not in field
    assert fits.status_code == 200
    assert is_long.status_code == 400
    words = f"This value is too long. It should have {letters} characters or less."
    assert is_long.json()["errors"][0]["details"] == {"band": [words]}
    assert (await world.shown(ann))["score"] == 40


@pytest.mark.parametrize(("version", "status"), [("5.0.4", 200), ("5.1.0", 400)])
async def test_the_fields_that_mautic_comes_with_are_counted_too(
    make_world: Make, version: str, status: int
) -> None:
    world = await make_world(version=version)

    answer = await world.patch(world.account.add_contact("ann@example.com"), company="x" * 65)

    assert answer.status_code == status


async def test_a_field_does_not_take_more_than_a_column_does(world: World) -> None:
    made = {"label": "Band", "type": "text", "charLengthLimit": 256}

    answer = await world.post("/api/fields/contact/new", made)

    assert answer.status_code == 400
    assert "band" not in world.account.fields.by_alias


@pytest.mark.parametrize(
    ("alias", "known", "unknown"),
    [("country", "France", "FR"), ("timezone", "Europe/Paris", "Paris")],
)
async def test_a_place_that_mautic_does_not_know_refuses_the_contact(
    world: World, alias: str, known: str, unknown: str
) -> None:
    ann = world.account.add_contact("ann@example.com")

    taken = await world.patch(ann, **{alias: known})
    refused = await world.patch(ann, **{alias: unknown}, score=3)

    assert (taken.status_code, refused.status_code) == (200, 400)
    assert refused.json()["errors"][0]["details"] == {alias: ["This value is not valid."]}
    shown = await world.shown(ann)
    assert (shown[alias], shown["score"]) == (known, None)


async def test_the_answer_to_an_edit_tells_what_is_true_as_the_form_has_it(world: World) -> None:
    world.account.add_field("vip", "boolean")
    ann = world.account.add_contact("ann@example.com")

    answer = (await world.patch(ann, vip=True)).json()

    assert answer["contact"]["fields"]["all"]["vip"] is True
    assert (await world.shown(ann))["vip"] == 1
    assert (await world.shown(ann))["vip"] is not True
