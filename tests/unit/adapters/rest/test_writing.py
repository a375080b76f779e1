"""What is written counts as done where it is seen, item by item."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from connector.domain.changes import (
    Action,
    Addressee,
    AttributeChange,
    ListChange,
    Outcome,
    TagChange,
)
from connector.errors import (
    ContactGone,
    NotSetUp,
    PlatformError,
    PlatformUnavailable,
    RejectedByPlatform,
    UnexpectedAnswer,
)
from tests.builders import T
from tests.unit.adapters.rest.entries import Answer, Service, a_platform

ANN, BOB = Addressee(remote_id="1", email="ann@x.example.com"), Addressee(remote_id="2")
HEAD = "contacts: {path: /contacts, items: data, record: {id: id, fields: fields}}\n"
LOOKUP = "lookup: {path: '/contacts/{{ contact.id }}', items: data}\n"
ECHO = f"""{HEAD}
writes:
  attributes:
    method: PATCH
    path: "/contacts/{{{{ contact.id }}}}"
    body: {{fields: "{{{{ values }}}}"}}
    echo: data.fields
"""
READ_BACK = f"""{HEAD}{LOOKUP}
writes:
  attributes: {{method: PATCH, path: "/contacts/{{{{ contact.id }}}}", body: "{{{{ fields }}}}"}}
"""
BATCH = f"""{HEAD}
writes:
  attributes:
    method: POST
    path: /batch
    body: {{all: "{{{{ items }}}}"}}
    batch: {{size: 10, item: {{id: "{{{{ contact.id }}}}", to: "{{{{ contact.email }}}}",
             fields: "{{{{ values }}}}"}}}}
    results: {{items: results, id: id, ok: ok, gone: gone, error: why, echo: fields}}
"""
SINK = """
auth: {type: body, name: api_key}
writes:
  attributes:
    method: POST
    path: /told
    body: {user: {email: "to: {{ contact.email }}"}, metadata: "{{ values }}"}
    as_text: true
    empty: ""
"""
LISTS = f"""{HEAD}
lists: {{path: /lists, record: {{id: id, name: name}}}}
writes:
  lists:
    add:
      method: POST
      path: "/lists/{{{{ list.id }}}}/add"
      body: {{ids: "{{{{ items }}}}"}}
      batch: {{size: 10, item: "{{{{ contact.id }}}}"}}
      ok: status == 'ok'
      error: why
    remove: {{method: DELETE, path: "/lists/{{{{ list.id }}}}/{{{{ contact.id }}}}", done: [409]}}
  tags:
    add: {{method: PUT, path: "/c/{{{{ contact.id }}}}/tags/{{{{ tag }}}}"}}
    remove: {{method: DELETE, path: "/c/{{{{ contact.id }}}}/tags/{{{{ tag }}}}", done: [404]}}
  actions:
    note:
      method: POST
      path: /notes
      body:
        key: "{{{{ action.key }}}}"
        at: "{{{{ action.at }}}}"
        n: "{{{{ action.params.n }}}}"
