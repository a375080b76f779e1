"""Answers that say nothing, or something odd, become errors of ours and nothing else."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.brevo.attributes import BrevoAttributes
from adapters.brevo.lists import BrevoLists
from adapters.brevo.registration import BrevoRegistration
from adapters.brevo.writing.actions import BrevoActions
from adapters.brevo.writing.attributes import BrevoAttributeWriter
from adapters.brevo.writing.creating import BrevoContactCreator
from adapters.brevo.writing.lists import BrevoListWriter
from connector.domain.changes import Action, Addressee, AttributeChange, ListChange, Outcome
from connector.errors import PlatformError
from connector.ports.platform import NewContact
from tests.unit.adapters.brevo.canned import AT, Answer, Asked, Canned
from tests.unit.adapters.brevo.writing.mail import TOKEN

ANN = Addressee(remote_id="7", email="ann@mail.example.com")
ODD = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                (
                    *(
                        "contacts",
                        "lists",
                        "attributes",
                        "events",
                        "webhooks",
                        "id",
                        "email",
                        "count",
                    ),
                    *("name", "type", "category", "enumeration", "listIds", "listUnsubscribed"),
                    *("emailBlacklisted", "success", "folders", "createdAt", "code", "processId"),
                )
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
STATUS = st.sampled_from((200, 201, 202, 204, 400, 404, 500))


@settings(max_examples=60)
@given(answers=st.lists(st.tuples(STATUS, ODD), min_size=1, max_size=6))
async def test_every_part_survives_every_answer(answers: list[tuple[int, Any]]) -> None:
    def answer(asked: Asked) -> Answer:
        if asked.path == "/contacts/attributes" and asked.method == "GET":
            return 200, {"attributes": [{"name": "A", "category": "normal", "type": "float"}]}
        return answers[len(canned.asked) % len(answers)]

    canned = Canned(answer)
    account = canned.account()
    fields, lists = BrevoAttributes(account), BrevoLists(account)
    values = AttributeChange(to=ANN, values={"A": Decimal(1)})
    joins = ListChange(to=ANN, list_name="Hot", is_member=True)
    actions = [
        Action(key="k", trigger="hot", kind=kind, to=ANN, at=AT, params={"template": Decimal(1)})
        for kind in ("email", "campaign")
    ]
    writes = [
        BrevoAttributeWriter(account, fields, lists).write_attributes([values]),
        BrevoAttributeWriter(account, fields, lists, bulk_from=1).write_attributes([values]),
        BrevoListWriter(account, lists).write_lists([joins]),
        BrevoContactCreator(account=account).create_contacts([NewContact(email=str(ANN.email))]),
        *(BrevoActions(account=account).perform([each]) for each in actions),
    ]
    others = [
        BrevoAttributeWriter(account, fields, lists).read_attributes(["7"], ["A"]),
        BrevoRegistration(account=account, token=TOKEN).register("https://heat.example.com"),
        BrevoRegistration(account=account, token=TOKEN).webhooks(),
        lists.create_list("Hot"),
        lists.lists(),
    ]

    for write in writes:
        with suppress(PlatformError):
            (found,) = await write
            error = found.error if isinstance(found, Outcome) else None
            assert error is None or isinstance(error, PlatformError)
    for other in others:
        with suppress(PlatformError):
            await other


@settings(max_examples=60)
@given(body=ODD)
async def test_definitions_survive_every_answer(body: Any) -> None:  # noqa: ANN401 - any JSON
    account = Canned(lambda _: (200, body)).account()

    try:
        fields = await BrevoAttributes(account).fields()
    except PlatformError:
        return

    assert fields[0].name == "EMAIL"
