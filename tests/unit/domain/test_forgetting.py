"""A body of a webhook call without what is about people."""

from __future__ import annotations

import json

import pytest

from connector.domain.forgetting import Traces, anywhere, without_them

ADA = "ada@mail.example.com"


def left_of(body: object) -> object:
    """Return what is left of a JSON body once Ada, whose id is 7, is taken out; None: nothing."""
    left = without_them(json.dumps(body).encode(), ids={"7"}, emails={ADA})
    return None if left is None else json.loads(left)


@pytest.mark.parametrize(
    ("body", "left"),
    [
        pytest.param([{"objectId": 7}, {"objectId": 8}], [{"objectId": 8}], id="an item of a list"),
        pytest.param([{"objectId": "7"}], None, id="all items of a list"),
        pytest.param({"email": ADA, "event": "opened"}, None, id="a call about her"),
        pytest.param({"to": f"Ada <{ADA.upper()}>"}, None, id="an address in a text"),
        pytest.param(
            {"a": {"list": [{"id": 7}, {"id": 9}]}}, {"a": {"list": [{"id": 9}]}}, id="deep"
        ),
        pytest.param({ADA: 1}, None, id="a key"),
        pytest.param({"n": 77, "t": "7 days"}, {"n": 77, "t": "7 days"}, id="other numbers"),
        pytest.param({"to": f"n{ADA}"}, {"to": f"n{ADA}"}, id="an address that ends like hers"),
        pytest.param({"to": f"{ADA}.fr"}, {"to": f"{ADA}.fr"}, id="one that begins like hers"),
        pytest.param([], [], id="nothing"),
        pytest.param({"is": True, "no": None}, {"is": True, "no": None}, id="neither"),
    ],
)
def test_items_about_somebody_are_taken_out_and_others_stay(body: object, left: object) -> None:
    assert left_of(body) == left


def test_a_body_that_names_nobody_stays_as_it_came() -> None:
    body = b'[ {"id":  8} ]'

    assert without_them(body, ids={"7"}, emails={ADA}) is body


@pytest.mark.parametrize("body", [b"email=ada%40mail.example.com&n=1", b"\xff " + ADA.encode()])
def test_what_is_no_json_goes_whole_when_it_names_her(body: bytes) -> None:
    assert without_them(body, ids={"7"}, emails={ADA}) is None


def test_what_is_no_json_and_names_nobody_stays() -> None:
    assert without_them(b"n=7", ids={"7"}, emails={ADA}) == b"n=7"


def test_json_too_deep_to_look_through_goes_whole() -> None:
    body = b"[" * 500 + b"]" * 500

    assert without_them(body, ids={"7"}, emails={ADA}) is None


def test_all_names_are_remembered() -> None:
    traces = Traces(
        contacts=frozenset({1}),
        records=frozenset({("crm", "7")}),
        emails=frozenset({ADA}),
        keys=frozenset({"p_1"}),
    )

    assert traces.names == {("crm", "7"), anywhere(ADA), anywhere("p_1")}
    assert set(traces.ids_on("crm")) == {"7"}
    assert not traces.ids_on("mail")
