"""Answers that say nothing, or something odd, become errors of ours and nothing else."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.domain.changes import (
    Action,
    Addressee,
    AttributeChange,
    ListChange,
    StageChange,
    TagChange,
)
from connector.domain.values import FieldType
from connector.errors import PlatformError
from connector.ports.platform import NewContact, RemoteField
from tests.conformance.world import AT
from tests.unit.adapters.mautic.writing.canned import Asked, Canned, Response

ANN = Addressee(remote_id="11", email="ann@mail.example.com")
ODD = st.recursive(
    st.none() | st.booleans() | st.integers(0, 12) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                (
                    *("contacts", "contact", "errors", "statusCodes", "fields", "all", "id"),
                    *("stats", "total", "lists", "list", "filters", "details", "success", "11"),
                    *("stages", "stage", "name", "tags", "tag", "notes", "note", "text", "email"),
                    *("pointGroups", "groupScores", "groupScore", "score", "group", "lead_id"),
                    *("alias", "type", "properties", "code", "message", "doNotContact"),
                )
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
STATUS = st.sampled_from((200, 201, 202, 204, 400, 403, 404, 422, 429, 500))
FIELDS = ODD | st.just({"fields": [{"alias": "score", "type": "number"}]})


@settings(max_examples=60)
@given(answers=st.lists(st.tuples(STATUS, ODD), min_size=1, max_size=6), fields=FIELDS)
async def test_every_part_survives_every_answer(
    answers: list[tuple[int, Any]], fields: object
) -> None:
    canned = Canned(told=fields)

    def answer(asked: Asked) -> Response:
        canned.answers.append(answer)
        return answers[len(canned.asked) % len(answers)]

    canned.answers.append(answer)
    parts = canned.parts()
    values = {"score": Decimal(0), "points:Heat": Decimal(3)}
    changes = [AttributeChange(to=ANN, values=values)]
    actions = [
        Action(key="k", trigger="t", kind=kind, to=ANN, at=AT, params={"template": "3", "id": "4"})
        for kind in ("email", "note", "campaign")
    ]
    field = RemoteField(name="heat", type=FieldType.NUMBER)
    for each in (
        parts.attribute_writer.write_attributes(changes),
        parts.attribute_writer.read_attributes(["11"], list(values)),
        parts.list_writer.write_lists([ListChange(to=ANN, list_name="Hot", is_member=True)]),
        parts.list_writer.write_lists([ListChange(to=ANN, list_name="Hot", is_member=False)]),
        parts.tag_writer.write_tags([TagChange(to=ANN, tag="hot", is_set=True)]),
        parts.stage_writer.write_stages([StageChange(to=ANN, stage="hot")]),
        parts.actions.perform(actions),
        parts.contact_creator.create_contacts([NewContact(email="ann@mail.example.com")]),
        parts.fields.fields(),
        parts.fields.create_field(field),
        parts.lists.create_list("Hot"),
    ):
        with suppress(PlatformError):
            await each