"""


def hot(to: Addressee = ANN, **values: Any) -> AttributeChange:  # noqa: ANN401 - any value
    return AttributeChange(to=to, values=values or {"heat": Decimal(7)})


async def written(entry: str, answer: Answer, *changes: AttributeChange) -> Sequence[Outcome]:
    writer = a_platform(entry, answer).attribute_writer
    assert writer is not None
    return await writer.write_attributes(changes or [hot()])


async def error_of(entry: str, answer: Answer, change: AttributeChange) -> PlatformError | None:
    try:
        (outcome,) = await written(entry, answer, change)
    except PlatformError as error:
        return error
    return outcome.error


async def test_an_answer_that_shows_the_value_is_a_success() -> None:
    service = Service([{"data": {"fields": {"heat": "7.0", "other": 1}}}])

    (outcome,) = await written(ECHO, service)

    assert outcome == Outcome()
    assert service.bodies == [{"fields": {"heat": 7}}]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"data": {"fields": {"heat": 6}}}, UnexpectedAnswer),
        ({"data": {"fields": {}}}, UnexpectedAnswer),
        ({"data": {}}, UnexpectedAnswer),
        ({}, UnexpectedAnswer),
        (httpx.Response(204), UnexpectedAnswer),
        (httpx.Response(404), ContactGone),
        (httpx.Response(422, json={"message": "no"}), RejectedByPlatform),
        (httpx.Response(503), PlatformUnavailable),
        (httpx.Response(302, headers={"location": "https://evil.example"}), UnexpectedAnswer),
    ],
)
async def test_an_answer_that_does_not_show_it_is_none(
    answer: object, kind: type[PlatformError]
) -> None:
    assert type(await error_of(ECHO, Service([answer]), hot())) is kind


async def test_what_no_answer_shows_is_read_back() -> None:
    service = Service([{}, {"data": {"id": 1, "fields": {"heat": 7}}}])

    assert await error_of(READ_BACK, service, hot()) is None
    assert service.bodies[0] == [{"name": "heat", "value": 7}]


@pytest.mark.parametrize(
    ("seen", "kind"),
    [
        ({"data": {"id": 1, "fields": {"heat": 6}}}, UnexpectedAnswer),
        (httpx.Response(404), ContactGone),
        (httpx.Response(503), PlatformUnavailable),
    ],
)
async def test_what_is_not_seen_afterwards_is_not_done(
    seen: object, kind: type[PlatformError]
) -> None:
    assert type(await error_of(READ_BACK, Service([{}, seen]), hot())) is kind


async def test_a_field_that_nothing_would_show_is_left_out_and_told() -> None:
    entry = READ_BACK.replace("fields: fields", "attributes: {heat: warmth}")
    service = Service([{}, {"data": {"id": 1, "warmth": 7}}])

    (outcome,) = await written(entry, service, hot(heat=Decimal(7), mood="good"))

    assert outcome.error is None
    assert {name: type(each) for name, each in outcome.paused.items()} == {"mood": NotSetUp}
    assert service.bodies[0] == [{"name": "heat", "value": 7}]


async def test_a_field_that_says_who_somebody_is_is_never_written() -> None:
    service = Service([{}])

    error = await error_of(ECHO, service, hot(email="other@x.example.com"))

    assert isinstance(error, RejectedByPlatform)
    assert service.asked == []


async def test_each_item_of_a_batch_has_a_result_of_its_own() -> None:
    people = [Addressee(remote_id=str(each), email="x@x.example") for each in range(1, 6)]
    results = [
        {"id": 2, "ok": False, "why": "mail to Ann@x.example.com is odd"},
        {"id": "1", "ok": True, "fields": {"heat": 7}},
        {"id": 3, "gone": True},
        {"id": 4, "ok": True, "fields": {"heat": 0}},
    ]

    outcomes = await written(BATCH, Service([{"results": results}]), *map(hot, people))

    kinds = [type(each.error) for each in outcomes]
    assert kinds == [type(None), RejectedByPlatform, ContactGone, *[UnexpectedAnswer] * 2]
    assert "<address>" in str(outcomes[1].error)


async def test_two_results_that_differ_say_nothing_of_an_item() -> None:
    ann = {"id": ANN.remote_id, "ok": True, "fields": {"heat": 7}}
    bob = {"id": BOB.remote_id, "ok": True, "fields": {"heat": 7}}
    results = [ann, bob, {**ann, "ok": False}, bob]

    both = await written(BATCH, Service([{"results": results}]), hot(ANN), hot(BOB))

    assert [type(each.error) for each in both] == [UnexpectedAnswer, type(None)]


async def test_an_item_that_lacks_what_it_is_sent_by_is_refused_alone() -> None:
    service = Service([{"results": [{"id": "1", "ok": True, "fields": {"heat": 7}}]}])
    entry = BATCH.replace('to: "{{ contact', 'to: "to {{ contact')

    ann, bob = await written(entry, service, hot(ANN), hot(BOB))

    assert ann.error is None
    assert isinstance(bob.error, RejectedByPlatform)
    assert [each["id"] for each in service.bodies[0]["all"]] == ["1"]


async def test_results_in_order_count_when_there_is_one_for_each() -> None:
    entry = BATCH.replace(" id: id,", "")
    row = {"ok": True, "fields": {"heat": 7}}

    both = await written(entry, Service([{"results": [row, row]}]), hot(ANN), hot(BOB))
    one = await written(entry, Service([{"results": [row]}]), hot(ANN), hot(BOB))

    assert [each.error for each in both] == [None, None]
    assert [type(each.error) for each in one] == [UnexpectedAnswer] * 2


async def test_a_batch_that_is_refused_is_raised_so_that_it_is_halved() -> None:
    with pytest.raises(RejectedByPlatform):
        await written(BATCH, Service([httpx.Response(400)]), hot(ANN), hot(BOB))


async def test_who_is_only_told_of_is_told_under_their_address() -> None:
    service = Service([httpx.Response(200)])
    change = hot(score=Decimal("8.50"), is_hot=True, since=T, stage=None)

    (outcome,) = await written(SINK, service, change)

    assert outcome == Outcome()
    assert service.bodies == [
        {
            "api_key": "k3y-of-the-account",
            "user": {"email": "to: ann@x.example.com"},
            "metadata": {
                "score": "8.50",
                "is_hot": "true",
                "since": "2026-01-15T10:00:00Z",
                "stage": "",
            },
        }
    ]


async def test_whoever_has_no_address_is_not_told_of_and_nothing_is_sent() -> None:
    service = Service([{}])

    error = await error_of(SINK, service, hot(BOB))

    assert isinstance(error, RejectedByPlatform)
    assert "nothing is sent: `contact.email` is not there" in str(error)
    assert service.asked == []


@pytest.mark.parametrize("is_enough", [False, True])
async def test_an_answer_that_is_no_json_counts_where_the_entry_says_so(*, is_enough: bool) -> None:
    entry = SINK + ("    status_only: true\n" if is_enough else "")
    page = httpx.Response(200, text="OK")

    error = await error_of(entry, Service([page]), hot())

    assert (error is None) is is_enough


async def test_members_come_by_the_number_of_the_list() -> None:
    service = Service([[{"id": 9, "name": "VIP"}], {"status": "ok"}])
    writer = a_platform(LISTS, service).list_writer
    assert writer is not None

    outcomes = await writer.write_lists(
        [ListChange(to=each, list_name="VIP", is_member=True) for each in (ANN, BOB)]
    )

    assert [each.error for each in outcomes] == [None, None]
    assert service.targets[1] == "/v1/lists/9/add"
    assert service.bodies[1] == {"ids": ["1", "2"]}


async def test_an_answer_that_says_no_is_a_refusal_whatever_its_status() -> None:
    service = Service([[{"id": 9, "name": "VIP"}], {"status": "error", "why": "it is full"}])
    writer = a_platform(LISTS, service).list_writer
    assert writer is not None

    with pytest.raises(RejectedByPlatform, match="it is full"):
        await writer.write_lists([ListChange(to=ANN, list_name="VIP", is_member=True)])


@pytest.mark.parametrize(
    ("status", "kind"), [(200, None), (409, None), (404, ContactGone), (400, RejectedByPlatform)]
)
async def test_a_status_may_say_that_somebody_was_no_member(
    status: int, kind: type[PlatformError] | None
) -> None:
    service = Service([[{"id": 9, "name": "VIP"}], httpx.Response(status)])
    writer = a_platform(LISTS, service).list_writer
    assert writer is not None

    try:
        (outcome,) = await writer.write_lists(
            [ListChange(to=ANN, list_name="VIP", is_member=False)]
        )
        error = outcome.error
    except PlatformError as raised:
        error = raised

    assert type(error) is (kind or type(None))


async def test_a_list_that_is_not_there_is_told_and_looked_for_again() -> None:
    service = Service([[], [{"id": 9, "name": "VIP"}], {"status": "ok"}])
    writer = a_platform(LISTS, service).list_writer
    assert writer is not None
    change = ListChange(to=ANN, list_name="VIP", is_member=True)

    with pytest.raises(NotSetUp, match="there is no list `VIP`"):
        await writer.write_lists([change])
    (outcome,) = await writer.write_lists([change])

    assert outcome.error is None


async def test_tags_are_set_and_cleared_in_requests_of_their_own() -> None:
    service = Service([httpx.Response(204), httpx.Response(404)])
    writer = a_platform(LISTS, service).tag_writer
    assert writer is not None

    outcomes = await writer.write_tags(
        [TagChange(to=ANN, tag="a/b", is_set=False), TagChange(to=BOB, tag="vip", is_set=True)]
    )

    assert [each.error for each in outcomes] == [None, None]
    assert [(each.method, each.url.raw_path) for each in service.asked] == [
        ("PUT", b"/v1/c/2/tags/vip"),
        ("DELETE", b"/v1/c/1/tags/a%2Fb"),
    ]


async def test_a_deed_is_asked_for_under_its_key() -> None:
    service = Service([{}])
    actions = a_platform(LISTS, service).actions
    assert actions is not None
    deed = Action(
        key="k1", trigger="call", kind="note", to=ANN, at=T + timedelta(0), params={"n": Decimal(3)}
    )

    (outcome,) = await actions.perform([deed])

    assert outcome.error is None
    assert service.bodies == [{"key": "k1", "at": "2026-01-15T10:00:00Z", "n": 3}]


async def test_more_than_a_request_holds_goes_in_several() -> None:
    people = [Addressee(remote_id=str(each)) for each in range(25)]
    lists = [{"id": 9, "name": "VIP"}]
    service = Service([lists, {"status": "ok"}, {"status": "ok"}, httpx.Response(503)])
    writer = a_platform(LISTS, service).list_writer
    assert writer is not None

    outcomes = await writer.write_lists(
        [ListChange(to=each, list_name="VIP", is_member=True) for each in people]
    )

    assert [len(each["ids"]) for each in service.bodies[1:]] == [10, 10, 5]
    assert [type(each.error) for each in outcomes] == [
        *[type(None)] * 20,
        *[PlatformUnavailable] * 5,
    ]
