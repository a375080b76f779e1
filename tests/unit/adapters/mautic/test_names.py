"""What things are called: asked for seldom, and done without where nobody may know."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.mautic.events.names import Names
from connector.errors import PlatformUnavailable
from tests.unit.adapters.mautic.canned import Answer, Asked, Canned


def names_of(canned: Canned) -> Names:
    return Names(account=canned.account(), path="/api/forms", holder="form")


def a_form(asked: Asked) -> Answer:
    number = asked.path.rpartition("/")[2]
    return 200, {"form": {"id": int(number), "name": f"Form {number}"}}


async def test_a_name_is_asked_for_once_in_half_a_day() -> None:
    canned = Canned(a_form)
    names = names_of(canned)

    found = [await names.of(["1", "2", None, "1"]), await names.of(["2"])]
    canned.clock.advance(timedelta(hours=13))
    await names.of(["2"])

    assert found == [{"1": "Form 1", "2": "Form 2"}, {"2": "Form 2"}]
    assert [each.path for each in canned.asked] == [
        *("/api/forms/1", "/api/forms/2", "/api/forms/2"),
    ]


@pytest.mark.parametrize("status", [403, 404])
async def test_what_nobody_may_know_has_no_name(status: int) -> None:
    canned = Canned(lambda _: (status, {"errors": [{"message": "no", "code": status}]}))

    assert await names_of(canned).of(["1"]) == {}


@pytest.mark.parametrize("body", [None, [], {"form": None}, {"form": {"name": None}}])
async def test_what_has_no_name_has_none(body: object) -> None:
    assert await names_of(Canned(lambda _: (200, body))).of(["1"]) == {}


async def test_what_mautic_cannot_tell_alone_is_looked_for_in_a_list() -> None:
    def answer(asked: Asked) -> Answer:
        if asked.path == "/api/forms":
            return 200, {"total": 2, "forms": [{"id": 1, "name": "Form 1"}, {"id": 2}]}
        return (500, None) if asked.path.endswith("/1") else a_form(asked)

    canned = Canned(answer)

    assert await names_of(canned).of(["1"]) == {"1": "Form 1"}


async def test_where_nothing_is_answered_no_name_is_taken_to_be_missing() -> None:
    with pytest.raises(PlatformUnavailable):
        await names_of(Canned(lambda _: (500, None))).of(["1"])


async def test_many_names_are_asked_for_in_lists() -> None:
    def answer(asked: Asked) -> Answer:
        start = int(asked.params["start"])
        numbers = range(start + 1, min(start + 200, 450) + 1)
        forms = {str(each): {"id": each, "name": f"Form {each}"} for each in numbers}
        return 200, {"total": "450", "forms": forms or []}

    canned = Canned(answer)
    found = await names_of(canned).of([str(each) for each in range(1, 502)])

    assert len(found) == 450
    assert len(canned.asked) == 3
    assert {each.params["minimal"] for each in canned.asked} == {"1"}
