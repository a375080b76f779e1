"""Promises about what goes wrong, and about what is not there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from decimal import Decimal

import pytest

from connector.domain.changes import Addressee, AttributeChange, Outcome
from connector.domain.contacts import Reading
from connector.domain.values import FieldType
from connector.errors import (
    AccessRefused,
    PlatformError,
    PlatformUnavailable,
    RateLimited,
    UnexpectedAnswer,
)
from connector.ports.platform import Part, Platform
from tests.conformance.platform_reading import pages_of
from tests.conformance.world import Fault, World, offered

MEANINGS: dict[Fault, type[PlatformError]] = {
    Fault.UNAVAILABLE: PlatformUnavailable,
    Fault.TIMEOUT: PlatformUnavailable,
    Fault.RATE_LIMITED: RateLimited,
    Fault.ACCESS_REFUSED: AccessRefused,
    Fault.CUT_ANSWER: UnexpectedAnswer,
    Fault.HTML_ANSWER: UnexpectedAnswer,
}
every_fault = pytest.mark.parametrize("fault", MEANINGS, ids=lambda fault: fault.name.lower())


def playable(world: World, fault: Fault) -> Fault:
    if fault not in world.faults:
        pytest.skip("this platform cannot be made to do that")
    return fault


async def _error_of(write: Callable[[], Awaitable[Sequence[Outcome]]]) -> PlatformError | None:
    """Return what went wrong, whether it was raised or is the outcome of the one item."""
    try:
        (outcome,) = await write()
    except PlatformError as error:
        return error
    return outcome.error


class FaultConformance:
    """What holds when a request goes wrong."""

    @pytest.fixture
    def change(self, world: World, platform: Platform) -> AttributeChange:
        offered(platform.attribute_writer)
        remote_id = world.add_contact("ann@mail.example.com")
        to = Addressee(remote_id=remote_id, email="ann@mail.example.com")
        return AttributeChange(to=to, values={world.fields[FieldType.NUMBER]: Decimal(9)})

    @every_fault
    async def test_a_fault_of_reading_has_its_error(
        self, world: World, platform: Platform, fault: Fault
    ) -> None:
        source = offered(platform.contacts)
        world.add_contact("ann@mail.example.com")
        world.play(playable(world, fault))

        with pytest.raises(MEANINGS[fault]) as caught:
            await pages_of(source.contacts(Reading(), None))

        assert caught.value.platform == platform.name
        assert not any(secret in str(caught.value) for secret in world.secrets)

    @every_fault
    async def test_a_fault_of_writing_has_its_error(
        self, world: World, platform: Platform, fault: Fault, change: AttributeChange
    ) -> None:
        writer = offered(platform.attribute_writer)
        world.play(playable(world, fault))

        error = await _error_of(lambda: writer.write_attributes([change]))

        assert isinstance(error, MEANINGS[fault])

    async def test_a_limit_says_when_to_come_back(self, world: World, platform: Platform) -> None:
        source = offered(platform.contacts)
        world.add_contact("ann@mail.example.com")
        world.play(playable(world, Fault.RATE_LIMITED))

        with pytest.raises(RateLimited) as caught:
            await pages_of(source.contacts(Reading(), None))

        assert caught.value.retry_after is not None
        assert caught.value.retry_after > timedelta()

    async def test_reading_goes_on_after_a_fault(self, world: World, platform: Platform) -> None:
        source = offered(platform.contacts)
        world.add_contact("ann@mail.example.com")
        world.play(playable(world, Fault.UNAVAILABLE))
        with pytest.raises(PlatformError):
            await pages_of(source.contacts(Reading(), None))

        pages = await pages_of(source.contacts(Reading(), None))

        assert sum(len(page.items) for page in pages) == 1

    async def test_a_lost_answer_and_a_retry_write_once(
        self, world: World, platform: Platform, change: AttributeChange
    ) -> None:
        writer = offered(platform.attribute_writer)
        (name,) = change.values
        world.play(playable(world, Fault.LOST_ANSWER))

        lost = await _error_of(lambda: writer.write_attributes([change]))
        retried = await _error_of(lambda: writer.write_attributes([change]))

        assert isinstance(lost, PlatformUnavailable)
        assert retried is None
        assert world.value(change.to.remote_id, name, FieldType.NUMBER) == 9

    async def test_an_answer_without_effect_is_no_success(
        self, world: World, platform: Platform, change: AttributeChange
    ) -> None:
        writer = offered(platform.attribute_writer)
        (name,) = change.values
        world.play(playable(world, Fault.DID_NOTHING))

        error = await _error_of(lambda: writer.write_attributes([change]))

        assert isinstance(error, UnexpectedAnswer)
        assert world.value(change.to.remote_id, name, FieldType.NUMBER) is None


class PlatformBasics:
    """What holds for every platform, whatever its parts."""

    @pytest.mark.parametrize("part", Part, ids=lambda part: part.value)
    def test_a_part_is_there_exactly_when_declared(
        self, world: World, platform: Platform, part: Part
    ) -> None:
        has_part = getattr(platform, part.value) is not None

        assert has_part == (part in world.capabilities.parts)

    def test_connecting_asks_nothing(self, world: World) -> None:
        world.connect()

        assert world.requests() == 0

    async def test_a_sound_account_has_no_problems(self, world: World, platform: Platform) -> None:
        world.add_contact("ann@mail.example.com")

        assert list(await platform.check()) == []

    async def test_closing_twice_is_as_closing_once(self, platform: Platform) -> None:
        await platform.aclose()
        await platform.aclose()

    def test_no_secret_is_in_a_repr(self, world: World, platform: Platform) -> None:
        parts = [getattr(platform, part.value) for part in Part]

        assert not any(
            secret in repr(each) for each in [platform, *parts] for secret in world.secrets
        )

    def test_action_kinds_go_with_actions(self, world: World) -> None:
        able = world.capabilities

        assert bool(able.action_kinds) == (Part.ACTIONS in able.parts)

    def test_writable_types_go_with_the_writer(self, world: World) -> None:
        able = world.capabilities

        assert bool(able.writable_types) == (Part.ATTRIBUTE_WRITER in able.parts)
