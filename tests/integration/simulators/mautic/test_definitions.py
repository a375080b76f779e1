"""Fields, segments, webhooks, notes and the like: made, listed, changed, removed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from adapters.mautic.simulator import Quirks
from tests.integration.simulators.mautic.conftest import World

Make = Callable[..., Awaitable[World]]
FIELDS = "/api/fields/contact"


async def test_a_field_is_there_at_once(world: World) -> None:
    answer = await world.post(f"{FIELDS}/new", {"label": "Fit score", "type": "number"})

    field = answer.json()["field"]
    assert (answer.status_code, field["alias"], field["type"]) == (201, "fit_score", "number")
    ann = world.account.add_contact("ann@example.com", fit_score=3)
    assert (await world.shown(ann))["fit_score"] == 3


async def test_or_its_column_is_made_in_the_background(make_world: Make) -> None:
    world = await make_world(Quirks(fields_are_made_later=True))
    ann = world.account.add_contact("ann@example.com")

    answer = await world.post(f"{FIELDS}/new", {"label": "Band", "type": "text"})
    await world.patch(ann, band="hot")
    at_once = await world.get(FIELDS, search="band")
    world.clock.advance(timedelta(minutes=1))
    later = await world.get(FIELDS, search="band")

    assert answer.status_code == 202
    told = [[each["isPublished"] for each in page["fields"].values()] for page in (at_once, later)]
    assert told == [[False], [True]]
    # What was written meanwhile was passed over.
    assert (await world.shown(ann))["band"] is None


@pytest.mark.parametrize(
    "sent",
    [
        {"type": "number"},
        {"label": "Band", "type": "stripe"},
        {"label": "Band", "type": "select"},
        {"label": "Score", "alias": "score"},
    ],
)
async def test_a_field_that_cannot_be_is_refused(world: World, sent: dict[str, str]) -> None:
    answer = await world.post(f"{FIELDS}/new", sent)

    assert answer.status_code == 400


async def test_a_field_that_is_not_published_is_written_by_nobody(world: World) -> None:
    field = world.account.fields.by_alias["score"]
    ann = world.account.add_contact("ann@example.com", score=3)
    path = f"{FIELDS}/{field.id}/edit"

    await world.http.patch(path, json={"isPublished": False})
    await world.patch(ann, score=9)
    await world.http.patch(path, json={"isPublished": True})

    assert (await world.shown(ann))["score"] == 3


async def test_mautic_keeps_the_fields_it_needs(world: World) -> None:
    email, score = (world.account.fields.by_alias[each].id for each in ("email", "score"))

    answers = [await world.http.delete(f"{FIELDS}/{each}/delete") for each in (email, score)]

    assert [each.status_code for each in answers] == [403, 200]
    assert "score" not in world.account.fields.by_alias


async def test_two_segments_of_one_name_have_two_aliases(world: World) -> None:
    answers = [await world.post("/api/segments/new", {"name": "Hot leads"}) for _ in range(2)]

    assert [each.json()["list"]["alias"] for each in answers] == ["hot-leads", "hot-leads1"]


async def test_only_put_takes_triggers_of_a_webhook_away(world: World) -> None:
    sent = {"name": "Us", "webhookUrl": "https://us.example", "triggers": ["mautic.page_on_hit"]}
    made = (await world.post("/api/hooks/new", sent)).json()["hook"]
    path = f"/api/hooks/{made['id']}/edit"
    more = {**sent, "triggers": ["mautic.email_on_open"]}

    patched = (await world.http.patch(path, json=more)).json()["hook"]["triggers"]
    put = (await world.http.put(path, json=more)).json()["hook"]["triggers"]

    assert made["secret"]
    assert patched == ["mautic.page_on_hit", "mautic.email_on_open"]
    assert put == ["mautic.email_on_open"]


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("hooks", {"name": "Us", "webhookUrl": "us"}),
        ("hooks", {"webhookUrl": "https://us.example"}),
        ("notes", {"text": "Called"}),
        ("segments", {}),
        ("stages", {"weight": 3}),
    ],
)
async def test_what_lacks_something_is_refused(
    world: World, kind: str, sent: dict[str, object]
) -> None:
    answer = await world.post(f"/api/{kind}/new", sent)

    assert answer.status_code == 400


async def test_notes_of_a_contact_are_found_by_their_words(world: World) -> None:
    ann = world.account.add_contact("ann@example.com")
    for text in ("Called", "Wrote again [deed-7]"):
        await world.post("/api/notes/new", {"lead": ann.id, "text": text, "type": "call"})

    found = await world.get(f"/api/contacts/{ann.id}/notes", search="deed-7")

    assert [each["text"] for each in found["notes"]] == ["Wrote again [deed-7]"]
    assert found["total"] == 1


async def test_a_tag_is_made_once(world: World) -> None:
    answers = [await world.post("/api/tags/new", {"tag": "hot"}) for _ in range(2)]

    assert [each.status_code for each in answers] == [201, 200]
    assert len(world.account.entities["tags"]) == 1


async def test_things_are_made_and_removed_many_at_once(world: World) -> None:
    made = await world.post("/api/stages/batch/new", [{"name": "Cold"}, {}, {"name": "Hot"}])
    gone = await world.http.delete("/api/stages/batch/delete", params={"ids": "1"})

    assert made.json()["statusCodes"] == [201, 400, 201]
    assert [each["name"] for each in gone.json()["stages"]] == ["Cold"]
    found = await world.where("/api/stages", ("name", "eq", "Hot"), orderBy="name")
    assert [*found["stages"]] == ["2"]
