"""What a tool tells in calls counts as what is read does: contacts in part, events, removals."""

from __future__ import annotations

import pytest

from connector.domain.records import Record
from tests.builders import T
from tests.integration.webhook.company import HOUR, Company


@pytest.fixture
def company() -> Company:
    return Company()


def updated(number: str = "c1", hour: int = 0, **customer: object) -> dict[str, object]:
    at = (T + hour * HOUR).isoformat()
    return {"type": "customer.updated", "at": at, "customer": {"id": number, **customer}}


def paid(order: str, total: object = 10, number: str = "c1") -> dict[str, object]:
    body = {"type": "order.paid", "at": T.isoformat(), "customer": {"id": number}}
    return {**body, "order": {"id": order, "total": total}}


async def record(company: Company, number: str = "c1") -> Record:
    async with company.state.read() as tx:
        return (await tx.contacts.records("shop", [number]))[number]


async def test_a_contact_that_is_told_is_somebody_who_is_scored(company: Company) -> None:
    await company.takes(updated(email="Ann@X.org", address={"country": "FR"}))
    await company.takes(paid("o1", 25))

    await company.sync()

    assert (await record(company)).attributes == {"email": "ann@x.org", "country": "FR"}
    assert company.told()["ann@x.org"].attributes["heat"] == 25


async def test_an_event_waits_for_its_contact_and_counts_once(company: Company) -> None:
    await company.takes(paid("o1", 25))
    await company.takes(paid("o1", 25))
    await company.takes(updated(email="ann@x.org"))

    await company.sync()

    assert company.told()["ann@x.org"].attributes["heat"] == 25


async def test_a_contact_known_elsewhere_is_the_same_person(company: Company) -> None:
    company.person("ann", "boss")
    await company.takes(updated(email="ann@x.org"), paid("o1", 20))

    await company.sync()

    assert company.told()["ann@x.org"].attributes["heat"] == 25


async def test_what_a_call_does_not_tell_stays_as_it_is_known(company: Company) -> None:
    await company.takes(updated(email="ann@x.org", address={"country": "FR"}))

    await company.takes(updated(hour=1))
    await company.takes(updated(hour=1, email=None, address={"country": None}))
    assert (await record(company)).attributes == {"email": "ann@x.org", "country": "FR"}

    await company.takes(updated(hour=2, address={"country": ""}))
    assert (await record(company)).attributes == {"email": "ann@x.org"}


async def test_a_late_call_changes_nothing(company: Company) -> None:
    await company.takes(updated(hour=2, email="ann@x.org", address={"country": "FR"}))

    await company.takes(updated(hour=1, email="old@x.org", address={"country": "BE"}))

    assert (await record(company)).attributes == {"email": "ann@x.org", "country": "FR"}


async def test_whoever_is_told_to_be_gone_is_taken_out(company: Company) -> None:
    await company.takes(updated(email="ann@x.org"), paid("o1", 25))
    await company.sync()
    assert company.told()["ann@x.org"].lists == {"Hot"}

    await company.takes({"type": "customer.deleted", "customer": {"id": "c1"}})
    await company.sync()

    assert company.told()["ann@x.org"].lists == set()


async def test_conditions_may_ask_for_the_lists_of_a_tool(company: Company) -> None:
    def segment(*, entered: bool) -> dict[str, object]:
        body = {"type": "segment", "customer": {"id": "c1"}, "segment": "VIP"}
        return {**body, "entered": entered}

    await company.takes(updated(email="ann@x.org"), segment(entered=True))
    await company.sync()
    assert company.told()["ann@x.org"].tags == {"vip"}

    await company.takes(segment(entered=False))
    await company.sync()
    assert company.told()["ann@x.org"].tags == set()
