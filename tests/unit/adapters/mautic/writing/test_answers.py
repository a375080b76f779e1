"""Whatever a batch comes to, each outcome belongs to its contact."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adapters.clocks import PlatformClock
from adapters.http import HttpSession
from adapters.mautic.account import Account
from adapters.mautic.dialect import MauticDialect
from adapters.mautic.writing.answers import error_of, shown_and_refused
from connector.errors import (
    ContactGone,
    PlatformError,
    PlatformUnavailable,
    RejectedByPlatform,
)
from connector.ports.budget import Unlimited
from tests.conformance.world import AT
from tests.fakes import FakeClock
from tests.unit.adapters.mautic.writing.canned import URL, refused, shown

KINDS: Mapping[int, type[PlatformError]] = {
    404: ContactGone,
    400: RejectedByPlatform,
    403: RejectedByPlatform,
    422: RejectedByPlatform,
    429: PlatformUnavailable,
    500: PlatformUnavailable,
}
WRITTEN, SILENT = 200, 0
CODES = st.lists(st.sampled_from([WRITTEN, SILENT, *KINDS]), max_size=12)


def account() -> Account:
    clock = PlatformClock(FakeClock(AT))
    session = HttpSession(
        platform="automation",
        base_url=URL,
        budget=Unlimited(),
        headers={},
        dialect=MauticDialect(clock),
    )
    return Account(name="automation", session=session, clock=clock)


ACCOUNT = account()


def php(array: Mapping[int, Any]) -> Any:  # noqa: ANN401 - what JSON makes of it
    """Return an array as PHP writes it: a list where its keys have no gaps."""
    if list(array) == list(range(len(array))):
        return list(array.values())
    return {str(key): each for key, each in array.items()}


def answered(codes: list[int], order: list[int]) -> Any:  # noqa: ANN401 - what JSON makes of it
    """Return the answer of a batch; a form's refusal leaves the contact where it was."""
    rows = {number: shown(100 + number) for number in order if codes[number] in {WRITTEN, 400, 422}}
    told = {number: code for number, code in enumerate(codes) if code != SILENT}
    body: dict[str, Any] = {"contacts": php(rows), "statusCodes": php(told)}
    if errors := {number: refused(code) for number, code in told.items() if code != WRITTEN}:
        body["errors"] = php(errors)
    return json.loads(json.dumps(body))


@given(codes=CODES, data=st.data())
def test_every_contact_gets_what_was_said_of_it(codes: list[int], data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(codes))))
    names = [str(100 + number) for number in range(len(codes))]

    found = shown_and_refused(ACCOUNT, "write", answered(codes, list(order)), names)

    assert len(found) == len(codes)
    for number, (code, each) in enumerate(zip(codes, found, strict=True)):
        if code == WRITTEN:
            assert isinstance(each, dict)
            assert each["id"] == 100 + number
        elif code == SILENT:
            assert each is None
        else:
            assert type(each) is KINDS[code]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["contacts", "errors", "statusCodes", "id", "fields", "code", "0", "²"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(body=JSON)
def test_whatever_is_answered_can_be_read(body: object) -> None:
    found = shown_and_refused(ACCOUNT, "write", body, ["100", "101"])

    assert all(each is None or isinstance(each, dict | PlatformError) for each in found)


def test_a_refusal_without_words_says_its_status() -> None:
    assert "answered 403" in str(error_of(ACCOUNT, "write", 403, {"message": ["odd"]}))
