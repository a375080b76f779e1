"""Where contacts can be created, the deed `push` is offered without a word more."""

from __future__ import annotations

import pytest

from connector.domain.changes import Action, Addressee
from connector.errors import UnsupportedByPlatform
from connector.ports.platform import Part
from tests.builders import T
from tests.unit.adapters.rest.entries import Service, a_platform, able

READS = "contacts: {path: /contacts, record: {id: id, email: email}}\n"
CREATES = READS + "writes: {create: {method: POST, path: /contacts, body: {x: 1}}}\n"


def a_push() -> Action:
    to = Addressee(remote_id="c1", email="ann@x.org")
    return Action(key="k", trigger="t", kind="push", to=to, at=T)


def test_who_can_be_created_can_be_pushed() -> None:
    assert able(CREATES).action_kinds == {"push"}
    assert Part.ACTIONS in able(CREATES).parts
    assert able(READS).action_kinds == frozenset()


async def test_whoever_is_there_is_left_alone() -> None:
    service = Service([{}])
    platform = a_platform(CREATES, service)
    assert platform.actions is not None

    (outcome,) = await platform.actions.perform([a_push()])

    assert outcome.error is None
    assert outcome.is_unchanged
    assert service.asked == []


@pytest.mark.parametrize("kind", ["email", "telegram"])
async def test_other_deeds_are_refused(kind: str) -> None:
    platform = a_platform(CREATES, Service([{}]))
    assert platform.actions is not None
    odd = Action(key="k", trigger="t", kind=kind, to=a_push().to, at=T)

    (outcome,) = await platform.actions.perform([odd])

    assert isinstance(outcome.error, UnsupportedByPlatform)
